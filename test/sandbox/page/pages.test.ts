import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCheckRun } from '../../../src/sandbox/operations/checks.ts';
import { createComment, updateComment } from '../../../src/sandbox/operations/comments.ts';
import type { FileContent } from '../../../src/sandbox/operations/repositories.ts';
import { createReview } from '../../../src/sandbox/operations/reviews.ts';
import { pullRequestOf } from '../../../src/sandbox/state.ts';
import type { PullRequest } from '../../../src/sandbox/state.ts';
import type { Actor } from '../../../src/sandbox/auth.ts';
import { access, openPullRequest, start } from '../support.ts';
import type { World } from '../support.ts';
import { startPage, Visitor } from './visitor.ts';

const hostileName = '<b>&"\'\u202ex';

const grant = `# generated
apiVersion: v1
metadata:
  annotations:
    curfew.dev/approved-by: bob
    curfew.dev/expires-at: "2026-12-01T10:00:00Z"
    curfew.dev/granted-at: "2026-12-01T08:00:00Z"
    curfew.dev/pull-request: "1"
    curfew.dev/subject: alice
`;

let world: World;
let alice: Visitor;

beforeEach(async () => {
  world = await startPage({
    files: {
      'README.md': '# Hello\n\nSee [the docs](docs/) and #1.\n',
      'docs/guide.md': '**bold**',
      'docs/with "quotes" & <tags>.txt': 'x < y\n',
      'grants/staging/payments/debug.yaml': grant,
      'grants/staging/README.md': 'kept\n',
    },
  });
  alice = await Visitor.signedIn(world, 'alice');
});
afterEach(async () => await world.sandbox.close());

async function shown(path: string): Promise<string> {
  const { status, text } = await alice.get(path);
  expect([path, status]).toEqual([path, 200]);
  expect(text).toMatch(/<h1[ >]/);
  expect(text).toContain('<main id="main"');
  return text;
}

function app(): Extract<Actor, { kind: 'installation' }> {
  const { app, installation } = world;
  const { permissions } = installation;
  return { kind: 'installation', app, installation, user: app.bot, permissions, repositories: null };
}

async function pullRequest(): Promise<PullRequest> {
  const number = await openPullRequest(world, 'alice', 'change', { 'a.yaml': 'one: 1\ntwo: 2\n' });
  const found = pullRequestOf(world.repository, number);
  if (found === undefined) throw new Error('there is no pull request');
  return found;
}

describe('the start page', () => {
  test('shows repositories, the clock, and how to clone', async () => {
    const text = await shown('/');
    expect(text).toContain('href="/acme/access"');
    expect(text).toContain('09:00 UTC');
    const remote = 'http://alice:ghp_sandbox_alice@github.sandbox.localhost/acme/access.git';
    expect(text).toContain(`git clone ${remote}`);
    expect(text).toContain('git config user.email alice@example.com');
  });

  test('shows the grants in force with the time that is left', async () => {
    const text = await shown('/');
    expect(text).toContain('staging/payments/debug</a');
    expect(text).toMatch(/<time data-time="left" datetime="2026-12-01T10:00:00Z"[^>]*>1 h<\/time\s*> left/);
    expect(text).toMatch(/<progress\s+max="7200000"\s+value="3600000"/);
    expect(text).toContain('approved by bob');
    expect(text).toContain('href="/acme/access/pull/1"');
  });

  test('says so where there is none, and where one is over', async () => {
    world.sandbox.clock.set(Date.UTC(2026, 11, 1, 10, 0, 1));
    expect(await shown('/')).toContain('being removed');
    const { world: people } = world.sandbox;
    people.createRepository('alice/empty');
    const zoe = people.createUser({ login: 'zoe', emails: [] });
    const text = (await (await Visitor.signedIn(world, zoe.login)).get('/')).text;
    expect(text).toContain('Nobody has access');
    expect(text).toContain('href="/alice/empty"');
    expect(await shown('/alice/empty')).toContain('This repository is empty');
  });

  test('shows the open pull requests', async () => {
    expect(await shown('/')).toContain('Nothing waits');
    const { title } = await pullRequest();
    expect(await shown('/')).toContain(`href="/acme/access/pull/1">${title}</a>`);
  });
});

describe('the clock', () => {
  test.each([
    [{ minutes: '5' }, 5],
    [{ minutes: '60' }, 60],
    [{ until: String(start + 90 * 60_000) }, 90],
    [{ until: String(start - 60_000) }, 0],
  ])('moves by %j', async (fields: Readonly<Record<string, string>>, minutes) => {
    const { location } = await alice.post('/-/clock', { ...fields, return_to: '/acme/access' }, '/');
    expect(location).toBe('/acme/access');
    expect(world.sandbox.clock.now()).toBe(start + minutes * 60_000);
  });

  test.each([{ minutes: '-5' }, { minutes: '7' }, {}, { until: 'x' }, { until: '9e15' }])(
    'does not move by %j',
    async (fields) => {
      expect((await alice.post('/-/clock', fields, '/')).status).toBe(422);
      expect(world.sandbox.clock.now()).toBe(start);
    },
  );

  test('offers the next end', async () => {
    expect(await shown('/')).toContain(`name="until" value="${start + 60 * 60_000 + 1000}"`);
  });
});

describe('a repository', () => {
  test('shows files and folders, and its README', async () => {
    const text = await shown('/acme/access');
    expect(text).toContain('href="/acme/access/tree/main/docs"');
    expect(text).toContain('<h1>Hello</h1>');
    expect(text).toContain('href="/acme/access/blob/main/docs/"');
    expect(await shown('/acme/access/blob/main/docs/')).toContain('guide.md');
  });

  test('shows a file, whatever it is called', async () => {
    const folder = await shown('/acme/access/tree/main/docs');
    expect(folder).toContain('with &quot;quotes&quot; &amp; &lt;tags&gt;.txt');
    const link = /href="([^"]*quotes[^"]*)"/.exec(folder)?.[1] ?? '';
    expect(await shown(link)).toContain('x &lt; y');
    const raw = await alice.get(link.replace('/blob/', '/raw/'));
    expect([raw.text, raw.headers.get('content-type')]).toEqual(['x < y\n', 'text/plain; charset=utf-8']);
    expect(await shown('/acme/access/blob/main/docs/guide.md')).toContain('<strong>bold</strong>');
  });

  test('shows branches with slashes, binary files, and files at a commit', async () => {
    const sha = world.repository.git.branch('main') ?? '';
    world.sandbox.world.pushFiles('acme/access', 'bob', {
      branch: 'feature/x',
      files: new Map([['bin', { content: Buffer.from([0, 1, 2]), mode: '100755' }]]),
    });
    expect(await shown('/acme/access/tree/feature/x')).toContain('executable');
    expect(await shown('/acme/access/blob/feature/x/bin')).toContain('A binary file');
    expect(await shown(`/acme/access/blob/${sha}/docs/guide.md`)).toContain('guide.md');
    expect(await shown('/acme/access/branches')).toContain('href="/acme/access/tree/feature/x"');
  });

  test('shows its history with text, trailers, references and the badge', async () => {
    const message = 'Grant it\n\nAsked for in #1.\n\nCurfew-Grant: payments-1\nCurfew-Subject: <b>';
    await pullRequest();
    const files = new Map([['x', 'x\n']]);
    const sha = world.sandbox.world.pushFiles('acme/access', 'bob', { branch: 'y', files, message });
    world.repository.signedByGitHub.add(sha);
    for (const path of ['/acme/access/commits/y', `/acme/access/commit/${sha}`]) {
      const text = await shown(path);
      expect(text).toContain('Grant it');
      expect(text).toContain('Asked for in <a href="/acme/access/pull/1">#1</a>.');
      expect(text).toMatch(/<dt>Curfew-Subject<\/dt>\s*<dd>&lt;b&gt;<\/dd>/);
    }
    expect(await shown('/acme/access/commits/y')).toContain('verified');
    expect(await shown('/acme/access/commits/main')).not.toContain('verified');
  });

  test('has further pages of what is long', async () => {
    for (let number = 1; number <= 26; number += 1) {
      const files = new Map([['n', `${number}\n`]]);
      world.sandbox.world.pushFiles('acme/access', 'bob', {
        branch: 'long',
        files,
        message: `Step ${number}.`,
      });
    }
    const first = await shown('/acme/access/commits/long');
    expect(first).toContain('Step 26.');
    expect(first).not.toContain('Step 1.');
    expect(first).toContain('href="/acme/access/commits/long?page=2"');
    const second = await shown('/acme/access/commits/long?page=2');
    expect(second).toContain('Step 1.');
    expect(second).toContain('Initial commit');
    expect(await shown('/acme/access/commits/long?page=99')).toContain('Page 2 of 2');
    expect(await shown('/acme/access/commits/long?page=x')).toContain('Page 1 of 2');
  });

  test.each([
    '/acme/nothing',
    '/acme/access/blob/main/nothing',
    '/acme/access/tree/nothing',
    '/acme/access/commits/nothing',
    `/acme/access/commit/${'0'.repeat(40)}`,
    '/acme/access/pull/99',
    '/acme/access/compare/main...nothing',
    '/acme/access/new/nothing',
    '/%zz/access',
    '/nothing',
  ])('has no %s', async (path) => {
    const { status, text } = await alice.get(path);
    expect(status).toBe(404);
    expect(text).toContain('nothing that alice may see');
  });
});

describe('pull requests', () => {
  test('are listed by their state', async () => {
    expect(await shown('/acme/access/pulls')).toContain('There is no open pull request');
    const { number } = await pullRequest();
    expect(await shown('/acme/access/pulls')).toContain(`/pull/${number}`);
    await alice.post(`/acme/access/pull/${number}`, { action: 'close' });
    expect(await shown('/acme/access/pulls')).toContain('There is no open pull request');
    expect(await shown('/acme/access/pulls?state=closed')).toContain(`/pull/${number}`);
    expect(await shown('/acme/access/pulls?state=merged')).toContain('There is no merged pull request');
  });

  test('have further pages', async () => {
    for (let number = 1; number <= 26; number += 1) await openPullRequest(world, 'alice', `change-${number}`);
    const first = await shown('/acme/access/pulls');
    expect(first).toContain('change-26</a');
    expect(first).not.toContain('change-1</a');
    expect(first).toContain('href="/acme/access/pulls?page=2"');
    expect(await shown('/acme/access/pulls?page=2')).toContain('change-1</a');
  });

  test('show text that people wrote as text', async () => {
    const { sandbox } = world;
    const files = { 'a.txt': `${hostileName}\n` };
    sandbox.world.pushFiles('acme/access', 'alice', { branch: 'odd', files, message: hostileName });
    const pull = { ...access, head: 'odd', base: 'main' };
    await world
      .as('alice')
      .pulls.create({ ...pull, title: hostileName, body: '<script>x</script>\n\n**yes**' });
    for (const path of ['', '/commits', '/files', '/checks']) {
      const text = await shown(`/acme/access/pull/1${path}`);
      expect(text).toContain('&lt;b&gt;&amp;&quot;&#39;');
      expect(text).not.toContain('<b>&');
      expect(text).not.toMatch(/<script(?! src="\/-\/script\.js" defer>)/);
    }
    expect(await shown('/acme/access/pull/1')).toContain('<strong>yes</strong>');
    expect(await shown('/acme/access/pull/1/files')).toContain('\\u{202e}');
  });

  test('show checks, and annotations below their lines', async () => {
    const pull = await pullRequest();
    createCheckRun(world.sandbox.context, app(), world.repository, pull.headSha, {
      name: 'curfew',
      status: 'completed',
      conclusion: 'failure',
      title: 'Refused: two <things>',
      summary: '**Why** it is refused',
      text: '| a |\n| --- |\n| b |',
      annotations: [
        {
          path: 'a.yaml',
          startLine: 2,
          endLine: 2,
          startColumn: 1,
          endColumn: 4,
          level: 'failure',
          message: 'two is too many\ntake one',
          title: 'a.yaml',
          rawDetails: null,
        },
      ],
    });
    const checks = await shown('/acme/access/pull/1/checks');
    expect(checks).toContain('Refused: two &lt;things&gt;');
    expect(checks).toContain('<strong>Why</strong>');
    expect(checks).toContain('<td>b</td>');
    expect(checks).toContain('a.yaml:2');
    const files = await shown('/acme/access/pull/1/files');
    expect(files.indexOf('two is too many')).toBeGreaterThan(files.indexOf('>two<'));
    expect(await shown('/acme/access/pull/1')).toContain('Refused: two &lt;things&gt;');
    expect(await shown('/acme/access/pulls')).toContain('check failed');
  });

  test('name whoever edited the comment of somebody else', async () => {
    const pull = await pullRequest();
    const { context, world: people } = world.sandbox;
    const comment = createComment(context, app(), pull, 'Refused.');
    updateComment(context, people.actor('bob'), comment, 'All is well.');
    const text = await shown('/acme/access/pull/1');
    expect(text).toContain('All is well.');
    expect(text).toMatch(/edited by <strong>bob<\/strong>/);
  });

  test('show who was asked, and offer to act as them', async () => {
    const pull = await pullRequest();
    createReview(world.sandbox.context, world.sandbox.world.actor('bob'), pull, {
      event: 'APPROVE',
      body: '',
    });
    await world
      .as('erin')
      .pulls.requestReviewers({ owner: 'acme', repo: 'access', pull_number: 1, team_reviewers: ['sre'] });
    const text = await shown('/acme/access/pull/1');
    expect(text).toContain('approved these changes');
    expect(text).toContain('Act as carol');
    expect(text).not.toContain('Act as alice');
  });
});

describe('a difference', () => {
  test('that nobody reads is not shown', async () => {
    await openPullRequest(world, 'alice', 'big', { 'big.txt': 'line\n'.repeat(100_000) });
    const text = await shown('/acme/access/pull/1/files');
    expect(text).toContain('Too much to show');
    expect(text.length).toBeLessThan(20_000);
  });

  test('of a renamed file names both paths, of a link its mode', async () => {
    const files = new Map<string, FileContent | null>([
      ['docs/guide.md', null],
      ['docs/moved.md', '**bold**'],
      ['link', { content: '/etc/passwd', mode: '120000' }],
    ]);
    const sha = world.sandbox.world.pushFiles('acme/access', 'bob', { branch: 'moved', files });
    const text = await shown(`/acme/access/commit/${sha}`);
    expect(text).toContain('docs/guide.md → <strong>docs/moved.md</strong>');
    expect(text).toContain('mode 120000');
    expect(await shown('/acme/access/tree/moved')).toContain('symbolic link');
  });
});

describe('a page that stands open', () => {
  test('can tell whether it has changed, and time alone does not change it', async () => {
    const version = async (): Promise<string | null> =>
      (await alice.get('/acme/access/pull/1')).headers.get('x-page-version');
    const pull = await pullRequest();
    const before = await version();
    world.sandbox.clock.advance(61_000);
    expect(await version()).toBe(before);
    createComment(world.sandbox.context, app(), pull, 'x');
    expect(await version()).not.toBe(before);
  });

  test('does not replace the answer to a form', async () => {
    await pullRequest();
    expect((await alice.get('/acme/access/pull/1')).text).toContain('data-version=');
    const refused = await alice.post('/acme/access/pull/1', { action: 'comment', body: '' });
    expect(refused.status).toBe(422);
    expect(refused.text).not.toContain('data-version=');
  });
});
