/** Reviews and comments of pull requests. */
import type * as GitHub from '@octokit/graphql-schema';
import { formatInstant, type Instant } from '../../../base/instant.ts';
import { isTeamMember } from '../../access.ts';
import { canPush } from '../../reviews.ts';
import type { PullRequest, Review, Team } from '../../state.ts';
import { connect } from '../connection.ts';
import type { Fields } from '../context.ts';
import { commitWith } from '../git-objects.ts';
import { requireMembers } from '../permissions.ts';

export const reviewFields: Fields<'PullRequestReview'> = {
  id: (review) => review.nodeId,
  databaseId: (review) => review.id,
  fullDatabaseId: (review) => String(review.id),
  pullRequest: (review) => review.pullRequest,
  author: (review) => review.author,
  authorCanPushToRepository: (review, _args, { sandbox }) =>
    canPush(sandbox.state, review.pullRequest, review.author),
  state: (review) => review.state,
  body: (review) => review.body,
  commit: (review) => commitWith(review.pullRequest.repository, review.commitId),
  createdAt: (review) => formatInstant(review.createdAt),
  submittedAt: (review) => time(review.submittedAt),
  updatedAt: (review) => formatInstant(review.updatedAt),
  lastEditedAt: (review) => time(review.lastEditedAt),
  editor: (review) => review.editor,
  viewerDidAuthor: (review, _args, { actor }) => review.author === actor.user,
  onBehalfOf(review, args: GitHub.PullRequestReviewOnBehalfOfArgs, context, info) {
    const { owner } = review.pullRequest.repository;
    if (owner.type === 'Organization') requireMembers(context, owner);
    return connect(teamsAskedFor(review), args, info, ({ id }) => id);
  },
};

/** The teams that were asked for a review and of which the reviewer is a member. */
function teamsAskedFor({ pullRequest, author }: Review): Team[] {
  const asked = pullRequest.timeline.flatMap((event) =>
    event.event === 'review_requested' && 'slug' in event.reviewer ? [event.reviewer] : [],
  );
  return [...new Set(asked)].filter((team) => isTeamMember(team, author));
}

export const commentFields: Fields<'IssueComment'> = {
  id: (comment) => comment.nodeId,
  databaseId: (comment) => comment.id,
  fullDatabaseId: (comment) => String(comment.id),
  author: (comment) => comment.author,
  body: (comment) => comment.body,
  createdAt: (comment) => formatInstant(comment.createdAt),
  updatedAt: (comment) => formatInstant(comment.updatedAt),
  lastEditedAt: (comment) => time(comment.lastEditedAt),
  editor: (comment) => comment.editor,
  includesCreatedEdit: (comment) => comment.lastEditedAt !== null,
  viewerDidAuthor: (comment, _args, { actor }) => comment.author === actor.user,
  repository: (comment) => comment.issue.repository,
  pullRequest: (comment): PullRequest | null =>
    comment.issue.kind === 'pull-request' ? comment.issue : null,
};

function time(instant: Instant | null): string | null {
  return instant === null ? null : formatInstant(instant);
}
