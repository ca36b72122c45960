import { document, gitActor, historyCommit, repository } from './fragments.ts';
import { teamParts } from './teams.ts';

/**
 * The default branch, our own branches, and what was merged of late: the one request of a warm sweep. The teams that
 * the last decisions asked about come along.
 */
export function branchQuery(teams: number): string {
  const { variables, fields } = teamParts(teams);
  return document(
    `query Branch($owner: String!, $name: String!, $refsAfter: String, ${variables}) {
      repository(owner: $owner, name: $name) {
        ...Repository
        refs(refPrefix: "refs/heads/curfew/", first: 50, after: $refsAfter) { ...Branches }
        pullRequests(states: MERGED, first: 50, orderBy: { field: UPDATED_AT, direction: DESC }) { ...Merged }
      }
      ${fields}
    }`,
    repository,
    branches,
    merged,
    historyCommit,
    gitActor,
  );
}

const branches = /* GraphQL */ `
  fragment Branches on RefConnection {
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
        }
      }
    }
  }
`;

const merged = /* GraphQL */ `
  fragment Merged on PullRequestConnection {
    nodes {
      number
      updatedAt
      baseRefName
      mergeCommit {
        oid
        message
      }
      files(first: 20) {
        nodes {
          path
        }
      }
    }
  }
`;
