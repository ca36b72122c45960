/**
 * The parts that the queries share. A document is one operation and the fragments that it uses, joined by `document`;
 * a test validates every document against GitHub's published schema.
 */

/** One operation with its fragments, each once. */
export function document(operation: string, ...fragments: readonly string[]): string {
  return [operation, ...new Set(fragments)].join('\n');
}

/** Whoever acts. A bot's login lacks the `[bot]` that REST shows; people are matched by number. */
export const account = /* GraphQL */ `
  fragment Account on Actor {
    type: __typename
    login
    ... on User {
      databaseId
    }
    ... on Bot {
      databaseId
    }
    ... on Mannequin {
      databaseId
    }
    ... on Organization {
      databaseId
    }
    ... on EnterpriseUserAccount {
      user {
        databaseId
      }
    }
  }
`;

/** Author or committer of a commit: an e-mail address, and the user that GitHub maps it to. */
export const gitActor = /* GraphQL */ `
  fragment GitActor on GitActor {
    email
    user {
      databaseId
      login
    }
  }
`;

/** The repository, the tip of its default branch, and the rules in force there. */
export const repository = /* GraphQL */ `
  fragment Repository on Repository {
    databaseId
    name
    owner {
      login
    }
    isArchived
    mergeCommitAllowed
    squashMergeAllowed
    rebaseMergeAllowed
    deleteBranchOnMerge
    defaultBranchRef {
      name
      target {
        oid
        ... on Commit {
          tree {
            oid
          }
          parents(first: 1) {
            nodes {
              oid
            }
          }
        }
      }
      rules(first: 100) {
        pageInfo {
          hasNextPage
        }
        nodes {
          type
          parameters {
            ... on PullRequestParameters {
              requireCodeOwnerReview
              allowedMergeMethods
            }
            ... on RequiredStatusChecksParameters {
              strictRequiredStatusChecksPolicy
              requiredStatusChecks {
                context
                integrationId
              }
            }
          }
        }
      }
    }
  }
`;

/** A commit of the default branch or of a branch of ours, as evidence needs it. */
export const historyCommit = /* GraphQL */ `
  fragment HistoryCommit on Commit {
    oid
    message
    committedDate
    author {
      ...GitActor
    }
    parents(first: 3) {
      nodes {
        oid
      }
    }
    signature {
      isValid
      wasSignedByGitHub
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

/** Who may write: the permission of one person. Null or forbidden where the App may not see collaborators. */
export const permission = /* GraphQL */ `
  fragment Permission on RepositoryCollaboratorConnection {
    edges {
      permission
      node {
        databaseId
      }
    }
  }
`;

/** A file of a tree with its text. */
export const entry = /* GraphQL */ `
  fragment Entry on TreeEntry {
    mode
    oid
    type
    object {
      ...Blob
    }
  }
`;

export const blob = /* GraphQL */ `
  fragment Blob on Blob {
    oid
    text
    isBinary
    isTruncated
  }
`;
