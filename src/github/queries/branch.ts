import { account, document, gitActor, historyCommit, repository } from './fragments.ts';

/** The default branch, our own branches, and what was merged of late: the one request of a warm sweep. */
export const branchQuery = document(
  /* GraphQL */ `
    query Branch($owner: String!, $name: String!, $refsAfter: String) {
      repository(owner: $owner, name: $name) {
        ...Repository
        refs(refPrefix: "refs/heads/curfew/", first: 50, after: $refsAfter) {
          pageInfo {
            hasNextPage
            endCursor
          }
          nodes {
            prefix
            name
            target {
              ...HistoryCommit
            }
            associatedPullRequests(first: 1, orderBy: { field: CREATED_AT, direction: DESC }) {
              nodes {
                number
                state
                author {
                  ...Account
                }
                headRefOid
              }
            }
          }
        }
        pullRequests(states: MERGED, first: 50, orderBy: { field: UPDATED_AT, direction: DESC }) {
          nodes {
            number
            updatedAt
            baseRefName
            mergeCommit {
              oid
            }
            files(first: 20) {
              nodes {
                path
              }
            }
          }
        }
      }
    }
  `,
  repository,
  historyCommit,
  gitActor,
  account,
);
