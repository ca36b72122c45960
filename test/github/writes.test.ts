import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Denied, NotFound, RetryLater } from '../../src/github/errors.ts';
import type { CheckContent, CommitContent } from '../../src/github/port.ts';
import type { FaultEffect } from '../../src/sandbox/faults.ts';
import { createWorld, requestPath, start, type GitHubWorld } from './world.ts';

let world: GitHubWorld;
let number = 0;
let head = '';

const access = { owner: 'acme', repo: 'access' } as const;

beforeEach(async () => {
  world = await createWorld();
  ({ number, head } = await world.requestAccess());
  await world.port.readBranch();
  world.requests();
});

afterEach(async () => world.sandbox.close());

function check(changed: Partial<CheckContent> = {}): CheckContent {
  return {
    head,
    externalId: 'curfew/1:abc',
    conclusion: 'action_required',
    startedAt: start,
    title: 'Waiting',
    summary: 'Waiting for **1** approval',
    text: 'details',
    annotations: [],
    ...changed,
  };
}

const annotation = (line: number) =>
  ({ path: requestPath, line, level: 'failure', title: 'Not valid', message: `line ${line}` }) as const;

const readRuns = async () => (await world.port.readPullRequest(number)).pullRequest.checkRuns;

const allRuns = async () =>
  (await world.as('erin').rest.checks.listForRef({ ...access, ref: head, filter: 'all', per_page: 100 })).data
    .check_runs;

const allComments = async () =>
  (await world.as('erin').rest.issues.listComments({ ...access, issue_number: number, per_page: 100 })).data;

async function commitContent(changed: Partial<CommitContent> = {}): Promise<CommitContent> {
  const { tip } = await world.port.readBranch();
  return {
    branch: 'main',
    expectedHead: tip.sha,
    headline: 'Grant',
    body: 'Curfew-Grant: x',
    additions: [{ path: 'grants/prod-eu/payments/inc-1.yaml', text: 'kind: RoleBinding # ä\n' }],
    deletions: ['access-requests/README.md'],
    ...changed,
  };
}

/** How an answer is lost: before or after GitHub acted. */
const losses = [
  { name: 'a lost connection before the effect', effect: { kind: 'drop' }, acts: false },
  { name: 'a lost connection after the effect', effect: { kind: 'drop-after-effect' }, acts: true },
  { name: 'a 502 before the effect', effect: { kind: 'status', status: 502 }, acts: false },
  { name: 'a 500 after the effect', effect: { kind: 'status-after-effect', status: 500 }, acts: true },
] as const satisfies readonly {
  readonly name: string;
  readonly effect: FaultEffect;
  readonly acts: boolean;
}[];

/** Runs a write that meets a fault; it must know what happened, or leave it to the next run. */
async function meeting<T>(
  effect: FaultEffect,
  route: string | { readonly operation: string },
  write: () => Promise<T>,
): Promise<T | RetryLater> {
  const where =
    typeof route === 'string'
      ? { method: route.split(' ')[0] ?? '', route: route.split(' ')[1] ?? '' }
      : route;
  world.sandbox.faults.inject({ ...where, times: 1, effect });
  try {
    return await write();
  } catch (error) {
    if (error instanceof RetryLater) return error;
    throw error;
  } finally {
    world.sandbox.faults.clear();
  }
}

describe('publishCheck', () => {
  it('creates one check run, which reads back as what was published', async () => {
    expect(await world.port.publishCheck(check({ annotations: [annotation(3)] }), [])).toBe('written');
    expect(world.requests()).toEqual(['POST /repos/{owner}/{repo}/check-runs']);
    expect(await readRuns()).toMatchObject([
      { externalId: 'curfew/1:abc', conclusion: 'action_required', startedAt: start, title: 'Waiting' },
    ]);
    const [run] = await allRuns();
    expect(run).toMatchObject({
      name: 'curfew',
      output: { summary: 'Waiting for **1** approval', text: 'details', annotations_count: 1 },
    });
  });

  it('writes nothing where nothing changed, also after a restart', async () => {
    await world.port.publishCheck(check(), []);
    const runs = await readRuns();
    const other = world.restarted().repository(world.acme.installation.id, 'acme', 'access');
    await other.readBranch();
    world.requests();
    expect(await world.port.publishCheck(check(), runs)).toBe('unchanged');
    expect(await other.publishCheck(check(), runs)).toBe('unchanged');
    // GitHub may not show it yet.
    expect(await world.port.publishCheck(check(), [])).toBe('unchanged');
    expect(world.requests()).toEqual([]);
  });

  it('changes the run that is there', async () => {
    await world.port.publishCheck(check(), []);
    world.requests();
    expect(
      await world.port.publishCheck(check({ conclusion: 'success', title: 'Ready' }), await readRuns()),
    ).toBe('written');
    expect(world.requests().slice(-1)).toEqual(['PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}']);
    const runs = await allRuns();
    expect(runs).toMatchObject([{ conclusion: 'success', output: { title: 'Ready' } }]);
  });

  it('puts a new run in the place of one whose annotations no longer fit', async () => {
    await world.port.publishCheck(check({ annotations: [annotation(3)] }), []);
    await world.port.publishCheck(check({ annotations: [annotation(4)] }), await readRuns());
    const runs = await readRuns();
    expect(runs).toHaveLength(1);
    const [newest] = await allRuns();
    expect(newest).toMatchObject({ id: runs[0]?.id, output: { annotations_count: 1 } });
    // And keeps those that do.
    await world.port.publishCheck(check({ annotations: [annotation(4)], title: 'Other' }), runs);
    expect((await allRuns())[0]).toMatchObject({
      id: runs[0]?.id,
      output: { title: 'Other', annotations_count: 1 },
    });
  });

  it('publishes more annotations than fit a request', async () => {
    const annotations = Array.from({ length: 120 }, (_, index) => annotation(index + 1));
    await world.port.publishCheck(check({ annotations }), []);
    expect(world.requests()).toHaveLength(3);
    expect(await allRuns()).toMatchObject([{ output: { annotations_count: 120 } }]);
    expect(await world.port.publishCheck(check({ annotations }), await readRuns())).toBe('unchanged');
  });

  it('does not take a run for complete whose annotations did not all arrive', async () => {
    const annotations = Array.from({ length: 60 }, (_, index) => annotation(index + 1));
    const route = 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}';
    expect(
      await meeting({ kind: 'drop' }, route, () => world.port.publishCheck(check({ annotations }), [])),
    ).toBeInstanceOf(RetryLater);
    expect(await world.port.publishCheck(check({ annotations }), await readRuns())).toBe('written');
    expect((await allRuns())[0]).toMatchObject({ output: { annotations_count: 60 } });
  });

  it('cuts what is too long', async () => {
    await world.port.publishCheck(
      check({ summary: 'ä'.repeat(50_000), text: 'x'.repeat(70_000), title: 'y'.repeat(300) }),
      [],
    );
    const [run] = await allRuns();
    expect(Buffer.byteLength(run?.output.summary ?? '')).toBeLessThanOrEqual(65_535);
    expect(run?.output.text).toMatch(/too long for GitHub/);
  });

  it('creates a run where the one that was read is gone', async () => {
    await world.port.publishCheck(check(), []);
    const [run] = await readRuns();
    const gone = [
      {
        ...run,
        id: 999_999,
        externalId: 'curfew/1:abc',
        conclusion: null,
        startedAt: start,
        title: '',
        contentDigest: `x.${run?.contentDigest.split('.')[1]}`,
      },
    ];
    expect(await world.port.publishCheck(check({ title: 'Other' }), gone)).toBe('written');
    expect((await readRuns())[0]).toMatchObject({ title: 'Other' });
  });

  describe.each(losses)('after $name', ({ effect, acts }) => {
    it('leaves one run, created', async () => {
      const first = await meeting(effect, 'POST /repos/{owner}/{repo}/check-runs', () =>
        world.port.publishCheck(check(), []),
      );
      if (acts) expect(first).toBe('written');
      else expect(first).toBeInstanceOf(RetryLater);
      await world.port.publishCheck(check(), await readRuns());
      expect(await allRuns()).toHaveLength(1);
    });

    it('leaves one run, changed', async () => {
      await world.port.publishCheck(check(), []);
      const changed = check({ title: 'Other' });
      const route = 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}';
      const runs = await readRuns();
      const first = await meeting(effect, route, () => world.port.publishCheck(changed, runs));
      if (acts) expect(first).toBe('written');
      else expect(first).toBeInstanceOf(RetryLater);
      await world.port.publishCheck(changed, await readRuns());
      expect(await allRuns()).toMatchObject([{ output: { title: 'Other' } }]);
    });
  });

  it('leaves one run, changed, also where GitHub says of a change that took effect that there is none', async () => {
    await world.port.publishCheck(check(), []);
    const route = 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}';
    const runs = await readRuns();
    const gone = { kind: 'status-after-effect', status: 404 } as const;
    await meeting(gone, route, () => world.port.publishCheck(check({ title: 'Other' }), runs));
    expect(await allRuns()).toMatchObject([{ output: { title: 'Other' } }]);
  });
});

describe('publishComment', () => {
  const body = '<!-- curfew -->\nWaiting';

  it('creates one comment, then edits it on change only', async () => {
    await world.port.readPullRequest(number);
    world.requests();
    expect(await world.port.publishComment(number, body)).toBe('written');
    expect(await world.port.publishComment(number, body)).toBe('unchanged');
    // Whoever creates one looks whether somebody else did so at the same time.
    expect(world.requests()).toEqual([
      'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
      'query Comments',
    ]);
    expect(await world.port.publishComment(number, `${body} no more`)).toBe('written');
    expect(world.requests()).toEqual(['PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}']);
    expect(await allComments()).toMatchObject([{ body: `${body} no more`, user: { login: 'curfew[bot]' } }]);
  });

  it('looks first where it has not just read them', async () => {
    await world.port.publishComment(number, body);
    const other = world.restarted().repository(world.acme.installation.id, 'acme', 'access');
    expect(await other.publishComment(number, body)).toBe('unchanged');
    expect(await other.publishComment(number, `${body}!`)).toBe('written');
    expect(await allComments()).toHaveLength(1);
  });

  it('finds its own on whichever page, and never somebody else’s with the marker', async () => {
    await world.as('mallory').rest.issues.createComment({ ...access, issue_number: number, body });
    for (let index = 0; index < 110; index += 1) {
      await world.as('bob').rest.issues.createComment({ ...access, issue_number: number, body: `${index}` });
    }
    await world.port.publishComment(number, body);
    const other = world.restarted().repository(world.acme.installation.id, 'acme', 'access');
    expect(await other.publishComment(number, body)).toBe('unchanged');
    const ours = (
      await world.as('erin').paginate('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
        ...access,
        issue_number: number,
      })
    ).filter(({ user }) => user?.login === 'curfew[bot]');
    expect(ours).toHaveLength(1);
  });

  it('puts back what a writer edited', async () => {
    await world.port.publishComment(number, body);
    const [comment] = await allComments();
    await world.as('mallory').rest.issues.updateComment({
      ...access,
      comment_id: comment?.id ?? 0,
      body: '<!-- curfew -->\nAll fine',
    });
    await world.port.readPullRequest(number);
    expect(await world.port.publishComment(number, body)).toBe('written');
    expect(await allComments()).toMatchObject([{ body }]);
  });

  it('writes anew where somebody deleted it, or took the marker away', async () => {
    await world.port.publishComment(number, body);
    const [comment] = await allComments();
    await world.as('erin').rest.issues.deleteComment({ ...access, comment_id: comment?.id ?? 0 });
    expect(await world.port.publishComment(number, `${body}!`)).toBe('written');
    expect(await allComments()).toMatchObject([{ body: `${body}!` }]);
  });

  it('takes back its own where another replica created one at the same time, and says it there', async () => {
    await world.port.readPullRequest(number);
    const other = world.restarted().repository(world.acme.installation.id, 'acme', 'access');
    await other.readPullRequest(number);
    const bodies = [`${body}!`, `${body}?`] as const;
    await Promise.all([
      world.port.publishComment(number, bodies[0]),
      other.publishComment(number, bodies[1]),
    ]);
    const [comment, ...others] = await allComments();
    expect(others).toEqual([]);
    expect(bodies).toContain(comment?.body);
    await other.publishComment(number, body);
    expect(await allComments()).toMatchObject([{ id: comment?.id, body }]);
  });

  it('does the same where somebody had deleted the one before', async () => {
    await world.port.publishComment(number, body);
    const other = world.restarted().repository(world.acme.installation.id, 'acme', 'access');
    await other.readPullRequest(number);
    for (const { id } of await allComments())
      await world.as('erin').rest.issues.deleteComment({ ...access, comment_id: id });
    await Promise.all([
      world.port.publishComment(number, `${body}!`),
      other.publishComment(number, `${body}!`),
    ]);
    expect(await allComments()).toMatchObject([{ body: `${body}!` }]);
  });

  it('leaves one where a race made two, and whoever made the second could not look', async () => {
    await world.port.readPullRequest(number);
    const other = world.restarted().repository(world.acme.installation.id, 'acme', 'access');
    await other.readPullRequest(number);
    await world.port.publishComment(number, body);
    const stop = world.sandbox.faults.inject({ operation: 'Comments', effect: { kind: 'drop' } });
    await expect(other.publishComment(number, body)).rejects.toBeInstanceOf(RetryLater);
    stop();
    expect(await allComments()).toHaveLength(2);
    await world.port.readPullRequest(number);
    expect(await world.port.publishComment(number, body)).toBe('written');
    expect(await allComments()).toHaveLength(1);
    expect(await world.port.publishComment(number, body)).toBe('unchanged');
  });

  it('adds the marker where it is missing, and cuts what is too long', async () => {
    await world.port.publishComment(number, 'x'.repeat(70_000));
    const [comment] = await allComments();
    expect(comment?.body).toMatch(/^<!-- curfew -->\nx/);
    expect(comment?.body).toMatch(/too long for GitHub/);
  });

  describe.each(losses)('after $name', ({ effect, acts }) => {
    it('leaves one comment, created', async () => {
      await world.port.readPullRequest(number);
      const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
      const first = await meeting(effect, route, () => world.port.publishComment(number, body));
      if (acts) expect(first).toBe('written');
      else expect(first).toBeInstanceOf(RetryLater);
      await world.port.publishComment(number, body);
      expect(await allComments()).toHaveLength(1);
    });

    it('leaves one comment, edited', async () => {
      await world.port.publishComment(number, body);
      const route = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}';
      await meeting(effect, route, () => world.port.publishComment(number, `${body}!`));
      await world.port.publishComment(number, `${body}!`);
      expect(await allComments()).toMatchObject([{ body: `${body}!` }]);
    });
  });
});

describe('merge', () => {
  const merge = (sha = head) => world.port.merge(number, sha, 'merge', `Access (#${number})`, 'Approved');
  const merged = async () => (await world.as('erin').rest.pulls.get({ ...access, pull_number: number })).data;

  it('merges exactly the evaluated head', async () => {
    const outcome = await merge();
    expect(world.requests()).toEqual(['PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge']);
    const { merged: isMerged, merge_commit_sha: sha } = await merged();
    expect(isMerged).toBe(true);
    expect(outcome).toEqual({ kind: 'merged', sha });
    const { data } = await world.as('erin').rest.git.getCommit({ ...access, commit_sha: sha ?? '' });
    expect(data.message).toBe(`Access (#${number})\n\nApproved`);
  });

  it('says so where it was merged already', async () => {
    const sha = await world.mergeAsAdmin(number);
    expect(await merge()).toEqual({ kind: 'merged', sha });
  });

  it('is stale where the head moved', async () => {
    world.sandbox.world.pushFiles('acme/access', 'alice', {
      branch: 'alice/inc-1',
      files: { [requestPath]: 'other\n' },
    });
    expect(await merge()).toEqual({ kind: 'stale' });
    expect((await merged()).merged).toBe(false);
  });

  it('is stale where the base moves underneath', async () => {
    world.sandbox.faults.inject({
      method: 'PUT',
      effect: {
        kind: 'status',
        status: 405,
        message: 'Base branch was modified. Review and try the merge again.',
      },
    });
    expect(await merge()).toEqual({ kind: 'stale' });
  });

  it('is refused where there is a conflict, or a method that is not allowed', async () => {
    world.pushMain({ [requestPath]: 'conflict\n' });
    expect(await merge()).toMatchObject({ kind: 'refused', message: expect.stringMatching(/not mergeable/) });
    world.acme.repository.mergeMethods = ['squash'];
    expect(await merge()).toMatchObject({ kind: 'refused' });
  });

  it('is refused without the permission, and says what GitHub said', async () => {
    world.sandbox.faults.inject({
      method: 'PUT',
      effect: { kind: 'status', status: 403, message: 'Resource not accessible by integration' },
    });
    expect(await merge()).toEqual({ kind: 'refused', message: 'Resource not accessible by integration' });
  });

  it('finds no pull request', async () => {
    await expect(world.port.merge(99, head, 'merge', '', '')).rejects.toBeInstanceOf(NotFound);
  });

  it.each(losses)('is never sent twice after $name', async ({ effect, acts }) => {
    const route = 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge';
    const first = await meeting(effect, route, () => merge());
    expect(world.requests().filter((name) => name === route)).toHaveLength(1);
    if (acts) expect(first).toMatchObject({ kind: 'merged' });
    else expect(first).toBeInstanceOf(RetryLater);
    expect(await merge()).toMatchObject({ kind: 'merged' });
  });
});

describe('commit', () => {
  const log = async () => (await world.as('erin').rest.repos.listCommits({ ...access, sha: 'main' })).data;

  it('writes several files at once', async () => {
    const content = await commitContent();
    world.requests();
    const outcome = await world.port.commit(content);
    expect(world.requests()).toEqual(['query Commit']);
    const [newest] = await log();
    expect(outcome).toEqual({ kind: 'committed', sha: newest?.sha });
    expect(newest).toMatchObject({
      commit: { message: 'Grant\n\nCurfew-Grant: x', verification: { verified: true } },
      author: { login: 'curfew[bot]' },
      parents: [{ sha: content.expectedHead }],
    });
    const { tip } = await world.port.readBranch();
    expect(tip.grants.map(({ path, text }) => [path, text])).toContainEqual([
      'grants/prod-eu/payments/inc-1.yaml',
      'kind: RoleBinding # ä\n',
    ]);
    expect(tip.requests).toEqual([]);
  });

  it('loses a race and writes nothing', async () => {
    const content = await commitContent();
    world.pushMain({ x: 'x' });
    expect(await world.port.commit(content)).toEqual({ kind: 'lost-race' });
    expect(await log()).toHaveLength(2);
  });

  it('is refused by a rule', async () => {
    for (const ruleset of world.acme.repository.rulesets) ruleset.bypassActors = [];
    expect(await world.port.commit(await commitContent())).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/rule/i),
    });
  });

  it('finds no branch', async () => {
    await expect(world.port.commit(await commitContent({ branch: 'curfew/none' }))).rejects.toBeInstanceOf(
      NotFound,
    );
  });

  it.each(losses)('is found again by what it says after $name', async ({ effect, acts }) => {
    const content = await commitContent();
    world.requests();
    const first = await meeting(effect, { operation: 'Commit' }, () => world.port.commit(content));
    expect(world.requests().filter((name) => name === 'query Commit')).toHaveLength(1);
    if (acts) expect(first).toMatchObject({ kind: 'committed', sha: (await log())[0]?.sha });
    else expect(first).toBeInstanceOf(RetryLater);
    const second = await world.port.commit(content);
    expect(second.kind).toBe(acts ? 'lost-race' : 'committed');
    expect((await log()).filter(({ commit }) => commit.message.startsWith('Grant'))).toHaveLength(1);
  });

  it('is found again below what others pushed since', async () => {
    const content = await commitContent();
    world.sandbox.faults.inject({ operation: 'Commit', times: 1, effect: { kind: 'drop-after-effect' } });
    world.sandbox.faults.inject({
      operation: 'LastCommits',
      times: 1,
      when: () => world.pushMain({ x: 'x' }) === '',
      effect: { kind: 'drop' },
    });
    expect(await world.port.commit(content)).toMatchObject({ kind: 'committed' });
  });

  it('has lost where somebody else’s commit took the place', async () => {
    const content = await commitContent();
    world.sandbox.faults.inject({ operation: 'Commit', times: 1, effect: { kind: 'drop' } });
    world.pushMain({ x: 'x' }, 'Grant\n\nCurfew-Grant: x');
    expect(await world.port.commit(content)).toEqual({ kind: 'lost-race' });
  });
});

describe('branches', () => {
  it('are created once, and left alone where they are', async () => {
    expect(await world.port.createBranch('curfew/x', head)).toBe('created');
    expect(await world.port.createBranch('curfew/x', head)).toBe('exists');
  });

  it('are deleted, and gone is gone', async () => {
    await world.port.createBranch('curfew/x', head);
    await world.port.deleteBranch('curfew/x');
    await world.port.deleteBranch('curfew/x');
    expect(await world.port.createBranch('curfew/x', head)).toBe('created');
  });

  it('do not start at a commit that is not there', async () => {
    await expect(world.port.createBranch('curfew/x', '1'.repeat(40))).rejects.toThrow(
      /create the branch curfew\/x/,
    );
  });

  it('are refused by rules', async () => {
    await expect(world.port.deleteBranch('main')).rejects.toThrow(/delete the branch main/);
  });

  it.each(losses)('come to the same after $name', async ({ effect, acts }) => {
    const created = await meeting(effect, 'POST /repos/{owner}/{repo}/git/refs', () =>
      world.port.createBranch('curfew/x', head),
    );
    if (acts) expect(created).toBe('created');
    else expect(created).toBeInstanceOf(RetryLater);
    expect(await world.port.createBranch('curfew/x', head)).toBe(acts ? 'exists' : 'created');
    const route = 'DELETE /repos/{owner}/{repo}/git/refs/{ref}';
    const deleted = await meeting(effect, route, () => world.port.deleteBranch('curfew/x'));
    if (acts) expect(deleted).toBeUndefined();
    else expect(deleted).toBeInstanceOf(RetryLater);
    await world.port.deleteBranch('curfew/x');
    expect(await world.port.createBranch('curfew/x', head)).toBe('created');
  });
});

describe('pull requests of ours', () => {
  beforeEach(async () => {
    const content = await commitContent({ branch: 'curfew/x' });
    await world.port.createBranch('curfew/x', content.expectedHead);
    await world.port.commit(content);
    world.requests();
  });

  const open = () => world.port.openPullRequest('curfew/x', 'End access', 'Why');
  const ours = async () =>
    (await world.as('erin').rest.pulls.list({ ...access, state: 'all', head: 'acme:curfew/x' })).data;

  it('are opened once, against the default branch', async () => {
    const opened = await open();
    expect(world.requests()).toEqual(['POST /repos/{owner}/{repo}/pulls']);
    expect(await open()).toBe(opened);
    expect(await ours()).toMatchObject([
      { number: opened, title: 'End access', body: 'Why', base: { ref: 'main' } },
    ]);
  });

  it('are opened by a process that has read nothing yet', async () => {
    const other = world.restarted().repository(world.acme.installation.id, 'acme', 'access');
    expect(await other.openPullRequest('curfew/x', 'End access', '')).toBeGreaterThan(0);
  });

  it('are not taken from somebody else', async () => {
    await world.as('mallory').rest.pulls.create({ ...access, title: 'Mine', head: 'curfew/x', base: 'main' });
    const failed: unknown = await open().catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(Denied);
    expect(failed).toMatchObject({ message: expect.stringMatching(/opened by mallory/) });
  });

  it('are closed, and closed or merged is closed', async () => {
    const opened = await open();
    await world.port.closePullRequest(opened);
    await world.port.closePullRequest(opened);
    expect(await ours()).toMatchObject([{ state: 'closed' }]);
    const again = await open();
    await world.mergeAsAdmin(again);
    await world.port.closePullRequest(again);
  });

  it.each(losses)('come to one after $name', async ({ effect, acts }) => {
    const opened = await meeting(effect, 'POST /repos/{owner}/{repo}/pulls', open);
    if (acts) expect(opened).toBeTypeOf('number');
    else expect(opened).toBeInstanceOf(RetryLater);
    const again = await open();
    expect(await ours()).toHaveLength(1);
    const route = 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}';
    const closed = await meeting(effect, route, () => world.port.closePullRequest(again));
    if (acts) expect(closed).toBeUndefined();
    else expect(closed).toBeInstanceOf(RetryLater);
    await world.port.closePullRequest(again);
    expect(await ours()).toMatchObject([{ state: 'closed' }]);
  });
});

describe('a write that GitHub did not even look at', () => {
  const secondary = { 'retry-after': '60' };

  it.each([
    ['a comment', () => world.port.publishComment(number, 'x')],
    ['a check run', () => world.port.publishCheck(check(), [])],
    ['a merge', () => world.port.merge(number, head, 'merge', '', '')],
    ['a commit', async () => world.port.commit(await commitContent())],
    ['a branch', () => world.port.createBranch('curfew/x', head)],
  ])('%s: a limit says when to come back', async (_, write) => {
    world.sandbox.faults.inject({
      when: ({ method, operation }) => method !== 'GET' && (operation === null || operation === 'Commit'),
      effect: {
        kind: 'status',
        status: 403,
        message: 'You have exceeded a secondary rate limit',
        headers: secondary,
      },
    });
    const error: unknown = await write().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RetryLater);
    expect(error).toMatchObject({ retryAt: expect.toSatisfy((at: number) => at > Date.now() + 50_000) });
  });

  it('names the permission that is missing', async () => {
    world.sandbox.faults.inject({
      method: 'POST',
      effect: {
        kind: 'status',
        status: 403,
        message: 'Resource not accessible by integration',
        headers: { 'x-accepted-github-permissions': 'checks=write' },
      },
    });
    const error: unknown = await world.port.publishCheck(check(), []).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Denied);
    expect(error).toMatchObject({
      message: expect.stringMatching(/publish the check run .* acme\/access: 403 .* checks=write$/),
    });
  });
});
