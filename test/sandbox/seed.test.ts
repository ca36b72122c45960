import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { people } from '../../src/sandbox/seed.ts';
import { access, openPullRequest, startAcme } from './support.ts';
import type { World } from './support.ts';

const started: World[] = [];

async function start(...options: Parameters<typeof startAcme>): Promise<World> {
  const world = await startAcme(...options);
  started.push(world);
  return world;
}

afterEach(async () => {
  for (const world of started.splice(0)) await world.sandbox.close();
});

/** A short life, and everything that it left behind. */
async function live(): Promise<readonly unknown[]> {
  const world = await start();
  const number = await openPullRequest(world, 'alice', 'a');
  await world.as('bob').pulls.createReview({ ...access, pull_number: number, event: 'APPROVE' });
  await world.bot.pulls.merge({ ...access, pull_number: number });
  await world.sandbox.settle();
  return [
    world.received,
    [...world.repository.git.refs],
    world.repository.activities.map(({ id, after }) => [id, after]),
  ];
}

describe('the acme world', () => {
  it('holds everybody with their account id, teams and rights', async () => {
    const { bot, sandbox } = await start();
    for (const { login, id, teams } of people) {
      expect((await bot.users.getByUsername({ username: login })).data.id).toBe(id);
      const { data } = await bot.repos.getCollaboratorPermissionLevel({ ...access, username: login });
      expect(data.role_name).toBe(login === 'erin' ? 'admin' : 'write');
      expect(sandbox.state.userByEmail(`${login}@example.com`)?.id).toBe(id);
      for (const team of teams) {
        const membership = { org: 'acme', team_slug: team, username: login };
        expect((await bot.teams.getMembershipForUserInOrg(membership)).data.state).toBe('active');
      }
    }
    const { data } = await bot.repos.listTeams(access);
    expect(data.map(({ slug, permission }) => [slug, permission])).toContainEqual(['platform', 'admin']);
    expect(data).toHaveLength(8);
  });

  it('is the same whenever it is lived through again', async () => {
    expect(await live()).toEqual(await live());
  });
});

describe('a sandbox', () => {
  it('removes its temporary folder, and keeps one that it was given', async () => {
    const world = await start();
    const temporary = world.repository.git.directory;
    expect(existsSync(temporary)).toBe(true);
    await world.sandbox.close();
    expect(existsSync(temporary)).toBe(false);
    const directory = await mkdtemp(join(tmpdir(), 'given-'));
    const kept = await start({ directory });
    await kept.sandbox.close();
    expect(existsSync(join(directory, 'acme', 'access.git', 'HEAD'))).toBe(true);
    await rm(directory, { recursive: true });
  });

  it('tells its own time in every answer', async () => {
    const { bot, sandbox } = await start();
    const date = async (): Promise<string | undefined> => (await bot.repos.get(access)).headers.date;
    expect(await date()).toBe('Tue, 01 Dec 2026 09:00:00 GMT');
    sandbox.clock.advance(90_000);
    expect(await date()).toBe('Tue, 01 Dec 2026 09:01:30 GMT');
  });

  it('holds many repositories', async () => {
    const { sandbox, as } = await start();
    for (let index = 0; index < 30; index += 1) {
      const files = new Map([['README.md', `${index}\n`]]);
      sandbox.world.createRepository(`acme/repository-${index}`, { creator: 'erin', files, private: true });
    }
    const { data } = await as('erin').repos.listForOrg({ org: 'acme', per_page: 100 });
    expect(data).toHaveLength(31);
  });
});
