import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { access, heard, lastPayload, openPullRequest, startAcme } from './support.ts';
import type { World } from './support.ts';

let world: World;

beforeEach(async () => {
  world = await startAcme();
  // These tests are about pull requests; the rulesets have their own.
  for (const ruleset of world.repository.rulesets) ruleset.enforcement = 'disabled';
});

afterEach(async () => {
  await world.sandbox.close();
});

function push(branch: string, files: Readonly<Record<string, string | null>>, base?: string): string {
  return world.sandbox.world.pushFiles('acme/access', 'alice', {
    branch,
    files,
    ...(base === undefined ? {} : { base }),
  });
}

function forcePush(branch: string, sha: string): Promise<unknown> {
  return world.as('alice').git.updateRef({ ...access, ref: `heads/${branch}`, sha, force: true });
}

async function textOf(ref: string, path: string): Promise<string> {
  const { data } = await world.bot.repos.getContent({ ...access, path, ref, mediaType: { format: 'raw' } });
  return z.string().parse(data);
}

describe('opening', () => {
  it('needs two branches, something between them, and no other pull request for the same', async () => {
    const alice = world.as('alice');
    const open = (head: string, base = 'main'): Promise<unknown> =>
      alice.pulls.create({ ...access, head, base, title: 't' });
    await expect(open('absent')).rejects.toMatchObject({ status: 422 });
    await alice.git.createRef({
      ...access,
      ref: 'refs/heads/same',
      sha: world.repository.git.branch('main') ?? '',
    });
    await expect(open('same')).rejects.toThrow('No commits between main and same');
    push('a', { a: '1' });
    await expect(open('a', 'absent')).rejects.toMatchObject({ status: 422 });
    await open('a');
    await expect(open('acme:a')).rejects.toThrow('A pull request already exists for acme:a.');
  });

  it('shares numbers with issues', async () => {
    const alice = world.as('alice');
    const { data } = await alice.issues.create({ ...access, title: 'an issue' });
    expect(data.number).toBe(1);
    expect(await openPullRequest(world, 'alice', 'a')).toBe(2);
  });

  it('asks the code owners, but not the author', async () => {
    push('main', { '.github/CODEOWNERS': '* @acme/payments @alice\n' });
    const number = await openPullRequest(world, 'alice', 'a');
    const { data } = await world.bot.pulls.get({ ...access, pull_number: number });
    expect(data.requested_teams?.map(({ slug }) => slug)).toEqual(['payments']);
    expect(data.requested_reviewers).toEqual([]);
  });

  it('works from a fork, whose commits come along', async () => {
    world.sandbox.world.createUser({ login: 'outsider' });
    world.sandbox.world.setCollaborator('acme/access', 'outsider', 'read');
    world.sandbox.world.fork('acme/access', 'outsider');
    const sha = world.sandbox.world.pushFiles('outsider/access', 'outsider', {
      branch: 'a',
      files: { a: '1\n' },
    });
    const { data } = await world
      .as('outsider')
      .pulls.create({ ...access, head: 'outsider:a', base: 'main', title: 't' });
    expect(data.head).toMatchObject({ sha, label: 'outsider:a', repo: { fork: true } });
    const next = world.sandbox.world.pushFiles('outsider/access', 'outsider', {
      branch: 'a',
      files: { a: '2\n' },
    });
    expect((await world.bot.pulls.get({ ...access, pull_number: 1 })).data.head.sha).toBe(next);
    await world.as('alice').pulls.merge({ ...access, pull_number: 1 });
    expect(await textOf('main', 'a')).toBe('2\n');
  });
});

describe('a push to the head', () => {
  it('moves head.sha and sends synchronize with both ends', async () => {
    const number = await openPullRequest(world, 'alice', 'a');
    const before = world.repository.git.branch('a');
    const after = push('a', { a: '2' });
    await world.sandbox.settle();
    const { data } = await world.bot.pulls.get({ ...access, pull_number: number });
    expect(data.head.sha).toBe(after);
    expect(lastPayload(world, 'pull_request')).toMatchObject({
      action: 'synchronize',
      before,
      after,
      number,
    });
  });

  it('takes base.sha from the base as it is then, and not before', async () => {
    const number = await openPullRequest(world, 'alice', 'a');
    const opened = world.repository.git.branch('main');
    const moved = push('main', { b: '1' });
    const base = async (): Promise<string> =>
      (await world.bot.pulls.get({ ...access, pull_number: number })).data.base.sha;
    expect(await base()).toBe(opened);
    push('a', { a: '2' });
    expect(await base()).toBe(moved);
  });

  it('by force leaves a trace', async () => {
    const number = await openPullRequest(world, 'alice', 'a');
    const before = world.repository.git.branch('a') ?? '';
    const sha = push('elsewhere', { x: '1' }, 'main');
    await forcePush('a', sha);
    const issue = world.repository.issues.get(number);
    expect(issue?.timeline).toMatchObject([
      { event: 'head_ref_force_pushed', beforeCommit: before, afterCommit: sha },
    ]);
  });
});

describe('editing', () => {
  it('of the base is told with the old one', async () => {
    push('release', { r: '1' });
    const number = await openPullRequest(world, 'alice', 'a');
    const { sha } = (await world.bot.pulls.get({ ...access, pull_number: number })).data.base;
    await world.as('alice').pulls.update({ ...access, pull_number: number, base: 'release' });
    await world.sandbox.settle();
    expect(lastPayload(world, 'pull_request')).toMatchObject({
      action: 'edited',
      changes: { base: { ref: { from: 'main' }, sha: { from: sha } } },
      pull_request: { base: { ref: 'release' } },
    });
    expect(world.repository.issues.get(number)?.timeline).toMatchObject([
      { event: 'base_ref_changed', previousRefName: 'main', currentRefName: 'release' },
    ]);
  });

  it('of nothing says nothing', async () => {
    const number = await openPullRequest(world, 'alice', 'a');
    await world.sandbox.settle();
    const count = world.received.length;
    await world.as('alice').pulls.update({ ...access, pull_number: number, title: 'a', base: 'main' });
    await world.sandbox.settle();
    expect(world.received).toHaveLength(count);
  });

  it('is for the author and for who can write', async () => {
    const number = await openPullRequest(world, 'alice', 'a');
    world.sandbox.world.createUser({ login: 'reader' });
    world.sandbox.world.setCollaborator('acme/access', 'reader', 'read');
    const edit = (login: string): Promise<unknown> =>
      world.as(login).pulls.update({ ...access, pull_number: number, title: login });
    await expect(edit('reader')).rejects.toMatchObject({ status: 403 });
    await edit('mallory');
    await edit('alice');
  });

  it('closes and reopens, unless the branch was moved or is gone', async () => {
    const alice = world.as('alice');
    const pull = { ...access, pull_number: await openPullRequest(world, 'alice', 'a') };
    await alice.pulls.update({ ...pull, state: 'closed' });
    await alice.pulls.update({ ...pull, state: 'open' });
    await alice.pulls.update({ ...pull, state: 'closed' });
    push('a', { a: '2' });
    await expect(alice.pulls.update({ ...pull, state: 'open' })).rejects.toMatchObject({ status: 422 });
    await alice.git.deleteRef({ ...access, ref: 'heads/a' });
    await expect(alice.pulls.update({ ...pull, state: 'open' })).rejects.toMatchObject({ status: 422 });
    await world.sandbox.settle();
    expect(heard(world).filter((event) => event.startsWith('pull_request.'))).toEqual([
      'pull_request.opened',
      'pull_request.closed',
      'pull_request.reopened',
      'pull_request.closed',
    ]);
  });
});

it('a deleted head branch closes the pull request', async () => {
  const number = await openPullRequest(world, 'alice', 'a');
  await world.as('alice').git.deleteRef({ ...access, ref: 'heads/a' });
  expect((await world.bot.pulls.get({ ...access, pull_number: number })).data).toMatchObject({
    state: 'closed',
    merged: false,
  });
});

describe('mergeable', () => {
  it('is unknown at first, and again after every change', async () => {
    const number = await openPullRequest(world, 'alice', 'a', { 'README.md': 'mine\n' });
    const ask = async (): Promise<boolean | null> =>
      (await world.bot.pulls.get({ ...access, pull_number: number })).data.mergeable;
    // Opening it has asked already.
    expect([await ask(), await ask()]).toEqual([true, true]);
    push('main', { 'README.md': 'theirs\n' });
    expect([await ask(), await ask()]).toEqual([null, false]);
  });
});

describe('merging', () => {
  it.each([
    ['merge', 2, 'Merge pull request #1 from acme/a'],
    ['squash', 1, 'Change files (#1)'],
    ['rebase', 1, 'Change files'],
  ] as const)('by %s keeps what both sides did', async (method, parents, subject) => {
    const number = await openPullRequest(world, 'alice', 'a', { a: 'a\n' });
    push('main', { b: 'b\n' });
    const { data } = await world
      .as('bob')
      .pulls.merge({ ...access, pull_number: number, merge_method: method });
    const { data: commit } = await world.bot.git.getCommit({ ...access, commit_sha: data.sha });
    expect(commit.parents).toHaveLength(parents);
    expect(commit.message.split('\n')[0]).toBe(subject);
    expect([await textOf('main', 'a'), await textOf('main', 'b')]).toEqual(['a\n', 'b\n']);
    // GitHub cannot sign what it rebases.
    expect(commit.verification).toMatchObject({ verified: method !== 'rebase' });
    const { data: merged } = await world.bot.pulls.get({ ...access, pull_number: number });
    expect(merged).toMatchObject({
      merged: true,
      state: 'closed',
      merge_commit_sha: data.sha,
      merged_by: { login: 'bob' },
    });
  });

  it('rebases every commit and names the merger as committer', async () => {
    push('a', { a: '1\n' });
    const number = await openPullRequest(world, 'alice', 'a', { b: '2\n' });
    push('main', { c: '3\n' });
    await world.as('bob').pulls.merge({ ...access, pull_number: number, merge_method: 'rebase' });
    const { data } = await world.bot.repos.listCommits({ ...access, sha: 'main' });
    expect(data.slice(0, 3).map(({ parents }) => parents.length)).toEqual([1, 1, 1]);
    expect(data[0]).toMatchObject({ author: { login: 'alice' }, committer: { login: 'bob' } });
  });

  it('credits everybody when it squashes', async () => {
    push('a', { a: '1\n' });
    world.sandbox.world.pushFiles('acme/access', 'bob', { branch: 'a', files: { a: '2\n' } });
    await world.as('alice').pulls.create({ ...access, head: 'a', base: 'main', title: 'Title' });
    const { data } = await world
      .as('carol')
      .pulls.merge({ ...access, pull_number: 1, merge_method: 'squash' });
    const { data: commit } = await world.bot.repos.getCommit({ ...access, ref: data.sha });
    expect(commit.commit.message).toBe(
      'Title (#1)\n\n* Change files\n\n* Change files\n\nCo-authored-by: Bob <bob@example.com>',
    );
    expect(commit).toMatchObject({ author: { login: 'alice' }, committer: { login: 'web-flow' } });
  });

  it('is refused with 409 for another head, and with 405 for everything else', async () => {
    const number = await openPullRequest(world, 'alice', 'a', { 'README.md': 'mine\n' });
    const merge = (more: object = {}): Promise<unknown> =>
      world.as('bob').pulls.merge({ ...access, pull_number: number, ...more });
    await expect(merge({ sha: world.repository.git.branch('main') })).rejects.toMatchObject({ status: 409 });
    world.repository.mergeMethods = ['squash'];
    await expect(merge({ merge_method: 'merge' })).rejects.toMatchObject({ status: 405 });
    push('main', { 'README.md': 'theirs\n' });
    await expect(merge({ merge_method: 'squash' })).rejects.toMatchObject({
      status: 405,
      message: expect.stringContaining('not mergeable'),
    });
    world.sandbox.world.createUser({ login: 'reader' });
    world.sandbox.world.setCollaborator('acme/access', 'reader', 'read');
    await expect(world.as('reader').pulls.merge({ ...access, pull_number: number })).rejects.toMatchObject({
      status: 403,
    });
  });

  it('is refused for drafts and for what is merged', async () => {
    push('a', { a: '1' });
    const alice = world.as('alice');
    await alice.pulls.create({ ...access, head: 'a', base: 'main', title: 't', draft: true });
    await expect(alice.pulls.merge({ ...access, pull_number: 1 })).rejects.toMatchObject({ status: 405 });
    await openPullRequest(world, 'alice', 'b');
    await alice.pulls.merge({ ...access, pull_number: 2 });
    await expect(alice.pulls.merge({ ...access, pull_number: 2 })).rejects.toMatchObject({ status: 405 });
  });

  it('deletes the branch where the repository says so', async () => {
    await world.as('erin').repos.update({ ...access, delete_branch_on_merge: true });
    const number = await openPullRequest(world, 'alice', 'a');
    await world.as('alice').pulls.merge({ ...access, pull_number: number });
    await expect(world.bot.repos.getBranch({ ...access, branch: 'a' })).rejects.toMatchObject({
      status: 404,
    });
    expect((await world.bot.pulls.get({ ...access, pull_number: number })).data.merged).toBe(true);
  });

  it('happens by itself when a push brings the head to the base', async () => {
    const number = await openPullRequest(world, 'alice', 'a');
    const sha = world.repository.git.branch('a') ?? '';
    await world.as('bob').git.updateRef({ ...access, ref: 'heads/main', sha });
    expect((await world.bot.pulls.get({ ...access, pull_number: number })).data).toMatchObject({
      merged: true,
      merge_commit_sha: sha,
    });
  });

  it('is linked to its commit only after a while', async () => {
    const number = await openPullRequest(world, 'alice', 'a');
    const { data } = await world.as('alice').pulls.merge({ ...access, pull_number: number });
    const linked = async (): Promise<number[]> => {
      const { data: pulls } = await world.bot.repos.listPullRequestsAssociatedWithCommit({
        ...access,
        commit_sha: data.sha,
      });
      return pulls.map((pull) => pull.number);
    };
    expect(await linked()).toEqual([]);
    world.sandbox.clock.advance(5_000);
    expect(await linked()).toEqual([number]);
  });

  it('leaves merge_commit_sha out for the newer API version', async () => {
    const number = await openPullRequest(world, 'alice', 'a');
    await world.as('alice').pulls.merge({ ...access, pull_number: number });
    const { data, headers } = await world.bot.pulls.get({
      ...access,
      pull_number: number,
      headers: { 'x-github-api-version': '2026-03-10' },
    });
    expect(data).not.toHaveProperty('merge_commit_sha');
    expect(headers['x-github-api-version-selected']).toBe('2026-03-10');
    const unknown = world.bot.pulls.list({ ...access, headers: { 'x-github-api-version': '1999-01-01' } });
    await expect(unknown).rejects.toMatchObject({ status: 400 });
  });
});

it('files and commits of a pull request are listed with renames and in order', async () => {
  push('main', { old: 'one\ntwo\nthree\n' });
  push('a', { first: '1\n' }, 'main');
  const number = await openPullRequest(world, 'alice', 'a', { old: null, new: 'one\ntwo\nthree\n' });
  const { data: files } = await world.bot.pulls.listFiles({ ...access, pull_number: number });
  expect(files.map(({ filename, status, previous_filename: old }) => [filename, status, old])).toEqual([
    ['first', 'added', undefined],
    ['new', 'renamed', 'old'],
  ]);
  const { data: commits } = await world.bot.pulls.listCommits({ ...access, pull_number: number });
  expect(commits).toHaveLength(2);
  expect(commits[1]?.sha).toBe(world.repository.git.branch('a'));
});
