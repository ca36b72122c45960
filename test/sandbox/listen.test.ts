import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startAcme } from './support.ts';
import type { World } from './support.ts';

let world: World;
let url: string;

beforeEach(async () => {
  world = await startAcme();
  ({ url } = await world.sandbox.listen({ host: '127.0.0.1', port: 0 }));
});

afterEach(async () => {
  await world.sandbox.close();
});

/** The status of a request whose headers fetch would not let through. */
async function status(headers: Readonly<Record<string, string>>, method = 'GET'): Promise<number> {
  return await new Promise((resolve, reject) => {
    request(`${url}/api/v3/meta`, { headers, method }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('a socket', () => {
  it('is opened on loopback only', async () => {
    await expect(world.sandbox.listen({ host: '0.0.0.0', port: 0 })).rejects.toThrow('loopback');
    await expect(world.sandbox.listen({ host: '192.168.0.1', port: 0 })).rejects.toThrow('loopback');
  });

  it('answers to its own names, and to no other', async () => {
    const { port } = new URL(url);
    expect(await status({ host: `127.0.0.1:${port}` })).toBe(200);
    expect(await status({ host: `localhost:${port}` })).toBe(200);
    for (const host of [
      `evil.example:${port}`,
      '127.0.0.1',
      '127.0.0.1:1',
      `127.0.0.1.evil.example:${port}`,
    ]) {
      expect(await status({ host })).toBe(403);
    }
  });

  it('answers to no page of another site', async () => {
    expect(await status({ origin: url })).toBe(200);
    for (const origin of [
      'http://evil.example',
      'null',
      'http://127.0.0.1:1',
      url.replace('http', 'https'),
    ]) {
      expect(await status({ origin }, 'POST')).toBe(403);
    }
  });

  it('gives links that lead to itself', async () => {
    const response = await fetch(`${url}/api/v3/repos/acme/access`, {
      headers: { authorization: `token ${world.sandbox.world.personalToken('alice')}` },
    });
    expect(await response.json()).toMatchObject({
      url: `${url}/api/v3/repos/acme/access`,
      clone_url: `${url}/acme/access.git`,
    });
  });

  it('answers under the paths of github.com and of Enterprise Server', async () => {
    for (const path of ['/meta', '/api/v3/meta']) expect((await fetch(url + path)).status).toBe(200);
    const headers = { authorization: `token ${world.sandbox.world.personalToken('alice')}` };
    const body = JSON.stringify({ query: '{ viewer { login } }' });
    for (const path of ['/graphql', '/api/graphql']) {
      const response = await fetch(url + path, { method: 'POST', headers, body });
      expect(await response.json()).toEqual({ data: { viewer: { login: 'alice' } } });
    }
    expect((await fetch(`${url}/nothing/here/at/all`)).status).toBe(404);
  });

  it('is closed with the sandbox', async () => {
    await world.sandbox.close();
    await expect(fetch(`${url}/meta`)).rejects.toThrow('fetch failed');
  });
});
