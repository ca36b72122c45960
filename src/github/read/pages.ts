/** The lists of a pull request over all their pages. */
import { z } from 'zod';
import { repositoryVariables, type RepositoryContext } from '../context.ts';
import { RetryLater } from '../errors.ts';
import { pullRequestPagesQuery } from '../queries/pull-request.ts';
import { oid } from '../schema.ts';
import {
  commentsShape,
  filesShape,
  reviewsShape,
  type RawComment,
  type RawFile,
  type RawPullRequest,
  type RawReview,
} from './pull-request-shape.ts';

/** The lists, each whole. */
export interface PullRequestLists {
  readonly files: readonly RawFile[];
  readonly reviews: readonly RawReview[];
  readonly comments: readonly RawComment[];
}

const answerShape = z.object({
  repository: z.object({
    pullRequest: z.object({
      headRefOid: oid,
      files: filesShape.nullish(),
      latestOpinionatedReviews: reviewsShape.nullish(),
      comments: commentsShape.nullish(),
    }),
  }),
});

/**
 * Reads on whichever of the lists did not end on the first page.
 * @throws RetryLater where the head moves meanwhile: the pages would belong to different states.
 */
export async function readLists(context: RepositoryContext, raw: RawPullRequest): Promise<PullRequestLists> {
  const files = [...(raw.files?.nodes ?? [])];
  const reviews = [...raw.latestOpinionatedReviews.nodes];
  const comments = [...raw.comments.nodes];
  let filesPage = raw.files?.pageInfo ?? lastPage;
  let reviewsPage = raw.latestOpinionatedReviews.pageInfo;
  let commentsPage = raw.comments.pageInfo;
  while (filesPage.hasNextPage || reviewsPage.hasNextPage || commentsPage.hasNextPage) {
    const { data } = await context.client.query(
      `read more of pull request #${raw.number} of ${context.fullName}`,
      pullRequestPagesQuery,
      {
        ...repositoryVariables(context),
        number: raw.number,
        files: filesPage.endCursor,
        reviews: reviewsPage.endCursor,
        comments: commentsPage.endCursor,
        moreFiles: filesPage.hasNextPage,
        moreReviews: reviewsPage.hasNextPage,
        moreComments: commentsPage.hasNextPage,
      },
      answerShape,
    );
    const next = data.repository.pullRequest;
    if (next.headRefOid !== raw.headRefOid) {
      throw new RetryLater(`The head of pull request #${raw.number} moved while its lists were read`);
    }
    files.push(...(next.files?.nodes ?? []));
    reviews.push(...(next.latestOpinionatedReviews?.nodes ?? []));
    comments.push(...(next.comments?.nodes ?? []));
    filesPage = next.files?.pageInfo ?? lastPage;
    reviewsPage = next.latestOpinionatedReviews?.pageInfo ?? lastPage;
    commentsPage = next.comments?.pageInfo ?? lastPage;
  }
  return { files, reviews, comments };
}

const lastPage = { hasNextPage: false, endCursor: null };
