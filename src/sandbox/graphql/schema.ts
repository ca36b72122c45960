/**
 * GitHub's own published GraphQL schema, so that a query which GitHub would refuse is refused here.
 */
import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLSchema } from 'graphql';

let loaded: GraphQLSchema | undefined;

/**
 * Builds the schema at the first call (a few tenths of a second) and keeps it: it is the same for every sandbox.
 * GitHub's SDL defines one field twice, hence `assumeValidSDL`.
 */
export function loadSchema(): GraphQLSchema {
  loaded ??= buildSchema(
    readFileSync(new URL('./schema.graphql', import.meta.resolve('@octokit/graphql-schema')), 'utf8'),
    { assumeValidSDL: true, assumeValid: true },
  );
  return loaded;
}
