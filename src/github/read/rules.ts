/** The rules in force on the default branch, as GraphQL tells them along with everything else, or else as REST does. */
import { z } from 'zod';
import type { MergeMethod, RuleFacts } from '../../lifecycle/facts.ts';
import { repositoryParameters, type RepositoryContext } from '../context.ts';
import { isUnseen, type Tolerate } from '../graphql-errors.ts';

interface Rule {
  /** In upper case, as GraphQL has it. */
  readonly type: string;
  readonly codeOwnerReview: boolean;
  /** Null where the rule allows every method. */
  readonly mergeMethods: readonly string[] | null;
  readonly strict: boolean;
  readonly checks: readonly { readonly context: string; readonly appId: number | null }[];
}

const graphqlRule = z.object({
  type: z.string(),
  parameters: z
    .object({
      requireCodeOwnerReview: z.boolean().optional(),
      allowedMergeMethods: z.array(z.string()).nullish(),
      strictRequiredStatusChecksPolicy: z.boolean().optional(),
      requiredStatusChecks: z
        .array(z.object({ context: z.string(), integrationId: z.int().nullable() }))
        .optional(),
    })
    .nullable(),
});

/** The connection `rules` of a ref; null where the App may not see it. */
export const rulesShape = z
  .object({ pageInfo: z.object({ hasNextPage: z.boolean() }), nodes: z.array(graphqlRule) })
  .nullable();

/** Whether an App may see rules by GraphQL is not written anywhere; by REST it may (Metadata: read). */
export const hiddenRules: Tolerate = (error) =>
  isUnseen(error) && error.path?.[1] === 'defaultBranchRef' && error.path[2] === 'rules';

/** No request where GraphQL told all of them. */
export async function readRules(
  context: RepositoryContext,
  branch: string,
  seen: z.output<typeof rulesShape>,
): Promise<RuleFacts> {
  const whole = seen !== null && !seen.pageInfo.hasNextPage;
  return ruleFacts(whole ? seen.nodes.map(fromGraphQL) : await readByRest(context, branch));
}

function fromGraphQL({ type, parameters }: z.output<typeof graphqlRule>): Rule {
  return {
    type,
    codeOwnerReview: parameters?.requireCodeOwnerReview ?? false,
    mergeMethods: parameters?.allowedMergeMethods ?? null,
    strict: parameters?.strictRequiredStatusChecksPolicy ?? false,
    checks: (parameters?.requiredStatusChecks ?? []).map(({ context, integrationId }) => ({
      context,
      appId: integrationId,
    })),
  };
}

const restRule = z.object({
  type: z.string(),
  parameters: z
    .object({
      require_code_owner_review: z.boolean().optional(),
      allowed_merge_methods: z.array(z.string()).nullish(),
      strict_required_status_checks_policy: z.boolean().optional(),
      required_status_checks: z
        .array(z.object({ context: z.string(), integration_id: z.int().nullish() }))
        .optional(),
    })
    .nullish(),
});

async function readByRest(context: RepositoryContext, branch: string): Promise<readonly Rule[]> {
  const rules = await context.client.list(
    `read the rules of ${branch} of ${context.fullName}`,
    'GET /repos/{owner}/{repo}/rules/branches/{branch}',
    { ...repositoryParameters(context), branch },
    z.array(restRule),
  );
  return rules.map(({ type, parameters }) => ({
    type: type.toUpperCase(),
    codeOwnerReview: parameters?.require_code_owner_review ?? false,
    mergeMethods: parameters?.allowed_merge_methods ?? null,
    strict: parameters?.strict_required_status_checks_policy ?? false,
    checks: (parameters?.required_status_checks ?? []).map((check) => ({
      context: check.context,
      appId: check.integration_id ?? null,
    })),
  }));
}

function ruleFacts(rules: readonly Rule[]): RuleFacts {
  const has = (type: string): boolean => rules.some((rule) => rule.type === type);
  return {
    pullRequestRequired: has('PULL_REQUEST'),
    codeOwnerReviewRequired: rules.some((rule) => rule.codeOwnerReview),
    forcePushBlocked: has('NON_FAST_FORWARD'),
    deletionBlocked: has('DELETION'),
    requiredChecks: rules.flatMap((rule) => rule.checks),
    strictChecks: rules.some((rule) => rule.strict),
    linearHistory: has('REQUIRED_LINEAR_HISTORY'),
    signaturesRequired: has('REQUIRED_SIGNATURES'),
    mergeQueue: has('MERGE_QUEUE'),
    mergeMethods: allowedMethods(
      rules.flatMap(({ mergeMethods }) => (mergeMethods === null ? [] : [mergeMethods])),
    ),
  };
}

/** What every list allows; null where there is none. */
function allowedMethods(lists: readonly (readonly string[])[]): readonly MergeMethod[] | null {
  if (lists.length === 0) return null;
  const all: readonly MergeMethod[] = ['merge', 'squash', 'rebase'];
  // The schema does not say in which case the names come.
  return all.filter((method) => lists.every((list) => list.some((name) => name.toLowerCase() === method)));
}
