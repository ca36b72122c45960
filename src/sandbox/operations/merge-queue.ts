/**
 * A small merge queue: one group per pull request, each built on the one before it. A group lands when the required
 * checks have passed on its commit.
 */
import { authorizeWrite } from '../access.ts';
import type { Actor } from '../auth.ts';
import { requirementMet } from '../checks.ts';
import type { SandboxContext } from '../context.ts';
import { unprocessable } from '../errors.ts';
import { effectiveRules } from '../rules.ts';
import type {
  MergeMethod,
  MergeQueueEntry,
  MergeQueueParameters,
  PullRequest,
  Repository,
} from '../state.ts';
import { missingReviews } from '../reviews.ts';
import { buildMerge, deleteMergedBranch } from './merge.ts';
import { removeGroup } from './merge-group.ts';
import { refMoved } from './refs.ts';
import { markMerged } from './synchronize.ts';
import { addTimelineEvent } from './timeline.ts';

const methods = { MERGE: 'merge', SQUASH: 'squash', REBASE: 'rebase' } as const satisfies Record<
  MergeQueueParameters['merge_method'],
  MergeMethod
>;

function queueRule(repository: Repository, branch: string): MergeQueueParameters | undefined {
  const rules = effectiveRules(repository, `refs/heads/${branch}`);
  return rules.map(({ rule }) => (rule.type === 'merge_queue' ? rule.parameters : undefined)).find(Boolean);
}

/**
 * A person presses "Merge when ready".
 * @throws ApiError 422 where the branch has no queue, or reviews or a clean merge are missing
 */
export function enqueuePullRequest(
  context: SandboxContext,
  actor: Actor,
  pullRequest: PullRequest,
): MergeQueueEntry {
  const { repository, baseRef, headSha } = pullRequest;
  const { git } = repository;
  const account = authorizeWrite(context.state, actor, repository, {
    app: ['merge_queues:write'],
    role: 'write',
  });
  const parameters = queueRule(repository, baseRef);
  if (parameters === undefined) throw unprocessable('The base branch does not have a merge queue enabled.');
  if (pullRequest.state === 'closed' || pullRequest.draft)
    throw unprocessable('Pull request is not mergeable.');
  if (repository.mergeQueue.some((entry) => entry.pullRequest === pullRequest)) {
    throw unprocessable('Pull request is already in the queue.');
  }
  const missing = effectiveRules(repository, `refs/heads/${baseRef}`).flatMap(({ rule }) =>
    rule.type === 'pull_request' ? missingReviews(context.state, pullRequest, rule.parameters) : [],
  );
  if (missing.length > 0) throw unprocessable(missing.join(' '));
  const baseSha =
    repository.mergeQueue.findLast((entry) => entry.pullRequest.baseRef === baseRef)?.groupSha ??
    git.branch(baseRef);
  if (baseSha === undefined) throw unprocessable('Pull request is not mergeable.');
  const groupSha = buildMerge(context, account, pullRequest, baseSha, {
    method: methods[parameters.merge_method],
  });
  const groupRef = `refs/heads/gh-readonly-queue/${baseRef}/pr-${pullRequest.number}-${baseSha}`;
  git.updateRef(groupRef, groupSha, git.refs.get(groupRef) ?? null);
  const now = context.clock.now();
  const { user } = account;
  const entry = { pullRequest, enqueuer: user, enqueuedAt: now, headSha, groupRef, groupSha, baseSha };
  repository.mergeQueue.push(entry);
  addTimelineEvent(context, pullRequest, user, { event: 'added_to_merge_queue' });
  context.emit({ event: 'pull_request', action: 'enqueued', repository, pullRequest, sender: user });
  context.emit({ event: 'merge_group', action: 'checks_requested', repository, entry, sender: user });
  advanceMergeQueue(context, repository);
  return entry;
}

/** Lands the first groups whose required checks have passed; called after every change of a check or status. */
export function advanceMergeQueue(context: SandboxContext, repository: Repository): void {
  for (let entry = repository.mergeQueue[0]; entry !== undefined; entry = repository.mergeQueue[0]) {
    const { pullRequest, groupSha } = entry;
    const ready = effectiveRules(repository, `refs/heads/${pullRequest.baseRef}`).every(
      ({ rule }) =>
        rule.type !== 'required_status_checks' ||
        rule.parameters.required_status_checks.every((required) =>
          requirementMet(repository, groupSha, required),
        ),
    );
    if (!ready) return;
    repository.mergeQueue.shift();
    if (repository.git.branch(pullRequest.baseRef) === entry.baseSha) land(context, entry);
    else invalidate(context, entry);
  }
}

function land(context: SandboxContext, entry: MergeQueueEntry): void {
  const { pullRequest, groupSha: after, baseSha: before, enqueuer } = entry;
  const { repository } = pullRequest;
  const ref = `refs/heads/${pullRequest.baseRef}`;
  const merge = { pullRequest, method: 'merge', queued: true } as const;
  repository.git.updateRef(ref, after, before);
  refMoved(context, enqueuer, { repository, ref, before, after, merge }, 'merge_queue_merge');
  markMerged(context, enqueuer, pullRequest, after);
  removeGroup(context, entry, 'merged');
  deleteMergedBranch(context, { kind: 'user', user: enqueuer }, pullRequest);
}

/** The base moved past the queue: the group no longer stands on it. */
function invalidate(context: SandboxContext, entry: MergeQueueEntry): void {
  const { pullRequest, enqueuer: sender } = entry;
  const { repository } = pullRequest;
  addTimelineEvent(context, pullRequest, sender, {
    event: 'removed_from_merge_queue',
    reason: 'Base branch moved',
  });
  removeGroup(context, entry, 'invalidated');
  context.emit({
    event: 'pull_request',
    action: 'dequeued',
    repository,
    pullRequest,
    reason: 'QUEUE_CLEARED',
    sender,
  });
}
