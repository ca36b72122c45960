/** How a pull request reached the default branch: which commits it put there, and what stood there before. */
import { z } from 'zod';
import { repositoryParameters, repositoryVariables, type RepositoryContext } from '../context.ts';
import { NotFound } from '../errors.ts';
import { rebaseQuery } from '../queries/landings.ts';
import { instant, oid } from '../schema.ts';
import { sameText } from '../texts.ts';
import { pullRequestShape } from './pull-request-shape.ts';

const treeOf = z.object({ oid, tree: z.object({ oid }) });

/** A pull request with the commit that merged it. */
export const mergedShape = pullRequestShape.extend({
  merge: treeOf.extend({ parents: z.object({ nodes: z.array(treeOf) }) }).nullable(),
});

/** The same, checked. */
export type RawMerged = z.output<typeof mergedShape>;

/** What a merge did to the default branch. */
export interface Merge {
  readonly commit: string;
  /** Every commit that it put on the default branch, as they are called there. */
  readonly commits: ReadonlySet<string>;
  /** The trees of the default branch before it, null where there was none, and after it. */
  readonly before: string | null;
  readonly after: string;
}

/** The merge of a pull request into `branch`; null where it was not merged there. */
export async function readMerge(
  context: RepositoryContext,
  raw: RawMerged,
  branch: string,
): Promise<Merge | null> {
  const { merge } = raw;
  if (merge === null || raw.state !== 'MERGED' || raw.baseRefName !== branch) return null;
  const [parent] = merge.parents.nodes;
  const whole = { commit: merge.oid, after: merge.tree.oid };
  const own = raw.commits.nodes.map(({ commit }) => commit.oid);
  if (merge.parents.nodes.length === 1 && raw.commits.totalCount > 1) {
    const rebased = await readRebase(context, raw.number, merge.oid);
    if (rebased !== null) return { ...whole, commits: new Set(rebased.commits), before: rebased.before };
  }
  return { ...whole, commits: new Set([merge.oid, ...own]), before: parent?.tree.oid ?? null };
}

const written = { message: z.string(), authoredDate: instant };

const rebaseShape = z.object({
  repository: z.object({
    pullRequest: z.object({ commits: z.object({ nodes: z.array(z.object({ commit: z.object(written) })) }) }),
    object: z.object({
      history: z.object({
        nodes: z.array(z.object({ ...written, oid, parents: z.object({ nodes: z.array(treeOf) }) })),
      }),
    }),
  }),
});

/**
 * The commits that a rebase made, if `merge` is the last of them; null where it is a squash. A rebase keeps every
 * message and author date and leaves out what changes nothing. Taking a squash for a rebase would only show more
 * changes than there were, and more than one change is refused.
 */
async function readRebase(
  context: RepositoryContext,
  number: number,
  merge: string,
): Promise<{ readonly commits: readonly string[]; readonly before: string | null } | null> {
  const { data } = await context.client.query(
    `read how pull request #${number} of ${context.fullName} was merged`,
    rebaseQuery,
    { ...repositoryVariables(context), number, merge },
    rebaseShape,
  );
  const original = data.repository.pullRequest.commits.nodes.map(({ commit }) => commit);
  const rebased: z.output<typeof rebaseShape>['repository']['object']['history']['nodes'] = [];
  let next = original.length - 1;
  for (const commit of data.repository.object.history.nodes) {
    const match = original.findLastIndex(
      ({ message, authoredDate }, index) =>
        index <= next && sameText(message, commit.message) && authoredDate === commit.authoredDate,
    );
    if (match === -1) break;
    rebased.push(commit);
    next = match - 1;
  }
  const first = rebased.at(-1);
  if (first === undefined) return null;
  return { commits: rebased.map((commit) => commit.oid), before: first.parents.nodes[0]?.tree.oid ?? null };
}

/** Whether a commit is in the history of the tip. */
export async function isInHistory(context: RepositoryContext, commit: string, tip: string): Promise<boolean> {
  try {
    const data = await context.client.get(
      `compare ${commit} with the default branch of ${context.fullName}`,
      'GET /repos/{owner}/{repo}/compare/{basehead}',
      // The second page of one: neither commits nor files are wanted.
      { ...repositoryParameters(context), basehead: `${commit}...${tip}`, per_page: 1, page: 2 },
      z.object({ behind_by: z.int() }),
    );
    return data.behind_by === 0;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}
