import { createPrivateKey, createSign, generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { access, openPullRequest, privateKey, startAcme } from './support.ts';
import type { World } from './support.ts';

let world: World;

beforeEach(async () => {
  world = await startAcme();
});

afterEach(async () => {
  await world.sandbox.close();
});

function jwt(claims: Readonly<Record<string, unknown>>, key = privateKey, algorithm = 'RS256'): string {
  const body = `${part({ alg: algorithm, typ: 'JWT' })}.${part(claims)}`;
  return `${body}.${createSign('sha256').update(body).sign(createPrivateKey(key), 'base64url')}`;
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

async function get(path: string, authorization?: string): Promise<Response> {
  const headers = authorization === undefined ? {} : { authorization };
  return await world.sandbox.handle(new Request(`http://x${path}`, { headers }));
}

describe('an App by its JWT', () => {
  it('is let in with a good one, and finds its installations', async () => {
    expect((await world.asApp.apps.getAuthenticated()).data?.slug).toBe('curfew');
    const { data } = await world.asApp.apps.getRepoInstallation(access);
    expect(data.id).toBe(world.installation.id);
    expect((await world.asApp.apps.listInstallations()).data).toHaveLength(1);
  });

  it.each([
    ['expires in eleven minutes', (): string => jwt({ iss: 900, iat: now(), exp: now() + 660 })],
    ['has expired', (): string => jwt({ iss: 900, iat: now() - 700, exp: now() - 1 })],
    ['is issued in the future', (): string => jwt({ iss: 900, iat: now() + 300, exp: now() + 400 })],
    ['names another App', (): string => jwt({ iss: 901, iat: now(), exp: now() + 60 })],
    ['lacks exp', (): string => jwt({ iss: 900, iat: now() })],
    ['says alg none', (): string => jwt({ iss: 900, iat: now(), exp: now() + 60 }, privateKey, 'none')],
    [
      'is signed by another key',
      (): string => {
        const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
        return jwt(
          { iss: 900, iat: now(), exp: now() + 60 },
          other.export({ type: 'pkcs8', format: 'pem' }).toString(),
        );
      },
    ],
    ['is no JSON', (): string => 'a.b.c'],
  ])('is refused with one that %s', async (_, token) => {
    expect((await get('/app', `Bearer ${token()}`)).status).toBe(401);
  });

  it('is judged by the real clock, wherever the clock of the sandbox stands', async () => {
    world.sandbox.clock.advance(10 * 365 * 24 * 3600 * 1000);
    expect((await world.asApp.apps.getAuthenticated()).status).toBe(200);
    expect((await world.bot.repos.get(access)).status).toBe(200);
  });

  it('sees no private repository', async () => {
    expect(
      (await get('/repos/acme/access', `Bearer ${jwt({ iss: '900', iat: now(), exp: now() + 60 })}`)).status,
    ).toBe(404);
  });
});

describe('an installation token', () => {
  it('ends after one hour of the real clock', async () => {
    let real = Date.now();
    const own = await startAcme({ realNow: () => real });
    const token = own.sandbox.world.installationToken(own.installation);
    const ask = async (): Promise<number> =>
      (
        await own.sandbox.handle(
          new Request('http://x/repos/acme/access', { headers: { authorization: `token ${token}` } }),
        )
      ).status;
    real += 59 * 60 * 1000;
    expect(await ask()).toBe(200);
    real += 61 * 1000;
    expect(await ask()).toBe(401);
    await own.sandbox.close();
  });

  it('does what it has the permission for, and nothing else', async () => {
    const number = await openPullRequest(world, 'alice', 'a');
    const { data } = await world.asApp.apps.createInstallationAccessToken({
      installation_id: world.installation.id,
      permissions: { pull_requests: 'read' },
    });
    const header = `Bearer ${data.token}`;
    expect((await get(`/repos/acme/access/pulls/${number}`, header)).status).toBe(200);
    const contents = await get('/repos/acme/access/contents/README.md', header);
    expect(contents.status).toBe(403);
    expect(await contents.json()).toMatchObject({ message: 'Resource not accessible by integration' });
  });

  it('cannot be wider than the installation', async () => {
    const wider = world.asApp.apps.createInstallationAccessToken({
      installation_id: world.installation.id,
      permissions: { administration: 'write' },
    });
    await expect(wider).rejects.toMatchObject({ status: 422 });
  });

  it('does not reach other repositories of the account', async () => {
    world.sandbox.world.createRepository('acme/other', {
      creator: 'erin',
      files: new Map([['a', 'b']]),
      private: true,
    });
    await expect(world.bot.repos.get({ owner: 'acme', repo: 'other' })).rejects.toMatchObject({
      status: 404,
    });
    expect((await world.bot.apps.listReposAccessibleToInstallation()).data.total_count).toBe(1);
  });

  it('is refused while the installation is suspended and after it is gone', async () => {
    const installation = { installation_id: world.installation.id };
    const header = `token ${world.sandbox.world.installationToken(world.installation)}`;
    expect((await get('/repos/acme/access', header)).status).toBe(200);
    await world.asApp.apps.suspendInstallation(installation);
    expect((await get('/repos/acme/access', header)).status).toBe(403);
    await world.asApp.apps.unsuspendInstallation(installation);
    expect((await get('/repos/acme/access', header)).status).toBe(200);
    await world.asApp.apps.deleteInstallation(installation);
    expect((await get('/repos/acme/access', header)).status).toBe(401);
  });
});

describe('a person', () => {
  it('is known by a personal token in every form that clients send', async () => {
    const token = world.sandbox.world.personalToken('alice');
    const basic = Buffer.from(`alice:${token}`).toString('base64');
    for (const header of [`Bearer ${token}`, `token ${token}`, `Basic ${basic}`]) {
      const response = await get('/user', header);
      expect(await response.json()).toMatchObject({ login: 'alice', id: 1001 });
    }
  });

  it('is refused with a token that is none', async () => {
    expect((await get('/user', 'token ghp_nonsense')).status).toBe(401);
    expect((await get('/user')).status).toBe(401);
  });

  it('does not learn that a private repository exists without access to it', async () => {
    world.sandbox.world.createUser({ login: 'stranger' });
    await expect(world.as('stranger').repos.get(access)).rejects.toMatchObject({ status: 404 });
    expect((await get('/repos/acme/access')).status).toBe(404);
  });

  it('can read with read access, but not write', async () => {
    world.sandbox.world.createUser({ login: 'reader' });
    world.sandbox.world.setCollaborator('acme/access', 'reader', 'read');
    const reader = world.as('reader');
    expect((await reader.repos.get(access)).data.permissions).toMatchObject({ pull: true, push: false });
    const { data } = await reader.git.getRef({ ...access, ref: 'heads/main' });
    const pushed = reader.git.createRef({ ...access, ref: 'refs/heads/x', sha: data.object.sha });
    await expect(pushed).rejects.toMatchObject({ status: 403 });
  });
});
