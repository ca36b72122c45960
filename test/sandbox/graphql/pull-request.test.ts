import { expect, test } from 'vitest';
import { createComment, updateComment } from '../../../src/sandbox/operations/comments.ts';
import { mergePullRequest } from '../../../src/sandbox/operations/merge.ts';
import { createPullRequest, updatePullRequest } from '../../../src/sandbox/operations/pull-requests.ts';
import { changeRef } from '../../../src/sandbox/operations/refs.ts';
import { forkRepository } from '../../../src/sandbox/operations/repositories.ts';
import { createReview, dismissReview, type NewReview } from '../../../src/sandbox/operations/reviews.ts';
import type { MergeMethod, PullRequest, PullRequestParameters, Rule } from '../../../src/sandbox/state.ts';
import { linkDelay, makeWorld, permissions, type World } from './world.ts';

const reviewRule = (parameters: Partial<PullRequestParameters>): Rule => ({
  type: 'pull_request',
  parameters: {
    required_approving_review_count: 0,
    dismiss_stale_reviews_on_push: false,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_review_thread_resolution: false,
    ...parameters,
  },
});

function inPullRequest(world: World, selection: string): unknown {
  return world.inRepository(`pullRequest(number: 1) { ${selection} }`);
}

function review(world: World, login: string, pullRequest: PullRequest, event: NewReview['event']): void {
  world.clock.advance(1_000);
  const body = event === 'APPROVE' ? '' : 'Hm';
  createReview(world.sandbox, world.as(login), pullRequest, { body, ...(event !== undefined && { event }) });
}

/** alice proposes a change; bob, carol and erin may write, mallory may read. */
function proposed(files: Readonly<Record<string, string>> = {}): { world: World; pullRequest: PullRequest } {
  const world = makeWorld({ '.github/CODEOWNERS': '/payments/ @acme/payments\n', base: 'base\n', ...files });
  world.team('engineers', ['alice', 'carol']);
  world.team('payments', ['bob']);
  world.team('readers', ['mallory'], 'read');
  return { world, pullRequest: world.propose('alice', 'topic', { 'payments/a.yaml': 'a\n' }) };
}

test('what a pull request is', () => {
  const { world, pullRequest } = proposed();
  const selection = `number databaseId fullDatabaseId title body state isDraft merged closed createdAt mergedAt
    baseRefName baseRefOid headRefName headRefOid isCrossRepository isInMergeQueue changedFiles url
    author { __typename login ... on User { databaseId } } mergedBy { login } mergeCommit { oid }
    headRef { name } headRepository { nameWithOwner }`;
  expect(inPullRequest(world, selection)).toEqual({
    pullRequest: {
      number: 1,
      databaseId: pullRequest.id,
      fullDatabaseId: String(pullRequest.id),
      title: 'Change topic',
      body: '',
      state: 'OPEN',
      isDraft: false,
      merged: false,
      closed: false,
      createdAt: '2026-11-02T09:00:01Z',
      mergedAt: null,
      baseRefName: 'main',
      baseRefOid: world.tip(),
      headRefName: 'topic',
      headRefOid: world.tip('topic'),
      isCrossRepository: false,
      isInMergeQueue: false,
      changedFiles: 1,
      url: 'http://127.0.0.1:3000/acme/access/pull/1',
      author: { __typename: 'User', login: 'alice', databaseId: world.user('alice').id },
      mergedBy: null,
      mergeCommit: null,
      headRef: { name: 'topic' },
      headRepository: { nameWithOwner: 'acme/access' },
    },
  });
});

test('the base is as of the last push to the head, not live', () => {
  const { world } = proposed();
  const before = world.tip();
  world.push('erin', 'main', { other: 'x' });
  expect(inPullRequest(world, 'baseRefOid')).toEqual({ pullRequest: { baseRefOid: before } });
  world.push('alice', 'topic', { more: 'x' });
  expect(inPullRequest(world, 'baseRefOid headRefOid')).toEqual({
    pullRequest: { baseRefOid: world.tip(), headRefOid: world.tip('topic') },
  });
});

test('files carry how they changed, renames found by git, and only what the head changed', () => {
  const long = Array.from({ length: 30 }, (_, line) => `line ${line}\n`).join('');
  const { world } = proposed({ 'old.yaml': long, 'gone.yaml': 'short\n', kept: 'k' });
  world.push('erin', 'main', { 'elsewhere.yaml': 'of the base' });
  world.push('alice', 'topic', {
    'old.yaml': null,
    'new.yaml': `${long}more\n`,
    'gone.yaml': null,
    base: 'changed\n',
  });
  expect(
    inPullRequest(world, 'changedFiles files(first: 10) { nodes { path changeType additions deletions } }'),
  ).toEqual({
    pullRequest: {
      changedFiles: 4,
      files: {
        nodes: [
          { path: 'base', changeType: 'MODIFIED', additions: 1, deletions: 1 },
          { path: 'gone.yaml', changeType: 'DELETED', additions: 0, deletions: 1 },
          { path: 'new.yaml', changeType: 'RENAMED', additions: 1, deletions: 0 },
          { path: 'payments/a.yaml', changeType: 'ADDED', additions: 1, deletions: 0 },
        ],
      },
    },
  });
});

test('a file that becomes a symlink is a change of type', () => {
  const { world } = proposed();
  world.push('alice', 'topic', { base: { content: 'elsewhere', mode: '120000' }, 'payments/a.yaml': null });
  expect(inPullRequest(world, 'files(first: 10) { nodes { path changeType } }')).toEqual({
    pullRequest: { files: { nodes: [{ path: 'base', changeType: 'CHANGED' }] } },
  });
});

test('commits come oldest first, and a commit of the base is none of them', () => {
  const { world } = proposed();
  const first = world.tip('topic');
  const second = world.push('alice', 'topic', { b: 'b' });
  expect(
    inPullRequest(
      world,
      'commits(first: 10) { totalCount nodes { commit { oid } } } last: commits(last: 1) { nodes { commit { oid } } }',
    ),
  ).toEqual({
    pullRequest: {
      commits: { totalCount: 2, nodes: [{ commit: { oid: first } }, { commit: { oid: second } }] },
      last: { nodes: [{ commit: { oid: second } }] },
    },
  });
});

test('the latest opinion of each reviewer, bots and readers included', () => {
  const { world, pullRequest } = proposed();
  const old = world.tip('topic');
  review(world, 'bob', pullRequest, 'REQUEST_CHANGES');
  review(world, 'mallory', pullRequest, 'APPROVE');
  world.push('alice', 'topic', { b: 'b' });
  review(world, 'bob', pullRequest, 'APPROVE');
  review(world, 'bob', pullRequest, 'COMMENT');
  createReview(world.sandbox, world.asApp(), pullRequest, { body: '', event: 'APPROVE' });
  const node = `state submittedAt commit { oid } authorCanPushToRepository fullDatabaseId databaseId
    author { __typename login ... on User { databaseId } ... on Bot { databaseId } }`;
  const { bot } = world.installation.app;
  const [, byMallory, byBob, , byBot] = pullRequest.reviews;
  const mallory = {
    state: 'APPROVED',
    submittedAt: '2026-11-02T09:00:03Z',
    commit: { oid: old },
    authorCanPushToRepository: false,
    databaseId: byMallory?.id,
    fullDatabaseId: String(byMallory?.id),
    author: { __typename: 'User', login: 'mallory', databaseId: world.user('mallory').id },
  };
  const writers = [
    {
      state: 'APPROVED',
      submittedAt: '2026-11-02T09:00:05Z',
      commit: { oid: world.tip('topic') },
      authorCanPushToRepository: true,
      databaseId: byBob?.id,
      fullDatabaseId: String(byBob?.id),
      author: { __typename: 'User', login: 'bob', databaseId: world.user('bob').id },
    },
    {
      state: 'APPROVED',
      submittedAt: '2026-11-02T09:00:06Z',
      commit: { oid: world.tip('topic') },
      authorCanPushToRepository: true,
      databaseId: byBot?.id,
      fullDatabaseId: String(byBot?.id),
      // GraphQL leaves off the `[bot]` of REST.
      author: { __typename: 'Bot', login: 'curfew', databaseId: bot.id },
    },
  ];
  const selection = `latestOpinionatedReviews(first: 10) { nodes { ${node} } }
    writers: latestOpinionatedReviews(first: 10, writersOnly: true) { nodes { ${node} } }
    reviews(first: 10) { totalCount } approvals: reviews(first: 10, states: [APPROVED]) { totalCount }`;
  expect(inPullRequest(world, selection)).toEqual({
    pullRequest: {
      latestOpinionatedReviews: { nodes: [mallory, ...writers] },
      writers: { nodes: writers },
      reviews: { totalCount: 5 },
      approvals: { totalCount: 3 },
    },
  });
});

test('a pending review is seen by its author alone', () => {
  const { world, pullRequest } = proposed();
  review(world, 'bob', pullRequest, undefined);
  const selection = 'pullRequest(number: 1) { reviews(first: 5) { totalCount } }';
  expect(world.inRepository(selection)).toEqual({ pullRequest: { reviews: { totalCount: 0 } } });
  expect(world.inRepository(selection, { actor: world.as('bob') })).toEqual({
    pullRequest: { reviews: { totalCount: 1 } },
  });
});

test("GitHub's decision follows the rules and the code owners", () => {
  const { world, pullRequest } = proposed();
  const decision = (): unknown => inPullRequest(world, 'reviewDecision');
  expect(decision()).toEqual({ pullRequest: { reviewDecision: null } });
  world.ruleset([reviewRule({ required_approving_review_count: 1, require_code_owner_review: true })]);
  expect(decision()).toEqual({ pullRequest: { reviewDecision: 'REVIEW_REQUIRED' } });
  review(world, 'carol', pullRequest, 'APPROVE');
  expect(decision()).toEqual({ pullRequest: { reviewDecision: 'REVIEW_REQUIRED' } });
  review(world, 'bob', pullRequest, 'APPROVE');
  expect(decision()).toEqual({ pullRequest: { reviewDecision: 'APPROVED' } });
  review(world, 'carol', pullRequest, 'REQUEST_CHANGES');
  expect(decision()).toEqual({ pullRequest: { reviewDecision: 'CHANGES_REQUESTED' } });
  const [refusal] = pullRequest.reviews.slice(-1);
  if (refusal !== undefined) dismissReview(world.sandbox, world.as('erin'), refusal, 'wrong');
  expect(decision()).toEqual({ pullRequest: { reviewDecision: 'APPROVED' } });
});

test('whom GitHub asked, and on whose behalf a review was', () => {
  const { world, pullRequest } = proposed();
  expect(
    inPullRequest(
      world,
      'reviewRequests(first: 5) { nodes { asCodeOwner requestedReviewer { __typename ... on Team { slug } } } }',
    ),
  ).toEqual({
    pullRequest: {
      reviewRequests: {
        nodes: [{ asCodeOwner: true, requestedReviewer: { __typename: 'Team', slug: 'payments' } }],
      },
    },
  });
  review(world, 'bob', pullRequest, 'APPROVE');
  review(world, 'carol', pullRequest, 'APPROVE');
  const selection = 'reviews(first: 5) { nodes { onBehalfOf(first: 5) { nodes { combinedSlug } } } }';
  expect(inPullRequest(world, selection)).toEqual({
    pullRequest: {
      reviews: {
        nodes: [
          { onBehalfOf: { nodes: [{ combinedSlug: 'acme/payments' }] } },
          { onBehalfOf: { nodes: [] } },
        ],
      },
    },
  });
  const { members: _, ...granted } = permissions;
  const query = `{ repository(owner: "acme", name: "access") { pullRequest(number: 1) { title ${selection} } } }`;
  const { data, errors } = world.ask(query, {}, { actor: world.asApp(granted) });
  expect(data).toMatchObject({
    repository: { pullRequest: { title: 'Change topic', reviews: { nodes: [null, null] } } },
  });
  expect(errors).toMatchObject([{ type: 'FORBIDDEN' }, { type: 'FORBIDDEN' }]);
});

test('an edited comment keeps its author and says that it was edited', () => {
  const { world, pullRequest } = proposed();
  const comment = createComment(world.sandbox, world.asApp(), pullRequest, 'plan');
  world.clock.advance(1_000);
  updateComment(world.sandbox, world.as('bob'), comment, 'harmless');
  const node =
    'databaseId body createdAt lastEditedAt includesCreatedEdit viewerDidAuthor author { login } editor { login }';
  expect(inPullRequest(world, `comments(first: 5) { nodes { ${node} } }`)).toEqual({
    pullRequest: {
      comments: {
        nodes: [
          {
            databaseId: comment.id,
            body: 'harmless',
            createdAt: '2026-11-02T09:00:01Z',
            lastEditedAt: '2026-11-02T09:00:02Z',
            includesCreatedEdit: true,
            viewerDidAuthor: true,
            author: { login: 'curfew' },
            editor: { login: 'bob' },
          },
        ],
      },
    },
  });
});

test('a forced push is on the timeline with both commits', () => {
  const { world } = proposed();
  const { repository } = world;
  const before = world.tip('topic');
  const after = world.push('alice', 'rewritten', { 'payments/a.yaml': 'b\n' });
  const change = { repository, ref: 'refs/heads/topic', before, after };
  changeRef(world.sandbox, world.as('alice'), change);
  const selection = `headRefOid timelineItems(itemTypes: [HEAD_REF_FORCE_PUSHED_EVENT], first: 5) {
    nodes { ... on HeadRefForcePushedEvent { actor { login } beforeCommit { oid } afterCommit { oid } } } }`;
  expect(inPullRequest(world, selection)).toEqual({
    pullRequest: {
      headRefOid: after,
      timelineItems: {
        nodes: [{ actor: { login: 'alice' }, beforeCommit: { oid: before }, afterCommit: { oid: after } }],
      },
    },
  });
});

test('a pull request from a fork: its commits are there, the fork is not to be seen', () => {
  const { world } = proposed();
  const fork = forkRepository(world.sandbox, world.directory, world.repository, world.user('mallory'));
  fork.private = true;
  const head = fork.git.objects.writeCommit({
    ...fork.git.commit(world.tip()),
    parents: [world.tip()],
    message: 'From outside',
  });
  changeRef(world.sandbox, world.as('mallory'), {
    repository: fork,
    ref: 'refs/heads/outside',
    before: null,
    after: head,
  });
  createPullRequest(world.sandbox, world.as('mallory'), world.repository, {
    title: 'Outside',
    body: null,
    head: 'mallory:outside',
    base: 'main',
    draft: false,
  });
  const selection = `pullRequest(number: 2) { isCrossRepository headRefOid headRefName headRef { name }
    headRepository { name } commits(last: 1) { nodes { commit { oid } } } }`;
  expect(world.inRepository(selection)).toEqual({
    pullRequest: {
      isCrossRepository: true,
      headRefOid: head,
      headRefName: 'outside',
      headRef: null,
      headRepository: null,
      commits: { nodes: [{ commit: { oid: head } }] },
    },
  });
  expect(world.inRepository(selection, { actor: world.as('mallory') })).toMatchObject({
    pullRequest: { headRef: { name: 'outside' }, headRepository: { name: 'access' } },
  });
});

test('the timeline tells of retargeting, in its types', () => {
  const { world, pullRequest } = proposed();
  world.push('erin', 'release', { r: 'r' });
  updatePullRequest(world.sandbox, world.as('alice'), pullRequest, { base: 'release' });
  world.clock.advance(1_000);
  updatePullRequest(world.sandbox, world.as('alice'), pullRequest, { base: 'main', title: 'New' });
  createComment(world.sandbox, world.as('bob'), pullRequest, 'hm');
  const selection = `timelineItems(itemTypes: [BASE_REF_CHANGED_EVENT], last: 1) {
      totalCount nodes { ... on BaseRefChangedEvent { createdAt previousRefName currentRefName actor { login } } } }
    all: timelineItems(first: 20) { nodes { __typename } }`;
  expect(inPullRequest(world, selection)).toEqual({
    pullRequest: {
      timelineItems: {
        totalCount: 2,
        nodes: [
          {
            createdAt: '2026-11-02T09:00:03Z',
            previousRefName: 'release',
            currentRefName: 'main',
            actor: { login: 'alice' },
          },
        ],
      },
      all: {
        nodes: [
          { __typename: 'PullRequestCommit' },
          { __typename: 'ReviewRequestedEvent' },
          { __typename: 'BaseRefChangedEvent' },
          { __typename: 'RenamedTitleEvent' },
          { __typename: 'BaseRefChangedEvent' },
          { __typename: 'IssueComment' },
        ],
      },
    },
  });
});

function linkedTo(nodes: readonly object[]): object {
  return { object: { history: { nodes: [{ associatedPullRequests: { nodes } }] } } };
}

test.each<MergeMethod>(['merge', 'squash', 'rebase'])(
  'a commit that landed by %s is linked to its pull request only after a while',
  (method) => {
    const { world, pullRequest } = proposed();
    world.push('alice', 'topic', { 'payments/b.yaml': 'b\n' });
    world.push('erin', 'main', { other: 'x' });
    const associated = (path: string): unknown =>
      world.inRepository(`object(expression: "main") { ... on Commit { history(first: 1, path: "${path}") {
        nodes { associatedPullRequests(first: 5) { nodes { number state } } } } } }`);
    mergePullRequest(world.sandbox, world.as('erin'), pullRequest, { method });
    expect(associated('payments/a.yaml')).toEqual(linkedTo([]));
    // The pull request itself knows at once.
    expect(
      world.inRepository(
        'pullRequests(states: MERGED, first: 1) { nodes { number mergeCommit { oid } mergedBy { login } } }',
      ),
    ).toEqual({
      pullRequests: {
        nodes: [{ number: 1, mergeCommit: { oid: world.tip() }, mergedBy: { login: 'erin' } }],
      },
    });
    world.clock.advance(linkDelay);
    const merged = linkedTo([{ number: 1, state: 'MERGED' }]);
    expect(associated('payments/a.yaml')).toEqual(merged);
    expect(associated('payments/b.yaml')).toEqual(merged);
    expect(associated('other')).toEqual(linkedTo([]));
  },
);

function associatedWith(...numbers: readonly number[]): object {
  return { object: { associatedPullRequests: { nodes: numbers.map((number) => ({ number })) } } };
}

test('open pull requests are found by every commit of theirs, closed ones by none', () => {
  const { world, pullRequest } = proposed();
  const head = world.tip('topic');
  world.repository.git.updateRef('refs/heads/copy', head, null);
  world.push('alice', 'copy', { c: 'c' });
  const input = { title: 'Copy', body: null, head: 'copy', base: 'main', draft: false };
  createPullRequest(world.sandbox, world.as('alice'), world.repository, input);
  const found = (): unknown =>
    world.inRepository(
      `object(oid: "${head}") { ... on Commit { associatedPullRequests(first: 5) { nodes { number } } } }`,
    );
  expect(found()).toEqual(associatedWith(1, 2));
  updatePullRequest(world.sandbox, world.as('alice'), pullRequest, { state: 'closed' });
  expect(found()).toEqual(associatedWith(2));
});

function listed(...numbers: readonly number[]): object {
  return { pullRequests: { nodes: numbers.map((number) => ({ number })) } };
}

test('pull requests are listed by state, base and head, in the order asked for', () => {
  const { world, pullRequest } = proposed();
  const second = world.propose('carol', 'other', { c: 'c' });
  world.propose('carol', 'third', { d: 'd' });
  world.clock.advance(1_000);
  updatePullRequest(world.sandbox, world.as('carol'), second, { state: 'closed' });
  const numbers = (args: string): unknown =>
    world.inRepository(`pullRequests(first: 10, ${args}) { nodes { number } }`);
  expect(numbers('baseRefName: "main"')).toEqual(listed(1, 2, 3));
  expect(numbers('states: OPEN')).toEqual(listed(1, 3));
  expect(numbers('states: [CLOSED, MERGED]')).toEqual(listed(2));
  expect(numbers('headRefName: "third"')).toEqual(listed(3));
  expect(numbers('baseRefName: "release"')).toEqual(listed());
  expect(numbers('orderBy: {field: CREATED_AT, direction: DESC}')).toEqual(listed(3, 2, 1));
  expect(numbers('orderBy: {field: UPDATED_AT, direction: DESC}')).toEqual(listed(2, 3, 1));
  expect(
    world.inRepository(
      'ref(qualifiedName: "topic") { associatedPullRequests(first: 1) { nodes { number } } }',
    ),
  ).toEqual({
    ref: { associatedPullRequests: { nodes: [{ number: pullRequest.number }] } },
  });
});
