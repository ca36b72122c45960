/** What goes wrong between the app and GitHub: chosen for each request by the dice of the step. */
import type { FaultEffect, RequestSummary } from '../../src/sandbox/faults.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { createDice, seedFrom, type Dice } from './random.ts';
import type { Step, Weather } from './steps.ts';

const statuses = [401, 403, 404, 405, 409, 422, 429, 500, 502] as const;

export const faultKinds = [
  ...statuses.map((status) => `${status}` as const),
  ...statuses.map((status) => `${status} after` as const),
  'drop',
  'drop after',
  'partial',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** Parts of answers that fail alone; where a query has no such part, nothing fails. */
const parts = [
  ['repository'],
  ['repository', 'pullRequest'],
  ['repository', 'defaultBranchRef'],
  ['repository', 'ref'],
  ['repository', 'object'],
  ['organization'],
  ['createCommitOnBranch'],
] as const;

function effectOf(kind: FaultKind, dice: Dice): FaultEffect {
  if (kind === 'drop') return { kind: 'drop' };
  if (kind === 'drop after') return { kind: 'drop-after-effect' };
  if (kind === 'partial') {
    const type = dice.pick(['INTERNAL', 'SERVICE_UNAVAILABLE', 'NOT_FOUND', 'FORBIDDEN'] as const);
    return { kind: 'partial', answer: { path: dice.pick(parts), type, message: 'Something went wrong' } };
  }
  const status = Number.parseInt(kind, 10);
  if (kind.endsWith('after')) return { kind: 'status-after-effect', status, message: 'Simulated' };
  return {
    kind: 'status',
    status,
    message: 'Simulated',
    ...(status === 429 ? { headers: { 'retry-after': '30' } } : {}),
  };
}

/**
 * Lets the weather of a step loose. Whether a request is hit depends on what it is and how many of its kind came
 * before it, not on what else goes on. `hit` is told of each fault, and of each delivery that goes astray.
 */
export function letLoose(sandbox: Sandbox, step: Step, hit: (kind: string) => void): void {
  const { weather } = step;
  if (weather !== null) injectAll(sandbox, weather, step.dice, hit);
  if (step.deliveries === 'deliver') return;
  let delivery = 0;
  const fates = ['deliver', 'drop', 'duplicate', 'hold'] as const;
  sandbox.faults.onDelivery(() => {
    const dice = createDice(seedFrom(step.dice, `delivery ${++delivery}`));
    const fate =
      step.deliveries === 'mixed' || step.deliveries === 'deliver' ? dice.pick(fates) : step.deliveries;
    if (fate !== 'deliver') hit(astray[fate]);
    return fate;
  });
}

const astray = {
  drop: 'delivery lost',
  duplicate: 'delivery repeated',
  hold: 'delivery reordered',
} as const;

function injectAll(sandbox: Sandbox, weather: Weather, seed: number, hit: (kind: string) => void): void {
  const counts = new Map<string, number>();
  const seen = new WeakMap<RequestSummary, FaultKind | null>();
  const chosen = (request: RequestSummary): FaultKind | null => {
    const known = seen.get(request);
    if (known !== undefined) return known;
    if (weather.only !== undefined && !(request.method === 'POST' && request.route.endsWith('/pulls')))
      return null;
    const name = `${request.method} ${request.route} ${request.operation ?? ''}`;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    const dice = createDice(seedFrom(seed, `${name} ${count}`));
    const kind = dice.chance(weather.probability) ? dice.pick(weather.kinds) : null;
    seen.set(request, kind);
    return kind;
  };
  for (const kind of weather.kinds) {
    sandbox.faults.inject({
      when: (request) => {
        if (chosen(request) !== kind) return false;
        hit(kind);
        return true;
      },
      effect: effectOf(kind, createDice(seedFrom(seed, kind))),
    });
  }
}
