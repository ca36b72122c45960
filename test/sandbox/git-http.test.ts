import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { access, heard, lastPayload, openPullRequest, startAcme } from './support.ts';
import type { World } from './support.ts';

let world: World;
let url: string;
let folder: string;

beforeEach(async () => {
  world = await startAcme();
  ({ url } = await world.sandbox.listen({ host: '127.0.0.1', port: 0 }));
  folder = await mkdtemp(join(tmpdir(), 'clone-'));
});

afterEach(async () => {
  await world.sandbox.close();
  await rm(folder, { recursive: true });
});

interface Outcome {
  readonly ok: boolean;
  readonly output: string;
}

/** Runs the git of this machine, with none of its configuration. */
async function git(...args: string[]): Promise<Outcome> {
  const env = { PATH: process.env['PATH'], HOME: folder, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1' };
  const own = ['-c', 'user.name=Alice', '-c', 'user.email=alice@example.com'];
  try {
    const { stdout, stderr } = await promisify(execFile)('git', [...own, ...args], { cwd: folder, env });
    return { ok: true, output: stdout + stderr };
  } catch (error) {
    return { ok: false, output: String(error) };
  }
}

function remote(login: string): string {
  return `${url.replace('http://', `http://${login}:${world.sandbox.world.personalToken(login)}@`)}/acme/access.git`;
}

async function clone(login: string): Promise<void> {
  expect(await git('clone', '-q', remote(login), '.')).toMatchObject({ ok: true });
}

async function commit(path: string, text: string): Promise<string> {
  await writeFile(join(folder, path), text);
  await git('add', '.');
  await git('commit', '-qm', `write ${path}`);
  return (await git('rev-parse', 'HEAD')).output.trim();
}

describe('a clone', () => {
  it('is what the repository holds', async () => {
    await clone('alice');
    expect(await readFile(join(folder, 'README.md'), 'utf8')).toBe('access\n');
    expect((await git('fsck', '--strict')).ok).toBe(true);
  });

  it('needs somebody who may read', async () => {
    world.sandbox.world.createUser({ login: 'stranger' });
    expect((await git('clone', `${url}/acme/access.git`, '.')).output).toContain('could not read Username');
    expect((await git('clone', remote('stranger'), '.')).output).toContain('not found');
    expect(
      (await git('clone', url.replace('http://', 'http://alice:wrong@') + '/acme/access.git', '.')).ok,
    ).toBe(false);
  });

  it('works with an installation token', async () => {
    const token = world.sandbox.world.installationToken(world.installation);
    const from = `${url.replace('http://', `http://x-access-token:${token}@`)}/acme/access.git`;
    expect((await git('clone', '-q', from, '.')).ok).toBe(true);
  });

  it('fetches pull requests, and what the API wrote', async () => {
    const number = await openPullRequest(world, 'bob', 'b');
    await clone('alice');
    expect((await git('fetch', 'origin', `pull/${number}/head:mine`)).ok).toBe(true);
    expect((await git('rev-parse', 'mine')).output.trim()).toBe(world.repository.git.branch('b'));
  });
});

describe('a push', () => {
  it('opens a branch, is recorded with its pusher, and told to the App', async () => {
    await clone('alice');
    await git('checkout', '-qb', 'feature');
    const sha = await commit('a.txt', 'a\n');
    expect((await git('push', '-q', 'origin', 'feature')).ok).toBe(true);
    await world.sandbox.settle();
    expect(heard(world)).toEqual(expect.arrayContaining(['create', 'push', 'check_suite.requested']));
    expect(lastPayload(world, 'push')).toMatchObject({
      ref: 'refs/heads/feature',
      after: sha,
      created: true,
      commits: [{ id: sha, added: ['a.txt'], author: { username: 'alice' } }],
      sender: { login: 'alice' },
    });
    const { data } = await world.bot.repos.listActivities({ ...access, ref: 'feature' });
    expect(data).toMatchObject([
      { activity_type: 'branch_creation', after: sha, ref: 'refs/heads/feature', actor: { login: 'alice' } },
    ]);
  });

  it('moves the head of its pull request; by force it leaves a trace', async () => {
    const number = await openPullRequest(world, 'alice', 'b');
    await clone('alice');
    await git('checkout', '-q', 'b');
    const sha = await commit('b.txt', 'two\n');
    await git('push', '-q', 'origin', 'b');
    expect((await world.bot.pulls.get({ ...access, pull_number: number })).data.head.sha).toBe(sha);
    await git('reset', '-q', '--hard', 'HEAD~1');
    const other = await commit('b.txt', 'three\n');
    expect((await git('push', 'origin', 'b')).ok).toBe(false);
    expect((await git('push', '-q', '--force', 'origin', 'b')).ok).toBe(true);
    const { data } = await world.bot.repos.listActivities({ ...access, ref: 'refs/heads/b' });
    expect(data[0]).toMatchObject({ activity_type: 'force_push', before: sha, after: other });
  });

  it('to a protected branch is refused with the reason, and the rest of it goes through', async () => {
    await clone('alice');
    await commit('a.txt', 'a\n');
    const { ok, output } = await git('push', 'origin', 'HEAD:main', 'HEAD:feature');
    expect(ok).toBe(false);
    expect(output).toContain('GH013: Repository rule violations found for refs/heads/main');
    expect(output).toContain('Changes must be made through a pull request.');
    expect(world.repository.git.branches()).toEqual(['feature', 'main']);
    expect((await git('push', '--force', 'origin', ':main')).ok).toBe(false);
  });

  it('needs the right to write', async () => {
    world.sandbox.world.createUser({ login: 'reader' });
    world.sandbox.world.setCollaborator('acme/access', 'reader', 'read');
    await clone('reader');
    await commit('a.txt', 'a\n');
    expect((await git('push', 'origin', 'HEAD:x')).output).toContain('403');
  });

  it('cannot write where GitHub keeps pull requests', async () => {
    await openPullRequest(world, 'alice', 'a');
    await clone('bob');
    await commit('a.txt', 'a\n');
    expect((await git('push', '--force', 'origin', 'HEAD:refs/pull/1/head')).ok).toBe(false);
  });

  it('deletes a branch and closes its pull request', async () => {
    const number = await openPullRequest(world, 'alice', 'b');
    await clone('alice');
    expect((await git('push', '-q', 'origin', ':b')).ok).toBe(true);
    expect((await world.bot.pulls.get({ ...access, pull_number: number })).data.state).toBe('closed');
  });

  it('to the folder itself, past the sandbox, is refused', async () => {
    await clone('alice');
    await commit('a.txt', 'a\n');
    expect((await git('push', world.repository.git.directory, 'HEAD:x')).ok).toBe(false);
  });

  it('may bring an annotated tag, and move it', async () => {
    await clone('alice');
    const sha = await commit('a.txt', 'a\n');
    await git('tag', '-a', 'v1', '-m', 'one');
    expect((await git('push', '-q', 'origin', 'v1')).ok).toBe(true);
    await world.sandbox.settle();
    expect(lastPayload(world, 'push')).toMatchObject({ ref: 'refs/tags/v1', head_commit: { id: sha } });
    const { data } = await world.bot.git.getRef({ ...access, ref: 'tags/v1' });
    expect(data.object.type).toBe('tag');
    expect((await world.bot.repos.getCommit({ ...access, ref: 'v1' })).data.sha).toBe(sha);
    await commit('b.txt', 'b\n');
    await git('tag', '-f', '-a', 'v1', '-m', 'two');
    expect((await git('push', '-q', '--force', 'origin', 'v1')).ok).toBe(true);
    await world.sandbox.settle();
    expect(lastPayload(world, 'push')).toMatchObject({ ref: 'refs/tags/v1', forced: false });
  });

  it('may be large', async () => {
    await clone('alice');
    const text = Array.from({ length: 60_000 }, (_, index) => `line ${index * 7919}`).join('\n');
    const sha = await commit('large.txt', text);
    expect((await git('push', '-q', 'origin', 'HEAD:large')).ok).toBe(true);
    expect(world.repository.git.branch('large')).toBe(sha);
    expect((await world.bot.git.getTree({ ...access, tree_sha: sha })).data.tree).toContainEqual(
      expect.objectContaining({ path: 'large.txt', size: text.length }),
    );
  });
});

it('two pushes at once to one branch: one wins, the other is told', async () => {
  await clone('alice');
  await git('checkout', '-qb', 'race');
  await commit('a.txt', 'a\n');
  await git('push', '-q', 'origin', 'race');
  const one = await commit('b.txt', 'b\n');
  await git('branch', 'one');
  await git('reset', '-q', '--hard', 'HEAD~1');
  const two = await commit('c.txt', 'c\n');
  const outcomes = await Promise.all([git('push', 'origin', 'one:race'), git('push', 'origin', 'race:race')]);
  expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
  expect([one, two]).toContain(world.repository.git.branch('race'));
});
