/** What the simulation once found, each as the shortest history that shows it. */
import { expect, test } from 'vitest';
import { play } from './history.ts';
import type { Step } from './steps.ts';

function step(action: Step['action'], more: Partial<Step> = {}): Step {
  return { number: 0, action, dice: 1, weather: null, deliveries: 'deliver', crash: null, ...more };
}

test('a clock that jumped a day ahead and was put right does not end what is granted afterwards', async () => {
  const outcome = await play({ seed: 1, replicas: 1, protection: 'full', steps: [step('clock ahead')] });
  expect(outcome.violation).toBeNull();
});

test('what a limit paused while the clock was a day ahead goes on once the clock is right', async () => {
  const weather = { probability: 1, kinds: ['429'] } as const;
  const outcome = await play({
    seed: 1,
    replicas: 1,
    protection: 'full',
    steps: [step('clock ahead', { weather })],
  });
  expect(outcome.violation).toBeNull();
});

test('two pull requests with one head do not write their one check run in turns', async () => {
  const steps = [step('open', { dice: 4 }), step('open twin'), step('calm')];
  const outcome = await play({ seed: 1, replicas: 1, protection: 'full', steps });
  expect(outcome.reasons).toHaveProperty('shared-head');
  expect(outcome.violation).toBeNull();
});

test('a removal that is merged at the very moment at which its grant is revoked leaves an empty merge, and no harm', async () => {
  const steps = [
    step('open a plain one'),
    step('approve everything'),
    step('open removal', { deliveries: 'drop' }),
    step('revoke', { dice: 3, deliveries: 'drop' }),
    step('calm'),
  ];
  const outcome = await play({ seed: 1, replicas: 1, protection: 'full', steps });
  expect(outcome.reasons).toHaveProperty('revoked');
  expect(outcome.reasons).toHaveProperty('revocation-ready');
  expect(outcome.violation).toBeNull();
});
