import { afterEach, describe, expect, test } from 'vitest';
import { createTestWorld, requestText, type TestWorld } from './world.ts';

let world: TestWorld;
afterEach(async () => await world.close());

describe('the whole life', () => {
  test('planned, approved, merged, granted, reverted', async () => {
    world = await createTestWorld();
    const path = 'access-requests/staging/payments/inc-4711.yaml';
    const number = await world
      .as('alice')
      .propose({ path, text: requestText(), title: 'Debug payments-api', branch: 'inc-4711' });
    expect(await world.check(number)).toMatchObject({ conclusion: 'action_required' });
    await world.as('bob').review(number, 'APPROVE');
    expect(await world.paths()).toContain('grants/staging/payments/inc-4711.yaml');
    await world.pass(61);
    expect(await world.paths()).not.toContain('grants/staging/payments/inc-4711.yaml');
    expect(await world.paths()).not.toContain(path);
    expect(await world.comment(number)).toContain('**Ended: ');
  });
});
