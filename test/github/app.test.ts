import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Denied, GitHubError, RetryLater } from '../../src/github/errors.ts';
import { suspendInstallation } from '../../src/sandbox/operations/apps.ts';
import { createWorld, start, type GitHubWorld } from './world.ts';

let world: GitHubWorld;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(async () => {
  vi.useRealTimers();
  await world.sandbox.close();
});

describe('the App', () => {
  it('knows itself and its bot, and asks once', async () => {
    const identity = await world.github.identity();
    expect(identity).toEqual({
      appId: 900,
      slug: 'curfew',
      botId: world.sandbox.world.user('curfew[bot]').id,
      botLogin: 'curfew[bot]',
      signsCommits: false,
    });
    await world.github.identity();
    await world.port.readAccount('alice');
    expect(world.requests()).toEqual(['GET /users/{username}']);
  });

  it('asks again where the first question failed', async () => {
    const github = world.restarted();
    world.sandbox.faults.inject({ route: '/app', effect: { kind: 'status', status: 500 } });
    await expect(github.identity()).rejects.toBeInstanceOf(GitHubError);
    world.sandbox.faults.clear();
    expect((await github.identity()).slug).toBe('curfew');
  });

  it('knows itself where it is installed nowhere', async () => {
    world.sandbox.state.installations.clear();
    expect((await world.restarted().identity()).botLogin).toBe('curfew[bot]');
  });

  it.each([
    ['https://api.github.com', true],
    ['https://api.acme.ghe.com', true],
    ['https://github.acme.example/api/v3', false],
  ])('takes commits of %s for signed: %s', async (apiUrl, signs) => {
    const github = world.restarted({
      apiUrl,
      fetch: async (input, init) => {
        const request = new Request(input, init);
        return world.sandbox.fetch(
          new Request(request.url.replace(/^https:\/\/[^/]+/, 'http://github.sandbox.localhost'), request),
        );
      },
    });
    expect((await github.identity()).signsCommits).toBe(signs);
    expect((await world.restarted({ signsCommits: !signs }).identity()).signsCommits).toBe(!signs);
  });

  it('says what to check where the key is not that of the App', async () => {
    const other = await createWorld();
    try {
      const stranger = world.restarted({ appId: 12_345 });
      await expect(stranger.installations()).rejects.toBeInstanceOf(Denied);
      await expect(stranger.installations()).rejects.toThrow(/APP_ID and the private key/);
    } finally {
      await other.sandbox.close();
    }
  });
});

describe('installations and repositories', () => {
  it('are listed over all pages', async () => {
    const { world: people } = world.sandbox;
    for (let index = 0; index < 120; index += 1) {
      people.createRepository(`acme/r${index}`, { creator: 'erin' });
    }
    people.changeInstallation(
      world.acme.installation,
      'added',
      Array.from({ length: 120 }, (_, index) => `acme/r${index}`),
      'erin',
    );
    const repositories = await world.github.repositories(world.acme.installation.id);
    expect(repositories).toHaveLength(121);
    expect(repositories).toContainEqual({ id: 500, owner: 'acme', name: 'access', archived: false });
    expect(await world.github.installations()).toEqual([
      { id: world.acme.installation.id, account: 'acme', suspended: false },
    ]);
    expect(world.requests()).toEqual([
      'GET /installation/repositories',
      'GET /installation/repositories',
      'GET /app/installations',
    ]);
  });

  it('say when one is suspended', async () => {
    suspendInstallation(
      world.sandbox.context,
      world.acme.installation,
      true,
      world.sandbox.world.user('erin'),
    );
    expect(await world.github.installations()).toMatchObject([{ suspended: true }]);
    await expect(world.restarted().repositories(world.acme.installation.id)).rejects.toBeInstanceOf(Denied);
  });

  it('share one token among requests at the same time', async () => {
    const github = world.restarted();
    let tokens = 0;
    world.sandbox.onRequest(({ route }) => {
      if (route.endsWith('/access_tokens')) tokens += 1;
    });
    const port = github.repository(world.acme.installation.id, 'acme', 'access');
    await Promise.all([port.readBranch(), port.readAccount('alice'), port.readTeams(['acme/sre'])]);
    expect(tokens).toBe(1);
  });

  it('get a new token before the old one ends', async () => {
    const { port } = world;
    await port.readAccount('alice');
    let tokens = 0;
    world.sandbox.onRequest(({ route, status }) => {
      if (route.endsWith('/access_tokens') && status === 201) tokens += 1;
    });
    world.clock.set(Date.now());
    vi.useFakeTimers({ now: Date.now() + 50 * 60_000, toFake: ['Date'] });
    await port.readAccount('alice');
    expect(tokens).toBe(0);
    vi.setSystemTime(Date.now() + 6 * 60_000);
    await port.readAccount('alice');
    expect(tokens).toBe(1);
  });

  it('ask again where the old token ended and a new one was not to be had', async () => {
    const { port } = world;
    await port.readAccount('alice');
    world.clock.set(Date.now());
    vi.useFakeTimers({ now: Date.now() + 56 * 60_000, toFake: ['Date'] });
    world.sandbox.faults.inject({
      route: '/app/installations/{installation_id}/access_tokens',
      times: 1,
      effect: { kind: 'status', status: 502 },
    });
    await expect(port.readAccount('alice')).rejects.toBeInstanceOf(RetryLater);
    expect(await port.readAccount('alice')).not.toBeNull();
  });

  it('get tokens also where the clock of this machine is wrong', async () => {
    vi.useFakeTimers({ now: Date.now() + 10 * 60_000, toFake: ['Date'] });
    world.clock.set(Date.now() - 10 * 60_000);
    const github = world.restarted();
    expect(await github.installations()).toHaveLength(1);
    const port = github.repository(world.acme.installation.id, 'acme', 'access');
    expect(await port.readAccount('alice')).not.toBeNull();
    // Also where the first that is refused is the request for a token.
    const other = world.restarted().repository(world.acme.installation.id, 'acme', 'access');
    expect((await other.readBranch()).repository.id).toBe(500);
  });

  it('remember of a repository what another port to it read', async () => {
    await world.port.readBranch();
    world.requests();
    await world.github.repository(world.acme.installation.id, 'Acme', 'Access').readBranch();
    await world.port.withPurpose('ending').readBranch();
    expect(world.requests()).toEqual(['query Branch', 'query Branch']);
  });
});

describe('budgets', () => {
  it('are told for each installation', async () => {
    await world.sandbox.close();
    world = await createWorld();
    await world.port.createBranch(
      'curfew/x',
      world.sandbox.world.repository('acme/access').git.branch('main') ?? '',
    );
    const figures = world.github.budgets().get(world.acme.installation.id);
    expect(figures?.created).toEqual({ lastMinute: 1, lastHour: 1 });
    expect(figures?.inFlight).toBe(0);
  });
});

describe('failed deliveries', () => {
  it('are those that never got through, and can be repeated', async () => {
    const statuses: number[] = [];
    let answer = 500;
    world.sandbox.world.setWebhook(world.acme.app, async () => {
      statuses.push(answer);
      return answer;
    });
    await world.requestAccess();
    await world.sandbox.settle();
    const failed = await world.github.failedDeliveries(start);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed[0]).toMatchObject({ event: 'pull_request', deliveredAt: start });
    expect(await world.github.failedDeliveries(start + 1000)).toEqual([]);

    answer = 200;
    for (const { id } of failed) await world.github.redeliver(id);
    await world.sandbox.settle();
    expect(await world.github.failedDeliveries(start)).toEqual([]);
    expect(statuses.filter((status) => status === 200)).toHaveLength(failed.length);
  });

  it('are found beyond the first page', async () => {
    world.sandbox.world.setWebhook(world.acme.app, async () => 500);
    for (let index = 0; index < 60; index += 1) {
      await world.requestAccess({
        branch: `b${index}`,
        path: `access-requests/prod-eu/payments/b-${index}.yaml`,
      });
      world.pushMain({ x: `${index}` });
    }
    await world.sandbox.settle();
    world.requests();
    const failed = await world.github.failedDeliveries(start);
    expect(failed.length).toBeGreaterThanOrEqual(60);
    expect(new Set(failed.map(({ guid }) => guid)).size).toBe(failed.length);
  });
});
