/** The parts of a query that are about a pull request. */
import { account, gitActor } from './fragments.ts';

/** Everything that a decision on a pull request needs of it. `$commits` bounds the commits, `$items` the other lists. */
const pullRequest = /* GraphQL */ `
  fragment PullRequest on PullRequest {
    number
    title
    state
    isDraft
    createdAt
    mergedAt
    author {
      ...Account
    }
    mergedBy {
      ...Account
    }
    mergeCommit {
      oid
    }
    baseRefName
    headRefName
    headRefOid
    isCrossRepository
    reviewDecision
    changedFiles
    files(first: $items) {
      ...Files
    }
    commits(first: $commits) {
      totalCount
      nodes {
        commit {
          oid
          authors(first: 10) {
            pageInfo {
              hasNextPage
            }
            nodes {
              ...GitActor
            }
          }
          committer {
            ...GitActor
          }
          signature {
            isValid
            wasSignedByGitHub
          }
        }
      }
    }
    latestOpinionatedReviews(first: $items) {
      ...Reviews
    }
    comments(first: $items) {
      ...Comments
    }
    timelineItems(itemTypes: [BASE_REF_CHANGED_EVENT], last: 1) {
      nodes {
        ... on BaseRefChangedEvent {
          createdAt
        }
      }
    }
    headCommit: commits(last: 1) {
      nodes {
        commit {
          ...Head
        }
      }
    }
  }
`;

export const files = /* GraphQL */ `
  fragment Files on PullRequestChangedFileConnection {
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      path
      changeType
    }
  }
`;

export const reviews = /* GraphQL */ `
  fragment Reviews on PullRequestReviewConnection {
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...Review
    }
  }
`;

export const review = /* GraphQL */ `
  fragment Review on PullRequestReview {
    fullDatabaseId
    state
    submittedAt
    author {
      ...Account
    }
    authorCanPushToRepository
    commit {
      oid
    }
  }
`;

export const comments = /* GraphQL */ `
  fragment Comments on IssueCommentConnection {
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...Comment
    }
  }
`;

export const comment = /* GraphQL */ `
  fragment Comment on IssueComment {
    fullDatabaseId
    author {
      ...Account
    }
    body
    createdAt
    lastEditedAt
    editor {
      ...Account
    }
  }
`;

/** What hangs on a head commit: open pull requests, our check runs, everything that a rule may require. */
export const head = /* GraphQL */ `
  fragment Head on Commit {
    oid
    associatedPullRequests(first: 50) {
      nodes {
        number
        state
        headRefOid
      }
    }
    checkSuites(first: 5, filterBy: { appId: $appId, checkName: "curfew" }) {
      nodes {
        checkRuns(first: 5, filterBy: { checkName: "curfew", checkType: LATEST }) {
          nodes {
            databaseId
            externalId
            conclusion
            startedAt
            title
          }
        }
      }
    }
    statusCheckRollup {
      contexts(first: 100) {
        ...Contexts
      }
    }
  }
`;

export const contexts = /* GraphQL */ `
  fragment Contexts on StatusCheckRollupContextConnection {
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      type: __typename
      ... on CheckRun {
        name
        conclusion
        checkSuite {
          app {
            databaseId
          }
        }
      }
      ... on StatusContext {
        context
        state
      }
    }
  }
`;

/** The fragments that `PullRequest` consists of. */
export const pullRequestFragments: readonly string[] = [
  pullRequest,
  files,
  reviews,
  review,
  comments,
  comment,
  head,
  contexts,
  gitActor,
  account,
];
