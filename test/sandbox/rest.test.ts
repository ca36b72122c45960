import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileContent } from '../../src/sandbox/operations/repositories.ts';
import { access, openPullRequest, startAcme } from './support.ts';
import type { World } from './support.ts';

let world: World;

beforeEach(async () => {
  world = await startAcme();
  for (const ruleset of world.repository.rulesets) ruleset.enforcement = 'disabled';
});

afterEach(async () => {
  await world.sandbox.close();
});

function main(): string {
  return world.repository.git.branch('main') ?? '';
}

describe('pages', () => {
  it('hold at most a hundred entries and lead to each other', async () => {
    const number = await openPullRequest(world, 'alice', 'a');
    const comments = { ...access, issue_number: number };
    const issue = world.repository.issues.get(number);
    const one = await world.as('alice').issues.createComment({ ...comments, body: 'x' });
    const [first] = issue?.comments ?? [];
    if (first === undefined) throw new Error('no comment');
    for (let index = 0; index < 229; index += 1)
      issue?.comments.push({ ...first, id: one.data.id + 1000 + index });
    const { data, headers } = await world.bot.issues.listComments({ ...comments, per_page: 1000 });
    expect(data).toHaveLength(100);
    expect(headers.link).toContain('page=2>; rel="next"');
    expect(headers.link).toContain('page=3>; rel="last"');
    expect((await world.bot.issues.listComments({ ...comments, per_page: 100, page: 3 })).data).toHaveLength(
      30,
    );
    expect((await world.bot.issues.listComments(comments)).data).toHaveLength(30);
    expect(
      await world.bot.paginate(world.bot.issues.listComments, { ...comments, per_page: 100 }),
    ).toHaveLength(230);
    expect((await world.bot.issues.listComments({ ...comments, page: 99 })).data).toEqual([]);
  });
});

describe('git data', () => {
  async function commitOn(parent: string, path = 'x'): Promise<string> {
    const { data: blob } = await world.bot.git.createBlob({ ...access, content: path });
    const entry = { path, mode: '100644', type: 'blob', sha: blob.sha } as const;
    const { data: tree } = await world.bot.git.createTree({ ...access, base_tree: parent, tree: [entry] });
    const { data } = await world.bot.git.createCommit({
      ...access,
      message: 'm',
      tree: tree.sha,
      parents: [parent],
    });
    return data.sha;
  }

  it('moves a ref only forward, unless forced', async () => {
    const [one, two] = [await commitOn(main(), 'a'), await commitOn(main(), 'b')];
    const ref = { ...access, ref: 'heads/main' };
    await world.bot.git.updateRef({ ...ref, sha: one });
    await expect(world.bot.git.updateRef({ ...ref, sha: two })).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('Update is not a fast forward'),
    });
    expect(main()).toBe(one);
    await world.bot.git.updateRef({ ...ref, sha: two, force: true });
    expect(main()).toBe(two);
  });

  it('creates a ref once', async () => {
    const ref = { ...access, ref: 'refs/heads/curfew/claim', sha: main() };
    await world.bot.git.createRef(ref);
    await expect(world.bot.git.createRef(ref)).rejects.toThrow('Reference already exists');
    expect((await world.bot.git.getRef({ ...access, ref: 'heads/curfew/claim' })).data.object.sha).toBe(
      main(),
    );
    const { data } = await world.bot.git.listMatchingRefs({ ...access, ref: 'heads/curfew/' });
    expect(data.map((one) => one.ref)).toEqual(['refs/heads/curfew/claim']);
    await world.bot.git.deleteRef({ ...access, ref: 'heads/curfew/claim' });
    await expect(world.bot.git.deleteRef({ ...access, ref: 'heads/curfew/claim' })).rejects.toMatchObject({
      status: 422,
    });
  });

  it('knows nothing that is not there, and takes no path that leaves the tree', async () => {
    const absent = 'f'.repeat(40);
    await expect(
      world.bot.git.createRef({ ...access, ref: 'refs/heads/x', sha: absent }),
    ).rejects.toMatchObject({ status: 422 });
    await expect(world.bot.git.getCommit({ ...access, commit_sha: absent })).rejects.toMatchObject({
      status: 404,
    });
    await expect(world.bot.git.getBlob({ ...access, file_sha: absent })).rejects.toMatchObject({
      status: 404,
    });
    const { data: blob } = await world.bot.git.createBlob({ ...access, content: 'x' });
    const branch = { ...access, ref: 'refs/heads/x', sha: blob.sha };
    await expect(world.bot.git.createRef(branch)).rejects.toMatchObject({ status: 422 });
    await expect(world.bot.repos.listCommits({ ...access, sha: blob.sha })).rejects.toMatchObject({
      status: 404,
    });
    for (const path of ['../x', 'a/../x', '.git/config', 'a//b', '/a', '']) {
      const entry = { path, mode: '100644', type: 'blob', content: 'x' } as const;
      await expect(world.bot.git.createTree({ ...access, tree: [entry] })).rejects.toMatchObject({
        status: 422,
      });
    }
  });

  it('is signed by GitHub for an App that names nobody else', async () => {
    const { tree } = world.repository.git.commit(main());
    const input = { ...access, message: 'm', tree, parents: [main()] };
    const { data: own } = await world.bot.git.createCommit(input);
    expect(own.verification).toMatchObject({ verified: true, reason: 'valid' });
    expect(own).toMatchObject({
      author: { name: 'curfew[bot]' },
      committer: { email: 'noreply@github.com' },
    });
    const author = { name: 'Alice', email: 'alice@example.com', date: '2026-01-01T00:00:00Z' };
    const { data: other } = await world.bot.git.createCommit({ ...input, author });
    expect(other).toMatchObject({ author, verification: { verified: false, reason: 'unsigned' } });
    const { data: person } = await world.as('alice').git.createCommit(input);
    expect(person.verification.verified).toBe(false);
  });

  it('lists a tree, level by level or whole, with modes', async () => {
    const link = { path: 'dir/link', mode: '120000', type: 'blob', content: '../README.md' } as const;
    const { data: tree } = await world.bot.git.createTree({ ...access, base_tree: main(), tree: [link] });
    expect(tree.tree.map(({ path, mode, type }) => [path, mode, type])).toEqual([
      ['README.md', '100644', 'blob'],
      ['dir', '040000', 'tree'],
    ]);
    const { data: all } = await world.bot.git.getTree({ ...access, tree_sha: tree.sha, recursive: '1' });
    expect(all.tree.map(({ path, mode }) => [path, mode])).toContainEqual(['dir/link', '120000']);
    expect(all.truncated).toBe(false);
    const removed = { path: 'dir/link', mode: '120000', type: 'blob', sha: null } as const;
    const { data: without } = await world.bot.git.createTree({
      ...access,
      base_tree: tree.sha,
      tree: [removed],
    });
    expect(without.sha).toBe(world.repository.git.commit(main()).tree);
  });

  it('cuts a recursive tree at seven megabytes and says so', async () => {
    const name = 'n'.repeat(200);
    const blob = world.repository.git.objects.writeBlob('x');
    const entries = Array.from({ length: 20_000 }, (_, index) => {
      return { name: `${name}${index}`, mode: '100644', type: 'blob', sha: blob } as const;
    });
    const sha = world.repository.git.objects.writeTree(entries);
    const { data } = await world.bot.git.getTree({ ...access, tree_sha: sha, recursive: '1' });
    expect(data.truncated).toBe(true);
    expect(data.tree.length).toBeLessThan(20_000);
  });
});

describe('contents', () => {
  it('are written, read, changed and deleted by blob', async () => {
    const file = { ...access, path: 'dir/a b.txt' };
    const content = (text: string): string => Buffer.from(text).toString('base64');
    const created = await world.bot.repos.createOrUpdateFileContents({
      ...file,
      message: 'm',
      content: content('one\n'),
    });
    expect(created.status).toBe(201);
    const sha = created.data.content?.sha ?? '';
    const change = { ...file, message: 'm', content: content('two\n') };
    await expect(world.bot.repos.createOrUpdateFileContents(change)).rejects.toMatchObject({ status: 422 });
    await expect(
      world.bot.repos.createOrUpdateFileContents({ ...change, sha: main() }),
    ).rejects.toMatchObject({ status: 409 });
    const { data, status } = await world.bot.repos.createOrUpdateFileContents({ ...change, sha });
    expect(status).toBe(200);
    const { data: read } = await world.bot.repos.getContent(file);
    expect(read).toMatchObject({ type: 'file', sha: data.content?.sha, encoding: 'base64' });
    await world.bot.repos.deleteFile({ ...file, message: 'm', sha: data.content?.sha ?? '' });
    await expect(world.bot.repos.getContent(file)).rejects.toMatchObject({ status: 404 });
    expect(data.commit.verification?.verified).toBe(true);
  });

  it('follow symlinks, list directories, and leave out what is over a megabyte', async () => {
    world.sandbox.world.pushFiles('acme/access', 'alice', {
      branch: 'main',
      files: new Map<string, FileContent>([
        ['dir/link', { content: '../README.md', mode: '120000' }],
        ['large', 'x'.repeat((1 << 20) + 1)],
      ]),
    });
    const get = async (path: string): Promise<unknown> =>
      (await world.bot.repos.getContent({ ...access, path })).data;
    expect(await get('dir/link')).toMatchObject({
      type: 'file',
      content: Buffer.from('access\n').toString('base64') + '\n',
    });
    expect(await get('dir')).toMatchObject([{ name: 'link', type: 'symlink' }]);
    expect(await get('large')).toMatchObject({ size: (1 << 20) + 1, encoding: 'none', content: '' });
  });
});

describe('commits', () => {
  it('belong to the account of their address, also of a bot, or to nobody', async () => {
    const build = world.sandbox.world;
    const push = (email: string): string =>
      build.pushFiles('acme/access', 'alice', {
        branch: 'main',
        files: { x: email },
        author: { name: 'X', email },
      });
    const addresses = [
      'BOB@example.com',
      '1003+whatever@users.noreply.github.com',
      'dan@users.noreply.github.com',
      'x@y.z',
    ];
    const shas = addresses.map(push);
    const { data } = await world.bot.repos.listCommits({ ...access, sha: 'main', per_page: 4 });
    expect(data.map(({ sha }) => sha)).toEqual(shas.toReversed());
    expect(data.map(({ author }) => author?.login)).toEqual([undefined, 'dan', 'carol', 'bob']);
    const { tree } = world.repository.git.commit(main());
    const { data: own } = await world.bot.git.createCommit({
      ...access,
      message: 'm',
      tree,
      parents: [main()],
    });
    const { data: shown } = await world.bot.repos.getCommit({ ...access, ref: own.sha });
    expect(shown).toMatchObject({
      author: { login: 'curfew[bot]', type: 'Bot' },
      committer: { login: 'web-flow' },
    });
  });

  it('are found by path, author and time', async () => {
    const build = world.sandbox.world;
    build.pushFiles('acme/access', 'alice', { branch: 'main', files: { 'd/a': '1' } });
    world.sandbox.clock.advance(60_000);
    const last = build.pushFiles('acme/access', 'bob', { branch: 'main', files: { 'd/a': '2' } });
    const list = async (more: object): Promise<number> =>
      (await world.bot.repos.listCommits({ ...access, ...more })).data.length;
    expect(await list({})).toBe(3);
    expect(await list({ path: 'd' })).toBe(2);
    expect(await list({ author: 'bob' })).toBe(1);
    expect(await list({ since: new Date(world.sandbox.clock.now()).toISOString() })).toBe(1);
    const { data } = await world.bot.repos.getCommit({ ...access, ref: 'main' });
    expect(data).toMatchObject({ sha: last, files: [{ filename: 'd/a', status: 'modified', changes: 2 }] });
  });

  it('are compared from their merge base', async () => {
    const build = world.sandbox.world;
    build.pushFiles('acme/access', 'alice', { branch: 'a', files: { a: '1' } });
    build.pushFiles('acme/access', 'alice', { branch: 'main', files: { m: '1' } });
    const { data } = await world.bot.repos.compareCommitsWithBasehead({ ...access, basehead: 'main...a' });
    expect(data).toMatchObject({ status: 'diverged', ahead_by: 1, behind_by: 1, files: [{ filename: 'a' }] });
    const { data: same } = await world.bot.repos.compareCommitsWithBasehead({
      ...access,
      basehead: 'main...main',
    });
    expect(same).toMatchObject({ status: 'identical', total_commits: 0 });
  });
});

describe('checks', () => {
  it('stand beside each other, and the newest of a name counts', async () => {
    const check = { ...access, name: 'curfew', head_sha: main() };
    const { data: first } = await world.bot.checks.create({
      ...check,
      conclusion: 'failure',
      external_id: 'a',
    });
    const { data: second } = await world.bot.checks.create({ ...check, status: 'in_progress' });
    const list = async (filter?: 'all'): Promise<number[]> => {
      const more = filter === undefined ? {} : { filter };
      const { data } = await world.bot.checks.listForRef({
        ...access,
        ref: 'main',
        check_name: 'curfew',
        app_id: 900,
        ...more,
      });
      return data.check_runs.map(({ id }) => id);
    };
    expect(await list()).toEqual([second.id]);
    expect(await list('all')).toEqual([second.id, first.id]);
    const update = { ...access, check_run_id: second.id };
    const { data: done } = await world.bot.checks.update({
      ...update,
      conclusion: 'success',
      output: { title: 't', summary: 's' },
    });
    expect(done).toMatchObject({
      status: 'completed',
      conclusion: 'success',
      output: { title: 't', summary: 's' },
    });
  });

  it('add annotations with every request, fifty at most', async () => {
    const annotation = {
      path: 'a',
      start_line: 1,
      end_line: 1,
      annotation_level: 'failure',
      message: 'm',
    } as const;
    const output = (count: number) => ({
      title: 't',
      summary: 's',
      annotations: Array.from({ length: count }, () => annotation),
    });
    const check = { ...access, name: 'curfew', head_sha: main() };
    const { data } = await world.bot.checks.create({ ...check, output: output(50) });
    await world.bot.checks.update({ ...access, check_run_id: data.id, output: output(3) });
    const { data: all } = await world.bot.checks.listAnnotations({
      ...access,
      check_run_id: data.id,
      per_page: 100,
    });
    expect(all).toHaveLength(53);
    await expect(world.bot.checks.create({ ...check, output: output(51) })).rejects.toMatchObject({
      status: 422,
    });
    const long = { title: 't', summary: 'ü'.repeat(32_768) };
    await expect(world.bot.checks.create({ ...check, output: long })).rejects.toMatchObject({ status: 422 });
  });

  it('are made by Apps, and changed by the one that made them', async () => {
    const check = { ...access, name: 'curfew', head_sha: main() };
    await expect(world.as('erin').checks.create(check)).rejects.toMatchObject({ status: 403 });
    const { data } = await world.bot.checks.create(check);
    const other = world.sandbox.world.createApp({
      owner: 'acme',
      slug: 'other',
      permissions: { checks: 'write' },
      events: [],
      webhookSecret: 'another secret',
    });
    const installation = world.sandbox.world.installApp(other, 'acme', 'all', 'erin');
    const response = await world.sandbox.handle(
      new Request(`http://x/repos/acme/access/check-runs/${data.id}`, {
        method: 'PATCH',
        headers: { authorization: `token ${world.sandbox.world.installationToken(installation)}` },
        body: JSON.stringify({ conclusion: 'success' }),
      }),
    );
    expect(response.status).toBe(403);
  });

  it('and statuses are different things', async () => {
    const status = { ...access, sha: main(), context: 'ci' };
    await world.as('mallory').repos.createCommitStatus({ ...status, state: 'pending' });
    await world.as('mallory').repos.createCommitStatus({ ...status, state: 'success' });
    const { data } = await world.bot.repos.getCombinedStatusForRef({ ...access, ref: 'main' });
    expect(data).toMatchObject({ state: 'success', total_count: 1, statuses: [{ context: 'ci' }] });
    expect((await world.bot.repos.listCommitStatusesForRef({ ...access, ref: 'main' })).data).toHaveLength(2);
  });
});

describe('comments', () => {
  it('are edited by anybody who can write, and stay their author’s', async () => {
    const issue = { ...access, issue_number: await openPullRequest(world, 'alice', 'a') };
    const { data } = await world.bot.issues.createComment({ ...issue, body: 'plan' });
    expect(data).toMatchObject({
      user: { login: 'curfew[bot]' },
      performed_via_github_app: { slug: 'curfew' },
    });
    world.sandbox.clock.advance(5_000);
    const comment = { ...access, comment_id: data.id };
    await world.as('mallory').issues.updateComment({ ...comment, body: 'harmless' });
    const { data: edited } = await world.bot.issues.getComment(comment);
    expect(edited).toMatchObject({ body: 'harmless', user: { login: 'curfew[bot]' } });
    expect(edited.updated_at > edited.created_at).toBe(true);
    expect(world.repository.issues.get(issue.issue_number)?.comments[0]?.editor?.login).toBe('mallory');
    world.sandbox.world.createUser({ login: 'reader' });
    world.sandbox.world.setCollaborator('acme/access', 'reader', 'read');
    const own = await world.as('reader').issues.createComment({ ...issue, body: 'mine' });
    await world.as('reader').issues.updateComment({ ...access, comment_id: own.data.id, body: 'still mine' });
    await expect(world.as('reader').issues.updateComment({ ...comment, body: 'x' })).rejects.toMatchObject({
      status: 403,
    });
    await world.as('mallory').issues.deleteComment(comment);
    expect((await world.bot.issues.listComments(issue)).data).toHaveLength(1);
  });
});

describe('reviews', () => {
  it('carry the head that they were submitted at', async () => {
    const pull = { ...access, pull_number: await openPullRequest(world, 'alice', 'a') };
    const first = world.repository.git.branch('a');
    const { data: pending } = await world.as('bob').pulls.createReview({ ...pull, body: 'thinking' });
    expect(pending.state).toBe('PENDING');
    expect((await world.as('carol').pulls.listReviews(pull)).data).toEqual([]);
    const { data: approved } = await world.as('carol').pulls.createReview({ ...pull, event: 'APPROVE' });
    const second = world.sandbox.world.pushFiles('acme/access', 'alice', { branch: 'a', files: { x: '1' } });
    await world.as('bob').pulls.submitReview({ ...pull, review_id: pending.id, event: 'APPROVE' });
    const { data } = await world.bot.pulls.listReviews(pull);
    expect(data.map(({ user, commit_id: commit, state }) => [user?.login, commit, state])).toEqual([
      ['bob', second, 'APPROVED'],
      ['carol', first, 'APPROVED'],
    ]);
    expect(approved.submitted_at).toBe('2026-12-01T09:00:00Z');
  });

  it('are not for the author to approve with, but for readers and after the merge, too', async () => {
    const pull = { ...access, pull_number: await openPullRequest(world, 'alice', 'a') };
    await expect(world.as('alice').pulls.createReview({ ...pull, event: 'APPROVE' })).rejects.toMatchObject({
      status: 422,
    });
    await expect(world.as('bob').pulls.createReview({ ...pull, event: 'COMMENT' })).rejects.toMatchObject({
      status: 422,
    });
    world.sandbox.world.createUser({ login: 'reader' });
    world.sandbox.world.setCollaborator('acme/access', 'reader', 'read');
    await world.as('reader').pulls.createReview({ ...pull, event: 'APPROVE' });
    await world.as('bob').pulls.merge(pull);
    await world.as('carol').pulls.createReview({ ...pull, event: 'APPROVE' });
    await world.bot.pulls.createReview({ ...pull, event: 'APPROVE' });
    expect((await world.bot.pulls.listReviews(pull)).data).toHaveLength(3);
  });

  it('are asked for by hand', async () => {
    const pull = { ...access, pull_number: await openPullRequest(world, 'alice', 'a') };
    const ask = { ...pull, reviewers: ['bob'], team_reviewers: ['sre'] };
    await world.as('alice').pulls.requestReviewers(ask);
    const { data } = await world.bot.pulls.listRequestedReviewers(pull);
    expect([data.users.map(({ login }) => login), data.teams.map(({ slug }) => slug)]).toEqual([
      ['bob'],
      ['sre'],
    ]);
    await expect(
      world.as('alice').pulls.requestReviewers({ ...pull, reviewers: ['alice'] }),
    ).rejects.toMatchObject({ status: 422 });
    await world.as('bob').pulls.createReview({ ...pull, event: 'APPROVE' });
    await world.as('alice').pulls.removeRequestedReviewers(ask);
    expect((await world.bot.pulls.listRequestedReviewers(pull)).data).toEqual({ users: [], teams: [] });
  });
});

describe('people', () => {
  it('are members of a team and of those above it; who is invited is pending', async () => {
    const build = world.sandbox.world;
    build.createTeam('acme/night', { parent: 'acme/oncall' });
    build.addTeamMember('acme/night', 'grace');
    build.addTeamMember('acme/oncall', 'dan', { state: 'pending' });
    const oncall = { org: 'acme', team_slug: 'oncall' };
    const { data } = await world.bot.teams.listMembersInOrg(oncall);
    expect(data.map(({ login }) => login)).toEqual(['alice', 'grace']);
    const membership = async (username: string): Promise<string> =>
      (await world.bot.teams.getMembershipForUserInOrg({ ...oncall, username })).data.state;
    expect(await membership('grace')).toBe('active');
    expect(await membership('dan')).toBe('pending');
    await expect(membership('bob')).rejects.toMatchObject({ status: 404 });
    expect((await world.bot.teams.listChildInOrg(oncall)).data.map(({ slug }) => slug)).toEqual(['night']);
    const repo = { ...oncall, team_slug: 'night', ...access };
    expect((await world.bot.teams.checkPermissionsForRepoInOrg(repo)).status).toBe(204);
  });

  it('and teams are hidden from Apps without Members: read, and from strangers', async () => {
    await world.sandbox.close();
    world = await startAcme({ permissions: { contents: 'read' } });
    await expect(world.bot.teams.list({ org: 'acme' })).rejects.toMatchObject({ status: 403 });
    world.sandbox.world.createUser({ login: 'stranger' });
    await expect(world.as('stranger').teams.list({ org: 'acme' })).rejects.toMatchObject({ status: 404 });
    world.sandbox.world.createTeam('acme/hidden', { privacy: 'secret' });
    const hidden = { org: 'acme', team_slug: 'hidden' };
    await expect(world.as('alice').teams.getByName(hidden)).rejects.toMatchObject({ status: 404 });
    expect((await world.as('erin').teams.getByName(hidden)).data.privacy).toBe('secret');
  });

  it('have the highest permission that any way gives them', async () => {
    const permission = async (username: string): Promise<string | undefined> => {
      const { data } = await world.bot.repos.getCollaboratorPermissionLevel({ ...access, username });
      return data.role_name;
    };
    expect(await permission('erin')).toBe('admin');
    expect(await permission('alice')).toBe('write');
    expect(await permission('mallory')).toBe('write');
    world.sandbox.world.createUser({ login: 'stranger' });
    expect(await permission('stranger')).toBe('none');
    world.sandbox.world.setCollaborator('acme/access', 'alice', 'maintain');
    expect(await permission('alice')).toBe('maintain');
    const { data } = await world.as('erin').repos.listCollaborators(access);
    expect(data.map(({ login }) => login)).not.toContain('stranger');
    await world.as('erin').repos.removeCollaborator({ ...access, username: 'mallory' });
    expect(await permission('mallory')).toBe('none');
    expect((await world.bot.users.getById({ account_id: 1002 })).data.login).toBe('bob');
  });
});

describe('a repository', () => {
  it('is renamed, gets another default branch, and says so', async () => {
    world.sandbox.world.pushFiles('acme/access', 'alice', { branch: 'next', files: { x: '1' } });
    const erin = world.as('erin');
    await expect(world.as('alice').repos.update({ ...access, default_branch: 'next' })).rejects.toMatchObject(
      { status: 403 },
    );
    await expect(erin.repos.update({ ...access, default_branch: 'absent' })).rejects.toMatchObject({
      status: 422,
    });
    await erin.repos.update({ ...access, default_branch: 'next', allow_merge_commit: false });
    const { data } = await erin.repos.get(access);
    expect(data).toMatchObject({
      default_branch: 'next',
      allow_merge_commit: false,
      allow_squash_merge: true,
    });
    await erin.repos.renameBranch({ ...access, branch: 'next', new_name: 'trunk' });
    expect((await erin.repos.get(access)).data.default_branch).toBe('trunk');
    expect((await erin.repos.listBranches(access)).data.map(({ name }) => name)).toEqual(['main', 'trunk']);
  });

  it('tells who pushed what, page by page', async () => {
    for (const login of ['alice', 'bob', 'carol']) {
      world.sandbox.world.pushFiles('acme/access', login, { branch: 'shared', files: { x: login } });
    }
    const ref = { ...access, ref: 'shared' };
    const { data, headers } = await world.bot.repos.listActivities({ ...ref, per_page: 2 });
    expect(data.map(({ actor }) => actor?.login)).toEqual(['carol', 'bob']);
    expect(headers.link).toContain(`after=${data[1]?.id}`);
    const { data: rest } = await world.bot.repos.listActivities({ ...ref, after: String(data[1]?.id) });
    expect(rest).toMatchObject([
      { actor: { login: 'alice' }, activity_type: 'branch_creation', before: '0'.repeat(40) },
    ]);
  });
});

it('a broken body is refused with what is wrong in it', async () => {
  const post = async (body: string): Promise<Response> =>
    await world.sandbox.handle(
      new Request('http://x/repos/acme/access/pulls', {
        method: 'POST',
        headers: { authorization: `token ${world.sandbox.world.personalToken('alice')}` },
        body,
      }),
    );
  expect((await post('{')).status).toBe(400);
  const refused = await post('{"title": 1}');
  expect(refused.status).toBe(422);
  expect(await refused.json()).toMatchObject({ message: expect.stringContaining('title:') });
});
