import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { largestBody } from '../../src/app/body.ts';
import { webhookPath } from '../../src/app/http.ts';
import { access, bot, delivery, harness, headOf, opened, secret, type Harness } from './harness.ts';

const path = `http://curfew.test${webhookPath}`;
const open: Harness[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.curfew.drain(1_000);
});

async function listening(): Promise<Harness & { readonly url: string; readonly hooks: string }> {
  const each = await harness();
  open.push(each);
  const url = await each.curfew.listen('127.0.0.1', 0);
  return { ...each, url, hooks: `${url}${webhookPath}` };
}

async function answerOf(response: Response): Promise<string> {
  return `${response.status} ${(await response.text()).trim()}`;
}

describe.each(['in process', 'over a socket'] as const)('a delivery %s', (way) => {
  async function setUp(): Promise<Harness & { send: (init: RequestInit, at?: string) => Promise<Response> }> {
    if (way === 'in process') {
      const each = await harness();
      return {
        ...each,
        send: async (init, at = webhookPath) => each.curfew.handle(new Request(`http://x${at}`, init)),
      };
    }
    const each = await listening();
    return { ...each, send: async (init, at = webhookPath) => fetch(`${each.url}${at}`, init) };
  }

  test('is queued, and only says where to look', async () => {
    const { send, curfew, world, lines } = await setUp();
    expect(await answerOf(await send(delivery('pull_request', opened(7))))).toBe('202 queued');
    await curfew.whenIdle();
    expect(world.calls).toEqual(['pull-request acme/access 7']);
    expect(lines()).toContainEqual(
      expect.objectContaining({
        delivery: '72d3162e-cc78-11e3-81ab-4c9367dc0958',
        event: 'pull_request',
        result: 'accepted',
      }),
    );
  });

  test('repeated, changes nothing: both find the same', async () => {
    const { send, curfew, world } = await setUp();
    const same = delivery('pull_request', opened(7));
    for (let times = 0; times < 3; times += 1) expect((await send(same)).status).toBe(202);
    await curfew.whenIdle();
    expect(world.calls.length).toBeGreaterThanOrEqual(1);
    expect(new Set(world.calls)).toEqual(new Set(['pull-request acme/access 7']));
  });

  test.each([
    [
      'another secret',
      { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` },
      '401 the signature does not match',
    ],
    ['no signature', { 'x-hub-signature-256': '' }, '401 the signature does not match'],
    ['a short signature', { 'x-hub-signature-256': 'sha256=00' }, '401 the signature does not match'],
    ['a signature of another kind', { 'x-hub-signature-256': 'sha1=00' }, '401 the signature does not match'],
    [
      'a form',
      { 'content-type': 'application/x-www-form-urlencoded' },
      '415 set the content type of the webhook to application/json',
    ],
    ['no id', { 'x-github-delivery': '' }, '400 x-github-delivery and x-github-event are needed'],
    [
      'an id to fool a log',
      { 'x-github-delivery': 'a b' },
      '400 x-github-delivery and x-github-event are needed',
    ],
    ['no event', { 'x-github-event': '' }, '400 x-github-delivery and x-github-event are needed'],
    ['an event to fool an emitter', { 'x-github-event': '__proto__' }, '202 not an event that Curfew uses'],
    [
      'the event of another payload',
      { 'x-github-event': 'merge_group' },
      '422 the payload has another shape than GitHub documents',
    ],
  ])('with %s leads nowhere', async (_what, headers, answer) => {
    const { send, curfew, world } = await setUp();
    expect(await answerOf(await send(delivery('pull_request', opened(7), headers)))).toBe(answer);
    await curfew.whenIdle();
    expect(world.calls).toEqual([]);
  });

  test.each([
    ['with one byte changed', (body: string) => body.replace('"number":7', '"number":8'), 401],
    ['with a byte added', (body: string) => `${body} `, 401],
    ['that is empty', () => '', 401],
  ])('with a body %s leads nowhere', async (_what, change, status) => {
    const { send, curfew, world } = await setUp();
    const genuine = delivery('pull_request', opened(7));
    expect((await send({ ...genuine, body: change(genuine.body) })).status).toBe(status);
    await curfew.whenIdle();
    expect(world.calls).toEqual([]);
  });

  test('that is signed, but no JSON, is refused without logging it', async () => {
    const { send, lines } = await setUp();
    expect((await send(delivery('pull_request', '{"secret": hunter2'))).status).toBe(422);
    expect(JSON.stringify(lines())).not.toContain('hunter2');
  });

  test('of our own doing leads nowhere, once GitHub has said who we are', async () => {
    const { send, curfew, world } = await setUp();
    curfew.sweep('everything');
    await curfew.whenIdle();
    world.calls.length = 0;
    const payload = { ...opened(7), sender: { id: bot } };
    expect((await send(delivery('pull_request', payload))).status).toBe(202);
    await curfew.whenIdle();
    expect(world.calls).toEqual([]);
  });

  test('that is too large is refused before its signature is looked at', async () => {
    const { send, curfew, world } = await setUp();
    const body = JSON.stringify({ padding: 'x'.repeat(largestBody) });
    const huge = delivery('pull_request', body);
    expect(await answerOf(await send(huge))).toBe(`413 larger than ${largestBody} bytes`);
    expect(
      await answerOf(await send({ ...huge, headers: { ...huge.headers, 'x-hub-signature-256': '' } })),
    ).toBe(`413 larger than ${largestBody} bytes`);
    await curfew.whenIdle();
    expect(world.calls).toEqual([]);
    const large = delivery('pull_request', { ...opened(7), padding: 'x'.repeat(largestBody - 10_000) });
    expect((await send(large)).status).toBe(202);
  });

  test('that is not a delivery at all', async () => {
    const { send } = await setUp();
    const get = { method: 'GET' };
    for (const at of ['/', '/setup', '/probot', '/api/github/webhooks/', '/__proto__', '/.env']) {
      const response = await send(get, at);
      expect([at, response.status]).toEqual([at, 404]);
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    }
    const wrong = await send(get);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await send({ method: 'POST' }, '/healthz')).status).toBe(405);
    expect((await send({ method: 'HEAD' }, '/healthz')).status).toBe(200);
  });
});

/** Sends raw bytes, and gives what came back until the server closed the connection. */
async function talk(url: string, chunks: readonly (string | Buffer)[]): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const received: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => received.push(chunk));
  socket.on('error', () => {});
  for (const chunk of chunks) socket.write(chunk);
  await new Promise((resolve) => socket.on('close', resolve));
  return Buffer.concat(received).toString();
}

describe('a stranger at the socket', () => {
  const head = `POST ${webhookPath} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nx-github-event: push\r\nx-github-delivery: 1\r\n`;

  test('who announces a huge body is refused before sending it', async () => {
    const { url } = await listening();
    const answer = await talk(url, [`${head}content-length: 209715200\r\n\r\n`, 'x'.repeat(1000)]);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/connection: close/i);
  });

  test('who sends an endless body in pieces is cut off', async () => {
    const { url } = await listening();
    const piece = Buffer.alloc(1024 * 1024, 'x');
    const chunk = Buffer.concat([
      Buffer.from(`${piece.length.toString(16)}\r\n`),
      piece,
      Buffer.from('\r\n'),
    ]);
    const answer = await talk(url, [
      `${head}transfer-encoding: chunked\r\n\r\n`,
      ...Array.from({ length: 8 }, () => chunk),
    ]);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('who is too slow with the headers or with the body is cut off, and keeps nobody waiting', async () => {
    const { url, hooks, curfew, world } = await listening();
    const slowHead = talk(url, [head]);
    const slowBody = talk(url, [`${head}content-length: 100\r\n\r\n`, '{']);
    expect((await fetch(hooks, delivery('pull_request', opened(7)))).status).toBe(202);
    await curfew.whenIdle();
    expect(world.calls).toEqual(['pull-request acme/access 7']);
    expect(await slowHead).toMatch(/^HTTP\/1\.1 408 /);
    expect(await slowBody).toMatch(/^HTTP\/1\.1 408 /);
  }, 30_000);

  test('who sends a header twice is not believed either', async () => {
    const { url } = await listening();
    const twice = `${head}x-hub-signature-256: sha256=00\r\nx-hub-signature-256: sha256=11\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}`;
    expect(await talk(url, [twice])).toMatch(/^HTTP\/1\.1 401 /);
  });
});

describe('what is looked at after a delivery', () => {
  test("somebody else's check leads to the pull requests of its commit, a little later and once", async () => {
    const { curfew, clock, world } = await harness();
    const send = async (event: string, payload: object): Promise<void> => {
      expect((await curfew.handle(new Request(path, delivery(event, payload)))).status).toBe(202);
      await curfew.whenIdle();
    };
    await send('status', { sha: headOf(7), state: 'success', context: 'ci' });
    clock.advance(60_000);
    await curfew.whenIdle();
    expect(world.calls).toEqual([]);
    await send('pull_request', opened(7));
    await send('status', { sha: headOf(7), state: 'success', context: 'ci' });
    await send('status', { sha: headOf(7), state: 'failure', context: 'ci' });
    expect(world.calls).toEqual(['pull-request acme/access 7']);
    clock.advance(10_000);
    await curfew.whenIdle();
    expect(world.calls).toEqual(['pull-request acme/access 7', 'pull-request acme/access 7']);
  });

  test('the commit of a merge group is handed on', async () => {
    const { curfew, world } = await harness();
    const payload = {
      action: 'checks_requested',
      merge_group: { head_sha: headOf(99), head_ref: `refs/heads/gh-readonly-queue/main/pr-7-${headOf(1)}` },
    };
    await curfew.handle(new Request(path, delivery('merge_group', payload)));
    await curfew.whenIdle();
    expect(world.calls).toEqual([`pull-request acme/access 7 ${headOf(99)}`]);
  });

  test('the log names delivery, installation, repository and pull request, and no secret', async () => {
    const { curfew, lines } = await harness({
      pullRequest: async (_number, context) => {
        context.log.info({ sha: headOf(7) }, `looked with ${secret}`);
        return {};
      },
    });
    await curfew.handle(new Request(path, delivery('pull_request', opened(7))));
    await curfew.whenIdle();
    expect(lines()).toContainEqual(
      expect.objectContaining({
        installation: access.installation,
        repository: 'acme/access',
        pullRequest: 7,
        sha: headOf(7),
        deliveries: ['72d3162e-cc78-11e3-81ab-4c9367dc0958'],
        msg: 'looked with [redacted]',
      }),
    );
  });
});
