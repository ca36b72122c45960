/** What a moved or deleted branch does to the pull requests that it belongs to. */
import type { SandboxContext } from '../context.ts';
import { isAncestor } from '../git/history.ts';
import { effectiveRules } from '../rules.ts';
import type { PullRequest, User } from '../state.ts';
import { removeGroup } from './merge-group.ts';
import { requestCodeOwners } from './review-requests.ts';
import { addTimelineEvent } from './timeline.ts';

/** A push to the head: new head and base, reviews that it makes stale, and `synchronize`. */
export function headMoved(
  context: SandboxContext,
  user: User,
  pullRequest: PullRequest,
  before: string | null,
  after: string,
): void {
  const { repository, headRepository } = pullRequest;
  if (headRepository !== null && headRepository !== repository) {
    repository.git.run(['fetch', '--quiet', headRepository.git.directory, after]);
  }
  const previous = before ?? pullRequest.headSha;
  pullRequest.headSha = after;
  pullRequest.baseSha = repository.git.branch(pullRequest.baseRef) ?? pullRequest.baseSha;
  pullRequest.mergeabilityAsked = false;
  pullRequest.updatedAt = context.clock.now();
  repository.git.writePullRequestRef(pullRequest.number, after);
  if (!isAncestor(repository.git, previous, after)) {
    addTimelineEvent(context, pullRequest, user, {
      event: 'head_ref_force_pushed',
      beforeCommit: previous,
      afterCommit: after,
    });
  }
  const sender = user;
  context.emit({
    event: 'pull_request',
    action: 'synchronize',
    repository,
    pullRequest,
    before: previous,
    after,
    sender,
  });
  dismissStaleReviews(context, user, pullRequest);
  dequeue(context, user, pullRequest, { said: 'Head branch was modified', reason: 'BRANCH_UPDATED' });
  if (!pullRequest.draft) requestCodeOwners(context, user, pullRequest);
}

function dismissStaleReviews(context: SandboxContext, user: User, pullRequest: PullRequest): void {
  const { repository } = pullRequest;
  const dismisses = effectiveRules(repository, `refs/heads/${pullRequest.baseRef}`).some(
    ({ rule }) => rule.type === 'pull_request' && rule.parameters.dismiss_stale_reviews_on_push,
  );
  if (!dismisses) return;
  for (const review of pullRequest.reviews) {
    if (review.state !== 'APPROVED' || review.commitId === pullRequest.headSha) continue;
    review.state = 'DISMISSED';
    review.updatedAt = context.clock.now();
    addTimelineEvent(context, pullRequest, user, {
      event: 'review_dismissed',
      review,
      previousState: 'APPROVED',
      message: '',
    });
    context.emit({ event: 'pull_request_review', action: 'dismissed', repository, review, sender: user });
  }
}

/** A queued pull request that is no longer what was queued leaves the queue. */
function dequeue(
  context: SandboxContext,
  sender: User,
  pullRequest: PullRequest,
  { said, reason }: { readonly said: string; readonly reason: string },
): void {
  const { repository } = pullRequest;
  const at = repository.mergeQueue.findIndex((entry) => entry.pullRequest === pullRequest);
  const entry = repository.mergeQueue[at];
  if (entry === undefined) return;
  repository.mergeQueue.splice(at, 1);
  addTimelineEvent(context, pullRequest, sender, { event: 'removed_from_merge_queue', reason: said });
  removeGroup(context, entry, 'dequeued', sender);
  context.emit({ event: 'pull_request', action: 'dequeued', repository, pullRequest, reason, sender });
}

/** Closes a pull request without merging it, because a person did or because one of its branches is gone. */
export function closeFor(
  context: SandboxContext,
  user: User,
  pullRequest: PullRequest,
  cause: { readonly headRefDeleted?: string },
): void {
  const now = context.clock.now();
  pullRequest.state = 'closed';
  pullRequest.closedAt = now;
  pullRequest.closedBy = user;
  pullRequest.updatedAt = now;
  if (cause.headRefDeleted !== undefined) {
    addTimelineEvent(context, pullRequest, user, {
      event: 'head_ref_deleted',
      headRefName: cause.headRefDeleted,
    });
  }
  addTimelineEvent(context, pullRequest, user, { event: 'closed' });
  context.emit({
    event: 'pull_request',
    action: 'closed',
    repository: pullRequest.repository,
    pullRequest,
    sender: user,
  });
  dequeue(context, user, pullRequest, { said: 'Pull request was closed', reason: 'MANUAL' });
}

/**
 * GitHub marks a pull request as merged when a push brings its head to the base branch.
 * @param arrived the commits that the push brought there
 */
export function mergedByPush(
  context: SandboxContext,
  user: User,
  pullRequest: PullRequest,
  tip: string,
  arrived: ReadonlySet<string>,
): void {
  const { repository, headSha } = pullRequest;
  if (!arrived.has(headSha)) return;
  const merges = repository.git.commit(tip).parents.includes(headSha);
  markMerged(context, user, pullRequest, merges ? tip : headSha);
}

/** Records a merge that git has done already. */
export function markMerged(
  context: SandboxContext,
  user: User,
  pullRequest: PullRequest,
  mergeCommit: string,
): void {
  const { repository } = pullRequest;
  const now = context.clock.now();
  Object.assign(pullRequest, {
    state: 'closed',
    closedAt: now,
    closedBy: user,
    mergedAt: now,
    mergedBy: user,
    mergeCommitSha: mergeCommit,
    updatedAt: now,
  } satisfies Partial<PullRequest>);
  repository.mergeLinks.set(mergeCommit, { pullRequest, visibleAt: now + context.settings.linkDelay });
  addTimelineEvent(context, pullRequest, user, {
    event: 'merged',
    commitId: mergeCommit,
    mergeRefName: pullRequest.baseRef,
  });
  addTimelineEvent(context, pullRequest, user, { event: 'closed' });
  context.emit({ event: 'pull_request', action: 'closed', repository, pullRequest, sender: user });
}
