import { expect, test } from 'vitest';
import { createCheckRun, createStatus } from '../../../src/sandbox/operations/checks.ts';
import type { Rule } from '../../../src/sandbox/state.ts';
import { makeWorld, permissions, type World } from './world.ts';

const rules: readonly Rule[] = [
  { type: 'deletion' },
  { type: 'non_fast_forward' },
  { type: 'required_linear_history' },
  {
    type: 'pull_request',
    parameters: {
      required_approving_review_count: 1,
      dismiss_stale_reviews_on_push: true,
      require_code_owner_review: true,
      require_last_push_approval: false,
      required_review_thread_resolution: false,
      allowed_merge_methods: ['squash'],
    },
  },
  {
    type: 'required_status_checks',
    parameters: {
      strict_required_status_checks_policy: true,
      required_status_checks: [{ context: 'curfew', integration_id: 42 }, { context: 'lint' }],
    },
  },
  {
    type: 'merge_queue',
    parameters: {
      check_response_timeout_minutes: 60,
      grouping_strategy: 'ALLGREEN',
      max_entries_to_build: 5,
      max_entries_to_merge: 5,
      merge_method: 'SQUASH',
      min_entries_to_merge: 1,
      min_entries_to_merge_wait_minutes: 5,
    },
  },
];

test('the effective rules of a branch, with all their parameters', () => {
  const world = makeWorld();
  world.ruleset(rules);
  const selection = `ref(qualifiedName: "main") { rules(first: 100) { totalCount nodes { type repositoryRuleset { name enforcement } parameters {
    __typename
    ... on PullRequestParameters { allowedMergeMethods dismissStaleReviewsOnPush requireCodeOwnerReview
      requireLastPushApproval requiredApprovingReviewCount requiredReviewThreadResolution }
    ... on RequiredStatusChecksParameters { strictRequiredStatusChecksPolicy doNotEnforceOnCreate
      requiredStatusChecks { context integrationId } }
    ... on MergeQueueParameters { checkResponseTimeoutMinutes groupingStrategy maxEntriesToBuild maxEntriesToMerge
      mergeMethod minEntriesToMerge minEntriesToMergeWaitMinutes } } } } }`;
  const repositoryRuleset = { name: 'default branch', enforcement: 'ACTIVE' };
  expect(world.inRepository(selection)).toEqual({
    ref: {
      rules: {
        totalCount: 6,
        nodes: [
          { type: 'DELETION', parameters: null, repositoryRuleset },
          { type: 'NON_FAST_FORWARD', parameters: null, repositoryRuleset },
          { type: 'REQUIRED_LINEAR_HISTORY', parameters: null, repositoryRuleset },
          {
            type: 'PULL_REQUEST',
            repositoryRuleset,
            parameters: {
              __typename: 'PullRequestParameters',
              allowedMergeMethods: ['squash'],
              dismissStaleReviewsOnPush: true,
              requireCodeOwnerReview: true,
              requireLastPushApproval: false,
              requiredApprovingReviewCount: 1,
              requiredReviewThreadResolution: false,
            },
          },
          {
            type: 'REQUIRED_STATUS_CHECKS',
            repositoryRuleset,
            parameters: {
              __typename: 'RequiredStatusChecksParameters',
              strictRequiredStatusChecksPolicy: true,
              doNotEnforceOnCreate: false,
              requiredStatusChecks: [
                { context: 'curfew', integrationId: 42 },
                { context: 'lint', integrationId: null },
              ],
            },
          },
          {
            type: 'MERGE_QUEUE',
            repositoryRuleset,
            parameters: {
              __typename: 'MergeQueueParameters',
              checkResponseTimeoutMinutes: 60,
              groupingStrategy: 'ALLGREEN',
              maxEntriesToBuild: 5,
              maxEntriesToMerge: 5,
              mergeMethod: 'SQUASH',
              minEntriesToMerge: 1,
              minEntriesToMergeWaitMinutes: 5,
            },
          },
        ],
      },
    },
  });
});

test('rules hold for the branches that they target, while they are enforced', () => {
  const world = makeWorld();
  world.push('erin', 'topic', { a: 'a' });
  world.ruleset([{ type: 'deletion' }]);
  const count = (): unknown =>
    world.inRepository(
      'main: ref(qualifiedName: "main") { rules { totalCount } } topic: ref(qualifiedName: "topic") { rules { totalCount } }',
    );
  expect(count()).toEqual({ main: { rules: { totalCount: 1 } }, topic: { rules: { totalCount: 0 } } });
  const [ruleset] = world.repository.rulesets;
  if (ruleset !== undefined) ruleset.enforcement = 'evaluate';
  expect(count()).toMatchObject({ main: { rules: { totalCount: 0 } } });
  expect(
    world.inRepository(
      'rulesets(first: 5) { nodes { name enforcement conditions { refName { include } } rules(first: 5) { nodes { type } } } }',
    ),
  ).toEqual({
    rulesets: {
      nodes: [
        {
          name: 'default branch',
          enforcement: 'EVALUATE',
          conditions: { refName: { include: ['~DEFAULT_BRANCH'] } },
          rules: { nodes: [{ type: 'DELETION' }] },
        },
      ],
    },
  });
});

function check(world: World, externalId: string, conclusion: 'success' | 'failure'): void {
  createCheckRun(world.sandbox, world.asApp(), world.repository, world.tip(), {
    name: 'curfew',
    status: 'completed',
    conclusion,
    externalId,
    title: `said ${externalId}`,
    annotations: [
      {
        path: 'a.yaml',
        startLine: 3,
        endLine: 4,
        startColumn: null,
        endColumn: null,
        level: 'failure',
        message: 'wrong',
        title: 'Fault',
        rawDetails: null,
      },
    ],
  });
}

function runSaying(externalId: string, conclusion: string): object {
  return {
    externalId,
    conclusion,
    status: 'COMPLETED',
    title: `said ${externalId}`,
    startedAt: '2026-11-02T09:00:00Z',
    annotations: {
      nodes: [
        { path: 'a.yaml', annotationLevel: 'FAILURE', location: { start: { line: 3 }, end: { line: 4 } } },
      ],
    },
  };
}

test('check runs are found by App and name, and the latest of a name counts', () => {
  const world = makeWorld();
  check(world, 'first', 'failure');
  check(world, 'second', 'success');
  const { app } = world.installation;
  const suites = (filter: string, runs: string): unknown =>
    world.inRepository(`object(expression: "main") { ... on Commit { checkSuites(first: 5, filterBy: ${filter}) { nodes {
      app { databaseId slug } checkRuns(first: 5, filterBy: ${runs}) { nodes { externalId conclusion status title startedAt
        annotations(first: 1) { nodes { path annotationLevel location { start { line } end { line } } } } } } } } } }`);
  const found = (...runs: readonly object[]): object => ({
    object: {
      checkSuites: { nodes: [{ app: { databaseId: app.id, slug: 'curfew' }, checkRuns: { nodes: runs } }] },
    },
  });
  const own = `{ appId: ${app.id}, checkName: "curfew" }`;
  expect(suites(own, '{ checkType: LATEST }')).toEqual(found(runSaying('second', 'SUCCESS')));
  expect(suites(own, '{ checkType: ALL }')).toEqual(
    found(runSaying('first', 'FAILURE'), runSaying('second', 'SUCCESS')),
  );
  expect(suites(own, '{ conclusions: [FAILURE] }')).toEqual(found(runSaying('first', 'FAILURE')));
  expect(suites(own, '{ checkName: "other" }')).toEqual(found());
  expect(suites('{ appId: 1 }', '{}')).toEqual({ object: { checkSuites: { nodes: [] } } });
  expect(suites('{ checkName: "other" }', '{}')).toEqual({ object: { checkSuites: { nodes: [] } } });
});

const rollup = `object(expression: "main") { ... on Commit { status { state contexts { context } context(name: "ci") { state } }
  statusCheckRollup { state contexts(first: 10) { totalCount checkRunCount statusContextCount nodes { __typename
    ... on CheckRun { name conclusion checkSuite { app { databaseId } } }
    ... on StatusContext { context state creator { login } } } } } } }`;

test('the rollup joins the latest checks and statuses, and is null where there is neither', () => {
  const world = makeWorld();
  expect(world.inRepository(rollup)).toEqual({ object: { status: null, statusCheckRollup: null } });
  check(world, 'only', 'success');
  for (const state of ['pending', 'failure'] as const) {
    const input = { sha: world.tip(), context: 'ci', state, description: null, targetUrl: null };
    createStatus(world.sandbox, world.as('erin'), world.repository, input);
  }
  expect(world.inRepository(rollup)).toEqual({
    object: {
      status: { state: 'FAILURE', contexts: [{ context: 'ci' }], context: { state: 'FAILURE' } },
      statusCheckRollup: {
        state: 'FAILURE',
        contexts: {
          totalCount: 2,
          checkRunCount: 1,
          statusContextCount: 1,
          nodes: [
            {
              __typename: 'CheckRun',
              name: 'curfew',
              conclusion: 'SUCCESS',
              checkSuite: { app: { databaseId: world.installation.app.id } },
            },
            { __typename: 'StatusContext', context: 'ci', state: 'FAILURE', creator: { login: 'erin' } },
          ],
        },
      },
    },
  });
});

test('without Checks: read there is no rollup', () => {
  const world = makeWorld();
  check(world, 'only', 'success');
  const { checks: _, ...granted } = permissions;
  const query = `{ repository(owner: "acme", name: "access") { ${rollup} } }`;
  expect(world.ask(query, {}, { actor: world.asApp(granted) })).toMatchObject({
    data: { repository: { object: { status: null, statusCheckRollup: null } } },
    errors: [{ type: 'FORBIDDEN', path: ['repository', 'object', 'statusCheckRollup'] }],
  });
});
