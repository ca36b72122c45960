import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCheckRun } from '../../../src/sandbox/operations/checks.ts';
import { pullRequestOf } from '../../../src/sandbox/state.ts';
import type { PullRequest } from '../../../src/sandbox/state.ts';
import { heard, openPullRequest } from '../support.ts';
import type { World } from '../support.ts';
import { startPage, Visitor } from './visitor.ts';

const codeowners = '* @acme/platform\n/requests/ @acme/payments\n';

let world: World;
let alice: Visitor;
let bob: Visitor;

beforeEach(async () => {
  world = await startPage({
    files: { 'README.md': 'access\n', '.github/CODEOWNERS': codeowners, 'requests/taken.yaml': 'a: 1\n' },
    pageOptions: {
      name: 'Sandbox',
      prefills: {
        repository: 'acme/access',
        title: 'Request access',
        about: 'Choose **one**.',
        files: [
          {
            label: 'First',
            summary: 'A summary',
            title: 'Do it',
            path: 'requests/taken.yaml',
            text: 'b: "<2>"\n',
          },
        ],
      },
    },
  });
  alice = await Visitor.signedIn(world, 'alice');
  bob = await Visitor.signedIn(world, 'bob');
});
afterEach(async () => await world.sandbox.close());

const form = '/acme/access/new/main';
const path = '/acme/access/pull/1';

function first(): PullRequest {
  const found = pullRequestOf(world.repository, 1);
  if (found === undefined) throw new Error('there is no pull request');
  return found;
}

const file = { filename: 'requests/new.yaml', value: 'a: 1\r\nb: 2\r\n', message: 'Ask', branch: 'ask' };

describe('a new file', () => {
  test('starts from what is offered, under a name that is free', async () => {
    const { text } = await alice.get(form);
    expect(text).toContain('Choose <strong>one</strong>.');
    const link = /href="(\/acme\/access\/new\/main\?filename=requests[^"]*)"/.exec(text)?.[1] ?? '';
    const { text: filled } = await alice.get(link.replaceAll('&amp;', '&'));
    expect(filled).toContain('value="requests/taken-2.yaml"');
    expect(filled).toMatch(/<textarea[^>]*>[ ]?b: &quot;&lt;2&gt;&quot; <\/textarea/);
    expect(filled).toContain('value="alice-patch-1"');
    expect(filled).toContain('value="Do it"');
  });

  test('is committed to a branch and becomes a pull request', async () => {
    const { status, location } = await alice.post(form, file);
    expect([status, location]).toEqual([303, path]);
    const { git } = world.repository;
    const commit = git.commit(git.branch('ask') ?? '');
    const blob = git.entryAt(commit.tree, 'requests/new.yaml');
    expect(git.readBlob(blob?.sha ?? '')?.toString()).toBe('a: 1\nb: 2\n');
    expect(blob?.mode).toBe('100644');
    expect([commit.message, commit.author.email, commit.committer.name]).toEqual([
      'Ask',
      'alice@example.com',
      'GitHub',
    ]);
    expect(first()).toMatchObject({
      title: 'Ask',
      author: { login: 'alice' },
      draft: false,
      baseRef: 'main',
    });
    await world.sandbox.settle();
    expect(heard(world)).toContain('pull_request.opened');
  });

  test('may be a draft, and needs no title', async () => {
    await alice.post(form, { ...file, message: '', draft: 'yes' });
    expect(first()).toMatchObject({ title: 'Add requests/new.yaml', draft: true });
  });

  test.each([
    [{ filename: 'requests/taken.yaml' }, 'exists already'],
    [{ filename: '../x' }, 'malformed path'],
    [{ filename: '.git/config' }, 'malformed path'],
    [{ filename: '' }, 'malformed path'],
    [{ branch: 'main' }, 'exists already'],
    [{ branch: 'a..b' }, 'refused'],
    [{ branch: '' }, 'refused'],
  ])('is refused with %j, with what was typed, and leaves nothing', async (change, reason) => {
    const before = world.repository.git.branches();
    const { status, text } = await alice.post(form, { ...file, ...change });
    expect(status).toBe(422);
    expect(text).toContain(reason);
    expect(text).toContain('b: 2');
    expect(world.repository.git.branches()).toEqual(before);
    expect(world.repository.issues.size).toBe(0);
  });

  test('is refused to who may not write', async () => {
    world.sandbox.world.createUser({ login: 'zoe', emails: [] });
    world.sandbox.world.setCollaborator('acme/access', 'zoe', 'read');
    const zoe = await Visitor.signedIn(world, 'zoe');
    const { status, text } = await zoe.post(form, file);
    expect(status).toBe(403);
    expect(text).toContain('Must have write rights');
  });
});

describe('a branch that was pushed', () => {
  test('is offered, compared, and becomes a pull request', async () => {
    world.sandbox.world.pushFiles('acme/access', 'alice', {
      branch: 'a/b',
      files: { 'requests/x.yaml': 'x: 1\n' },
      message: 'Ask for x',
    });
    const compare = '/acme/access/compare/main...a/b';
    for (const page of ['/acme/access', '/acme/access/pulls', '/acme/access/compare'])
      expect((await alice.get(page)).text).toContain(`href="${compare}"`);
    const { text } = await alice.get(compare);
    expect(text).toContain('value="Ask for x"');
    expect(text).toContain('requests/x.yaml');
    const { location } = await alice.post(compare, {
      title: 'Please',
      body: 'because\r\n\r\nof it',
      draft: '',
    });
    expect(location).toBe(path);
    expect(first()).toMatchObject({ title: 'Please', body: 'because\n\nof it', headRef: 'a/b' });
    expect((await alice.get('/acme/access/compare')).text).toContain('No branch holds anything new');
    const again = await alice.post(compare, { title: 'Again', body: 'kept' });
    expect(again.status).toBe(422);
    expect(again.text).toContain('A pull request already exists');
    expect(again.text).toContain('kept');
  });
});

describe('a pull request', () => {
  beforeEach(async () => {
    await openPullRequest(world, 'alice', 'change', { 'requests/x.yaml': 'x: 1\n' });
  });

  test('is commented', async () => {
    const { location } = await bob.post(path, { action: 'comment', body: '/revoke\r\nplease' });
    expect(location).toMatch(/^\/acme\/access\/pull\/1#issuecomment-\d+$/);
    expect(first().comments).toMatchObject([{ body: '/revoke\nplease', author: { login: 'bob' } }]);
    expect((await bob.post(path, { action: 'comment', body: ' ' })).status).toBe(422);
  });

  test('is approved at the commit that was looked at', async () => {
    const { headSha } = first();
    world.sandbox.world.pushFiles('acme/access', 'alice', {
      branch: 'change',
      files: { 'requests/x.yaml': 'x: 2\n' },
    });
    await bob.post(path, { action: 'approve', body: '', head: headSha });
    expect(first().reviews).toMatchObject([
      { state: 'APPROVED', commitId: headSha, author: { login: 'bob' } },
    ]);
    expect((await bob.get(path)).text).toContain('an older commit');
    const unknown = await bob.post(path, { action: 'approve', head: '0'.repeat(40) });
    expect(unknown.text).toContain('commit_id is not part of the pull request');
  });

  test('is not approved by its author', async () => {
    const { status, text } = await alice.post(path, { action: 'approve', head: first().headSha });
    expect(status).toBe(422);
    expect(text).toContain('Can not approve your own pull request');
    expect((await alice.get(path)).text).not.toContain('value="approve"');
    expect((await bob.get(path)).text).toContain('value="approve"');
  });

  test('has changes requested, with a reason; the review is dismissed, with a message', async () => {
    const { headSha: head } = first();
    const silent = await bob.post(path, { action: 'request-changes', body: '', head });
    expect([silent.status, silent.text.includes('Body cannot be blank')]).toEqual([422, true]);
    await bob.post(path, { action: 'request-changes', body: 'Shorter, please', head });
    const { id } = first().reviews[0] ?? { id: 0 };
    await alice.post(path, { action: 'dismiss', review: String(id), message: 'It is <short>' });
    expect(first().reviews).toMatchObject([{ state: 'DISMISSED' }]);
    const { text } = await alice.get(path);
    expect(text).toContain('Shorter, please');
    expect(text).toContain('It is &lt;short&gt;');
    expect((await alice.post(path, { action: 'dismiss', review: '1', message: 'x' })).status).toBe(404);
  });

  test('is closed, reopened, made a draft, and made ready', async () => {
    await alice.post(path, { action: 'close' });
    expect(first().state).toBe('closed');
    await alice.post(path, { action: 'reopen' });
    expect(first().state).toBe('open');
    await alice.post(path, { action: 'draft' });
    expect(first().draft).toBe(true);
    expect((await alice.get(path)).text).toContain('This is a draft.');
    await alice.post(path, { action: 'ready' });
    expect(first().draft).toBe(false);
  });

  test('is merged when the rules let it, and the reason is shown when they do not', async () => {
    const merge = { action: 'merge', method: 'merge', head: first().headSha };
    const page = await bob.get(path);
    expect(page.text).toContain('Merging is blocked');
    expect(page.text).toContain('Waiting on code owner review from acme/payments.');
    const refused = await bob.post(path, merge);
    expect(refused.status).toBe(405);
    expect(refused.text).toContain('Required status check &quot;curfew&quot; is expected.');
    expect(first().state).toBe('open');

    const { app, installation, repository } = world;
    const actor = {
      kind: 'installation',
      app,
      installation,
      user: app.bot,
      permissions: installation.permissions,
      repositories: null,
    } as const;
    createCheckRun(world.sandbox.context, actor, repository, first().headSha, {
      name: 'curfew',
      status: 'completed',
      conclusion: 'success',
    });
    await bob.post(path, { action: 'approve', head: first().headSha });
    expect((await bob.get(path)).text).toContain('Nothing stands in the way');
    expect((await bob.post(path, { ...merge, head: '0'.repeat(40) })).status).toBe(409);
    await bob.post(path, merge);
    expect(first()).toMatchObject({ state: 'closed', mergedBy: { login: 'bob' } });
    expect((await bob.get(path)).text).toContain('merged this into');
    expect((await bob.get(path)).text).not.toContain('value="approve"');
  });

  test.each([{ action: 'destroy' }, {}, { action: 'merge', method: 'octopus' }])(
    'is not %j',
    async (fields) => {
      expect((await bob.post(path, fields)).status).toBe(422);
    },
  );

  test('that conflicts says so', async () => {
    world.repository.rulesets.length = 0;
    world.sandbox.world.pushFiles('acme/access', 'bob', {
      branch: 'main',
      files: { 'requests/x.yaml': 'x: 3\n' },
    });
    expect((await bob.get(path)).text).toContain('conflicts with its base');
  });
});
