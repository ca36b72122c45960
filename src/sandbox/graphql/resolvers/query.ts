/** Where every query starts. */
import type * as GitHub from '@octokit/graphql-schema';
import { formatInstant } from '../../../base/instant.ts';
import { canSee } from '../../access.ts';
import type { Fields } from '../context.ts';
import { GraphQLFailure } from '../errors.ts';
import { nodeWith } from '../nodes.ts';

export const queryFields: Fields<'Query'> = {
  repository(_source, { owner, name }: GitHub.QueryRepositoryArgs, { sandbox, actor }) {
    const found = sandbox.state.repository(owner, name);
    if (found !== undefined && canSee(sandbox.state, actor, found)) return found;
    throw unresolvable(`a Repository with the name '${owner}/${name}'.`);
  },
  organization(_source, { login }: GitHub.QueryOrganizationArgs, { sandbox }) {
    const found = sandbox.state.organization(login);
    if (found !== undefined) return found;
    throw unresolvable(`an Organization with the login of '${login}'.`);
  },
  user(_source, { login }: GitHub.QueryUserArgs, { sandbox }) {
    const found = sandbox.state.user(login);
    if (found?.type === 'User') return found;
    throw unresolvable(`a User with the login of '${login}'.`);
  },
  viewer: (_source, _args, { actor }) => actor.user,
  node: (_source, { id }: GitHub.QueryNodeArgs, context) => nodeWith(context, id),
  rateLimit(_source, _args, { cost, rateLimit }): GitHub.RateLimit {
    const { limit, resetAt } = rateLimit;
    const used = rateLimit.used + cost.points - 1;
    return {
      limit,
      used,
      remaining: limit - used,
      resetAt: formatInstant(resetAt),
      cost: cost.points,
      nodeCount: cost.nodes,
    };
  },
};

function unresolvable(what: string): GraphQLFailure {
  return new GraphQLFailure('NOT_FOUND', `Could not resolve to ${what}`);
}
