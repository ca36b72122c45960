/**
 * How a field of GitHub's schema is resolved here: by a function written for it, by a property of the plain object
 * that a resolver built, or not at all, and then the answer says so instead of being null.
 */
import type { GraphQLFieldResolver, GraphQLResolveInfo, GraphQLTypeResolver } from 'graphql';
import type { Context } from './context.ts';
import { GraphQLFailure } from './errors.ts';
import { resolvers } from './resolvers/index.ts';
import { typeNameOf } from './type-name.ts';

/** Resolves every field of every type; resolvers are found by the names of type and field. */
export const resolveField: GraphQLFieldResolver<unknown, Context> = (source, args, context, info) => {
  if (context.partial !== null && samePath(context.partial.path, info)) {
    throw new GraphQLFailure(context.partial.type, context.partial.message);
  }
  const type = info.parentType.name;
  const fields = resolvers[type];
  const resolve = fields?.[info.fieldName];
  if (resolve !== undefined) return resolve(source, args, context, info);
  if (fields === undefined && typeof source === 'object' && source !== null && info.fieldName in source) {
    return Reflect.get(source, info.fieldName);
  }
  throw new GraphQLFailure('UNRESOLVED', `the sandbox does not resolve ${type}.${info.fieldName}`);
};

/** The concrete type of a record where the schema has an interface or a union. */
export const resolveType: GraphQLTypeResolver<unknown, Context> = (value, _context, info) => {
  const name = typeNameOf(value);
  if (name === undefined) {
    throw new GraphQLFailure('UNRESOLVED', `the sandbox does not know the type of ${info.fieldName}`);
  }
  return name;
};

function samePath(path: readonly (string | number)[], info: GraphQLResolveInfo): boolean {
  let at: GraphQLResolveInfo['path'] | undefined = info.path;
  for (let index = path.length - 1; index >= 0; index -= 1, at = at.prev) {
    if (at === undefined || at.key !== path[index]) return false;
  }
  return at === undefined;
}
