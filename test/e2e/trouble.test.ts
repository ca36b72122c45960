import { afterEach, describe, expect, test } from 'vitest';
import { createTestWorld, grantPath, requestPath, requestText, type TestWorld } from './world.ts';

let world: TestWorld;
afterEach(async () => await world.close());

/** Holds back all deliveries while `act` goes on: the app is not there to see it. */
async function unseen(act: () => Promise<void>): Promise<void> {
  world.sandbox.faults.onDelivery(() => 'drop');
  await act();
  world.sandbox.faults.onDelivery(() => 'deliver');
}

describe('a merge by a person', () => {
  test.each(['merge', 'squash', 'rebase'] as const)(
    'by %s, with everything met, is granted',
    async (method) => {
      world = await createTestWorld();
      const number = await world.ask('by-hand');
      await unseen(async () => {
        await world.as('bob').review(number, 'APPROVE');
        await world.forceMerge(number, method);
      });
      expect(await world.grants()).toEqual([]);
      await world.sweep();
      expect(await world.grants()).toEqual([grantPath('by-hand')]);
      await world.pass(61);
      expect(await world.grants()).toEqual([]);
    },
  );

  test.each(['merge', 'squash', 'rebase'] as const)(
    'by %s, without approval, is reverted',
    async (method) => {
      world = await createTestWorld();
      const number = await world.ask('unapproved');
      await world.forceMerge(number, method);
      expect(await world.paths()).not.toContain(requestPath('unapproved'));
      expect(await world.grants()).toEqual([]);
      expect(await world.comment(number)).toContain('**Not granted: ');
      expect(await world.reverts()).toMatchObject([{ state: 'merged' }]);
    },
  );

  test('with an approval that came after it, is reverted', async () => {
    world = await createTestWorld();
    const number = await world.ask('late');
    await unseen(async () => {
      await world.forceMerge(number);
      world.clock.advance(2000);
      await world.as('bob').review(number, 'APPROVE');
    });
    await world.sweep();
    expect(await world.grants()).toEqual([]);
    expect(await world.paths()).not.toContain(requestPath('late'));
  });

  test('a week ago, is not granted now', async () => {
    world = await createTestWorld();
    const number = await world.ask('old');
    await unseen(async () => {
      await world.as('bob').review(number, 'APPROVE');
      await world.forceMerge(number);
    });
    await world.pass(7 * 24 * 60);
    expect(await world.grants()).toEqual([]);
    expect(await world.paths()).not.toContain(requestPath('old'));
    expect(await world.comment(number)).toContain('time to grant this request has passed');
  });
});

describe('what reaches the default branch by hand', () => {
  test('a request that was pushed is reverted, and nothing granted', async () => {
    world = await createTestWorld();
    await world.force({ [requestPath('pushed')]: requestText() });
    expect(await world.grants()).toEqual([]);
    await world.pass(11);
    expect(await world.paths()).not.toContain(requestPath('pushed'));
  });

  test('a grant file that was added is removed', async () => {
    world = await createTestWorld();
    await world.force({
      [grantPath('forged')]: 'kind: RoleBinding\n',
      'grants/staging/kustomization.yaml': 'x: 1\n',
    });
    expect(await world.paths()).not.toContain(grantPath('forged'));
    expect(await world.paths()).not.toContain('grants/staging/kustomization.yaml');
  });

  test('a grant file that was edited ends the access', async () => {
    world = await createTestWorld();
    const number = await world.grant('edited');
    const text = await world.text(grantPath('edited'));
    await world.force({ [grantPath('edited')]: text.replace('2026-12-01T10', '2027-12-01T10') });
    expect(await world.paths()).not.toContain(grantPath('edited'));
    expect(await world.paths()).not.toContain(requestPath('edited'));
    expect(await world.comment(number)).toContain('**Ended: ');
  });

  test('a grant file that was deleted stays so, also when the deletion is taken back', async () => {
    world = await createTestWorld();
    await world.grant('deleted');
    const text = await world.text(grantPath('deleted'));
    await world.force({ [grantPath('deleted')]: null });
    expect(await world.paths()).not.toContain(requestPath('deleted'));
    await world.force({ [grantPath('deleted')]: text, [requestPath('deleted')]: requestText() });
    expect(await world.grants()).toEqual([]);
    await world.pass(11);
    expect(await world.paths()).not.toContain(requestPath('deleted'));
  });

  test('a landed request that was edited ends the access', async () => {
    world = await createTestWorld();
    await world.grant('longer');
    await world.force({ [requestPath('longer')]: requestText({ duration: '4h' }) });
    expect(await world.grants()).toEqual([]);
    expect(await world.paths()).not.toContain(requestPath('longer'));
  });

  test('a README of grants/ that was removed comes back', async () => {
    world = await createTestWorld();
    await world.force({ 'grants/staging/README.md': null });
    expect(await world.paths()).toContain('grants/staging/README.md');
  });

  test('the revert pull request reverted gives no access', async () => {
    world = await createTestWorld();
    await world.grant('zombie');
    const [grant, request] = [await world.text(grantPath('zombie')), await world.text(requestPath('zombie'))];
    await world.as('alice').comment(1, '/revoke');
    expect(await world.grants()).toEqual([]);
    await world.force({ [grantPath('zombie')]: grant, [requestPath('zombie')]: request });
    expect(await world.grants()).toEqual([]);
  });
});

describe('many at once', () => {
  test('two requests at once, and two grants at once: both land, none is lost', async () => {
    world = await createTestWorld();
    const numbers = await Promise.all(['one', 'two'].map(async (name) => await world.ask(name)));
    await Promise.all(numbers.map(async (number) => await world.as('bob').review(number, 'APPROVE')));
    expect(await world.grants()).toEqual([grantPath('one'), grantPath('two')]);
  });

  test('forty grants that end in one minute are one revert pull request', async () => {
    world = await createTestWorld();
    const policy = await world.text('.github/curfew.yaml');
    await world.force({ '.github/curfew.yaml': policy.replace(/^ *openPerPerson: 5\n/m, '') });
    const numbers: number[] = [];
    for (let i = 0; i < 40; i++) {
      numbers.push(await world.ask(`many-${i}`, { template: 'read-logs' }));
      // GitHub lets an App create 80 things a minute.
      if (i % 8 === 7) await world.pass(1);
    }
    expect(await world.grants()).toHaveLength(40);
    await world.pass(61);
    expect(await world.grants()).toEqual([]);
    expect(await world.reverts()).toMatchObject([{ state: 'merged' }]);
    await world.pass(2);
    const stories = await Promise.all(numbers.map(async (number) => await world.comment(number)));
    expect(stories.filter((story) => story.includes('**Ended: '))).toHaveLength(40);
  });
});

describe('a revert pull request', () => {
  test.each([
    ['that GitHub does not open', 'POST', '/repos/{owner}/{repo}/pulls', 422],
    ['that GitHub does not merge', 'PUT', '/repos/{owner}/{repo}/pulls/{pull_number}/merge', 405],
    ['whose branch GitHub does not make', 'POST', '/repos/{owner}/{repo}/git/refs', 422],
  ])('%s: the grant still goes', async (_, method, route, status) => {
    world = await createTestWorld();
    const number = await world.grant('stuck');
    const stop = world.sandbox.faults.inject({
      actor: 'curfew[bot]',
      method,
      route,
      effect: { kind: 'status', status },
    });
    await world.pass(61);
    expect(await world.grants()).toEqual([]);
    expect(await world.comment(number)).toContain('**Ended: ');
    stop();
    await world.sweep();
    expect(await world.paths()).not.toContain(requestPath('stuck'));
    expect((await world.reverts()).filter(({ state }) => state === 'open')).toEqual([]);
  });
});

describe('what cannot be read', () => {
  test('of requests, teams and comments does not hold up an end', async () => {
    world = await createTestWorld();
    await world.grant('over');
    await world.grant('waits', { more: '  notBefore: 2026-12-01T10:30:00Z\n' });
    world.sandbox.faults.inject({
      operation: /^(Landings|Details|Teams|Comments|PullRequest)$/,
      effect: { kind: 'status', status: 502 },
    });
    await world.pass(61);
    expect(await world.grants()).toEqual([]);
    expect(await world.paths()).toContain(requestPath('waits'));
  });

  test('of one request leaves the others to be granted', async () => {
    world = await createTestWorld();
    const numbers = [await world.ask('poison'), await world.ask('fine')];
    world.sandbox.faults.onDelivery(() => 'drop');
    for (const number of numbers) await world.as('bob').review(number, 'APPROVE');
    for (const number of numbers) await world.forceMerge(number);
    world.sandbox.faults.onDelivery(() => 'deliver');
    // Together they fail, then each is read alone: one of them gets through.
    let asked = 0;
    const stop = world.sandbox.faults.inject({
      route: '/repos/{owner}/{repo}/activity',
      when: () => (asked += 1) !== 3,
      effect: { kind: 'status', status: 403 },
    });
    await world.sweep();
    expect(await world.grants()).toHaveLength(1);
    stop();
    await world.pass(10);
    expect(await world.grants()).toEqual([grantPath('fine'), grantPath('poison')]);
  });
});

describe('a request that can never be read', () => {
  /** It is merged, and GitHub does not say who pushed it, whoever asks how often. */
  async function unreadable(): Promise<void> {
    const number = await world.ask('poison');
    await unseen(async () => {
      await world.as('bob').review(number, 'APPROVE');
      await world.forceMerge(number);
    });
    world.sandbox.faults.inject({
      route: '/repos/{owner}/{repo}/activity',
      effect: { kind: 'status', status: 403 },
    });
  }

  test('does not keep a process that has just started from ending access on time', async () => {
    world = await createTestWorld();
    await world.grant('over');
    await unreadable();
    await world.curfew.drain(0);
    const restarted = await world.replica();
    restarted.sweep('everything');
    await world.settle();
    expect(await world.grants()).toEqual([grantPath('over')]);
    world.clock.advance(61 * 60_000);
    await world.settle();
    expect(await world.grants()).toEqual([]);
  });

  test('nor an end from being told, where the comment could not be written at once', async () => {
    world = await createTestWorld();
    const number = await world.grant('over');
    await unreadable();
    const stop = world.sandbox.faults.inject({
      method: 'PATCH',
      route: '/repos/{owner}/{repo}/issues/comments/{comment_id}',
      effect: { kind: 'status', status: 502 },
    });
    await world.as('alice').comment(number, '/revoke');
    expect(await world.grants()).toEqual([]);
    stop();
    await world.pass(5);
    expect(await world.comment(number)).toContain('**Ended: ');
  });
});

test('a repository without its policy is swept every minute while it holds a grant', async () => {
  world = await createTestWorld();
  const number = await world.grant('left');
  await world.force({ '.github/curfew.yaml': null });
  await world.sweep();
  expect(await world.grants()).toEqual([grantPath('left')]);
  await unseen(async () => {
    await world.as('alice').comment(number, '/revoke');
  });
  world.clock.advance(60_000);
  world.curfew.sweep('branches');
  await world.settle();
  expect(await world.grants()).toEqual([]);
});

describe('deliveries', () => {
  test('that are lost change nothing in the end', async () => {
    world = await createTestWorld();
    world.sandbox.faults.onDelivery(() => 'drop');
    const number = await world.ask('lost');
    await world.sweep();
    await world.as('bob').review(number, 'APPROVE');
    await world.sweep();
    await world.sweep();
    expect(await world.grants()).toEqual([grantPath('lost')]);
    await world.as('alice').comment(number, '/revoke');
    await world.pass(1);
    expect(await world.grants()).toEqual([]);
  });

  test('that come twice change nothing', async () => {
    world = await createTestWorld();
    world.sandbox.faults.onDelivery(() => 'duplicate');
    await world.grant('twice');
    expect(await world.grants()).toEqual([grantPath('twice')]);
    await world.pass(61);
    expect(await world.grants()).toEqual([]);
    expect(await world.reverts()).toHaveLength(1);
  });

  test('that come late and in another order change nothing', async () => {
    world = await createTestWorld();
    world.sandbox.faults.onDelivery(() => 'hold');
    const number = await world.ask('late');
    await world.sweep();
    await world.as('bob').review(number, 'APPROVE');
    world.sandbox.deliveries.release((held) => [...held].reverse());
    await world.settle();
    world.sandbox.faults.onDelivery(() => 'deliver');
    await world.sweep();
    expect(await world.grants()).toEqual([grantPath('late')]);
  });
});

describe('a request that waits for the pull request of its end', () => {
  /** How often the app asks for what brought a request. */
  function countLandings(): () => number {
    let asked = 0;
    world.sandbox.onRequest(({ actor, operation }) => {
      if (actor === 'curfew[bot]' && operation === 'Landings') asked += 1;
    });
    return () => asked;
  }

  async function endWithoutPullRequest(name: string): Promise<void> {
    await world.grant(name);
    world.sandbox.faults.inject({
      actor: 'curfew[bot]',
      when: ({ method, route }) => method === 'POST' && route.endsWith('/pulls'),
      effect: { kind: 'status', status: 502 },
    });
    await world.pass(61);
    expect(await world.grants()).toEqual([]);
    expect(await world.paths()).toContain(requestPath(name));
  }

  test('is read once, not with every end that comes after', async () => {
    world = await createTestWorld();
    await endWithoutPullRequest('waits');
    const asked = countLandings();
    await world.pass(1);
    await world.pass(1);
    expect(asked()).toBe(0);
    world.sandbox.faults.clear();
    await world.pass(1);
    expect(await world.paths()).not.toContain(requestPath('waits'));
  });

  test('is another one where somebody brings the same file again', async () => {
    world = await createTestWorld();
    await endWithoutPullRequest('twice');
    await unseen(async () => void (await world.force({ [requestPath('twice')]: null })));
    const again = await world
      .as('grace')
      .propose({ path: requestPath('twice'), text: requestText(), title: 'Again', branch: 'twice-2' });
    world.clock.advance(60_000);
    await unseen(async () => {
      await world.as('bob').review(again, 'APPROVE');
      await world.forceMerge(again);
    });
    world.sandbox.faults.clear();
    await world.pass(1);
    expect(await world.grants()).toEqual([grantPath('twice')]);
  });
});

describe('a restart', () => {
  test('tells of what was taken away meanwhile, although another request stands in its place', async () => {
    world = await createTestWorld();
    const first = await world.grant('again');
    await unseen(async () => {
      await world.force({ [requestPath('again')]: null, [grantPath('again')]: null });
      const second = await world
        .as('grace')
        .propose({ path: requestPath('again'), text: requestText(), title: 'Again', branch: 'again-2' });
      await world.as('bob').review(second, 'APPROVE');
      await world.forceMerge(second);
    });
    expect(await world.comment(first)).toContain('access is in force until');
    const replica = await world.replica();
    world.deliverTo(replica);
    replica.sweep('everything');
    await world.settle();
    expect(await world.comment(first)).toContain('**Ended: ');
  });

  test('between any two writes leaves nothing undone', async () => {
    world = await createTestWorld();
    let step = 0;
    for (let crashAfter = 1; crashAfter <= 14; crashAfter++) {
      const name = `crash-${crashAfter}`;
      let writes = 0;
      // From the n-th write on GitHub is out of reach, as for a process that is gone.
      const stop = world.sandbox.faults.inject({
        actor: 'curfew[bot]',
        when: ({ method, route, operation }) => {
          const isWrite =
            method !== 'GET' && (route !== '/graphql' || /^(Commit|Create|Merge)/.test(operation ?? ''));
          if (isWrite) writes += 1;
          return writes >= crashAfter;
        },
        effect: { kind: crashAfter % 2 === 0 ? 'drop' : 'drop-after-effect' },
      });
      const number = await world.ask(name);
      await world.as('bob').review(number, 'APPROVE');
      stop();
      // A new process: it knows nothing but what GitHub has.
      const replica = await world.replica();
      world.deliverTo(replica);
      replica.sweep('everything');
      await world.settle();
      if ((await world.grants()).length === 0) {
        await world.as('frank').review(number, 'APPROVE');
        replica.sweep('everything');
        await world.settle();
      }
      expect(await world.grants()).toEqual([grantPath(name)]);
      world.clock.advance(61 * 60_000);
      replica.sweep('everything');
      await world.settle();
      expect(await world.grants()).toEqual([]);
      expect(await world.comment(number)).toContain('**Ended: ');
      step += 1;
    }
    expect(step).toBe(14);
  });
});
