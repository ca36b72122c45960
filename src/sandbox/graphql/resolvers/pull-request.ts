/** Pull requests. */
import type * as GitHub from '@octokit/graphql-schema';
import { formatInstant, type Instant } from '../../../base/instant.ts';
import { canSee } from '../../access.ts';
import { mergeable } from '../../operations/merge.ts';
import { canPush, latestOpinionatedReviews } from '../../reviews.ts';
import { nodeId } from '../../state.ts';
import type { PullRequest, Repository } from '../../state.ts';
import { connect } from '../connection.ts';
import type { Context, Fields, PullRequestCommit, ReviewRequest } from '../context.ts';
import { commitWith, refNamed } from '../git-objects.ts';
import { given } from '../given.ts';
import { requireMembers, requireRead } from '../permissions.ts';
import { commitsOf, filesOf } from '../pull-request-commits.ts';
import { reviewDecision } from '../review-decision.ts';
import { stateOf } from '../select-pull-requests.ts';
import { timelineOf } from '../timeline.ts';
import { rollupOn } from './check.ts';

/** GitHub lists no more files and no more commits of a pull request than these, the oldest commits first. */
const mostFiles = 3_000;
const mostCommits = 250;

export const pullRequestFields: Fields<'PullRequest'> = {
  id: (pullRequest) => pullRequest.nodeId,
  databaseId: (pullRequest) => pullRequest.id,
  fullDatabaseId: (pullRequest) => String(pullRequest.id),
  number: (pullRequest) => pullRequest.number,
  title: (pullRequest) => pullRequest.title,
  body: (pullRequest) => pullRequest.body ?? '',
  url: ({ repository, number }, _args, { sandbox }) =>
    `${sandbox.baseUrl}/${repository.owner.login}/${repository.name}/pull/${number}`,
  repository: (pullRequest) => pullRequest.repository,
  author: (pullRequest) => pullRequest.author,
  state: stateOf,
  isDraft: (pullRequest) => pullRequest.draft,
  closed: (pullRequest) => pullRequest.state === 'closed',
  merged: (pullRequest) => pullRequest.mergedAt !== null,
  createdAt: (pullRequest) => formatInstant(pullRequest.createdAt),
  updatedAt: (pullRequest) => formatInstant(pullRequest.updatedAt),
  closedAt: (pullRequest) => time(pullRequest.closedAt),
  mergedAt: (pullRequest) => time(pullRequest.mergedAt),
  mergedBy: (pullRequest) => pullRequest.mergedBy,
  mergeCommit: ({ repository, mergeCommitSha }) =>
    mergeCommitSha === null ? null : commitWith(repository, mergeCommitSha),
  viewerDidAuthor: (pullRequest, _args, { actor }) => pullRequest.author === actor.user,

  baseRefName: (pullRequest) => pullRequest.baseRef,
  // As of the last push to the head, however far the base has moved since (facts §3).
  baseRefOid: (pullRequest) => pullRequest.baseSha,
  baseRef: ({ repository, baseRef }) => refNamed(repository, `refs/heads/${baseRef}`),
  baseRepository: (pullRequest) => pullRequest.repository,
  headRefName: (pullRequest) => pullRequest.headRef,
  headRefOid: (pullRequest) => pullRequest.headSha,
  headRef(pullRequest, _args, context) {
    const fork = visibleHead(context, pullRequest);
    return fork === null ? null : refNamed(fork, `refs/heads/${pullRequest.headRef}`);
  },
  headRepository: (pullRequest, _args, context) => visibleHead(context, pullRequest),
  isCrossRepository: ({ repository, headRepository }) => headRepository !== repository,

  mergeable: (pullRequest) => {
    const answer = mergeable(pullRequest);
    if (answer === null) return 'UNKNOWN';
    return answer ? 'MERGEABLE' : 'CONFLICTING';
  },
  isInMergeQueue: (pullRequest) =>
    pullRequest.repository.mergeQueue.some((entry) => entry.pullRequest === pullRequest),
  reviewDecision: (pullRequest, _args, { sandbox }) => reviewDecision(sandbox.state, pullRequest),

  changedFiles: (pullRequest) => filesOf(pullRequest).length,
  files(pullRequest, args: GitHub.PullRequestFilesArgs, _context, info) {
    const files = filesOf(pullRequest);
    return connect(files.slice(0, mostFiles), args, info, ({ path }) => path);
  },
  commits(pullRequest, args: GitHub.PullRequestCommitsArgs, _context, info) {
    const commits = commitsOf(pullRequest);
    const page = connect(commits.slice(0, mostCommits), args, info, ({ sha }) => sha, {
      node: (commit): PullRequestCommit => ({ __typename: 'PullRequestCommit', pullRequest, commit }),
    });
    return Object.assign(page, { totalCount: commits.length });
  },
  statusCheckRollup({ repository, headSha }, _args, context) {
    requireRead(context, repository, 'checks:read');
    requireRead(context, repository, 'statuses:read');
    return rollupOn(repository, headSha);
  },

  reviews(pullRequest, args: GitHub.PullRequestReviewsArgs, { actor }, info) {
    const reviews = pullRequest.reviews.filter(
      ({ state, author }) =>
        (state !== 'PENDING' || author === actor.user) &&
        (!given(args.states) || args.states.includes(state)) &&
        (!given(args.author) || author.login === args.author),
    );
    return connect(reviews, args, info, ({ id }) => id);
  },
  latestOpinionatedReviews(pullRequest, args: GitHub.PullRequestLatestOpinionatedReviewsArgs, context, info) {
    const { state } = context.sandbox;
    const reviews = latestOpinionatedReviews(pullRequest).filter(
      ({ author }) => args.writersOnly !== true || canPush(state, pullRequest, author),
    );
    return connect(reviews, args, info, ({ id }) => id);
  },
  reviewRequests: (pullRequest, args: GitHub.PullRequestReviewRequestsArgs, _context, info) =>
    connect(pullRequest.reviewRequests, args, info, ({ reviewer }) => reviewer.id, {
      node: (request): ReviewRequest => ({ pullRequest, request }),
    }),
  comments(pullRequest, args: GitHub.PullRequestCommentsArgs, context, info) {
    requireRead(context, pullRequest.repository, 'issues:read', 'pull_requests:read');
    const newestFirst = args.orderBy?.direction === 'DESC';
    const comments = newestFirst ? pullRequest.comments.toReversed() : pullRequest.comments;
    return connect(comments, args, info, ({ id }) => id);
  },
  timelineItems(pullRequest, args: GitHub.PullRequestTimelineItemsArgs, _context, info) {
    const items = timelineOf(pullRequest, args);
    const page = connect(items, args, info, ({ key }) => key, { node: ({ item }) => item });
    return Object.assign(page, {
      filteredCount: items.length,
      updatedAt: formatInstant(pullRequest.updatedAt),
    });
  },
};

export const pullRequestCommitFields: Fields<'PullRequestCommit'> = {
  id: ({ pullRequest, commit }) => nodeId('PRC', `${pullRequest.id}:${commit.sha}`),
  pullRequest: ({ pullRequest }) => pullRequest,
  commit: ({ pullRequest, commit }) => commitWith(pullRequest.repository, commit.sha),
};

export const changedFileFields: Fields<'PullRequestChangedFile'> = {
  path: ({ path }) => path,
  changeType: ({ status }) => (status === 'removed' ? 'DELETED' : status.toUpperCase()),
  additions: ({ lines }) => lines().additions,
  deletions: ({ lines }) => lines().deletions,
};

export const reviewRequestFields: Fields<'ReviewRequest'> = {
  id: ({ pullRequest, request }) => nodeId('RR', `${pullRequest.id}:${request.reviewer.id}`),
  pullRequest: ({ pullRequest }) => pullRequest,
  asCodeOwner: ({ request }) => request.asCodeOwner,
  requestedReviewer({ request }, _args, context) {
    const { reviewer } = request;
    if ('slug' in reviewer) requireMembers(context, reviewer.organization);
    return reviewer;
  },
};

/** The repository of the head, which may be a fork that the asker cannot see. */
function visibleHead({ sandbox, actor }: Context, { headRepository }: PullRequest): Repository | null {
  return headRepository !== null && canSee(sandbox.state, actor, headRepository) ? headRepository : null;
}

function time(instant: Instant | null): string | null {
  return instant === null ? null : formatInstant(instant);
}
