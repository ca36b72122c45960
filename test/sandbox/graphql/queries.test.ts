/** The queries that the product sends, answered by the sandbox. */
import { expect, test } from 'vitest';
import { branchQuery } from '../../../src/github/queries/branch.ts';
import { commitMutation, lastCommitsQuery } from '../../../src/github/queries/commit.ts';
import { landingsQuery, rebaseQuery } from '../../../src/github/queries/landings.ts';
import { objectsQuery } from '../../../src/github/queries/objects.ts';
import {
  commentsQuery,
  contextsQuery,
  detailsQuery,
  headQuery,
  openPullRequestsQuery,
  pullRequestPagesQuery,
  pullRequestQuery,
} from '../../../src/github/queries/pull-request.ts';
import { teamsQuery } from '../../../src/github/queries/teams.ts';
import { createCheckRun } from '../../../src/sandbox/operations/checks.ts';
import { createComment } from '../../../src/sandbox/operations/comments.ts';
import { mergePullRequest } from '../../../src/sandbox/operations/merge.ts';
import { createReview } from '../../../src/sandbox/operations/reviews.ts';
import { linkDelay, makeWorld, type World } from './world.ts';

const access = { owner: 'acme', name: 'access' };
const request = 'access-requests/prod-eu/payments/inc-1.yaml';
const limits = { items: 50, commits: 50 };

/** alice asks, bob has approved, the App has said what it thinks. */
function makeRequest(): World {
  const world = makeWorld({
    '.github/CODEOWNERS': '* @acme/engineers\n',
    '.github/curfew.yaml': 'kind: Policy\n',
    'access-requests/README.md': 'Requests\n',
  });
  world.team('engineers', ['alice', 'bob']);
  world.ruleset(
    [
      {
        type: 'required_status_checks',
        parameters: {
          strict_required_status_checks_policy: false,
          required_status_checks: [{ context: 'curfew', integration_id: world.installation.app.id }],
        },
      },
    ],
    [world.appBypass],
  );
  const pullRequest = world.propose('alice', 'topic', { [request]: 'kind: AccessRequest\n' });
  createReview(world.sandbox, world.as('bob'), pullRequest, { body: '', event: 'APPROVE' });
  createComment(world.sandbox, world.asApp(), pullRequest, 'Waiting for 1 of 1 approvals.');
  createCheckRun(world.sandbox, world.asApp(), world.repository, world.tip('topic'), {
    name: 'curfew',
    status: 'completed',
    conclusion: 'action_required',
    externalId: 'plan 1',
    title: 'Waiting',
  });
  return world;
}

function accountOf(world: World, login: string): object {
  return { login, databaseId: world.user(login).id };
}

function pullRequestOf(world: World): object {
  const { app } = world.installation;
  const { bot } = app;
  const alice = { email: 'alice@example.com', user: { databaseId: world.user('alice').id, login: 'alice' } };
  const head = world.tip('topic');
  return {
    number: 1,
    title: 'Change topic',
    state: 'OPEN',
    isDraft: false,
    author: accountOf(world, 'alice'),
    mergedBy: null,
    mergeCommit: null,
    baseRefName: 'main',
    headRefName: 'topic',
    headRefOid: head,
    isCrossRepository: false,
    reviewDecision: null,
    changedFiles: 1,
    files: { nodes: [{ path: request, changeType: 'ADDED' }], pageInfo: { hasNextPage: false } },
    commits: {
      totalCount: 1,
      nodes: [
        {
          commit: {
            oid: head,
            authors: { nodes: [alice], pageInfo: { hasNextPage: false } },
            committer: alice,
            signature: null,
          },
        },
      ],
    },
    latestOpinionatedReviews: {
      nodes: [
        {
          state: 'APPROVED',
          author: accountOf(world, 'bob'),
          authorCanPushToRepository: true,
          commit: { oid: head },
        },
      ],
    },
    comments: {
      nodes: [
        {
          author: { login: 'curfew', databaseId: bot.id },
          body: 'Waiting for 1 of 1 approvals.',
          lastEditedAt: null,
        },
      ],
    },
    timelineItems: { nodes: [] },
    headCommit: {
      nodes: [
        {
          commit: {
            oid: head,
            associatedPullRequests: { nodes: [{ number: 1, state: 'OPEN', headRefOid: head }] },
            checkSuites: {
              nodes: [
                {
                  checkRuns: {
                    nodes: [{ externalId: 'plan 1', conclusion: 'ACTION_REQUIRED', title: 'Waiting' }],
                  },
                },
              ],
            },
            statusCheckRollup: {
              contexts: {
                nodes: [
                  {
                    name: 'curfew',
                    conclusion: 'ACTION_REQUIRED',
                    checkSuite: { app: { databaseId: app.id } },
                  },
                ],
              },
            },
          },
        },
      ],
    },
  };
}

function repositoryOf(world: World): object {
  return {
    databaseId: world.repository.id,
    name: 'access',
    owner: { login: 'acme' },
    isArchived: false,
    mergeCommitAllowed: true,
    squashMergeAllowed: true,
    rebaseMergeAllowed: true,
    deleteBranchOnMerge: false,
    defaultBranchRef: {
      name: 'main',
      target: { oid: world.tip() },
      rules: {
        nodes: [
          {
            type: 'REQUIRED_STATUS_CHECKS',
            parameters: {
              strictRequiredStatusChecksPolicy: false,
              requiredStatusChecks: [{ context: 'curfew', integrationId: world.installation.app.id }],
            },
          },
        ],
      },
    },
  };
}

test('one pull request with the repository around it', () => {
  const world = makeRequest();
  const appId = world.installation.app.id;
  const variables = { ...access, ...limits, number: 1, appId, author: 'alice', knowsAuthor: true };
  expect(world.data(pullRequestQuery(0), variables)).toMatchObject({
    repository: {
      ...repositoryOf(world),
      pullRequest: pullRequestOf(world),
      collaborators: { edges: [{ permission: 'WRITE', node: { databaseId: world.user('alice').id } }] },
    },
  });
});

test('open pull requests by pages, and the further pages of one', () => {
  const world = makeRequest();
  world.propose('bob', 'other', { other: 'x' });
  const variables = { ...access, ...limits, base: 'main', appId: world.installation.app.id, page: 1 };
  expect(world.data(openPullRequestsQuery, variables)).toMatchObject({
    repository: {
      ...repositoryOf(world),
      pullRequests: { nodes: [pullRequestOf(world)], pageInfo: { hasNextPage: true } },
    },
  });
  const more = { moreFiles: true, moreReviews: false, moreComments: true };
  expect(world.data(pullRequestPagesQuery, { ...access, number: 1, ...more })).toMatchObject({
    repository: {
      pullRequest: { headRefOid: world.tip('topic'), files: { nodes: [{ path: request }] }, comments: {} },
    },
  });
});

test('heads, details and comments', () => {
  const world = makeRequest();
  const oid = world.tip('topic');
  expect(world.data(headQuery, { ...access, oid, appId: world.installation.app.id })).toMatchObject({
    repository: { object: { oid, associatedPullRequests: { nodes: [{ number: 1 }] } } },
  });
  expect(world.data(contextsQuery, { ...access, oid })).toMatchObject({
    repository: { object: { statusCheckRollup: { contexts: { nodes: [{ name: 'curfew' }] } } } },
  });
  const details = { ...access, head0: oid, path0: request, head1: oid, path1: 'none', login0: 'mallory' };
  expect(world.data(detailsQuery(2, 1), details)).toMatchObject({
    repository: {
      f0: {
        file: {
          mode: 33188,
          type: 'blob',
          object: { text: 'kind: AccessRequest\n', isBinary: false, isTruncated: false },
        },
      },
      f1: { file: null },
      a0: { edges: [] },
    },
  });
  expect(world.data(commentsQuery(1), { ...access, number0: 1 })).toMatchObject({
    repository: { p0: { number: 1, comments: { nodes: [{ body: 'Waiting for 1 of 1 approvals.' }] } } },
  });
});

test('objects by id, with the opinion of CODEOWNERS', () => {
  const world = makeRequest();
  const { git } = world.repository;
  const { tree } = git.commit(world.tip());
  const blob = git.entryAt(tree, '.github/curfew.yaml');
  const variables = { ...access, b0: blob?.sha, b1: '0'.repeat(40), t0: tree, branch: 'main' };
  expect(world.data(objectsQuery(2, 1, true), variables)).toMatchObject({
    repository: {
      b0: { oid: blob?.sha, text: 'kind: Policy\n' },
      b1: null,
      t0: {
        oid: tree,
        entries: [
          { name: '.github', mode: 16384, type: 'tree' },
          { name: 'access-requests', mode: 16384, type: 'tree' },
        ],
      },
      codeowners: { errors: [] },
    },
  });
});

test('the default branch with what was merged and the branches of the App', () => {
  const world = makeRequest();
  const pullRequest = world.repository.issues.get(1);
  if (pullRequest?.kind === 'pull-request') {
    mergePullRequest(world.sandbox, world.asApp(), pullRequest, { method: 'squash' });
  }
  world.propose('erin', 'curfew/revert-1', { [request]: null });
  expect(world.data(branchQuery(0), access)).toMatchObject({
    repository: {
      ...repositoryOf(world),
      refs: {
        nodes: [
          {
            prefix: 'refs/heads/curfew/',
            name: 'revert-1',
            target: { oid: world.tip('curfew/revert-1'), signature: null },
            associatedPullRequests: {
              nodes: [{ number: 2, state: 'OPEN' }],
            },
          },
        ],
      },
      pullRequests: {
        nodes: [{ number: 1, baseRefName: 'main', files: { nodes: [{ path: request }] } }],
      },
    },
  });
});

test('what brought a request to the default branch, at once by the pull request and later by the commit', () => {
  const world = makeRequest();
  const pullRequest = world.repository.issues.get(1);
  if (pullRequest?.kind !== 'pull-request') throw new Error('no pull request');
  const before = world.tip();
  mergePullRequest(world.sandbox, world.asApp(), pullRequest, { method: 'merge' });
  const tip = world.tip();
  const variables = {
    ...access,
    ...limits,
    appId: world.installation.app.id,
    tip,
    path0: request,
    path1: 'grants/prod-eu/payments/inc-1.yaml',
    number0: 1,
    login0: 'bob',
  };
  const query = landingsQuery({ paths: 2, pullRequests: 1, logins: 1 });
  const landed = (linked: readonly object[]): object => ({
    repository: {
      object: {
        recent: { nodes: [{ oid: tip }, { oid: world.tip('topic') }, { oid: before }] },
        h0: {
          nodes: [
            {
              oid: world.tip('topic'),
              file: { type: 'blob' },
              associatedPullRequests: { nodes: linked },
              signature: null,
            },
          ],
        },
        h1: { nodes: [] },
      },
      p0: {
        number: 1,
        state: 'MERGED',
        mergedBy: { login: 'curfew' },
        merge: { oid: tip, parents: { nodes: [{ oid: before }, { oid: world.tip('topic') }] } },
      },
      a0: { edges: [{ permission: 'WRITE' }] },
    },
  });
  expect(world.data(query, variables)).toMatchObject(landed([]));
  world.clock.advance(linkDelay);
  expect(world.data(query, variables)).toMatchObject(landed([{ number: 1, state: 'MERGED' }]));
  expect(world.data(rebaseQuery, { ...access, number: 1, merge: tip })).toMatchObject({
    repository: {
      object: { history: { nodes: [{}, { message: 'Change topic' }, {}] } },
      pullRequest: { commits: { nodes: [{ commit: { message: 'Change topic' } }] } },
    },
  });
});

test('a commit on the branch, and the last ones', () => {
  const world = makeRequest();
  const input = {
    branch: { repositoryNameWithOwner: 'acme/access', branchName: 'main' },
    expectedHeadOid: world.tip(),
    message: { headline: 'Grant' },
    fileChanges: { additions: [{ path: 'grants/a.yaml', contents: 'YQ==' }], deletions: [] },
  };
  const data = world.data(commitMutation, { input });
  expect(data).toMatchObject({ createCommitOnBranch: { commit: { oid: world.tip() } } });
  expect(world.data(lastCommitsQuery, { ...access, ref: 'refs/heads/main' })).toMatchObject({
    repository: {
      ref: {
        target: {
          oid: world.tip(),
          history: {
            nodes: [
              { message: 'Grant', author: { user: { databaseId: world.installation.app.bot.id } } },
              { message: 'Initial commit' },
            ],
          },
        },
      },
    },
  });
});

test('teams, each by itself: one that is not there does not hide the others', () => {
  const world = makeRequest();
  const variables = { name: 'access', org0: 'acme', slug0: 'engineers', org1: 'acme', slug1: 'none' };
  expect(world.data(teamsQuery(2), variables)).toMatchObject({
    t0: {
      team: {
        members: { nodes: [{ login: 'alice' }, { login: 'bob' }] },
        repositories: { edges: [{ permission: 'WRITE' }] },
      },
    },
    t1: { team: null },
  });
});
