/** Reviews: written, submitted, edited, dismissed. */
import { authorize, authorizeWrite } from '../access.ts';
import { requireAccount } from '../auth.ts';
import type { AccountActor, Actor } from '../auth.ts';
import type { SandboxContext } from '../context.ts';
import { forbidden, notFound, unprocessable } from '../errors.ts';
import type { PullRequest, Review, ReviewComment } from '../state.ts';
import { addTimelineEvent } from './timeline.ts';

/** What a reviewer says; left out, the review stays pending. */
export type ReviewEvent = 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT';

export interface NewReview {
  readonly event?: ReviewEvent;
  readonly body: string;
  /** The commit that was looked at; the head where left out. */
  readonly commitId?: string;
  readonly comments?: readonly {
    readonly path: string;
    readonly line: number | null;
    readonly body: string;
  }[];
}

const submittedStates = {
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  COMMENT: 'COMMENTED',
} as const;

/**
 * Writes a review. Whoever can read may review, also after the merge (facts §3).
 * @throws ApiError 422 for authors who judge their own pull request
 */
export function createReview(
  context: SandboxContext,
  actor: Actor,
  pullRequest: PullRequest,
  input: NewReview,
): Review {
  const { repository } = pullRequest;
  const { user } = authorizeReview(context, actor, pullRequest);
  const commitId = input.commitId ?? pullRequest.headSha;
  if (repository.git.readCommit(commitId) === undefined)
    throw unprocessable('The given commit_id is not part of the pull request');
  if (pullRequest.reviews.some((review) => review.author === user && review.state === 'PENDING')) {
    throw unprocessable('User can only have one pending review per pull request');
  }
  assertMayJudge(pullRequest, user, input.event, input.body);
  const now = context.clock.now();
  const review: Review = context.state.create('PRR', {
    pullRequest,
    author: user,
    state: 'PENDING',
    body: input.body,
    commitId,
    createdAt: now,
    submittedAt: null,
    updatedAt: now,
    lastEditedAt: null,
    editor: null,
  });
  pullRequest.reviews.push(review);
  for (const comment of input.comments ?? []) {
    const created: ReviewComment = context.state.create('PRRC', {
      ...comment,
      review,
      author: user,
      commitId,
      createdAt: now,
      updatedAt: now,
    });
    pullRequest.reviewComments.push(created);
  }
  if (input.event !== undefined) submit(context, review, input.event);
  return review;
}

function authorizeReview(context: SandboxContext, actor: Actor, pullRequest: PullRequest): AccountActor {
  authorize(context.state, actor, pullRequest.repository, { app: ['pull_requests:write'], role: 'read' });
  if (pullRequest.repository.archived) throw forbidden('Repository was archived so is read-only.');
  return requireAccount(actor);
}

function assertMayJudge(
  pullRequest: PullRequest,
  user: AccountActor['user'],
  event: ReviewEvent | undefined,
  body: string,
): void {
  const judges = event === 'APPROVE' || event === 'REQUEST_CHANGES';
  if (judges && user === pullRequest.author) {
    throw unprocessable(
      `Can not ${event === 'APPROVE' ? 'approve' : 'request changes on'} your own pull request`,
    );
  }
  if (event !== undefined && event !== 'APPROVE' && body === '') throw unprocessable('Body cannot be blank');
}

function submit(context: SandboxContext, review: Review, event: ReviewEvent): void {
  const { pullRequest, author } = review;
  const now = context.clock.now();
  review.state = submittedStates[event];
  review.submittedAt = now;
  review.updatedAt = now;
  pullRequest.updatedAt = now;
  // GitHub takes a person off the list once they have reviewed; their teams stay unless one member was asked for.
  pullRequest.reviewRequests = pullRequest.reviewRequests.filter(
    ({ reviewer }) => reviewer !== author && !('slug' in reviewer && reviewer.members.has(author.id)),
  );
  const { repository } = pullRequest;
  context.emit({ event: 'pull_request_review', action: 'submitted', repository, review, sender: author });
}

/** Submits a pending review of one's own. */
export function submitReview(
  context: SandboxContext,
  actor: Actor,
  review: Review,
  event: ReviewEvent,
  body: string = review.body,
): Review {
  const { user } = authorizeReview(context, actor, review.pullRequest);
  if (review.author !== user) throw notFound();
  if (review.state !== 'PENDING')
    throw unprocessable('Can not submit a review that has been submitted already');
  assertMayJudge(review.pullRequest, user, event, body);
  review.body = body;
  // The commit is the one that stands at the head now, not the one at which the review was begun.
  review.commitId = review.pullRequest.headSha;
  submit(context, review, event);
  return review;
}

/** Changes the text of one's own review. */
export function updateReview(context: SandboxContext, actor: Actor, review: Review, body: string): Review {
  const { user } = authorizeReview(context, actor, review.pullRequest);
  if (review.author !== user) throw forbidden('Must be the author of the review.');
  const { repository } = review.pullRequest;
  const changes = { body: { from: review.body } };
  const now = context.clock.now();
  Object.assign(review, { body, updatedAt: now, lastEditedAt: now, editor: user } satisfies Partial<Review>);
  context.emit({ event: 'pull_request_review', action: 'edited', repository, review, changes, sender: user });
  return review;
}

/** Takes away what a review counts for; needs write access. */
export function dismissReview(
  context: SandboxContext,
  actor: Actor,
  review: Review,
  message: string,
): Review {
  const { pullRequest, state: previousState } = review;
  const { repository } = pullRequest;
  const { user } = authorizeWrite(context.state, actor, repository, {
    app: ['pull_requests:write'],
    role: 'write',
  });
  if (previousState !== 'APPROVED' && previousState !== 'CHANGES_REQUESTED') {
    throw unprocessable(`Can not dismiss a ${previousState.toLowerCase()} pull request review`);
  }
  review.state = 'DISMISSED';
  review.updatedAt = context.clock.now();
  addTimelineEvent(context, pullRequest, user, { event: 'review_dismissed', review, previousState, message });
  context.emit({ event: 'pull_request_review', action: 'dismissed', repository, review, sender: user });
  return review;
}

/** Deletes one's own pending review. */
export function deletePendingReview(context: SandboxContext, actor: Actor, review: Review): void {
  const { pullRequest } = review;
  const { user } = authorizeReview(context, actor, pullRequest);
  if (review.author !== user) throw notFound();
  if (review.state !== 'PENDING') throw unprocessable('Can not delete a non-pending pull request review');
  pullRequest.reviews.splice(pullRequest.reviews.indexOf(review), 1);
}
