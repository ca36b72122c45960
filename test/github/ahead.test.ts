/** What spares requests must never change an answer: each is held against a process that remembers nothing. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RetryLater } from '../../src/github/errors.ts';
import type { RepositoryPort } from '../../src/github/port.ts';
import { createWorld, requestPath, requestText, type GitHubWorld } from './world.ts';

let world: GitHubWorld;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(async () => world.sandbox.close());

const grantPath = 'grants/prod-eu/payments/inc-1.yaml';

const stranger = (): RepositoryPort =>
  world.restarted().repository(world.acme.installation.id, 'acme', 'access');

describe('teams', () => {
  const sre = async (port = world.port) => (await port.readTeams(['acme/sre'])).get('acme/sre')?.members;

  it('come along with the read before a decision, as they are then', async () => {
    const { number } = await world.requestAccess();
    await world.port.readPullRequest(number);
    await sre();
    for (const read of [() => world.port.readPullRequest(number), () => world.port.readBranch()]) {
      world.sandbox.world.removeTeamMember('acme/sre', 'carol');
      world.requests();
      await read();
      expect((await sre())?.size).toBe(0);
      world.sandbox.world.addTeamMember('acme/sre', 'carol');
      await read();
      expect(await sre()).toEqual(new Map([[1003, 'carol']]));
      expect(world.requests()).not.toContain('query Teams');
    }
  });

  it('are guessed from the tip before the first decision', async () => {
    world.pushMain({ '.github/curfew.yaml': 'requesters: [acme/sre]\nscopes: [staging/payments]\n' });
    await world.port.readBranch();
    world.requests();
    await world.port.readBranch();
    expect((await sre())?.size).toBe(1);
    expect(world.requests()).toEqual(['query Branch']);
  });

  it('are asked for where they did not come along', async () => {
    await world.port.readBranch();
    await world.port.readTeams(['acme/payments']);
    await world.port.readBranch();
    world.requests();
    const teams = await world.port.readTeams(['acme/payments', 'acme/leads']);
    expect([...teams.keys()]).toEqual(['acme/payments', 'acme/leads']);
    expect(world.requests()).toEqual(['query Teams']);
  });

  it('that are hidden or missing stay so, and do not spoil the read', async () => {
    await world.port.readBranch();
    await world.port.readTeams(['acme/nobody', 'acme/sre']);
    world.sandbox.faults.inject({
      operation: 'Branch',
      effect: {
        kind: 'partial',
        answer: { path: ['t1', 'team', 'members'], type: 'FORBIDDEN', message: 'no' },
      },
    });
    await world.port.readBranch();
    world.requests();
    expect((await world.port.readTeams(['acme/nobody', 'acme/sre'])).size).toBeLessThan(2);
    expect(world.requests()).toEqual([]);
  });

  it('that fail to come along are asked about by themselves, and the read goes on', async () => {
    await world.port.readBranch();
    await sre();
    world.sandbox.faults.inject({
      effect: {
        kind: 'partial',
        answer: { path: ['t0', 'team', 'members'], type: 'INTERNAL', message: 'no' },
      },
    });
    expect((await world.port.readBranch()).repository.id).toBe(500);
    await expect(sre()).rejects.toBeInstanceOf(RetryLater);
    world.sandbox.faults.clear();
    world.requests();
    expect((await sre())?.size).toBe(1);
    expect(world.requests()).toEqual(['query Teams']);
  });

  it('with more members than a page are read to the end', async () => {
    const { world: people } = world.sandbox;
    for (let index = 0; index < 130; index += 1) {
      people.createUser({ login: `u${index}`, id: 3000 + index, name: `U${index}`, emails: [] });
      people.addMember('acme', `u${index}`);
      people.addTeamMember('acme/sre', `u${index}`);
    }
    await sre();
    await world.port.readBranch();
    world.requests();
    expect((await sre())?.size).toBe(131);
    expect(world.requests()).toEqual([]);
  });
});

describe('histories', () => {
  it('go on by commits of our own without being read', async () => {
    const { number } = await world.requestAccess();
    await world.mergeAsAdmin(number);
    const landing = async (port: RepositoryPort, kind: 'granted' | 'pending') => {
      const branch = await port.readBranch();
      const paths = { granted: [], pending: [], [kind]: [requestPath] };
      return { branch, landing: (await port.readLandings(branch, paths)).get(requestPath) };
    };
    const { branch } = await landing(world.port, 'pending');
    const content = { branch: 'main', headline: 'Grant', body: 'Why: because' };
    await world.port.commit({
      ...content,
      expectedHead: branch.tip.sha,
      additions: [{ path: grantPath, text: 'x\n' }],
      deletions: [],
    });
    world.requests();
    const granted = await landing(world.port, 'granted');
    expect(world.requests()).toEqual(['query Branch']);
    expect(granted.landing?.grantHistory).toHaveLength(1);
    expect((await landing(stranger(), 'granted')).landing).toEqual(granted.landing);

    await world.port.commit({
      ...content,
      expectedHead: granted.branch.tip.sha,
      additions: [],
      deletions: [grantPath, requestPath],
    });
    world.requests();
    const ended = await landing(world.port, 'granted');
    expect(world.requests()).toEqual(['query Branch']);
    expect(ended.landing?.history.map(({ blob }) => blob !== null)).toEqual([false, true]);
    expect((await landing(stranger(), 'granted')).landing).toEqual(ended.landing);
  });
});

describe('the last push', () => {
  it('at a merge of ours is the one that the merge was decided on', async () => {
    const { number, head } = await world.requestAccess();
    await world.port.readPullRequest(number);
    const push = await world.port.readLastPush('alice/inc-1', head);
    await world.port.merge(number, head, 'merge', '', '');
    const branch = await world.port.readBranch();
    world.requests();
    const pending = { granted: [], pending: [requestPath] };
    expect((await world.port.readLandings(branch, pending)).get(requestPath)?.lastPush).toEqual(push);
    expect(world.requests()).toEqual(['query Landings']);
    const other = stranger();
    expect((await other.readLandings(await other.readBranch(), pending)).get(requestPath)?.lastPush).toEqual(
      push,
    );
  });
});

describe('a tip that was foreseen wrongly', () => {
  it('is read as it is', async () => {
    const { number, head } = await world.requestAccess();
    await world.port.readPullRequest(number);
    // The base moves between the read and the merge.
    world.pushMain({ 'clusters/prod-eu/more.yaml': 'x\n' });
    await world.port.merge(number, head, 'merge', '', '');
    const { tip } = await world.port.readBranch();
    expect(tip.clusters.map(({ path }) => path)).toContain('clusters/prod-eu/more.yaml');
    expect(tip.requests.map(({ text }) => text)).toContain(requestText);
    expect((await stranger().readBranch()).tip).toEqual(tip);
  });
});
