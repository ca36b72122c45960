import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { access, openPullRequest, startAcme } from './support.ts';
import type { World } from './support.ts';

let world: World;

beforeEach(async () => {
  world = await startAcme();
});

afterEach(async () => {
  await world.sandbox.close();
});

async function commentTimes(count: number, issue: number): Promise<void> {
  const alice = world.as('alice');
  for (let index = 0; index < count; index += 1) {
    await alice.issues.createComment({ ...access, issue_number: issue, body: 'x' });
  }
}

describe('content-creating requests', () => {
  it('are at most eighty a minute, then refused with the time to wait', async () => {
    const issue = await openPullRequest(world, 'alice', 'a');
    await commentTimes(79, issue);
    await expect(commentTimes(1, issue)).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('secondary rate limit'),
      response: { headers: { 'retry-after': '60' } },
    });
    // Reading goes on, other people write, and a minute later all is well.
    await world.as('alice').pulls.get({ ...access, pull_number: issue });
    await world.as('bob').issues.createComment({ ...access, issue_number: issue, body: 'x' });
    world.sandbox.clock.advance(60_000);
    await commentTimes(1, issue);
  });

  it('are at most five hundred an hour', async () => {
    const issue = await openPullRequest(world, 'alice', 'a');
    for (let minute = 0; minute < 7; minute += 1) {
      await commentTimes(71, issue);
      world.sandbox.clock.advance(60_000);
    }
    await commentTimes(2, issue);
    await expect(commentTimes(1, issue)).rejects.toMatchObject({ status: 403 });
  });

  it('count in GraphQL as well', async () => {
    const issue = await openPullRequest(world, 'alice', 'a');
    await commentTimes(78, issue);
    const mutation = `mutation ($id: ID!) { addComment(input: { subjectId: $id, body: "x" }) { clientMutationId } }`;
    const add = (): Promise<unknown> =>
      world.as('alice').graphql(mutation, { id: world.repository.issues.get(issue)?.nodeId });
    await add();
    await expect(add()).rejects.toMatchObject({ status: 403 });
  });

  it('are without limit where the sandbox is told so', async () => {
    await world.sandbox.close();
    world = await startAcme({ limits: false });
    const issue = await openPullRequest(world, 'alice', 'a');
    await commentTimes(120, issue);
    expect(world.repository.issues.get(issue)?.comments).toHaveLength(120);
  });
});

describe('the hourly budget', () => {
  it('is told in every answer, and a 304 is free', async () => {
    const alice = world.as('alice');
    const { headers } = await alice.repos.get(access);
    expect(headers).toMatchObject({
      'x-ratelimit-limit': '5000',
      'x-ratelimit-remaining': '4999',
      'x-ratelimit-used': '1',
      'x-ratelimit-resource': 'core',
    });
    expect(Number(headers['x-ratelimit-reset'])).toBe(world.sandbox.clock.now() / 1000 + 3600);
    const known = { ...access, headers: { 'if-none-match': headers.etag ?? '' } };
    await expect(alice.repos.get(known)).rejects.toMatchObject({
      status: 304,
      response: { headers: { 'x-ratelimit-used': '1' } },
    });
    const { data } = await alice.rateLimit.get();
    expect(data.resources).toMatchObject({ core: { used: 1 }, graphql: { used: 0 } });
  });

  it('is one of its own for GraphQL, and ends with an answer of HTTP 200', async () => {
    const alice = world.as('alice');
    await alice.graphql('query { viewer { login } }');
    expect((await alice.rateLimit.get()).data.resources).toMatchObject({
      core: { used: 0 },
      graphql: { used: 1 },
    });
    for (let minute = 0; minute < 3; minute += 1) {
      for (let index = 0; index < 1_900; index += 1) {
        await alice.graphql('query { viewer { login } }').catch(() => {});
      }
      world.sandbox.clock.advance(60_000);
    }
    await expect(alice.graphql('query { viewer { login } }')).rejects.toMatchObject({
      errors: [{ type: 'RATE_LIMITED' }],
    });
    world.sandbox.clock.advance(3_600_000);
    await alice.graphql('query { viewer { login } }');
  });

  it('is whole again after an hour, also when the clock jumps back', async () => {
    const alice = world.as('alice');
    await alice.repos.get(access);
    world.sandbox.clock.advance(-7_200_000);
    expect((await alice.repos.get(access)).headers['x-ratelimit-used']).toBe('1');
    world.sandbox.clock.advance(3_600_000);
    expect((await alice.repos.get(access)).headers['x-ratelimit-used']).toBe('1');
  });

  it('holds nine hundred points a minute', async () => {
    const alice = world.as('alice');
    for (let index = 0; index < 900; index += 1) await alice.meta.get();
    await expect(alice.meta.get()).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('secondary'),
    });
  });
});
