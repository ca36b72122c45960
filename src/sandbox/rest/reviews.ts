/** Reviews of pull requests. */
import { z } from 'zod';
import { notFound } from '../errors.ts';
import {
  createReview,
  deletePendingReview,
  dismissReview,
  submitReview,
  updateReview,
} from '../operations/reviews.ts';
import { pullRequestReview, reviewComment } from '../represent/pull-request.ts';
import type { Review } from '../state.ts';
import { viewerOf } from './repositories.ts';
import { readPullRequest } from './pulls.ts';
import { json, numberParam, paginate, parseBody, pullRequestOfCall, route } from './route.ts';
import type { Answer, Call } from './route.ts';

export const reviewRoutes = [
  route('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', (call) => {
    const pullRequest = readPullRequest(call);
    const visible = pullRequest.reviews.filter((review) => isVisible(call, review));
    return paginate(call, visible, (review) => pullRequestReview(call.context, review));
  }),
  route('POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews', postReview),
  route('GET /repos/{owner}/{repo}/pulls/{pull_number}/comments', (call) => {
    const { reviewComments } = readPullRequest(call);
    const visible = reviewComments.filter(({ review }) => review.state !== 'PENDING');
    return paginate(call, visible, (comment) => reviewComment(call.context, comment));
  }),
  route('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}', (call) => {
    readPullRequest(call);
    return shown(call, reviewOf(call));
  }),
  route('PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}', (call) => {
    const { body } = parseBody(call, z.object({ body: z.string() }));
    return shown(call, updateReview(call.context, call.actor, reviewOf(call), body));
  }),
  route('DELETE /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}', (call) => {
    const review = reviewOf(call);
    deletePendingReview(call.context, call.actor, review);
    return shown(call, review);
  }),
  route('POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/events', (call) => {
    const { event, body } = parseBody(call, z.object({ event: reviewEvent, body: z.string().optional() }));
    return shown(call, submitReview(call.context, call.actor, reviewOf(call), event, body));
  }),
  route('PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals', (call) => {
    const { message } = parseBody(call, z.object({ message: z.string() }));
    return shown(call, dismissReview(call.context, call.actor, reviewOf(call), message));
  }),
];

function shown(call: Call, review: Review): Answer {
  return json(pullRequestReview(call.context, review));
}

/** A pending review is seen by its author only. */
function isVisible(call: Call, review: Review): boolean {
  return review.state !== 'PENDING' || review.author === viewerOf(call.actor);
}

function reviewOf(call: Call): Review {
  const review = pullRequestOfCall(call).reviews.find(({ id }) => id === numberParam(call, 'review_id'));
  if (review === undefined || !isVisible(call, review)) throw notFound();
  return review;
}

const reviewEvent = z.enum(['APPROVE', 'REQUEST_CHANGES', 'COMMENT']);

const reviewBody = z.object({
  event: reviewEvent.optional(),
  body: z.string().nullable().default(''),
  commit_id: z.string().optional(),
  comments: z
    .array(z.object({ path: z.string(), line: z.number().nullable().default(null), body: z.string() }))
    .default([]),
});

function postReview(call: Call): Answer {
  const { event, body, commit_id: commitId, comments } = parseBody(call, reviewBody);
  const review = createReview(call.context, call.actor, pullRequestOfCall(call), {
    body: body ?? '',
    comments,
    ...(event === undefined ? {} : { event }),
    ...(commitId === undefined ? {} : { commitId }),
  });
  return shown(call, review);
}
