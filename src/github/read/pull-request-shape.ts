/** The fields of the fragment `PullRequest`, checked. */
import { z } from 'zod';
import { actor, gitActor, id, instant, oid, pageInfo, signature } from '../schema.ts';

/** A page of changed files. */
export const filesShape = z.object({
  pageInfo,
  nodes: z.array(
    z.object({
      path: z.string(),
      changeType: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'RENAMED', 'COPIED', 'CHANGED']),
    }),
  ),
});

/** A review. */
export const reviewShape = z.object({
  fullDatabaseId: id,
  state: z.enum(['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED', 'PENDING']),
  submittedAt: instant.nullable(),
  author: actor,
  commit: z.object({ oid }).nullable(),
});

/** A page of reviews. */
export const reviewsShape = z.object({
  pageInfo,
  nodes: z.array(reviewShape.extend({ authorCanPushToRepository: z.boolean() })),
});

/** A page of comments. */
export const commentsShape = z.object({
  pageInfo,
  nodes: z.array(
    z.object({
      fullDatabaseId: id,
      author: actor,
      body: z.string(),
      createdAt: instant,
      lastEditedAt: instant.nullable(),
      editor: actor,
    }),
  ),
});

/** A page of checks and statuses of a commit. */
export const contextsShape = z.object({
  pageInfo,
  nodes: z.array(
    z.discriminatedUnion('type', [
      z.object({
        type: z.literal('CheckRun'),
        name: z.string(),
        conclusion: z.string().nullable(),
        checkSuite: z.object({ app: z.object({ databaseId: id }).nullable() }),
      }),
      z.object({ type: z.literal('StatusContext'), context: z.string(), state: z.string() }),
    ]),
  ),
});

/** A head commit, with what hangs on it. */
export const headShape = z.object({
  oid,
  associatedPullRequests: z
    .object({
      nodes: z.array(z.object({ number: z.int(), state: z.string(), headRefOid: oid })),
    })
    .nullable(),
  checkSuites: z
    .object({
      nodes: z.array(
        z.object({
          checkRuns: z
            .object({
              nodes: z.array(
                z.object({
                  databaseId: id,
                  externalId: z.string().nullable(),
                  conclusion: z.string().nullable(),
                  startedAt: instant.nullable(),
                  title: z.string().nullable(),
                }),
              ),
            })
            .nullable(),
        }),
      ),
    })
    .nullable(),
  statusCheckRollup: z.object({ contexts: contextsShape }).nullable(),
});

const commitShape = z.object({
  oid,
  authors: z.object({ pageInfo: z.object({ hasNextPage: z.boolean() }), nodes: z.array(gitActor) }),
  committer: gitActor.nullable(),
  signature,
});

/** One pull request with the first page of each of its lists. */
export const pullRequestShape = z.object({
  number: z.int(),
  title: z.string(),
  state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
  isDraft: z.boolean(),
  createdAt: instant,
  mergedAt: instant.nullable(),
  author: actor,
  mergedBy: actor,
  mergeCommit: z.object({ oid }).nullable(),
  baseRefName: z.string(),
  headRefName: z.string(),
  headRefOid: oid,
  isCrossRepository: z.boolean(),
  reviewDecision: z.enum(['APPROVED', 'CHANGES_REQUESTED', 'REVIEW_REQUIRED']).nullable(),
  changedFiles: z.int(),
  // Null where the difference is too large for GitHub to show.
  files: filesShape.nullable(),
  commits: z.object({ totalCount: z.int(), nodes: z.array(z.object({ commit: commitShape })) }),
  latestOpinionatedReviews: reviewsShape,
  comments: commentsShape,
  timelineItems: z.object({ nodes: z.array(z.object({ createdAt: instant })) }),
  headCommit: z.object({ nodes: z.array(z.object({ commit: headShape })) }),
});

export type RawPullRequest = z.output<typeof pullRequestShape>;
export type RawFile = z.output<typeof filesShape>['nodes'][number];
export type RawReview = z.output<typeof reviewsShape>['nodes'][number];
export type RawComment = z.output<typeof commentsShape>['nodes'][number];
export type RawContext = z.output<typeof contextsShape>['nodes'][number];
export type RawHead = z.output<typeof headShape>;
export type RawCommit = z.output<typeof commitShape>;
