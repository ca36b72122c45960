import { account, blob, document, entry, permission, repository } from './fragments.ts';
import {
  comment,
  comments,
  contexts,
  files,
  head,
  pullRequestFragments,
  review,
  reviews,
} from './pull-request-fragments.ts';
import { teamParts } from './teams.ts';

/**
 * One pull request with the repository around it: the one request of a warm decision. The permission of the author is
 * asked for along with it once the author is known, and so are the teams that the last decisions asked about.
 */
export function pullRequestQuery(teams: number): string {
  const { variables, fields } = teamParts(teams);
  return document(
    `query PullRequest(
      $owner: String!, $name: String!, $number: Int!, $appId: Int!, $items: Int!, $commits: Int!,
      $author: String!, $knowsAuthor: Boolean!, ${variables}
    ) {
      repository(owner: $owner, name: $name) {
        ...Repository
        pullRequest(number: $number) { ...PullRequest }
        collaborators(login: $author, first: 1) @include(if: $knowsAuthor) { ...Permission }
      }
      ${fields}
    }`,
    repository,
    permission,
    ...pullRequestFragments,
  );
}

/** A page of open pull requests against one branch, oldest first, each complete unless one of its lists is longer. */
export const openPullRequestsQuery = document(
  /* GraphQL */ `
    query OpenPullRequests(
      $owner: String!
      $name: String!
      $base: String
      $appId: Int!
      $page: Int!
      $items: Int!
      $commits: Int!
      $after: String
    ) {
      repository(owner: $owner, name: $name) {
        ...Repository
        pullRequests(
          states: OPEN
          baseRefName: $base
          first: $page
          after: $after
          orderBy: { field: CREATED_AT, direction: ASC }
        ) {
          pageInfo {
            hasNextPage
            endCursor
          }
          nodes {
            ...PullRequest
          }
        }
      }
    }
  `,
  repository,
  ...pullRequestFragments,
);

/** The further pages of whichever lists of a pull request did not end on the first. */
export const pullRequestPagesQuery = document(
  /* GraphQL */ `
    query PullRequestPages(
      $owner: String!
      $name: String!
      $number: Int!
      $files: String
      $reviews: String
      $comments: String
      $moreFiles: Boolean!
      $moreReviews: Boolean!
      $moreComments: Boolean!
    ) {
      repository(owner: $owner, name: $name) {
        pullRequest(number: $number) {
          headRefOid
          files(first: 100, after: $files) @include(if: $moreFiles) {
            ...Files
          }
          latestOpinionatedReviews(first: 100, after: $reviews) @include(if: $moreReviews) {
            ...Reviews
          }
          comments(first: 100, after: $comments) @include(if: $moreComments) {
            ...Comments
          }
        }
      }
    }
  `,
  files,
  reviews,
  review,
  comments,
  comment,
  account,
);

/** What hangs on a head commit, for a pull request whose list of commits does not end with its head. */
export const headQuery = document(
  /* GraphQL */ `
    query Head($owner: String!, $name: String!, $oid: GitObjectID!, $appId: Int!) {
      repository(owner: $owner, name: $name) {
        object(oid: $oid) {
          ...Head
        }
      }
    }
  `,
  head,
  contexts,
);

/** Further checks and statuses of a commit. */
export const contextsQuery = document(
  /* GraphQL */ `
    query Contexts($owner: String!, $name: String!, $oid: GitObjectID!, $after: String) {
      repository(owner: $owner, name: $name) {
        object(oid: $oid) {
          ... on Commit {
            statusCheckRollup {
              contexts(first: 100, after: $after) {
                ...Contexts
              }
            }
          }
        }
      }
    }
  `,
  contexts,
);

/**
 * What is new about heads and authors: `f0`, `f1`, … the file at `$path<i>` of commit `$head<i>`, and `a0`, `a1`, …
 * the permission of `$login<i>`.
 */
export function detailsQuery(heads: number, logins: number): string {
  const files = Array.from({ length: heads }, (_, i) => i);
  const authors = Array.from({ length: logins }, (_, i) => i);
  const variables = [
    ...files.map((i) => `$head${i}: GitObjectID!, $path${i}: String!`),
    ...authors.map((i) => `$login${i}: String!`),
  ];
  const fields = [
    ...files.map(
      (i) => `f${i}: object(oid: $head${i}) { ... on Commit { file(path: $path${i}) { ...Entry } } }`,
    ),
    ...authors.map((i) => `a${i}: collaborators(login: $login${i}, first: 1) { ...Permission }`),
  ];
  return document(
    `query Details($owner: String!, $name: String!, ${variables.join(', ')}) {
      repository(owner: $owner, name: $name) { ${fields.join('\n')} }
    }`,
    ...(heads > 0 ? [entry, blob] : []),
    ...(logins > 0 ? [permission] : []),
  );
}

/** Comments of several pull requests: `p0`, `p1`, … for `$number<i>`. */
export function commentsQuery(count: number): string {
  const indexes = Array.from({ length: count }, (_, i) => i);
  return document(
    `query Comments($owner: String!, $name: String!, ${indexes.map((i) => `$number${i}: Int!, $after${i}: String`).join(', ')}) {
      repository(owner: $owner, name: $name) {
        ${indexes.map((i) => `p${i}: pullRequest(number: $number${i}) { number comments(first: 100, after: $after${i}) { ...Comments } }`).join('\n')}
      }
    }`,
    comments,
    comment,
    account,
  );
}
