import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPullRequest } from '../support.ts';
import type { World } from '../support.ts';
import { startPage, Visitor } from './visitor.ts';

let world: World;
let alice: Visitor;

beforeEach(async () => {
  world = await startPage();
  alice = await Visitor.signedIn(world, 'alice');
});
afterEach(async () => await world.sandbox.close());

describe('signing in', () => {
  test('is asked of whoever has not, on every page, and leads back', async () => {
    const nobody = new Visitor(world);
    const { status, text } = await nobody.get('/acme/access/pulls?state=merged');
    expect(status).toBe(200);
    expect(text).toContain('name="return_to" value="/acme/access/pulls?state=merged"');
    expect(text).not.toContain('href="/acme/access"');
    const answer = await nobody.post('/-/session', { login: 'bob', return_to: '/acme/access/pulls' }, '/');
    expect([answer.status, answer.location]).toEqual([303, '/acme/access/pulls']);
    expect(answer.headers.get('set-cookie')).toMatch(/^\S+; Path=\/; HttpOnly; SameSite=Strict$/);
    expect((await nobody.get('/')).text).toContain('Signed in as bob');
  });

  test('as somebody else, and out again', async () => {
    await alice.post('/-/session', { login: 'carol', return_to: 'https://evil.example/' }, '/');
    expect((await alice.get('/')).text).toContain('Signed in as carol');
    await alice.post('/-/session', { login: '' }, '/');
    expect((await alice.get('/')).text).toContain('Who do you want to be?');
  });

  test.each(['curfew[bot]', 'acme', 'zoe'])('not as %s', async (login) => {
    expect((await alice.post('/-/session', { login }, '/')).status).toBe(404);
  });

  test('a cookie that is not ours is nobody', async () => {
    const [name = '', value = ''] = alice.cookie.split('=');
    const [id = '', signature = ''] = value.split('.');
    for (const forged of [`1002.${signature}`, `${id}.`, id, `${id}.${signature}x`, '%', '900.x']) {
      const headers = { cookie: `${name}=${forged}` };
      const { text } = await new Visitor(world).send('/', { headers });
      expect(text).toContain('Who do you want to be?');
    }
  });
});

describe('a form', () => {
  const clock = '/-/clock';

  test('is refused without its proof, and changes nothing', async () => {
    const before = world.sandbox.clock.now();
    for (const token of ['', 'x', 'A'.repeat(43)]) {
      const { status, text } = await alice.postRaw(clock, { minutes: '60', csrf_token: token });
      expect(status).toBe(403);
      expect(text).toContain('This form is not from this page');
    }
    expect(world.sandbox.clock.now()).toBe(before);
  });

  test('is refused with the proof of somebody else', async () => {
    const bob = await Visitor.signedIn(world, 'bob');
    const token = /name="csrf_token" value="([^"]+)"/.exec((await bob.get('/')).text)?.[1] ?? '';
    expect((await alice.postRaw(clock, { minutes: '60', csrf_token: token })).status).toBe(403);
    expect((await bob.postRaw(clock, { minutes: '60', csrf_token: token })).status).toBe(303);
  });

  test('is refused from nobody', async () => {
    expect((await new Visitor(world).post(clock, { minutes: '60' }, '/')).status).toBe(403);
  });

  test('is refused in another encoding, too big, or by another method', async () => {
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    expect((await alice.send(clock, json)).status).toBe(415);
    expect((await alice.postRaw(clock, { minutes: 'x'.repeat(2_100_000) })).status).toBe(413);
    expect((await alice.send('/', { method: 'DELETE' })).status).toBe(405);
  });

  test('on every page carries its proof', async () => {
    await openPullRequest(world, 'alice', 'change');
    for (const path of ['/', '/acme/access/pull/1', '/acme/access/pull/1/files', '/acme/access/new/main']) {
      const { text } = await alice.get(path);
      const forms = text.match(/<form /g)?.length ?? 0;
      expect(forms).toBeGreaterThan(0);
      expect(text.match(/<form method="post"[^>]*>\s*<input type="hidden" name="csrf_token"/g)?.length).toBe(
        forms,
      );
    }
  });
});

describe('on a socket', () => {
  async function statusOf(headers: Record<string, string>, method = 'GET'): Promise<number> {
    const { url } = await world.sandbox.listen({ host: '127.0.0.1', port: 0 });
    return await new Promise((resolve, reject) => {
      const request = httpRequest(url, { method, headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.once('error', reject).end();
    });
  }

  test('the page answers under its own name alone', async () => {
    expect(await statusOf({})).toBe(200);
    expect(await statusOf({ host: 'evil.example' })).toBe(403);
    expect(await statusOf({ host: '127.0.0.1:1' })).toBe(403);
  });

  test('a form from another site is refused', async () => {
    expect(await statusOf({ origin: 'http://evil.example' }, 'POST')).toBe(403);
    expect(await statusOf({ origin: 'null' }, 'POST')).toBe(403);
  });
});

describe('what a program asks', () => {
  test('is not answered by a page', async () => {
    const token = { authorization: `token ${world.sandbox.world.personalToken('alice')}` };
    for (const [path, headers] of [
      ['/api/v3/nothing', {}],
      ['/api/nothing', {}],
      ['/repos/acme/access/nothing', token],
      ['/acme/access', token],
    ] as const) {
      const { status, headers: answered } = await alice.send(path, { headers });
      expect(status).toBe(404);
      expect(answered.get('content-type')).toContain('application/json');
    }
  });
});

test('every answer forbids what the page does not need', async () => {
  for (const path of ['/', '/acme/access', '/-/style.css', '/-/script.js', '/avatars/u/1001', '/nothing']) {
    const { headers } = await alice.get(path);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';/);
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('cache-control')).toBe('no-store');
  }
});

test('what one may not see is not there', async () => {
  world.sandbox.world.createUser({ login: 'zoe', emails: ['zoe@example.com'] });
  const zoe = await Visitor.signedIn(world, 'zoe');
  await openPullRequest(world, 'alice', 'change');
  for (const path of [
    '',
    '/pull/1',
    '/pull/1/files',
    '/commits/main',
    '/blob/main/README.md',
    '/raw/main/README.md',
    '/new/main',
    '/pulls',
    '/branches',
  ]) {
    expect((await zoe.get(`/acme/access${path}`)).status).toBe(404);
  }
  const { text } = await zoe.get('/');
  expect(text).not.toContain('acme/access');
  expect((await zoe.post('/acme/access/pull/1', { action: 'comment', body: 'x' }, '/')).status).toBe(404);
});
