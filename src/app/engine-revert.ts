/**
 * Lands a revert pull request: branch, commit, pull request, merge. Whatever of it is refused, the access still goes: one
 * direct commit takes the grants off the default branch, and the pull request follows for the record; or, where GitHub
 * refuses that for good, a second commit for the requests. A pull request costs four times what a commit does of what GitHub
 * lets be created in a minute: where so much ends one after the other that little of it is left, one follows for many.
 */
import { GitHubError, RetryLater } from '../github/errors.ts';
import type { RepositoryPort } from '../github/port.ts';
import type { BranchWorld, RevertFacts } from '../lifecycle/facts.ts';
import { mergeMethod } from '../lifecycle/merge-method.ts';
import type { Revert } from '../lifecycle/revert.ts';
import type { ReconcileContext } from './reconcile.ts';

/** What was taken off the default branch. */
export interface Landed {
  /** The pull request or commit that ended the access; null where the branch moved and nothing was done yet. */
  readonly by: string | null;
  /** True where requests and grants are gone, false where the requests are still to follow. */
  readonly complete: boolean;
}

/** What came of the pull request: it landed, GitHub does not want it, or it may still come. */
type Attempt =
  | { readonly kind: 'landed'; readonly number: number }
  | { readonly kind: 'refused' }
  | { readonly kind: 'later' };

/** Null where nothing could be done now, and trying again at once would not help. */
export async function landRevert(
  port: RepositoryPort,
  world: BranchWorld,
  revert: Revert,
  context: ReconcileContext,
): Promise<Landed | null> {
  const record = port.withPurpose('record');
  const attempt = await tryPullRequest(record, world, revert, context);
  if (attempt.kind === 'landed') {
    await removeBranch(record, world, revert, context);
    return { by: `#${attempt.number}`, complete: true };
  }
  if (revert.grantDeletions.length > 0) {
    return await removeDirectly(port, world, { ...revert, deletions: revert.grantDeletions }, context, false);
  }
  // Requests give no access: they wait for the pull request, unless somebody stands in its way.
  return attempt.kind === 'refused' ? await removeDirectly(port, world, revert, context, true) : null;
}

async function tryPullRequest(
  port: RepositoryPort,
  world: BranchWorld,
  revert: Revert,
  context: ReconcileContext,
): Promise<Attempt> {
  try {
    return await landPullRequest(port, world, revert);
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    context.log.warn({ err: error, branch: revert.branch }, 'the revert pull request did not land');
    return { kind: error instanceof RetryLater ? 'later' : 'refused' };
  }
}

async function landPullRequest(port: RepositoryPort, world: BranchWorld, revert: Revert): Promise<Attempt> {
  const method = mergeMethod(world.repository);
  if (method === null) return { kind: 'refused' };
  const head = await ownHead(port, world, revert);
  if (head === null) return { kind: 'later' };
  const number = await port.openPullRequest(revert.branch, revert.title, revert.body);
  const merged = await port.merge(number, head, method, `${revert.title} (#${number})`, revert.commitBody);
  switch (merged.kind) {
    case 'merged':
      return { kind: 'landed', number };
    case 'stale':
      return { kind: 'later' };
    case 'refused':
      return { kind: 'refused' };
  }
}

/** What was to end has ended: a branch that stays is deleted by another run, and does not keep this one from telling. */
async function removeBranch(
  port: RepositoryPort,
  { repository }: BranchWorld,
  { branch }: Revert,
  context: ReconcileContext,
): Promise<void> {
  if (repository.deletesBranchOnMerge) return;
  try {
    await port.deleteBranch(branch);
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    context.log.warn({ err: error, branch }, 'the branch of a revert that landed could not be deleted');
  }
}

/** The commit that deletes exactly what has ended, on a branch that holds nothing else. */
async function ownHead(port: RepositoryPort, world: BranchWorld, revert: Revert): Promise<string | null> {
  const existing = world.reverts.find(({ headRef }) => headRef === revert.branch);
  if (existing !== undefined) {
    if (await isOwnCommit(port, existing, world, revert)) return existing.head.sha;
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

/**
 * Whether the branch of a run that was interrupted holds the very commit that this run would make. Who made it proves
 * nothing: GitHub signs in our name what somebody squashes out of a pull request of ours, and what a server does not
 * sign anybody can make. So what it changes is read.
 */
async function isOwnCommit(
  port: RepositoryPort,
  { head }: RevertFacts,
  { repository, tip }: BranchWorld,
  revert: Revert,
): Promise<boolean> {
  const seemsOwn =
    (head.signedByGitHub || !repository.signsCommits) &&
    head.author?.id === repository.botId &&
    head.message.trim() === `${revert.title}\n\n${revert.commitBody}`.trim() &&
    head.parents.length === 1 &&
    head.parents[0] === tip.sha;
  if (!seemsOwn) return false;
  const files = await port.readDifference(tip.sha, head.sha);
  return (
    files !== null &&
    files.length === revert.deletions.length &&
    files.every(({ path, change }) => change === 'deleted' && revert.deletions.includes(path))
  );
}

/** Deletes what the revert names by one commit on the default branch; `complete` is what it comes to. */
async function removeDirectly(
  port: RepositoryPort,
  world: BranchWorld,
  revert: Revert,
  context: ReconcileContext,
  complete: boolean,
): Promise<Landed | null> {
  const outcome = await port.commit({
    branch: world.repository.defaultBranch,
    expectedHead: world.tip.sha,
    headline: revert.title,
    body: revert.commitBody,
    additions: [],
    deletions: revert.deletions,
  });
  switch (outcome.kind) {
    case 'committed':
      return { by: outcome.sha, complete };
    case 'lost-race':
      return { by: null, complete: false };
    case 'refused':
      context.log.error(
        { reason: 'merge-refused', outcome },
        'what has ended could not be taken off the default branch',
      );
      context.observe.alerted('merge-refused');
      return null;
  }
}
