import { expect, test } from 'vitest';
import { executeGraphQL } from '../../../src/sandbox/graphql/execute.ts';
import { makeWorld, permissions } from './world.ts';

const inAccess = (selection: string): string =>
  `{ repository(owner: "acme", name: "access") { ${selection} } }`;

test('a field that the schema lacks is refused in the words of GitHub', () => {
  const query =
    'query Q { repository(owner: "acme", name: "access") { pullRequest(number: 1) { nonsense } } }';
  expect(makeWorld().ask(query)).toEqual({
    errors: [
      {
        path: ['query Q', 'repository', 'pullRequest', 'nonsense'],
        extensions: { code: 'undefinedField', typeName: 'PullRequest', fieldName: 'nonsense' },
        locations: [{ line: 1, column: query.indexOf('nonsense') + 1 }],
        message: "Field 'nonsense' doesn't exist on type 'PullRequest'",
      },
    ],
  });
});

test('the path of a faulty field starts at its fragment', () => {
  const query = 'query { viewer { ...F } } fragment F on User { ... on Actor { nonsense } }';
  expect(makeWorld().ask(query).errors?.[0]?.path).toEqual(['fragment F', '... on Actor', 'nonsense']);
});

test('what does not parse is an answer with a place', () => {
  const { data, errors } = makeWorld().ask('query {');
  expect(data).toBeUndefined();
  expect(errors).toEqual([
    { message: expect.stringContaining('Syntax Error'), locations: [{ line: 1, column: 8 }] },
  ]);
});

test('a variable of the wrong type and a missing one are refused before anything runs', () => {
  const world = makeWorld();
  const query =
    'query ($number: Int!) { repository(owner: "acme", name: "access") { pullRequest(number: $number) { id } } }';
  for (const variables of [{ number: 'one' }, {}]) {
    const { data, errors } = world.ask(query, variables);
    expect(data).toBeUndefined();
    expect(errors?.[0]?.message).toBe('Variable $number of type Int! was provided invalid value');
  }
});

test('an unused variable and an argument that does not exist are refused', () => {
  const world = makeWorld();
  expect(world.ask('query ($a: Int) { viewer { login } }').errors?.[0]?.message).toContain('never used');
  expect(world.ask('{ viewer(x: 1) { login } }').errors?.[0]?.message).toContain('Unknown argument "x"');
});

test('a field of the schema that nobody needs here says so instead of being null', () => {
  const { data, errors } = makeWorld().ask(inAccess('name stargazerCount'));
  expect(data).toEqual({ repository: null });
  expect(errors).toMatchObject([
    {
      type: 'UNRESOLVED',
      path: ['repository', 'stargazerCount'],
      message: 'the sandbox does not resolve Repository.stargazerCount',
    },
  ]);
});

test('what is not there is null with NOT_FOUND, and the rest is answered', () => {
  const query = inAccess('name pullRequest(number: 9) { id }');
  const { data, errors } = makeWorld().ask(query);
  expect(data).toEqual({ repository: { name: 'access', pullRequest: null } });
  expect(errors).toEqual([
    {
      type: 'NOT_FOUND',
      path: ['repository', 'pullRequest'],
      locations: [{ line: 1, column: query.indexOf('pullRequest') + 1 }],
      message: 'Could not resolve to a PullRequest with the number of 9.',
    },
  ]);
});

test.each([
  ['{ repository(owner: "acme", name: "nothing") { id } }', "a Repository with the name 'acme/nothing'."],
  ['{ organization(login: "none") { id } }', "an Organization with the login of 'none'."],
  ['{ user(login: "none") { id } }', "a User with the login of 'none'."],
  ['{ node(id: "PR_none") { id } }', "a node with the global id of 'PR_none'."],
])('%s is not found', (query, what) => {
  expect(makeWorld().ask(query).errors).toMatchObject([
    { type: 'NOT_FOUND', message: `Could not resolve to ${what}` },
  ]);
});

test('a private repository is not found by who may not see it', () => {
  const world = makeWorld();
  world.person('stranger');
  const { errors } = world.ask(inAccess('name'), {}, { actor: world.as('stranger') });
  expect(errors).toMatchObject([{ type: 'NOT_FOUND' }]);
});

test('a part that the App may not read is null with FORBIDDEN, and the rest is answered', () => {
  const world = makeWorld();
  const { pull_requests: _, ...granted } = permissions;
  const query = inAccess('name pullRequests(first: 1) { totalCount }');
  const { data, errors } = world.ask(query, {}, { actor: world.asApp(granted) });
  expect(data).toEqual({ repository: null });
  expect(errors).toEqual([
    {
      type: 'FORBIDDEN',
      path: ['repository', 'pullRequests'],
      extensions: { saml_failure: false },
      locations: [{ line: 1, column: query.indexOf('pullRequest') + 1 }],
      message: 'Resource not accessible by integration',
    },
  ]);
});

test('a partial answer can be injected: the path fails, what may not be null goes with it', () => {
  const world = makeWorld();
  const fault = { type: 'INTERNAL', message: 'Something went wrong' } as const;
  const query = inAccess('name owner { login } description');
  const nullable = world.ask(query, {}, { partial: { ...fault, path: ['repository', 'description'] } });
  expect(nullable).toMatchObject({
    data: { repository: { name: 'access', owner: { login: 'acme' }, description: null } },
    errors: [{ type: 'INTERNAL', path: ['repository', 'description'], message: 'Something went wrong' }],
  });
  const required = world.ask(query, {}, { partial: { ...fault, path: ['repository', 'owner', 'login'] } });
  expect(required).toMatchObject({
    data: { repository: null },
    errors: [{ path: ['repository', 'owner', 'login'] }],
  });
});

const nested = inAccess(
  'pullRequests(first: 100) { nodes { reviews(first: 100) { nodes { onBehalfOf(first: 100) { totalCount } } } } }',
);

test('the cost is known before the query runs, and too many nodes are refused', () => {
  const world = makeWorld();
  const { errors } = world.ask(nested);
  expect(errors).toEqual([
    {
      type: 'MAX_NODE_LIMIT_EXCEEDED',
      message:
        'This query requests up to 1,010,100 possible nodes which exceeds the maximum limit of 500,000.',
    },
  ]);
  expect(
    world.data(`query ($n: Int = 100) { rateLimit { limit used remaining cost nodeCount resetAt }
    repository(owner: "acme", name: "access") { pullRequests(first: $n) { nodes { files(first: 20) { totalCount } } } } }`),
  ).toMatchObject({
    // One page of pull requests and for each one page of files: 101 requests.
    rateLimit: {
      limit: 5000,
      used: 7,
      remaining: 4993,
      cost: 1,
      nodeCount: 2100,
      resetAt: '2026-11-02T10:00:00Z',
    },
  });
});

test('GraphQL is for accounts, and wants a query', () => {
  const world = makeWorld();
  const options = { rateLimit: { limit: 1, used: 0, resetAt: 0 } };
  const { app } = world.installation;
  for (const actor of [{ kind: 'anonymous' }, { kind: 'app', app }] as const) {
    expect(() => executeGraphQL(world.sandbox, actor, { query: '{ viewer { id } }' }, options)).toThrow(
      expect.objectContaining({ status: 401 }),
    );
  }
  expect(() => executeGraphQL(world.sandbox, world.asApp(), { variables: {} }, options)).toThrow(
    expect.objectContaining({ status: 400 }),
  );
});
