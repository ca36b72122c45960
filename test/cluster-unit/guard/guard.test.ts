/** The guard against an API server that misbehaves; what a real one does is tested in test/cluster. */
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Api } from '../../../src/cluster/guard/api.ts';
import { guardedKinds } from '../../../src/cluster/guard/core/kinds.ts';
import { EventWriter } from '../../../src/cluster/guard/events.ts';
import { Guard } from '../../../src/cluster/guard/guard.ts';
import { Lanes } from '../../../src/cluster/guard/lanes.ts';
import { createMetrics } from '../../../src/cluster/guard/metrics.ts';
import { reflect, type Pace } from '../../../src/cluster/guard/reflector.ts';
import { Reports } from '../../../src/cluster/guard/reports.ts';
import { startFakeApi, type FakeApi } from './fake-api.ts';

const unmeasured = { objects: () => new Map(), leftovers: () => [], skew: () => null, age: () => null };

let fake: FakeApi;
let stop: AbortController;
let running: Promise<unknown>;
let api: Api;

/** The parts of `runGuard`, with another pace. */
function start(pace: Pace = { watch: 30, grace: 5 }): void {
  api = new Api(fake.connection, () => undefined);
  const lanes = new Lanes(4);
  const events = new EventWriter(api, 'test', () => true);
  const reports = new Reports(pino({ level: 'silent' }), createMetrics(unmeasured), events);
  const guard = new Guard({ api, lanes, reports, now: () => Date.now(), skew: () => null });
  const beat = setInterval(() => guard.beat(), 100);
  stop.signal.addEventListener('abort', () => clearInterval(beat));
  running = Promise.all(guardedKinds.map(async (kind) => reflect(kind, api, guard, stop.signal, pace)));
}

async function allGone(): Promise<void> {
  await expect.poll(() => fake.names(), { timeout: 20_000 }).toEqual([]);
}

const past = 1_000_000_000_000;

beforeEach(async () => {
  fake = await startFakeApi();
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await running;
  api.close();
  await fake.close();
});

describe('deleting', () => {
  test('asks for this very object to be deleted, with what belongs to it', async () => {
    fake.add('a', past);
    start();
    await allGone();
    expect(fake.deletions).toEqual([
      {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        propagationPolicy: 'Background',
        preconditions: { uid: 'uid-1' },
      },
    ]);
  });

  test.each<readonly [string, ReturnType<FakeApi['intercept']>]>([
    ['an error of the server', { status: 500 }],
    ['too many requests', { status: 429, headers: { 'retry-after': '1' } }],
    ['a refusal', { status: 403, body: { message: 'no' } }],
    ['a broken connection', 'break'],
    ['an answer that is no JSON', { status: 503, body: 'x' }],
  ])('is repeated after %s, until it is done', async (_, answer) => {
    let failures = 0;
    fake.intercept = (method) => {
      if (method !== 'DELETE' || failures === 3) return undefined;
      failures += 1;
      return answer;
    };
    fake.add('a', past);
    start();
    await allGone();
    expect(failures).toBe(3);
  });

  test('of one grant that is not answered holds up no other', async () => {
    fake.intercept = (method, path) => (method === 'DELETE' && path.endsWith('/bad') ? 'hang' : undefined);
    fake.add('bad', past);
    for (let index = 0; index < 20; index += 1) fake.add(`good-${index}`, past);
    start();
    await expect.poll(() => fake.names()).toEqual(['bad']);
  });

  test('is repeated at once after an error, whatever else is not answered', async () => {
    // One looks by name what became of an object, for ever: there is room for no other that comes again.
    const collection = '/apis/rbac.authorization.k8s.io/v1/namespaces/payments/rolebindings';
    let failures = 0;
    fake.intercept = (method, path) => {
      if (method === 'GET' && path === collection) return 'hang';
      if (method !== 'DELETE' || failures === 3) return undefined;
      failures += 1;
      return { status: 500 };
    };
    fake.add('left', Date.now() + 3_600_000);
    start();
    await expect.poll(() => fake.asked.length).toBeGreaterThan(9);
    const metadata = {
      name: 'left',
      namespace: 'payments',
      uid: 'uid-1',
      labels: { 'curfew.dev/grant': 'x' },
    };
    fake.say(JSON.stringify({ type: 'DELETED', object: { metadata } }));
    await expect.poll(() => fake.asked).toContain(`GET ${collection}`);
    fake.add('a', past);
    await expect.poll(() => fake.names(), { timeout: 10_000 }).toEqual(['left']);
    expect(failures).toBe(3);
  });

  test('finds another object in its place, and looks at that one', async () => {
    fake.watches = 'silent';
    fake.intercept = (method) => {
      // The name is taken anew while the request is on its way, and no watch tells of it.
      if (method === 'DELETE' && fake.deletions.length === 0) fake.add('a', past);
      return undefined;
    };
    fake.add('a', past);
    start();
    await allGone();
    expect(fake.deletions).toMatchObject([
      { preconditions: { uid: 'uid-1' } },
      { preconditions: { uid: 'uid-2' } },
    ]);
  });
});

describe('before everything was listed', () => {
  test('a policy waits until it is known whether there is a pod', async () => {
    const policies = '/apis/networking.k8s.io/v1/networkpolicies';
    const policy = {
      metadata: {
        name: 'a',
        namespace: 'payments',
        uid: 'policy',
        labels: { 'curfew.dev/grant': 'a' },
        annotations: { 'curfew.dev/expires-at': '2026-01-01T00:00:00Z' },
      },
    };
    let podsAnswer = false;
    fake.intercept = (method, path) => {
      if (method === 'GET' && path === policies)
        return { status: 200, body: { metadata: { resourceVersion: '1' }, items: [policy] } };
      return path === '/api/v1/pods' && !podsAnswer ? { status: 500 } : undefined;
    };
    const deletions = (): readonly string[] => fake.asked.filter((each) => each.startsWith('DELETE'));
    fake.add('a', past);
    start();
    await allGone();
    await sleep(1000);
    expect(deletions().filter((each) => each.includes('networkpolicies'))).toEqual([]);
    podsAnswer = true;
    await expect
      .poll(deletions, { timeout: 10_000 })
      .toContainEqual(expect.stringContaining('networkpolicies/a'));
  });
});

describe('watching', () => {
  test('learns of new objects, and of their end', async () => {
    start();
    await expect.poll(() => fake.asked.length).toBeGreaterThan(9);
    fake.add('a', Math.ceil(Date.now() / 1000) * 1000 + 1000);
    fake.add('b', Date.now() + 3_600_000);
    await expect.poll(() => fake.names(), { timeout: 10_000 }).toEqual(['b']);
  });

  test.each([
    ['the API server has forgotten where it was', '{"type":"ERROR","object":{"kind":"Status","code":410}}'],
    ['a line is damaged', '{"type":"MODI'],
    ['a line is no event', '[]'],
  ])('lists again where %s', async (_, line) => {
    start();
    await expect.poll(() => fake.asked.length).toBeGreaterThan(9);
    await sleep(1000);
    fake.watches = 'silent';
    fake.add('a', past);
    fake.say(line);
    await allGone();
  });

  test('lists again where a watch has stalled', async () => {
    fake.watches = 'silent';
    start({ watch: 1, grace: 0 });
    await expect.poll(() => fake.asked.length).toBeGreaterThan(9);
    fake.add('a', past);
    await allGone();
  });

  test('does not ask in a tight loop where each watch is ended at once', async () => {
    fake.watches = 'short';
    start();
    await sleep(2000);
    const lists = fake.asked.filter((each) => each.endsWith('/rolebindings')).length;
    expect(lists).toBeLessThan(20);
    fake.add('a', past);
    await allGone();
  });

  test('goes on when the API server answers again', async () => {
    fake.intercept = () => 'break';
    fake.add('a', past);
    start();
    await sleep(1000);
    expect(fake.names()).toEqual(['a']);
    fake.intercept = () => undefined;
    await allGone();
  });
});
