/** What an ordinary client makes of the answers. */
import { expect, test } from 'vitest';
import { access, startAcme } from '../support.ts';

const query = `query Read($owner: String!, $repo: String!) {
  repository(owner: $owner, name: $repo) { name owner { login } defaultBranchRef { name } }
}`;

test('a client reads data, and pays for it', async () => {
  const { bot, sandbox } = await startAcme();
  await expect(bot.graphql(query, access)).resolves.toEqual({
    repository: { name: 'access', owner: { login: 'acme' }, defaultBranchRef: { name: 'main' } },
  });
  const { data } = await bot.rateLimit.get();
  expect(data.resources.graphql).toMatchObject({ limit: 5_000, used: 1, remaining: 4_999 });
  await sandbox.close();
});

test('a partial answer reaches the client as an error with data', async () => {
  const { bot, sandbox } = await startAcme();
  const answer = {
    path: ['repository', 'defaultBranchRef'],
    type: 'SERVICE_UNAVAILABLE',
    message: 'later',
  } as const;
  sandbox.faults.inject({ operation: 'Read', times: 1, effect: { kind: 'partial', answer } });
  const failure: unknown = await bot.graphql(query, access).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    name: 'GraphqlResponseError',
    data: { repository: { name: 'access', defaultBranchRef: null } },
    errors: [{ type: 'SERVICE_UNAVAILABLE', path: ['repository', 'defaultBranchRef'], message: 'later' }],
  });
  await expect(bot.graphql(query, access)).resolves.toMatchObject({ repository: { name: 'access' } });
  await sandbox.close();
});

test('Enterprise Server has it at /api/graphql, and nobody without a token', async () => {
  const { sandbox } = await startAcme();
  const request = new Request('http://github.sandbox.localhost/api/graphql', {
    method: 'POST',
    body: JSON.stringify({ query: '{ viewer { login } }' }),
  });
  expect(await sandbox.handle(request)).toMatchObject({ status: 401 });
  await sandbox.close();
});
