import { document, gitActor, historyCommit, permission } from './fragments.ts';
import { pullRequestFragments } from './pull-request-fragments.ts';

/**
 * Histories and the pull requests that may explain them, in one request: on the commit `$tip`, `h0`, `h1`, … the
 * history of `$path<i>` with the blob that each commit left there; `p0`, `p1`, … the pull request `$number<i>` with
 * its merge; `a0`, `a1`, … the permission of `$login<i>`. `recent` are the last commits of the branch: a merge that
 * is among them is surely in it.
 */
export function landingsQuery(counts: {
  readonly paths: number;
  readonly pullRequests: number;
  readonly logins: number;
}): string {
  const paths = Array.from({ length: counts.paths }, (_, i) => i);
  const numbers = Array.from({ length: counts.pullRequests }, (_, i) => i);
  const logins = Array.from({ length: counts.logins }, (_, i) => i);
  const variables = [
    ...paths.map((i) => `$path${i}: String!, $after${i}: String`),
    ...numbers.map((i) => `$number${i}: Int!`),
    ...logins.map((i) => `$login${i}: String!`),
    ...(counts.pullRequests > 0 ? ['$appId: Int!', '$items: Int!', '$commits: Int!'] : []),
  ];
  const histories = paths.map(
    (i) => `h${i}: history(path: $path${i}, first: 20, after: $after${i}) {
      pageInfo { hasNextPage endCursor }
      nodes {
        ...HistoryCommit
        file(path: $path${i}) { oid type }
        associatedPullRequests(first: 10) { nodes { number state } }
      }
    }`,
  );
  return document(
    `query Landings($owner: String!, $name: String!, $tip: GitObjectID!, ${variables.join(', ')}) {
      repository(owner: $owner, name: $name) {
        object(oid: $tip) {
          ... on Commit { recent: history(first: 100) { nodes { oid } } ${histories.join('\n')} }
        }
        ${numbers.map((i) => `p${i}: pullRequest(number: $number${i}) { ...PullRequest merge: mergeCommit { ...Merge } }`).join('\n')}
        ${logins.map((i) => `a${i}: collaborators(login: $login${i}, first: 1) { ...Permission }`).join('\n')}
      }
    }`,
    ...(counts.paths > 0 ? [historyCommit, gitActor] : []),
    ...(counts.pullRequests > 0 ? [merge, ...pullRequestFragments] : []),
    ...(counts.logins > 0 ? [permission] : []),
  );
}

const merge = /* GraphQL */ `
  fragment Merge on Commit {
    oid
    tree {
      oid
    }
    parents(first: 2) {
      nodes {
        oid
        tree {
          oid
        }
      }
    }
  }
`;

/** The trees of two commits. */
export const treesQuery = /* GraphQL */ `
  query Trees($owner: String!, $name: String!, $before: GitObjectID!, $after: GitObjectID!) {
    repository(owner: $owner, name: $name) {
      before: object(oid: $before) {
        ... on Commit {
          tree {
            oid
          }
        }
      }
      after: object(oid: $after) {
        ... on Commit {
          tree {
            oid
          }
        }
      }
    }
  }
`;

/**
 * A merge commit with one parent, that is a squash or the last of a rebase, beside the commits that were merged: the
 * rebase keeps each one's message and author date, a squash does not.
 */
export const rebaseQuery = /* GraphQL */ `
  query Rebase($owner: String!, $name: String!, $number: Int!, $merge: GitObjectID!) {
    repository(owner: $owner, name: $name) {
      pullRequest(number: $number) {
        commits(last: 100) {
          nodes {
            commit {
              message
              authoredDate
            }
          }
        }
      }
      object(oid: $merge) {
        ... on Commit {
          history(first: 100) {
            nodes {
              oid
              message
              authoredDate
              parents(first: 1) {
                nodes {
                  oid
                  tree {
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
