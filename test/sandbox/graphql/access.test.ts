import { expect, test } from 'vitest';
import { addTeamMember } from '../../../src/sandbox/operations/accounts.ts';
import { setCollaborator } from '../../../src/sandbox/operations/repositories.ts';
import { makeWorld, permissions, type World } from './world.ts';

const inTeam = (slug: string, selection: string): string =>
  `{ organization(login: "acme") { team(slug: "${slug}") { ${selection} } } }`;

/** engineers with a team payments below; mallory is only invited. */
function makeTeams(): World {
  const world = makeWorld();
  const engineers = world.team('engineers', ['alice', 'Bob']);
  world.team('payments', ['carol', 'Bob'], 'none', { parent: engineers });
  addTeamMember(world.sandbox, engineers, world.person('mallory'), { state: 'pending' });
  return world;
}

function membersFound(...logins: readonly string[]): object {
  return { organization: { team: { members: { nodes: logins.map((login) => ({ login })) } } } };
}

test('members are the active ones, of the team, of the teams below, or of both', () => {
  const world = makeTeams();
  const members = (membership: string, more = ''): unknown =>
    world.data(
      inTeam('engineers', `members(membership: ${membership}, first: 10 ${more}) { nodes { login } }`),
    );
  expect(members('ALL')).toEqual(membersFound('Bob', 'alice', 'carol'));
  expect(members('IMMEDIATE')).toEqual(membersFound('Bob', 'alice'));
  expect(members('CHILD_TEAM')).toEqual(membersFound('Bob', 'carol'));
  expect(members('ALL', ', query: "bo"')).toEqual(membersFound('Bob'));
});

test('a team tells its place, its members by id, and its permission on a repository', () => {
  const world = makeTeams();
  const selection = `slug databaseId combinedSlug privacy parentTeam { slug }
    ancestors(first: 5) { nodes { slug } } childTeams(first: 5) { totalCount }
    members(first: 1) { totalCount edges { role node { databaseId } } pageInfo { hasNextPage } }
    repositories(query: "acc", first: 5) { edges { permission node { databaseId } } }
    others: repositories(query: "xyz", first: 5) { totalCount }`;
  expect(world.data(inTeam('Payments', selection))).toEqual({
    organization: {
      team: {
        slug: 'payments',
        databaseId: expect.any(Number),
        combinedSlug: 'acme/payments',
        privacy: 'VISIBLE',
        parentTeam: { slug: 'engineers' },
        ancestors: { nodes: [{ slug: 'engineers' }] },
        childTeams: { totalCount: 0 },
        members: {
          totalCount: 2,
          edges: [{ role: 'MEMBER', node: { databaseId: world.user('Bob').id } }],
          pageInfo: { hasNextPage: true },
        },
        // A child team has its parent's permission.
        repositories: { edges: [{ permission: 'WRITE', node: { databaseId: world.repository.id } }] },
        others: { totalCount: 0 },
      },
    },
  });
});

test('a team that does not exist is null without an error', () => {
  expect(makeTeams().ask(inTeam('none', 'slug'))).toEqual({ data: { organization: { team: null } } });
});

test('without Members: read, teams are null and forbidden, and the rest is answered', () => {
  const world = makeTeams();
  const { members: _, ...granted } = permissions;
  const query = `{ organization(login: "acme") { databaseId team(slug: "engineers") { slug } } }`;
  expect(world.ask(query, {}, { actor: world.asApp(granted) })).toMatchObject({
    data: { organization: { databaseId: world.organization.id, team: null } },
    errors: [
      {
        type: 'FORBIDDEN',
        path: ['organization', 'team'],
        message: 'Resource not accessible by integration',
      },
    ],
  });
});

test('who is not in the organisation sees no team, who is not in a secret team not that one', () => {
  const world = makeTeams();
  world.person('stranger');
  world.team('secrets', ['dan'], 'write', { privacy: 'secret' });
  const { errors } = world.ask(inTeam('engineers', 'slug'), {}, { actor: world.as('stranger') });
  expect(errors).toMatchObject([{ type: 'FORBIDDEN' }]);
  const seenBy = (login: string): unknown =>
    world.data(inTeam('secrets', 'slug'), {}, { actor: world.as(login) });
  expect(seenBy('alice')).toEqual({ organization: { team: null } });
  const seen = { organization: { team: { slug: 'secrets' } } };
  expect(['dan', 'erin'].map(seenBy)).toEqual([seen, seen]);
});

function collaboratorFound(login: string, permission: string): object {
  return { collaborators: { edges: [{ permission, node: { login } }] } };
}

test('collaborators are asked for one by one, with the permission of every way that gives it', () => {
  const world = makeTeams();
  const outsider = world.person('zoe');
  setCollaborator(world.repository, outsider, 'triage');
  const permission = (login: string): unknown =>
    world.inRepository(`collaborators(login: "${login}", first: 1) { edges { permission node { login } } }`);
  expect(permission('carol')).toEqual(collaboratorFound('carol', 'WRITE'));
  expect(permission('ERIN')).toEqual(collaboratorFound('erin', 'ADMIN'));
  expect(permission('zoe')).toEqual(collaboratorFound('zoe', 'TRIAGE'));
  expect(permission('mallory')).toEqual({ collaborators: { edges: [] } });
  expect(
    world.inRepository(
      'collaborators { totalCount } outside: collaborators(affiliation: OUTSIDE) { totalCount }',
    ),
  ).toEqual({
    collaborators: { totalCount: 5 },
    outside: { totalCount: 1 },
  });
  const query = '{ repository(owner: "acme", name: "access") { collaborators(first: 1) { totalCount } } }';
  expect(world.ask(query, {}, { actor: world.as('zoe') })).toMatchObject({
    data: { repository: { collaborators: null } },
    errors: [{ type: 'FORBIDDEN' }],
  });
});

test('a person and the viewer; an App is seen as its bot', () => {
  const world = makeTeams();
  expect(world.data('{ user(login: "ALICE") { login databaseId } viewer { login databaseId } }')).toEqual({
    user: { login: 'alice', databaseId: world.user('alice').id },
    viewer: { login: 'curfew[bot]', databaseId: world.installation.app.bot.id },
  });
});

test('a node is found by its id, where the asker may see it', () => {
  const world = makeTeams();
  const { nodeId } = world.propose('alice', 'topic', { a: 'a' });
  const node = (id: string, actor = world.asApp()): unknown =>
    world.ask('query ($id: ID!) { node(id: $id) { __typename id } }', { id }, { actor });
  const query = `{ repository(owner: "acme", name: "access") { id defaultBranchRef { id target { id } }
    pullRequest(number: 1) { id author { ... on User { id } } } } organization(login: "acme") { id team(slug: "engineers") { id } } }`;
  const ids = JSON.stringify(world.data(query)).match(/(?<="id":")[^"]+/g) ?? [];
  const types = ['Repository', 'Ref', 'Commit', 'PullRequest', 'User', 'Organization', 'Team'];
  expect(ids.map((id) => node(id))).toEqual(
    types.map((type, at) => ({ data: { node: { __typename: type, id: ids[at] } } })),
  );
  const { pull_requests: _, ...granted } = permissions;
  expect(node(nodeId, world.asApp(granted))).toMatchObject({
    data: { node: null },
    errors: [{ type: 'FORBIDDEN' }],
  });
  world.person('stranger');
  expect(node(nodeId, world.as('stranger'))).toMatchObject({
    data: { node: null },
    errors: [{ type: 'NOT_FOUND' }],
  });
});
