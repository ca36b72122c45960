import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Denied, NotFound, RetryLater } from '../../src/github/errors.ts';
import { createWorld, requestPath, requestText, start, type GitHubWorld } from './world.ts';

let world: GitHubWorld;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(async () => world.sandbox.close());

describe('readPullRequest', () => {
  it('reads everything of a request', async () => {
    const { number, head } = await world.requestAccess();
    await world.approve(number, 'bob');
    const { now, repository, tip, pullRequest } = await world.port.readPullRequest(number);
    expect(now).toBe(start);
    expect(repository).toMatchObject({
      id: 500,
      owner: 'acme',
      name: 'access',
      defaultBranch: 'main',
      archived: false,
      mergeMethods: ['merge', 'squash', 'rebase'],
      appId: 900,
      signsCommits: false,
      rules: {
        pullRequestRequired: true,
        codeOwnerReviewRequired: true,
        forcePushBlocked: true,
        deletionBlocked: true,
        requiredChecks: [{ context: 'curfew', appId: 900 }],
        strictChecks: false,
        linearHistory: false,
        signaturesRequired: false,
        mergeQueue: false,
      },
    });
    expect(tip.policy?.text).toBe('kind: Policy\n');
    expect(pullRequest).toMatchObject({
      number,
      state: 'open',
      draft: false,
      author: { id: 1001, login: 'alice', type: 'User' },
      authorCanWrite: true,
      baseRef: 'main',
      headRef: 'alice/inc-1',
      head,
      fromFork: false,
      createdAt: start,
      mergedAt: null,
      mergedBy: null,
      mergeCommit: null,
      baseChangedAt: null,
      files: [{ path: requestPath, change: 'added', previousPath: null }],
      filesComplete: true,
      commitsComplete: true,
      addedFile: { path: requestPath, mode: '100644', text: requestText },
      sameHead: [],
      checkRuns: [],
      foreignChecks: [],
      comments: [],
    });
    expect(pullRequest.commits).toEqual([
      {
        sha: head,
        authors: [{ email: 'alice@example.com', account: { id: 1001, login: 'alice', type: 'User' } }],
        committer: { email: 'alice@example.com', account: { id: 1001, login: 'alice', type: 'User' } },
      },
    ]);
    expect(pullRequest.reviews).toMatchObject([
      {
        state: 'APPROVED',
        commit: head,
        submittedAt: start,
        reviewer: { id: 1002, login: 'bob', type: 'User', canWrite: true },
      },
    ]);
  });

  it('takes one request where tip, head and author are known', async () => {
    const { number } = await world.requestAccess();
    await world.port.readPullRequest(number);
    expect(world.requests()).toEqual([
      'query PullRequest',
      'query Details',
      'GET /repos/{owner}/{repo}/git/trees/{tree_sha}',
      'query Objects',
    ]);
    await world.port.readPullRequest(number);
    expect(world.requests()).toEqual(['query PullRequest']);
    world.sandbox.world.pushFiles('acme/access', 'alice', {
      branch: 'alice/inc-1',
      files: { [requestPath]: 'other\n' },
    });
    const again = await world.port.readPullRequest(number);
    expect(world.requests()).toEqual(['query PullRequest', 'query Details']);
    expect(again.pullRequest.addedFile?.text).toBe('other\n');
  });

  it('reads the tip anew only in what changed', async () => {
    const { number } = await world.requestAccess();
    await world.port.readPullRequest(number);
    world.pushMain({ 'grants/prod-eu/README.md': 'Other\n' });
    world.requests();
    const { tip } = await world.port.readPullRequest(number);
    expect(tip.grants).toMatchObject([{ path: 'grants/prod-eu/README.md', text: 'Other\n' }]);
    expect(world.requests()).toEqual([
      'query PullRequest',
      'GET /repos/{owner}/{repo}/git/trees/{tree_sha}',
      'query Objects',
    ]);
  });

  it('names the tip of the default branch, not the base of the last synchronisation', async () => {
    const { number } = await world.requestAccess();
    const tip = world.pushMain({ 'README.md': 'Other\n' });
    expect((await world.port.readPullRequest(number)).tip.sha).toBe(tip);
  });

  it('reads the first CODEOWNERS file alone, and the files of the directories that count', async () => {
    const { number } = await world.requestAccess();
    const { tip } = await world.port.readPullRequest(number);
    expect(tip.codeowners?.path).toBe('.github/CODEOWNERS');
    const paths = (list: readonly { readonly path: string }[]) => list.map(({ path }) => path);
    expect(paths(tip.templates)).toEqual(['templates/debug-pod.yaml']);
    expect(paths(tip.roles)).toEqual(['templates/roles/logs.yaml']);
    expect(paths(tip.requests)).toEqual(['access-requests/README.md']);
    expect(paths(tip.grants)).toEqual(['grants/prod-eu/README.md']);
    expect(paths(tip.clusters)).toEqual(['clusters/prod-eu/namespaces.yaml']);
  });

  it('knows a bot, a stranger to the repository and a fork', async () => {
    const { sandbox, port, as } = world;
    sandbox.world.createUser({ login: 'olga', id: 2001, name: 'Olga', emails: ['olga@example.org'] });
    sandbox.world.setCollaborator('acme/access', 'olga', 'read');
    const fork = sandbox.world.fork('acme/access', 'olga');
    sandbox.world.pushFiles(`olga/${fork.name}`, 'olga', {
      branch: 'x',
      files: { [requestPath]: requestText },
    });
    const { data } = await as('olga').rest.pulls.create({
      owner: 'acme',
      repo: 'access',
      title: 'x',
      head: 'olga:x',
      base: 'main',
    });
    const { pullRequest } = await port.readPullRequest(data.number);
    expect(pullRequest).toMatchObject({ fromFork: true, authorCanWrite: false, author: { id: 2001 } });
    expect(pullRequest.addedFile?.text).toBe(requestText);
  });

  it('notices when the author loses write access', async () => {
    const { number } = await world.requestAccess({ login: 'mallory', branch: 'm' });
    expect((await world.port.readPullRequest(number)).pullRequest.authorCanWrite).toBe(true);
    world.sandbox.world.setCollaborator('acme/access', 'mallory', 'read');
    expect((await world.port.readPullRequest(number)).pullRequest.authorCanWrite).toBe(false);
  });

  it('asks REST for the permission where GraphQL hides collaborators', async () => {
    const { number } = await world.requestAccess();
    await world.port.readPullRequest(number);
    for (const [operation, field] of [
      ['PullRequest', 'collaborators'],
      ['Details', 'a0'],
    ] as const) {
      world.sandbox.faults.inject({
        operation,
        effect: {
          kind: 'partial',
          answer: {
            path: ['repository', field],
            type: 'FORBIDDEN',
            message: 'Resource not accessible by integration',
          },
        },
      });
    }
    expect((await world.port.readPullRequest(number)).pullRequest.authorCanWrite).toBe(true);
    expect(world.requests()).toContain('GET /repos/{owner}/{repo}/collaborators/{username}/permission');
  });

  it('reads old names of renamed files from REST, and only then', async () => {
    const { sandbox, port, as } = world;
    sandbox.world.pushFiles('acme/access', 'alice', {
      branch: 'r',
      files: { 'docs/guide.md': null, 'docs/manual.md': 'Guide\n', 'README.md': 'New\n' },
    });
    const { data } = await as('alice').rest.pulls.create({
      owner: 'acme',
      repo: 'access',
      title: 'r',
      head: 'r',
      base: 'main',
    });
    const { pullRequest } = await port.readPullRequest(data.number);
    expect(pullRequest.files).toEqual([
      { path: 'README.md', change: 'modified', previousPath: null },
      { path: 'docs/manual.md', change: 'renamed', previousPath: 'docs/guide.md' },
    ]);
    expect(pullRequest.addedFile).toBeNull();
    expect(world.requests()).toContain('GET /repos/{owner}/{repo}/pulls/{pull_number}/files');
  });

  it.each([
    [
      'a file that is no text',
      { content: Buffer.from([0, 1, 2]), mode: '100644' },
      { mode: '100644', text: null },
    ],
    [
      'bytes that are no UTF-8',
      { content: Buffer.from([0x61, 0xe4]), mode: '100644' },
      { mode: '100644', text: null },
    ],
    ['a symlink', { content: '../../.github/curfew.yaml', mode: '120000' }, { mode: '120000' }],
    ['an executable', { content: requestText, mode: '100755' }, { mode: '100755', text: requestText }],
  ] as const)('shows %s as what it is', async (_, content, expected) => {
    world.sandbox.world.pushFiles('acme/access', 'alice', {
      branch: 'odd',
      files: new Map([[requestPath, content]]),
    });
    const { data } = await world
      .as('alice')
      .rest.pulls.create({ owner: 'acme', repo: 'access', title: 'x', head: 'odd', base: 'main' });
    expect((await world.port.readPullRequest(data.number)).pullRequest.addedFile).toMatchObject(expected);
  });

  it('says when the base was changed last', async () => {
    const { number } = await world.requestAccess();
    world.sandbox.world.pushFiles('acme/access', 'erin', { branch: 'other', files: { x: 'x' } });
    const update = (base: string) =>
      world.as('alice').rest.pulls.update({ owner: 'acme', repo: 'access', pull_number: number, base });
    world.clock.advance(60_000);
    await update('other');
    world.clock.advance(60_000);
    await update('main');
    expect((await world.port.readPullRequest(number)).pullRequest.baseChangedAt).toBe(start + 120_000);
  });

  it('names other open pull requests with the same head', async () => {
    const { number, head } = await world.requestAccess();
    world.sandbox.world.pushFiles('acme/access', 'erin', { branch: 'other', files: { x: 'x' } });
    const { data } = await world
      .as('mallory')
      .rest.pulls.create({ owner: 'acme', repo: 'access', title: 'x', head: 'alice/inc-1', base: 'other' });
    const { pullRequest } = await world.port.readPullRequest(number);
    expect(pullRequest).toMatchObject({ head, sameHead: [data.number] });
  });

  it('judges required checks of other Apps, and forged statuses of the same name', async () => {
    const { sandbox, port, as } = world;
    sandbox.world.createRuleset('acme/access', {
      name: 'more',
      target: 'branch',
      enforcement: 'active',
      conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
      bypass_actors: [],
      rules: [
        { type: 'required_linear_history' },
        {
          type: 'required_status_checks',
          parameters: {
            strict_required_status_checks_policy: true,
            required_status_checks: [
              { context: 'ci' },
              { context: 'scan', integration_id: 901 },
              { context: 'lint' },
            ],
          },
        },
      ],
    });
    const { number, head } = await world.requestAccess();
    const status = (context: string, state: 'success' | 'failure') =>
      as('mallory').rest.repos.createCommitStatus({
        owner: 'acme',
        repo: 'access',
        sha: head,
        context,
        state,
      });
    await status('ci', 'success');
    await status('scan', 'success');
    await status('curfew', 'success');
    const { repository, pullRequest } = await port.readPullRequest(number);
    expect(repository.rules).toMatchObject({ strictChecks: true, linearHistory: true });
    expect(pullRequest.foreignChecks).toEqual([
      { context: 'ci', appId: null, passed: true },
      { context: 'scan', appId: 901, passed: false },
      { context: 'lint', appId: null, passed: false },
    ]);
    expect(pullRequest.checkRuns).toEqual([]);
  });

  it('reads on where lists are longer than a page', async () => {
    const { number } = await world.requestAccess();
    for (let index = 0; index < 120; index += 1) {
      await world.as('bob').rest.issues.createComment({
        owner: 'acme',
        repo: 'access',
        issue_number: number,
        body: index === 119 ? '/revoke' : 'chatter',
      });
    }
    await world.port.readPullRequest(number);
    world.requests();
    const { pullRequest } = await world.port.readPullRequest(number);
    expect(pullRequest.comments).toMatchObject([{ body: '/revoke', edited: false, author: { id: 1002 } }]);
    expect(world.requests()).toEqual(['query PullRequest', 'query PullRequestPages']);
  });

  it('reads all files of a large pull request', async () => {
    const { sandbox, port, as } = world;
    const many = Object.fromEntries(
      Array.from({ length: 230 }, (_, index) => [`docs/${index}.md`, `${index}\n`]),
    );
    sandbox.world.pushFiles('acme/access', 'alice', { branch: 'many', files: many });
    const { data } = await as('alice').rest.pulls.create({
      owner: 'acme',
      repo: 'access',
      title: 'm',
      head: 'many',
      base: 'main',
    });
    const { pullRequest } = await port.readPullRequest(data.number);
    expect(pullRequest.files).toHaveLength(230);
    expect(pullRequest.filesComplete).toBe(true);
  });

  it('says so where it cannot see every commit', async () => {
    const { sandbox, port } = world;
    const { number } = await world.requestAccess();
    for (let index = 0; index < 105; index += 1) {
      sandbox.world.pushFiles('acme/access', 'alice', {
        branch: 'alice/inc-1',
        files: { [requestPath]: `${index}\n` },
      });
    }
    const { pullRequest } = await port.readPullRequest(number);
    expect(pullRequest.commitsComplete).toBe(false);
    expect(pullRequest.commits).toHaveLength(100);
  });
});

describe('what cannot be read', () => {
  it('is not there', async () => {
    await expect(world.port.readPullRequest(99)).rejects.toBeInstanceOf(NotFound);
    const elsewhere = world.github.repository(world.acme.installation.id, 'acme', 'nothing');
    await expect(elsewhere.readPullRequest(1)).rejects.toBeInstanceOf(NotFound);
  });

  it.each([
    ['FORBIDDEN', Denied],
    ['NOT_FOUND', NotFound],
    ['INTERNAL', RetryLater],
  ] as const)('is no fact where a part of the answer fails with %s', async (type, expected) => {
    const { number } = await world.requestAccess();
    world.sandbox.faults.inject({
      operation: 'PullRequest',
      effect: {
        kind: 'partial',
        answer: { path: ['repository', 'pullRequest', 'latestOpinionatedReviews'], type, message: 'no' },
      },
    });
    await expect(world.port.readPullRequest(number)).rejects.toBeInstanceOf(expected);
  });

  it.each([500, 502, 503])('is asked for once more after a %i, and not for ever', async (status) => {
    const { number } = await world.requestAccess();
    world.sandbox.faults.inject({ operation: 'PullRequest', times: 1, effect: { kind: 'status', status } });
    expect((await world.port.readPullRequest(number)).pullRequest.number).toBe(number);
    world.requests();
    world.sandbox.faults.inject({ operation: 'PullRequest', effect: { kind: 'status', status } });
    await expect(world.port.readPullRequest(number)).rejects.toBeInstanceOf(RetryLater);
    expect(world.requests()).toEqual(['query PullRequest', 'query PullRequest']);
  });

  it('is asked for once more after a lost connection', async () => {
    const { number } = await world.requestAccess();
    world.sandbox.faults.inject({ operation: 'PullRequest', times: 1, effect: { kind: 'drop' } });
    expect((await world.port.readPullRequest(number)).pullRequest.number).toBe(number);
  });

  it('waits for as long as GitHub says', async () => {
    const { number } = await world.requestAccess();
    const before = Date.now();
    world.sandbox.faults.inject({
      operation: 'PullRequest',
      times: 1,
      effect: {
        kind: 'status',
        status: 403,
        message: 'You have exceeded a secondary rate limit',
        headers: { 'retry-after': '30' },
      },
    });
    const error: unknown = await world.port.readPullRequest(number).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RetryLater);
    expect(error).toMatchObject({
      retryAt: expect.toSatisfy((at: number) => at >= before + 30_000 && at < before + 60_000),
    });
    // Until then nothing is sent.
    world.requests();
    await expect(world.port.withPurpose('ending').readPullRequest(number)).rejects.toBeInstanceOf(RetryLater);
    expect(world.requests()).toEqual([]);
  });

  it('gets a new token where GitHub no longer takes the old one', async () => {
    const { number } = await world.requestAccess();
    await world.port.readPullRequest(number);
    for (const token of world.sandbox.state.tokens.keys()) world.sandbox.state.tokens.delete(token);
    expect((await world.port.readPullRequest(number)).pullRequest.number).toBe(number);
  });
});
