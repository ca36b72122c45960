/**
 * Teams `t0`, `t1`, … `$slug<i>` of `$org<i>`: members, those of child teams included, and the team's permission on
 * the repositories whose name contains `$repository`. A query of its own: where the App may not see an organisation,
 * GitHub forbids these parts alone.
 */
export function teamsQuery(count: number): string {
  const indexes = Array.from({ length: count }, (_, i) => i);
  return /* GraphQL */ `
    query Teams($repository: String!, ${indexes.map((i) => `$org${i}: String!, $slug${i}: String!, $after${i}: String`).join(', ')}) {
      ${indexes
        .map(
          (i) => `t${i}: organization(login: $org${i}) {
        team(slug: $slug${i}) {
          slug
          members(membership: ALL, first: 100, after: $after${i}) {
            pageInfo { hasNextPage endCursor }
            nodes { databaseId login }
          }
          repositories(query: $repository, first: 100) {
            edges { permission node { nameWithOwner } }
          }
        }
      }`,
        )
        .join('\n')}
    }
  `;
}
