import { z } from 'zod';
import type { MergeMethod, RepositoryFacts } from '../../lifecycle/facts.ts';
import { NotFound } from '../errors.ts';
import type { RepositoryContext } from '../context.ts';
import { id, oid } from '../schema.ts';
import { readRules, rulesShape } from './rules.ts';

const defaultBranch = z.object({
  name: z.string(),
  target: z.object({
    oid,
    tree: z.object({ oid }),
    parents: z.object({ nodes: z.array(z.object({ oid })) }),
  }),
  rules: rulesShape,
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

/**
 * The repository and its tip, kept in memory for what needs only its name.
 * @throws NotFound where the repository holds no commit yet.
 */
export async function repositoryFacts(
  context: RepositoryContext,
  raw: RawRepository,
): Promise<{ readonly repository: RepositoryFacts; readonly tip: TipId }> {
  const branch = raw.defaultBranchRef;
  if (branch === null) {
    throw new NotFound(`${raw.owner.login}/${raw.name} has no default branch; push a first commit`);
  }
  const methods: readonly (readonly [MergeMethod, boolean])[] = [
    ['merge', raw.mergeCommitAllowed],
    ['squash', raw.squashMergeAllowed],
    ['rebase', raw.rebaseMergeAllowed],
  ];
  const { app } = context;
  const repository: RepositoryFacts = {
    id: raw.databaseId,
    owner: raw.owner.login,
    name: raw.name,
    defaultBranch: branch.name,
    archived: raw.isArchived,
    mergeMethods: methods.filter(([, allowed]) => allowed).map(([method]) => method),
    deletesBranchOnMerge: raw.deleteBranchOnMerge,
    rules: await readRules(context, branch.name, branch.rules),
    appId: app.appId,
    botId: app.botId,
    signsCommits: app.signsCommits,
  };
  const { oid: commit, tree, parents } = branch.target;
  const tip = { commit, tree: tree.oid, firstParent: parents.nodes[0]?.oid ?? null };
  context.memory.keepRepository(repository, tip);
  return { repository, tip };
}
