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
