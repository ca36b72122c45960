import { expect, test } from 'vitest';
import type { Rule } from '../../../src/sandbox/state.ts';
import { makeWorld, permissions, type World } from './world.ts';

const commitMutation = `mutation ($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) {
    clientMutationId
    ref { name target { oid } }
    commit { oid message author { user { databaseId } } signature { isValid wasSignedByGitHub } parents(first: 2) { nodes { oid } } }
  }
}`;

const pullRequestRequired: Rule = {
  type: 'pull_request',
  parameters: {
    required_approving_review_count: 0,
    dismiss_stale_reviews_on_push: false,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_review_thread_resolution: false,
  },
};

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function commitInput(world: World, more: object = {}): object {
  return {
    clientMutationId: 'grant 1',
    branch: { repositoryNameWithOwner: 'acme/access', branchName: 'main' },
    expectedHeadOid: world.tip(),
    message: { headline: 'Grant inc-1', body: 'Because.' },
    fileChanges: {
      additions: [
        { path: 'grants/prod/inc-1.yaml', contents: base64('grant: 1\n') },
        { path: 'README.md', contents: base64('New\n') },
      ],
      deletions: [{ path: 'old/file' }],
    },
    ...more,
  };
}

test('one commit of several files: by the bot, signed by GitHub, pushed with a webhook', () => {
  const world = makeWorld({ 'README.md': 'Access\n', 'old/file': 'x' });
  const before = world.tip();
  const data = world.data(commitMutation, { input: commitInput(world) });
  const after = world.tip();
  expect(after).not.toBe(before);
  expect(data).toEqual({
    createCommitOnBranch: {
      clientMutationId: 'grant 1',
      ref: { name: 'main', target: { oid: after } },
      commit: {
        oid: after,
        message: 'Grant inc-1\n\nBecause.',
        author: { user: { databaseId: world.installation.app.bot.id } },
        signature: { isValid: true, wasSignedByGitHub: true },
        parents: { nodes: [{ oid: before }] },
      },
    },
  });
  const { git } = world.repository;
  const files = git
    .listTree(git.commit(after).tree)
    .map(({ path, sha }) => [path, git.readBlob(sha)?.toString()]);
  expect(files).toEqual([
    ['README.md', 'New\n'],
    ['grants/prod/inc-1.yaml', 'grant: 1\n'],
  ]);
  expect(world.events.filter(({ event }) => event === 'push')).toMatchObject([
    { ref: 'refs/heads/main', before, after, sender: { login: 'curfew[bot]' } },
  ]);
});

test('a branch that moved is STALE_DATA under HTTP 200, and nothing is written', () => {
  const world = makeWorld({ 'old/file': 'x' });
  const input = commitInput(world);
  const after = world.push('erin', 'main', { other: 'x' });
  const { data, errors } = world.ask(commitMutation, { input });
  expect(data).toEqual({ createCommitOnBranch: null });
  expect(errors).toMatchObject([
    {
      type: 'STALE_DATA',
      path: ['createCommitOnBranch'],
      message: expect.stringContaining('Expected branch to point to'),
    },
  ]);
  expect(world.tip()).toBe(after);
});

test('a rule stops a direct commit unless its ruleset lets the App pass', () => {
  const world = makeWorld({ 'old/file': 'x' });
  world.ruleset([pullRequestRequired]);
  const before = world.tip();
  const refused = world.ask(commitMutation, { input: commitInput(world) });
  expect(refused).toMatchObject({
    data: { createCommitOnBranch: null },
    errors: [
      {
        type: 'UNPROCESSABLE',
        message: expect.stringContaining('Changes must be made through a pull request.'),
      },
    ],
  });
  expect(world.tip()).toBe(before);
  world.repository.rulesets.splice(0);
  world.ruleset([pullRequestRequired], [world.appBypass]);
  world.data(commitMutation, { input: commitInput(world) });
  expect(world.tip()).not.toBe(before);
});

test.each([
  ['a path outside', { additions: [{ path: '../x', contents: '' }] }, 'malformed path component'],
  ['a path in .git', { additions: [{ path: '.git/config', contents: '' }] }, 'malformed path component'],
  ['a deletion of what is not there', { deletions: [{ path: 'none' }] }, 'does not exist'],
  ['contents that are no base64', { additions: [{ path: 'x', contents: '%%' }] }, 'not valid base64'],
])('%s is refused', (_what, fileChanges, message) => {
  const world = makeWorld();
  const before = world.tip();
  const { errors } = world.ask(commitMutation, { input: commitInput(world, { fileChanges }) });
  expect(errors).toMatchObject([{ type: 'UNPROCESSABLE', message: expect.stringContaining(message) }]);
  expect(world.tip()).toBe(before);
});

test('an App needs Contents: write, a person write access', () => {
  const world = makeWorld({ 'old/file': 'x' });
  world.team('readers', ['mallory'], 'read');
  const variables = { input: commitInput(world) };
  const readOnly = world.asApp({ ...permissions, contents: 'read' });
  for (const actor of [readOnly, world.as('mallory')]) {
    expect(world.ask(commitMutation, variables, { actor }).errors).toMatchObject([{ type: 'FORBIDDEN' }]);
  }
  world.data(commitMutation, variables, { actor: world.as('erin') });
});

test('refs are created, moved forward, and deleted', () => {
  const world = makeWorld();
  const repositoryId = world.repository.nodeId;
  const first = world.tip();
  const second = world.push('erin', 'main', { a: 'a' });
  const create =
    'mutation ($input: CreateRefInput!) { createRef(input: $input) { ref { id name target { oid } } } }';
  const input = { repositoryId, name: 'refs/heads/curfew/revert-1', oid: first };
  expect(world.data(create, { input })).toMatchObject({
    createRef: { ref: { name: 'curfew/revert-1', target: { oid: first } } },
  });
  expect(world.ask(create, { input }).errors).toMatchObject([
    {
      type: 'UNPROCESSABLE',
      message: 'A ref named "refs/heads/curfew/revert-1" already exists in the repository.',
    },
  ]);
  for (const bad of [{ name: 'curfew' }, { name: 'refs/heads/x', oid: '0'.repeat(40) }]) {
    expect(world.ask(create, { input: { ...input, ...bad } }).errors).toMatchObject([
      { type: 'UNPROCESSABLE' },
    ]);
  }

  const { ref }: { ref: { id: string } } = JSON.parse(
    JSON.stringify(world.inRepository('ref(qualifiedName: "refs/heads/curfew/revert-1") { id }')),
  );
  const update = 'mutation ($input: UpdateRefInput!) { updateRef(input: $input) { ref { target { oid } } } }';
  expect(world.data(update, { input: { refId: ref.id, oid: second } })).toEqual({
    updateRef: { ref: { target: { oid: second } } },
  });
  expect(world.ask(update, { input: { refId: ref.id, oid: first } }).errors).toMatchObject([
    { type: 'UNPROCESSABLE', message: 'Update is not a fast forward' },
  ]);
  world.data(update, { input: { refId: ref.id, oid: first, force: true } });
  expect(world.tip('curfew/revert-1')).toBe(first);

  world.data('mutation ($input: DeleteRefInput!) { deleteRef(input: $input) { clientMutationId } }', {
    input: { refId: ref.id },
  });
  expect(world.repository.git.branch('curfew/revert-1')).toBeUndefined();
});

test('a pull request is opened, commented, reviewed and merged at the head that was looked at', () => {
  const world = makeWorld();
  world.team('engineers', ['alice', 'bob']);
  world.push('alice', 'topic', { a: 'a' });
  const alice = { actor: world.as('alice') };
  const bob = { actor: world.as('bob') };
  const input = {
    repositoryId: world.repository.nodeId,
    baseRefName: 'main',
    headRefName: 'topic',
    title: 'Add a',
  };
  const open =
    'mutation ($input: CreatePullRequestInput!) { createPullRequest(input: $input) { pullRequest { id number author { login } } } }';
  const opened: { createPullRequest: { pullRequest: { id: string } } } = JSON.parse(
    JSON.stringify(world.data(open, { input }, alice)),
  );
  const { id } = opened.createPullRequest.pullRequest;
  expect(world.ask(open, { input }, alice).errors).toMatchObject([
    { type: 'UNPROCESSABLE', message: 'A pull request already exists for acme:topic.' },
  ]);

  const added: { addComment: { commentEdge: { node: { id: string } } } } = JSON.parse(
    JSON.stringify(
      world.data(
        'mutation ($input: AddCommentInput!) { addComment(input: $input) { commentEdge { node { id body author { login } } } } }',
        {
          input: { subjectId: id, body: 'Plan' },
        },
      ),
    ),
  );
  expect(added).toMatchObject({
    addComment: { commentEdge: { node: { body: 'Plan', author: { login: 'curfew' } } } },
  });
  expect(
    world.data(
      'mutation ($input: UpdateIssueCommentInput!) { updateIssueComment(input: $input) { issueComment { body } } }',
      {
        input: { id: added.addComment.commentEdge.node.id, body: 'New plan' },
      },
    ),
  ).toEqual({ updateIssueComment: { issueComment: { body: 'New plan' } } });

  const review =
    'mutation ($input: AddPullRequestReviewInput!) { addPullRequestReview(input: $input) { pullRequestReview { state author { login } } } }';
  const approval = { input: { pullRequestId: id, event: 'APPROVE' } };
  expect(world.data(review, approval, bob)).toEqual({
    addPullRequestReview: { pullRequestReview: { state: 'APPROVED', author: { login: 'bob' } } },
  });
  expect(world.ask(review, approval, alice).errors).toMatchObject([
    { type: 'UNPROCESSABLE', message: 'Can not approve your own pull request' },
  ]);

  const merge =
    'mutation ($input: MergePullRequestInput!) { mergePullRequest(input: $input) { actor { login } pullRequest { state mergeCommit { oid } } } }';
  const looked = world.tip('topic');
  world.push('alice', 'topic', { b: 'b' });
  const stale = world.ask(merge, { input: { pullRequestId: id, expectedHeadOid: looked } });
  expect(stale.errors).toMatchObject([
    { type: 'UNPROCESSABLE', message: 'Head branch was modified. Review and try the merge again.' },
  ]);
  const squash = {
    pullRequestId: id,
    expectedHeadOid: world.tip('topic'),
    mergeMethod: 'SQUASH',
    commitHeadline: 'Add',
  };
  expect(world.data(merge, { input: squash })).toEqual({
    mergePullRequest: {
      actor: { login: 'curfew' },
      pullRequest: { state: 'MERGED', mergeCommit: { oid: world.tip() } },
    },
  });
  expect(world.repository.git.commit(world.tip())).toMatchObject({ message: expect.stringMatching(/^Add/) });
});

test('a pull request is closed', () => {
  const world = makeWorld();
  const { nodeId } = world.propose('erin', 'topic', { a: 'a' });
  const close =
    'mutation ($input: ClosePullRequestInput!) { closePullRequest(input: $input) { pullRequest { state closedAt } } }';
  expect(world.data(close, { input: { pullRequestId: nodeId } })).toEqual({
    closePullRequest: { pullRequest: { state: 'CLOSED', closedAt: '2026-11-02T09:00:01Z' } },
  });
  expect(world.ask(close, { input: { pullRequestId: world.repository.nodeId } }).errors).toMatchObject([
    { type: 'NOT_FOUND', message: expect.stringContaining('PullRequest with the global id') },
  ]);
});
