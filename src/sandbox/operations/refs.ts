/** Moving refs, and what follows from it for pull requests, activity and listeners. */
import type { AccountActor } from '../auth.ts';
import type { SandboxContext } from '../context.ts';
import { ApiError, unprocessable } from '../errors.ts';
import { commitsReachable, isFastForward } from '../git/history.ts';
import { RefRefused } from '../git/refs.ts';
import { violations } from '../rules.ts';
import type { RefChange } from '../rules.ts';
import { pullRequests } from '../state.ts';
import type { Activity, PullRequest, Repository, User } from '../state.ts';
import { openCheckSuites } from './checks.ts';
import { closeFor, headMoved, mergedByPush } from './synchronize.ts';

const zeros = '0'.repeat(40);

/**
 * Moves a ref after asking the rulesets, and lets everything follow that follows on GitHub.
 * @throws ApiError 422 where a rule forbids it or the ref is not where it is expected
 */
export function changeRef(
  context: SandboxContext,
  actor: AccountActor,
  change: RefChange,
  type?: Activity['type'],
): void {
  assertAllowed(context, actor, change);
  try {
    change.repository.git.updateRef(change.ref, change.after, change.before);
  } catch (error) {
    if (error instanceof RefRefused) throw unprocessable(`Reference update failed: ${error.message}`);
    throw error;
  }
  refMoved(context, actor.user, change, type);
}

/** @throws ApiError 422 naming every rule that the change violates */
function assertAllowed(context: SandboxContext, actor: AccountActor, change: RefChange): void {
  const violated = violations(context, actor, change);
  if (violated.length === 0) return;
  throw new ApiError(422, `Repository rule violations found\n\n${violated.join('\n\n')}\n\n`, {
    errors: violated,
  });
}

/** What follows once git has moved a ref: record, pull requests, events. */
export function refMoved(
  context: SandboxContext,
  user: User,
  change: Pick<RefChange, 'repository' | 'ref' | 'before' | 'after' | 'merge'>,
  type: Activity['type'] = activityType(change),
): void {
  const { repository, ref, before, after } = change;
  const now = context.clock.now();
  repository.pushedAt = now;
  repository.activities.push(
    context.state.create('RA', {
      ref,
      before: before ?? zeros,
      after: after ?? zeros,
      type,
      actor: user,
      timestamp: now,
    }),
  );
  if (before === null) context.emit({ event: 'create', repository, ref, sender: user });
  if (after === null) context.emit({ event: 'delete', repository, ref, sender: user });
  context.emit({ event: 'push', repository, ref, before, after, sender: user });
  if (!ref.startsWith('refs/heads/')) return;
  const branch = ref.slice('refs/heads/'.length);
  if (after !== null) openCheckSuites(context, repository, after, branch, user);
  updatePullRequests(context, user, change, branch);
}

function activityType({
  repository,
  before,
  after,
}: Pick<RefChange, 'repository' | 'before' | 'after'>): Activity['type'] {
  if (before === null) return 'branch_creation';
  if (after === null) return 'branch_deletion';
  return isFastForward(repository.git, before, after) ? 'push' : 'force_push';
}

function updatePullRequests(
  context: SandboxContext,
  user: User,
  change: Pick<RefChange, 'repository' | 'after' | 'before' | 'merge'>,
  branch: string,
): void {
  const { repository, before, after, merge } = change;
  for (const pullRequest of openPullRequestsFrom(repository, branch)) {
    if (after === null) closeFor(context, user, pullRequest, { headRefDeleted: branch });
    else headMoved(context, user, pullRequest, before, after);
  }
  const against = pullRequests(repository).filter(
    ({ state, baseRef }) => state === 'open' && baseRef === branch,
  );
  if (against.length === 0) return;
  const known = before === null ? [] : [before];
  const arrived = new Set(
    after === null ? [] : commitsReachable(repository.git, [after], known).map(({ sha }) => sha),
  );
  for (const pullRequest of against) {
    pullRequest.mergeabilityAsked = false;
    if (after === null) closeFor(context, user, pullRequest, {});
    else if (merge?.pullRequest !== pullRequest) mergedByPush(context, user, pullRequest, after, arrived);
  }
}

/** Open pull requests whose head is this branch, in this repository or in the one that it was forked from. */
function openPullRequestsFrom(repository: Repository, branch: string): PullRequest[] {
  const bases = repository.parent === null ? [repository] : [repository, repository.parent];
  return bases
    .flatMap((base) => pullRequests(base))
    .filter(
      (pullRequest) =>
        pullRequest.state === 'open' &&
        pullRequest.headRepository === repository &&
        pullRequest.headRef === branch,
    );
}
