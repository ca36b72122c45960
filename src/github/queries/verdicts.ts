import { account, document } from './fragments.ts';

/** The newest commits behind a tip, each with its newest status of every context. */
export function verdictsQuery(contexts: number): string {
  const indexes = Array.from({ length: contexts }, (_, index) => index);
  return document(
    `query Verdicts($owner: String!, $name: String!, $tip: GitObjectID!, $after: String, ${indexes.map((index) => `$context${index}: String!`).join(', ')}) {
      repository(owner: $owner, name: $name) {
        object(oid: $tip) {
          ... on Commit {
            history(first: 100, after: $after) {
              pageInfo { hasNextPage endCursor }
              nodes {
                oid
                parents(first: 1) { nodes { oid } }
                status { ${indexes.map((index) => `p${index}: context(name: $context${index}) { ...Verdict }`).join(' ')} }
              }
            }
          }
        }
      }
    }`,
    verdict,
    account,
  );
}

const verdict = /* GraphQL */ `
  fragment Verdict on StatusContext {
    id
    createdAt
    state
    creator {
      ...Account
    }
  }
`;
