import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RetryLater } from '../../src/github/errors.ts';
import { createWorld, type GitHubWorld } from './world.ts';

let world: GitHubWorld;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(async () => world.sandbox.close());

describe('readTeams', () => {
  it('reads members and permission of all teams in one request', async () => {
    const teams = await world.port.readTeams(['acme/payments', 'acme/sre', 'acme/payments']);
    expect(teams).toEqual(
      new Map([
        [
          'acme/payments',
          {
            canWrite: true,
            members: new Map([
              [1002, 'bob'],
              [1006, 'frank'],
            ]),
          },
        ],
        ['acme/sre', { canWrite: true, members: new Map([[1003, 'carol']]) }],
      ]),
    );
    expect(world.requests()).toEqual(['query Teams']);
  });

  it('asks for nothing where there is nothing to ask', async () => {
    expect(await world.port.readTeams([])).toEqual(new Map());
    expect(world.requests()).toEqual([]);
  });

  it('counts members of child teams, and none that have not accepted yet', async () => {
    const { world: people } = world.sandbox;
    people.createTeam('acme/on-site', { parent: 'acme/sre' });
    people.addTeamMember('acme/on-site', 'grace');
    people.addTeamMember('acme/sre', 'mallory', { state: 'pending' });
    const members = (await world.port.readTeams(['acme/sre'])).get('acme/sre')?.members;
    expect([...(members?.values() ?? [])].sort()).toEqual(['carol', 'grace']);
  });

  it('says which team may not write, and asks REST before it does', async () => {
    const { world: people } = world.sandbox;
    people.createTeam('acme/readers');
    people.setTeamPermission('acme/readers', 'acme/access', 'read', 'erin');
    people.createTeam('acme/outside');
    const teams = await world.port.readTeams(['acme/readers', 'acme/outside']);
    expect([...teams].map(([team, { canWrite }]) => [team, canWrite])).toEqual([
      ['acme/readers', false],
      ['acme/outside', false],
    ]);
    expect(world.requests().slice(1)).toEqual(
      Array.from({ length: 2 }, () => 'GET /orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}'),
    );
  });

  it('leaves out what is not there, and keeps the rest', async () => {
    const teams = await world.port.readTeams(['acme/nobody', 'elsewhere/team', 'acme/sre', 'no-slash']);
    expect([...teams.keys()]).toEqual(['acme/sre']);
  });

  it('leaves out what may not be seen, and keeps the rest', async () => {
    world.sandbox.faults.inject({
      operation: 'Teams',
      effect: {
        kind: 'partial',
        answer: { path: ['t1', 'team', 'members'], type: 'FORBIDDEN', message: 'no' },
      },
    });
    const teams = await world.port.readTeams(['acme/sre', 'acme/payments', 'acme/leads']);
    expect([...teams.keys()]).toEqual(['acme/sre', 'acme/leads']);
  });

  it('knows nobody where the App may not see members', async () => {
    await world.sandbox.close();
    world = await createWorld({
      permissions: { contents: 'write', pull_requests: 'write', metadata: 'read' },
    });
    expect(await world.port.readTeams(['acme/sre'])).toEqual(new Map());
  });

  it('does not take a passing failure for nobody', async () => {
    world.sandbox.faults.inject({
      operation: 'Teams',
      effect: {
        kind: 'partial',
        answer: { path: ['t0', 'team', 'members'], type: 'INTERNAL', message: 'no' },
      },
    });
    await expect(world.port.readTeams(['acme/sre'])).rejects.toBeInstanceOf(RetryLater);
  });

  it('reads more members than fit a page, of one team among others', async () => {
    const { world: people } = world.sandbox;
    for (let index = 0; index < 230; index += 1) {
      people.createUser({ login: `u${index}`, id: 3000 + index, name: `U${index}`, emails: [] });
      people.addMember('acme', `u${index}`);
      people.addTeamMember('acme/sre', `u${index}`);
    }
    const teams = await world.port.readTeams(['acme/sre', 'acme/leads']);
    expect(teams.get('acme/sre')?.members.size).toBe(231);
    expect(teams.get('acme/leads')?.members.size).toBe(1);
    expect(world.requests()).toEqual(['query Teams', 'query Teams', 'query Teams']);
  });

  it('tells the repository from others whose names hold its name', async () => {
    const { world: people } = world.sandbox;
    people.createTeam('acme/some');
    people.createRepository('acme/access-two', { creator: 'erin', files: new Map([['x', 'x']]) });
    people.setTeamPermission('acme/some', 'acme/access-two', 'admin', 'erin');
    expect((await world.port.readTeams(['acme/some'])).get('acme/some')?.canWrite).toBe(false);
  });
});

describe('readAccount', () => {
  it('reads people and bots, and null for nobody', async () => {
    expect(await world.port.readAccount('ALICE')).toEqual({ id: 1001, login: 'alice', type: 'User' });
    expect(await world.port.readAccount('curfew[bot]')).toMatchObject({ login: 'curfew[bot]', type: 'Bot' });
    expect(await world.port.readAccount('acme')).toMatchObject({ type: 'Organization' });
    expect(await world.port.readAccount('nobody-here')).toBeNull();
    world.requests();
    for (const login of ['../repos', 'a b', '', 'a/b', '%2e%2e'])
      expect(await world.port.readAccount(login)).toBeNull();
    expect(world.requests()).toEqual([]);
  });
});

describe('readCommands', () => {
  it('reads commands and our own comments of many pull requests, over all pages', async () => {
    const numbers: number[] = [];
    for (let index = 0; index < 30; index += 1) {
      const { number } = await world.requestAccess({
        branch: `b${index}`,
        path: `access-requests/prod-eu/payments/b-${index}.yaml`,
      });
      numbers.push(number);
    }
    const [first = 0, second = 0] = numbers;
    const say = (number: number, body: string) =>
      world
        .as('bob')
        .rest.issues.createComment({ owner: 'acme', repo: 'access', issue_number: number, body });
    for (let index = 0; index < 105; index += 1)
      await say(first, index === 104 ? '/revoke\nplease' : `${index}`);
    const { data } = await say(second, '/revoke');
    world.clock.advance(1000);
    await world
      .as('bob')
      .rest.issues.updateComment({ owner: 'acme', repo: 'access', comment_id: data.id, body: '/revoke now' });
    await world.port.publishComment(second, '<!-- curfew -->\nHello');
    world.requests();
    const commands = await world.port.readCommands(numbers);
    expect(commands).toHaveLength(30);
    expect(commands.find(({ pullRequest }) => pullRequest === first)?.comments).toMatchObject([
      { body: '/revoke\nplease', edited: false },
    ]);
    expect(commands.find(({ pullRequest }) => pullRequest === second)?.comments).toMatchObject([
      { body: '/revoke now', edited: true, author: { id: 1002 } },
      { body: '<!-- curfew -->\nHello', author: { type: 'Bot', login: 'curfew[bot]' } },
    ]);
    expect(world.requests()).toHaveLength(2);
    expect(await world.port.readCommands([])).toEqual([]);
    const some = await world.port.readCommands([first, 999, second]);
    expect(some.map(({ pullRequest }) => pullRequest)).toEqual([first, second]);
  });
});
