/**
 * Parts of a query about teams: `t0`, `t1`, … `$slug<i>` of `$org<i>`, with members, those of child teams included, and
 * the team's permission on the repositories whose name contains `$name`.
 */
export function teamParts(count: number): { readonly variables: string; readonly fields: string } {
  const indexes = Array.from({ length: count }, (_, i) => i);
  return {
    variables: indexes.map((i) => `$org${i}: String!, $slug${i}: String!, $after${i}: String`).join(', '),
    fields: indexes
      .map(
        (i) => `t${i}: organization(login: $org${i}) {
        team(slug: $slug${i}) {
          members(membership: ALL, first: 100, after: $after${i}) {
            pageInfo { hasNextPage endCursor }
            nodes { databaseId login }
          }
          repositories(query: $name, first: 100) {
            edges { permission node { nameWithOwner } }
          }
        }
      }`,
      )
      .join('\n'),
  };
}

/** Teams alone. */
export function teamsQuery(count: number): string {
  const { variables, fields } = teamParts(count);
  return `query Teams($name: String!, ${variables}) { ${fields} }`;
}
