/**
 * Lands a revert pull request: branch, commit, pull request, merge. Whatever of it is refused, the access still goes: one
 * direct commit takes the grants off the default branch, and the pull request follows for the record.
 */
import { GitHubError } from '../github/errors.ts';
import type { RepositoryPort } from '../github/port.ts';
import type { BranchWorld, RevertFacts } from '../lifecycle/facts.ts';
import { mergeMethod } from '../lifecycle/pull-request.ts';
import type { Revert } from '../lifecycle/revert.ts';
import type { ReconcileContext } from './reconcile.ts';

export interface Landed {
  /** The pull request or commit that ended the access; null where the branch moved and nothing was done yet. */
  readonly by: string | null;
  /** True where requests and grants are gone, false where the requests are still to follow. */
  readonly complete: boolean;
}

/** Null where nothing could be done now, and trying again at once would not help. */
export async function landRevert(
  port: RepositoryPort,
  world: BranchWorld,
  revert: Revert,
  context: ReconcileContext,
): Promise<Landed | null> {
  try {
    const number = await landPullRequest(port, world, revert);
    if (number !== null) return { by: `#${number}`, complete: true };
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    context.log.warn({ err: error, branch: revert.branch }, 'the revert pull request did not land');
  }
  return await removeDirectly(port, world, revert, context);
}

/** The number of the pull request that landed; null where a step was refused. */
async function landPullRequest(
  port: RepositoryPort,
  world: BranchWorld,
  revert: Revert,
): Promise<number | null> {
  const method = mergeMethod(world.repository);
  if (method === null) return null;
  const head = await ownHead(port, world, revert);
  if (head === null) return null;
  const number = await port.openPullRequest(revert.branch, revert.title, revert.body);
  const merged = await port.merge(number, head, method, `${revert.title} (#${number})`, revert.commitBody);
  if (merged.kind !== 'merged') return null;
  if (!world.repository.deletesBranchOnMerge) await port.deleteBranch(revert.branch);
  return number;
}

/** The commit that deletes exactly what has ended, on a branch that holds nothing else. */
async function ownHead(port: RepositoryPort, world: BranchWorld, revert: Revert): Promise<string | null> {
  const existing = world.reverts.find(({ headRef }) => headRef === revert.branch);
  if (existing !== undefined) {
    if (isOwnCommit(existing, world, revert)) return existing.head.sha;
    // Somebody else pushed to the branch, or made it beforehand: nothing of it is used.
    await port.deleteBranch(revert.branch);
  }
  if ((await port.createBranch(revert.branch, world.tip.sha)) === 'exists') return null;
  const outcome = await port.commit({
    branch: revert.branch,
    expectedHead: world.tip.sha,
    headline: revert.title,
    body: revert.commitBody,
    additions: [],
    deletions: revert.deletions,
  });
  return outcome.kind === 'committed' ? outcome.sha : null;
}

/** Whether the branch of a run that was interrupted holds the very commit that this run would make. */
function isOwnCommit({ head }: RevertFacts, { repository }: BranchWorld, revert: Revert): boolean {
  const signed = head.signedByGitHub || !repository.signsCommits;
  return (
    signed &&
    head.author?.id === repository.botId &&
    head.message.trim() === `${revert.title}\n\n${revert.commitBody}`.trim()
  );
}

async function removeDirectly(
  port: RepositoryPort,
  world: BranchWorld,
  revert: Revert,
  context: ReconcileContext,
): Promise<Landed | null> {
  if (revert.grantDeletions.length === 0) return null;
  const outcome = await port.commit({
    branch: world.repository.defaultBranch,
    expectedHead: world.tip.sha,
    headline: revert.title,
    body: revert.commitBody,
    additions: [],
    deletions: revert.grantDeletions,
  });
  switch (outcome.kind) {
    case 'committed':
      return { by: outcome.sha, complete: false };
    case 'lost-race':
      return { by: null, complete: false };
    case 'refused':
      context.log.error({ outcome }, 'access that has ended could not be taken off the default branch');
      context.observe.alerted('merge-refused');
      return null;
  }
}
