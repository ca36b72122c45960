/** Who is asked to review: code owners by themselves, others by hand. */
import { authorizeWrite, includes, repositoryPermission } from '../access.ts';
import type { Actor } from '../auth.ts';
import type { SandboxContext } from '../context.ts';
import { unprocessable } from '../errors.ts';
import { codeOwnersOfChanges } from '../reviews.ts';
import type { PullRequest, Team, User } from '../state.ts';
import { addTimelineEvent } from './timeline.ts';

/** Asks the code owners of the changed files who were not asked before and have not reviewed. */
export function requestCodeOwners(context: SandboxContext, sender: User, pullRequest: PullRequest): void {
  const owners = [...codeOwnersOfChanges(context.state, pullRequest).values()].flat();
  const reviewed = pullRequest.reviews.map(({ author }) => author);
  for (const owner of new Set(owners)) {
    const asked = pullRequest.reviewRequests.some(({ reviewer }) => reviewer === owner);
    if (asked || owner === pullRequest.author || reviewed.some((author) => author === owner)) continue;
    ask(context, sender, pullRequest, owner, true);
  }
}

/**
 * Asks people and teams by hand.
 * @throws ApiError 422 for the author and for who cannot see the repository
 */
export function requestReviewers(
  context: SandboxContext,
  actor: Actor,
  pullRequest: PullRequest,
  reviewers: readonly (User | Team)[],
): void {
  const { state } = context;
  const { user } = authorizeWrite(state, actor, pullRequest.repository, {
    app: ['pull_requests:write'],
    role: 'write',
  });
  for (const reviewer of reviewers) {
    if (reviewer === pullRequest.author)
      throw unprocessable('Review cannot be requested from pull request author.');
    if (
      !('slug' in reviewer) &&
      !includes(repositoryPermission(state, pullRequest.repository, reviewer), 'read')
    ) {
      throw unprocessable(
        'Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the repository.',
      );
    }
    ask(context, user, pullRequest, reviewer, false);
  }
}

/** Takes back requests for review. */
export function removeReviewRequests(
  context: SandboxContext,
  actor: Actor,
  pullRequest: PullRequest,
  reviewers: readonly (User | Team)[],
): void {
  authorizeWrite(context.state, actor, pullRequest.repository, {
    app: ['pull_requests:write'],
    role: 'write',
  });
  pullRequest.reviewRequests = pullRequest.reviewRequests.filter(
    ({ reviewer }) => !reviewers.includes(reviewer),
  );
}

function ask(
  context: SandboxContext,
  sender: User,
  pullRequest: PullRequest,
  reviewer: User | Team,
  asCodeOwner: boolean,
): void {
  if (pullRequest.reviewRequests.some((request) => request.reviewer === reviewer)) return;
  const { repository } = pullRequest;
  pullRequest.reviewRequests = [...pullRequest.reviewRequests, { reviewer, asCodeOwner }];
  addTimelineEvent(context, pullRequest, sender, { event: 'review_requested', reviewer });
  context.emit({
    event: 'pull_request',
    action: 'review_requested',
    repository,
    pullRequest,
    reviewer,
    sender,
  });
}
