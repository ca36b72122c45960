import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RequestReport } from '../../src/sandbox/faults.ts';
import { access, heard, openPullRequest, startAcme } from './support.ts';
import type { World } from './support.ts';

let world: World;
let issue: { readonly owner: string; readonly repo: string; readonly issue_number: number };

beforeEach(async () => {
  world = await startAcme();
  issue = { ...access, issue_number: await openPullRequest(world, 'alice', 'a') };
  await world.sandbox.settle();
});

afterEach(async () => {
  await world.sandbox.close();
});

function comment(): Promise<unknown> {
  return world.as('alice').issues.createComment({ ...issue, body: 'x' });
}

function comments(): number {
  return world.repository.issues.get(issue.issue_number)?.comments.length ?? 0;
}

describe('a request', () => {
  it.each([401, 403, 404, 405, 409, 422, 429, 500, 502])(
    'can be answered by %i without effect',
    async (status) => {
      world.sandbox.faults.inject({
        method: 'POST',
        route: /\/comments$/,
        effect: { kind: 'status', status },
      });
      await expect(comment()).rejects.toMatchObject({ status });
      expect(comments()).toBe(0);
    },
  );

  it('can take effect although its answer says otherwise', async () => {
    world.sandbox.faults.inject({ method: 'POST', effect: { kind: 'status-after-effect', status: 502 } });
    await expect(comment()).rejects.toMatchObject({ status: 502 });
    expect(comments()).toBe(1);
  });

  it('can lose its connection before or after its effect', async () => {
    const { faults } = world.sandbox;
    const undo = faults.inject({ method: 'POST', effect: { kind: 'drop' } });
    await expect(comment()).rejects.toThrow('the connection was lost');
    expect(comments()).toBe(0);
    undo();
    faults.inject({ method: 'POST', effect: { kind: 'drop-after-effect' } });
    await expect(comment()).rejects.toThrow('the connection was lost');
    expect(comments()).toBe(1);
    faults.clear();
    await comment();
  });

  it('is hit as often as was asked for, by route or path, actor and chance', async () => {
    const { faults } = world.sandbox;
    const effect = { kind: 'status', status: 500 } as const;
    faults.inject({ route: '/repos/{owner}/{repo}/issues/{issue_number}/comments', times: 2, effect });
    await expect(comment()).rejects.toMatchObject({ status: 500 });
    await expect(comment()).rejects.toMatchObject({ status: 500 });
    await comment();
    faults.inject({ route: '/api/v3/user', actor: 'bob', effect });
    await expect(world.as('bob').users.getAuthenticated()).rejects.toMatchObject({ status: 500 });
    await world.as('alice').users.getAuthenticated();
    let count = 0;
    faults.inject({ method: 'POST', when: () => (count += 1) % 2 === 0, effect });
    await comment();
    await expect(comment()).rejects.toMatchObject({ status: 500 });
  });

  it('can carry the headers of a rate limit', async () => {
    const headers = { 'retry-after': '60' };
    world.sandbox.faults.inject({ effect: { kind: 'status', status: 429, headers } });
    await expect(comment()).rejects.toMatchObject({ response: { headers } });
  });

  it('can come late', async () => {
    world.sandbox.faults.inject({ method: 'POST', effect: { kind: 'delay', milliseconds: 20 } });
    const late = comment();
    expect(comments()).toBe(0);
    await late;
    expect(comments()).toBe(1);
  });

  it('by GraphQL is found by the name of its operation, and can be answered in part', async () => {
    const { faults } = world.sandbox;
    const query =
      'query Head { repository(owner: "acme", name: "access") { name pullRequest(number: 1) { title } } }';
    const answer = {
      path: ['repository', 'pullRequest'],
      type: 'INTERNAL',
      message: 'something went wrong',
    } as const;
    faults.inject({ operation: 'Other', effect: { kind: 'status', status: 502 } });
    faults.inject({ operation: 'Head', times: 1, effect: { kind: 'partial', answer } });
    await expect(world.bot.graphql(query)).rejects.toMatchObject({
      data: { repository: { name: 'access', pullRequest: null } },
      errors: [{ type: 'INTERNAL', path: ['repository', 'pullRequest'] }],
    });
    expect(await world.bot.graphql(query)).toMatchObject({ repository: { pullRequest: { title: 'a' } } });
  });

  it('over a socket loses its connection, too', async () => {
    const { url } = await world.sandbox.listen({ host: '127.0.0.1', port: 0 });
    world.sandbox.faults.inject({ effect: { kind: 'drop' } });
    await expect(fetch(`${url}/api/v3/meta`)).rejects.toThrow('fetch failed');
    world.sandbox.faults.clear();
    expect((await fetch(`${url}/api/v3/meta`)).status).toBe(200);
  });
});

describe('a delivery', () => {
  const pushes = (): number => heard(world).filter((event) => event === 'issue_comment.created').length;

  it('can be lost, and is listed as failed', async () => {
    world.sandbox.faults.onDelivery(({ event }) => (event === 'issue_comment' ? 'drop' : 'deliver'));
    await comment();
    await world.sandbox.settle();
    expect(pushes()).toBe(0);
    const { data } = await world.asApp.apps.listWebhookDeliveries();
    expect(data[0]).toMatchObject({ event: 'issue_comment', status_code: 0 });
  });

  it('can come twice under one id', async () => {
    world.sandbox.faults.onDelivery(() => 'duplicate');
    await comment();
    await world.sandbox.settle();
    const ids = world.received.filter(({ name }) => name === 'issue_comment').map(({ id }) => id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('can be held back and let go in another order', async () => {
    const { faults, deliveries } = world.sandbox;
    const count = world.received.length;
    faults.onDelivery(() => 'hold');
    world.sandbox.world.pushFiles('acme/access', 'alice', { branch: 'a', files: { x: '1' } });
    await world.sandbox.settle();
    expect(world.received).toHaveLength(count);
    const held = deliveries.held.map(({ guid }) => guid);
    expect(held.length).toBeGreaterThan(1);
    deliveries.release((all) => all.toReversed());
    await world.sandbox.settle();
    expect(world.received.slice(count).map(({ id }) => id)).toEqual(held.toReversed());
    expect(deliveries.held).toEqual([]);
  });
});

it('a path that the API does not know is seen by observers, too', async () => {
  const seen: RequestReport[] = [];
  world.sandbox.onRequest((report) => {
    seen.push(report);
  });
  for (const path of ['/api/v3/repos/acme/access/nonsense', '/api/v3/users/%E0%A4%A']) {
    expect((await world.sandbox.handle(new Request(`http://x${path}`))).status).toBe(404);
  }
  expect(seen).toMatchObject([{ route: '/repos/acme/access/nonsense', status: 404 }, { status: 404 }]);
});

it('an observer sees every request with its route, operation, actor and outcome', async () => {
  const seen: RequestReport[] = [];
  const stop = world.sandbox.onRequest((report) => {
    seen.push(report);
  });
  await comment();
  await world.bot.graphql('query Me { viewer { login } }');
  await expect(world.as('alice').repos.get({ owner: 'acme', repo: 'absent' })).rejects.toMatchObject({
    status: 404,
  });
  world.sandbox.faults.inject({ method: 'POST', effect: { kind: 'drop' } });
  await expect(comment()).rejects.toThrow('the connection was lost');
  stop();
  await world.as('alice').meta.get();
  const token = {
    method: 'POST',
    route: '/app/installations/{installation_id}/access_tokens',
    actor: 'curfew',
    status: 201,
  };
  const commented = {
    method: 'POST',
    route: '/repos/{owner}/{repo}/issues/{issue_number}/comments',
    actor: 'alice',
  };
  expect(seen).toMatchObject([
    { ...commented, status: 201, operation: null },
    token,
    { route: '/graphql', operation: 'Me', actor: 'curfew[bot]', status: 200 },
    { route: '/repos/{owner}/{repo}', status: 404 },
    { ...commented, status: 0 },
  ]);
});
