import { document, gitActor, historyCommit } from './fragments.ts';

/** One atomic, signed commit of several files, written only where the branch is exactly at `expectedHeadOid`. */
export const commitMutation = document(
  /* GraphQL */ `
    mutation Commit($input: CreateCommitOnBranchInput!) {
      createCommitOnBranch(input: $input) {
        commit {
          ...HistoryCommit
        }
      }
    }
  `,
  historyCommit,
  gitActor,
);

/** The last commits of a branch: whether a commit of ours, whose answer was lost, is among them. */
export const lastCommitsQuery = /* GraphQL */ `
  query LastCommits($owner: String!, $name: String!, $ref: String!) {
    repository(owner: $owner, name: $name) {
      ref(qualifiedName: $ref) {
        target {
          oid
          ... on Commit {
            history(first: 30) {
              nodes {
                oid
                message
                author {
                  email
                  user {
                    databaseId
                    login
                  }
                }
                parents(first: 1) {
                  nodes {
                    oid
                  }
                }
              }
            }
          }
        }
      }
    }
  }
`;
