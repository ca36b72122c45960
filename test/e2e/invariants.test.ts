import { afterEach, describe, expect, test } from 'vitest';
import { createTestWorld, grantPath, requestPath, requestText, type TestWorld } from './world.ts';

let world: TestWorld;
afterEach(async () => await world.close());

const policyPath = '.github/curfew.yaml';

/** A request for a path from an access pod to payments-api. */
const path = requestText({ template: 'network-path' }).replace(
  'app: payments-api',
  'app: payments-api\n    port: 8443',
);

const noAccessPods =
  '    - {name: no access pods, never: {from: {namespace: payments, pods: curfew.dev/grant}, to: {namespace: payments}}}\n';

async function addStatement(): Promise<void> {
  const policy = await world.text(policyPath);
  await world.force({ [policyPath]: policy.replace(/^ {2}paused:/m, `${noAccessPods}  paused:`) });
}

async function ask(name: string): Promise<number> {
  const number = await world
    .as('alice')
    .propose({ path: requestPath(name), text: path, title: 'A path', branch: name });
  await world.as('bob').review(number, 'APPROVE');
  return number;
}

describe('network statements of the policy', () => {
  test('refuse a grant that would break one', async () => {
    world = await createTestWorld();
    await addStatement();
    const number = await ask('refused');
    expect(await world.check(number)).toMatchObject({
      conclusion: 'failure',
      title: expect.stringContaining('"no access pods" does not hold on staging: payments/'),
    });
    expect(await world.grants()).toEqual([]);
  });

  test('that a grant breaks by what came later are told on its pull request, and taken back once they hold', async () => {
    world = await createTestWorld();
    const number = await ask('in-force');
    expect(await world.grants()).toEqual([grantPath('in-force')]);
    expect(await world.comment(number)).not.toContain('WARNING');
    await addStatement();
    await world.pass(2);
    const warned = await world.comment(number);
    expect(warned).toContain(
      '> [!WARNING]\n> While this access is in force, a statement of the policy does not hold.',
    );
    expect(warned).toContain('"no access pods" does not hold on staging');
    expect(await world.grants()).toEqual([grantPath('in-force')]);
    const policy = await world.text(policyPath);
    await world.force({ [policyPath]: policy.replace(noAccessPods, '') });
    await world.pass(2);
    expect(await world.comment(number)).not.toContain('WARNING');
    await world.pass(60);
    expect(await world.grants()).toEqual([]);
  });
});
