import { z } from 'zod';
import type { MergeMethod, RepositoryFacts, RuleFacts } from '../../lifecycle/facts.ts';
import { NotFound } from '../errors.ts';
import type { AppIdentity } from '../context.ts';
import { id, oid } from '../schema.ts';

/** Parameters of two kinds of rule; other kinds have none of these fields. */
const parameters = z.object({
  requireCodeOwnerReview: z.boolean().optional(),
  allowedMergeMethods: z.array(z.string()).nullish(),
  strictRequiredStatusChecksPolicy: z.boolean().optional(),
  requiredStatusChecks: z
    .array(z.object({ context: z.string(), integrationId: z.int().nullable() }))
    .optional(),
});

const rule = z.object({ type: z.string(), parameters: parameters.nullable() });

const defaultBranch = z.object({
  name: z.string(),
  target: z.object({
    oid,
    tree: z.object({ oid }),
    parents: z.object({ nodes: z.array(z.object({ oid })) }),
  }),
  rules: z.object({ pageInfo: z.object({ hasNextPage: z.boolean() }), nodes: z.array(rule) }).nullable(),
});

/** The fields of the fragment `Repository`. */
export const repositoryShape = {
  databaseId: id,
  name: z.string(),
  owner: z.object({ login: z.string() }),
  isArchived: z.boolean(),
  mergeCommitAllowed: z.boolean(),
  squashMergeAllowed: z.boolean(),
  rebaseMergeAllowed: z.boolean(),
  deleteBranchOnMerge: z.boolean(),
  defaultBranchRef: defaultBranch.nullable(),
};

type RawRepository = z.output<z.ZodObject<typeof repositoryShape>>;

/** Where the default branch stands. */
export interface TipId {
  readonly commit: string;
  readonly tree: string;
  readonly firstParent: string | null;
}

/** @throws NotFound where the repository holds no commit yet. */
export function repositoryFacts(
  raw: RawRepository,
  app: AppIdentity,
): { readonly repository: RepositoryFacts; readonly tip: TipId } {
  const branch = raw.defaultBranchRef;
  if (branch === null) {
    throw new NotFound(`${raw.owner.login}/${raw.name} has no default branch; push a first commit`);
  }
  const methods: readonly (readonly [MergeMethod, boolean])[] = [
    ['merge', raw.mergeCommitAllowed],
    ['squash', raw.squashMergeAllowed],
    ['rebase', raw.rebaseMergeAllowed],
  ];
  return {
    repository: {
      id: raw.databaseId,
      owner: raw.owner.login,
      name: raw.name,
      defaultBranch: branch.name,
      archived: raw.isArchived,
      mergeMethods: methods.filter(([, allowed]) => allowed).map(([method]) => method),
      deletesBranchOnMerge: raw.deleteBranchOnMerge,
      rules: ruleFacts(branch.rules),
      appId: app.appId,
      botId: app.botId,
      signsCommits: app.signsCommits,
    },
    tip: {
      commit: branch.target.oid,
      tree: branch.target.tree.oid,
      firstParent: branch.target.parents.nodes[0]?.oid ?? null,
    },
  };
}

/** A list that cannot be seen, or is too long to be read whole, proves no protection; ending goes on without. */
function ruleFacts(rules: z.output<typeof defaultBranch>['rules']): RuleFacts {
  const nodes = rules === null || rules.pageInfo.hasNextPage ? [] : rules.nodes;
  const types = new Set(nodes.map(({ type }) => type));
  const given = nodes.flatMap((node) => (node.parameters === null ? [] : [node.parameters]));
  return {
    pullRequestRequired: types.has('PULL_REQUEST'),
    codeOwnerReviewRequired: given.some((each) => each.requireCodeOwnerReview === true),
    forcePushBlocked: types.has('NON_FAST_FORWARD'),
    deletionBlocked: types.has('DELETION'),
    requiredChecks: given
      .flatMap((each) => each.requiredStatusChecks ?? [])
      .map(({ context, integrationId }) => ({ context, appId: integrationId })),
    strictChecks: given.some((each) => each.strictRequiredStatusChecksPolicy === true),
    linearHistory: types.has('REQUIRED_LINEAR_HISTORY'),
    signaturesRequired: types.has('REQUIRED_SIGNATURES'),
    mergeQueue: types.has('MERGE_QUEUE'),
    mergeMethods: allowedMethods(
      given.flatMap((each) => (each.allowedMergeMethods ? [each.allowedMergeMethods] : [])),
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
