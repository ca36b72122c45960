/** Branches and tags, and the rules that hold for them. */
import type * as GitHub from '@octokit/graphql-schema';
import { formatInstant } from '../../../base/instant.ts';
import { effectiveRules, type EffectiveRule } from '../../rules.ts';
import { nodeId, pullRequests } from '../../state.ts';
import type { Rule } from '../../state.ts';
import { connect } from '../connection.ts';
import type { Fields } from '../context.ts';
import { objectWith } from '../git-objects.ts';
import { given } from '../given.ts';
import { requireRead } from '../permissions.ts';
import { selectPullRequests } from '../select-pull-requests.ts';

export const refFields: Fields<'Ref'> = {
  id: ({ repository, name }) => nodeId('REF', `${repository.id}:${name}`),
  name: ({ name, prefix }) => name.slice(prefix.length),
  prefix: ({ prefix }) => prefix,
  repository: ({ repository }) => repository,
  target({ repository, sha }, _args, context) {
    requireRead(context, repository, 'contents:read');
    return objectWith(repository, sha);
  },
  rules: ({ repository, name }, args: GitHub.RefRulesArgs, _context, info) =>
    connect(
      effectiveRules(repository, name),
      args,
      info,
      ({ ruleset, rule }) => `${ruleset.id} ${rule.type}`,
      {
        node: ruleNode,
      },
    ),
  associatedPullRequests({ repository, name }, args: GitHub.RefAssociatedPullRequestsArgs, context, info) {
    requireRead(context, repository, 'pull_requests:read');
    const branch = name.replace(/^refs\/heads\//, '');
    const found = pullRequests(repository).filter(
      ({ headRef, headRepository }) => headRef === branch && headRepository === repository,
    );
    return connect(selectPullRequests(found, args), args, info, ({ id }) => id);
  },
};

/** To an App the bypass list of a ruleset is hidden (facts §10), so no field of it is resolved. */
export const rulesetFields: Fields<'RepositoryRuleset'> = {
  id: (ruleset) => ruleset.nodeId,
  databaseId: (ruleset) => ruleset.id,
  name: (ruleset) => ruleset.name,
  enforcement: (ruleset) => ruleset.enforcement.toUpperCase(),
  target: () => 'BRANCH',
  source: (ruleset) => ruleset.repository,
  createdAt: (ruleset) => formatInstant(ruleset.createdAt),
  updatedAt: (ruleset) => formatInstant(ruleset.updatedAt),
  conditions: (ruleset): Partial<GitHub.RepositoryRuleConditions> => ({
    refName: { include: [...ruleset.refs.include], exclude: [...ruleset.refs.exclude] },
  }),
  rules: (ruleset, args: GitHub.RepositoryRulesetRulesArgs, _context, info) =>
    connect(
      ruleset.rules
        .map((rule) => ({ ruleset, rule }))
        .filter(({ rule }) => !given(args.type) || args.type === rule.type.toUpperCase()),
      args,
      info,
      ({ rule }) => rule.type,
      { node: ruleNode },
    ),
};

function ruleNode({ ruleset, rule }: EffectiveRule): object {
  return {
    id: nodeId('RRU', `${ruleset.id}:${rule.type}`),
    type: rule.type.toUpperCase(),
    parameters: parametersOf(rule),
    repositoryRuleset: ruleset,
  };
}

/**
 * The parameters in the schema's words; null for a rule that has none. (The package's TypeScript lags behind its
 * schema here, so the test of the resolvers holds these names against the schema.)
 */
function parametersOf(rule: Rule): object | null {
  switch (rule.type) {
    case 'pull_request': {
      const { parameters } = rule;
      return {
        __typename: 'PullRequestParameters',
        allowedMergeMethods: [...(parameters.allowed_merge_methods ?? ['merge', 'squash', 'rebase'])],
        dismissStaleReviewsOnPush: parameters.dismiss_stale_reviews_on_push,
        requireCodeOwnerReview: parameters.require_code_owner_review,
        requireLastPushApproval: parameters.require_last_push_approval,
        requiredApprovingReviewCount: parameters.required_approving_review_count,
        requiredReviewThreadResolution: parameters.required_review_thread_resolution,
      };
    }
    case 'required_status_checks':
      return {
        __typename: 'RequiredStatusChecksParameters',
        doNotEnforceOnCreate: false,
        strictRequiredStatusChecksPolicy: rule.parameters.strict_required_status_checks_policy,
        requiredStatusChecks: rule.parameters.required_status_checks.map(({ context, integration_id }) => ({
          context,
          integrationId: integration_id ?? null,
        })),
      };
    case 'merge_queue': {
      const { parameters } = rule;
      return {
        __typename: 'MergeQueueParameters',
        checkResponseTimeoutMinutes: parameters.check_response_timeout_minutes,
        groupingStrategy: parameters.grouping_strategy,
        maxEntriesToBuild: parameters.max_entries_to_build,
        maxEntriesToMerge: parameters.max_entries_to_merge,
        mergeMethod: parameters.merge_method,
        minEntriesToMerge: parameters.min_entries_to_merge,
        minEntriesToMergeWaitMinutes: parameters.min_entries_to_merge_wait_minutes,
      };
    }
    case 'update':
      return { __typename: 'UpdateParameters', updateAllowsFetchAndMerge: false };
    case 'creation':
    case 'deletion':
    case 'non_fast_forward':
    case 'required_linear_history':
    case 'required_signatures':
      break;
  }
  return null;
}
