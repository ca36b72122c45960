import { afterEach, describe, expect, test } from 'vitest';
import { enqueuePullRequest } from '../../src/sandbox/operations/merge-queue.ts';
import type { PullRequest } from '../../src/sandbox/state.ts';
import { createTestWorld, grantPath, type TestWorld } from './world.ts';

let world: TestWorld;
afterEach(async () => await world.close());

async function withQueue(): Promise<TestWorld> {
  const created = await createTestWorld();
  created.sandbox.world.createRuleset('acme/access', {
    name: 'queue',
    target: 'branch',
    enforcement: 'active',
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
    bypass_actors: [{ actor_type: 'Integration', actor_id: created.app.id, bypass_mode: 'always' }],
    rules: [
      {
        type: 'merge_queue',
        parameters: {
          check_response_timeout_minutes: 60,
          grouping_strategy: 'ALLGREEN',
          max_entries_to_build: 5,
          max_entries_to_merge: 5,
          merge_method: 'MERGE',
          min_entries_to_merge: 1,
          min_entries_to_merge_wait_minutes: 0,
        },
      },
    ],
  });
  return created;
}

function pullRequest(number: number): PullRequest {
  const found = world.repository.issues.get(number);
  if (found?.kind !== 'pull-request') throw new Error(`#${number} is no pull request`);
  return found;
}

async function enqueue(number: number, login: string): Promise<void> {
  enqueuePullRequest(world.sandbox.context, world.sandbox.world.actor(login), pullRequest(number));
  await world.settle();
}

describe('a merge queue', () => {
  test('lands what touches nothing of ours: the check reports on the group', async () => {
    world = await withQueue();
    const number = await world
      .as('alice')
      .propose({ path: 'README.md', text: '# Changed\n', title: 'Docs', branch: 'docs' });
    await world.as('erin').review(number, 'APPROVE');
    await enqueue(number, 'alice');
    expect(await world.state(number)).toBe('merged');
  });

  test('lands an approved request that a person queued while the app was away, and it is granted', async () => {
    world = await withQueue();
    const number = await world.ask('queued');
    world.sandbox.faults.onDelivery(({ event }) => (event === 'merge_group' ? 'deliver' : 'drop'));
    await world.as('bob').review(number, 'APPROVE');
    await enqueue(number, 'alice');
    world.sandbox.faults.onDelivery(() => 'deliver');
    await world.sweep();
    expect(await world.state(number)).toBe('merged');
    expect(await world.grants()).toEqual([grantPath('queued')]);
  });

  test('does not land a request whose time to be approved has passed', async () => {
    world = await withQueue();
    const number = await world.ask('early');
    world.sandbox.faults.onDelivery(({ event }) => (event === 'merge_group' ? 'deliver' : 'drop'));
    await world.as('bob').review(number, 'APPROVE');
    world.clock.advance(26 * 3_600_000);
    await enqueue(number, 'alice');
    expect(await world.state(number)).toBe('open');
    expect(await world.grants()).toEqual([]);
  });
});
