/** Global node ids: from an id to what it names, as far as the asker may see it. */
import { canSee } from '../access.ts';
import type { Context, Ref } from './context.ts';
import { GraphQLFailure } from './errors.ts';
import { objectWith, refNamed, type GitObject } from './git-objects.ts';
import { requireMembers, requireRead } from './permissions.ts';
import { isType, type Records } from './type-name.ts';

/** @throws GraphQLFailure NOT_FOUND where nothing has this id or the asker may not know of it */
export function nodeWith(context: Context, id: string): object {
  const found = context.sandbox.state.nodes.get(id) ?? gitNodeWith(context, id);
  if (found === undefined) throw unresolvable(id);
  requireNode(context, id, found);
  return found;
}

/** The node with this id, if it is of this type. */
export function nodeOfType<Name extends keyof Records>(
  context: Context,
  id: string,
  type: Name,
): Records[Name] {
  const found = nodeWith(context, id);
  if (!isType(found, type)) throw unresolvable(id, type);
  return found;
}

function unresolvable(id: string, type = 'a node'): GraphQLFailure {
  return new GraphQLFailure('NOT_FOUND', `Could not resolve to ${type} with the global id of '${id}'.`);
}

/** Refs and git objects have no record; their ids name repository and ref, or repository and object. */
function gitNodeWith({ sandbox }: Context, id: string): Ref | GitObject | undefined {
  const text = Buffer.from(id.slice(id.indexOf('_') + 1), 'base64url').toString();
  const [, repositoryId, name = ''] = /^sandbox:(\d+):(.+)$/.exec(text) ?? [];
  const repository = sandbox.state.repositories.get(Number(repositoryId));
  if (repository === undefined) return undefined;
  return (name.startsWith('refs/') ? refNamed(repository, name) : objectWith(repository, name)) ?? undefined;
}

/** Lets the asker have a node only where a field that leads to it would show it too. */
function requireNode(context: Context, id: string, node: object): void {
  if (isType(node, 'User') || isType(node, 'Bot') || isType(node, 'Organization') || isType(node, 'App'))
    return;
  if (isType(node, 'Repository')) {
    if (!canSee(context.sandbox.state, context.actor, node)) throw unresolvable(id);
  } else if (isType(node, 'Team')) {
    requireMembers(context, node.organization);
  } else if (isType(node, 'Ref') || isType(node, 'Commit') || isType(node, 'Tree') || isType(node, 'Blob')) {
    requireRead(context, node.repository, 'contents:read');
  } else if (isType(node, 'PullRequest')) {
    requireRead(context, node.repository, 'pull_requests:read');
  } else if (isType(node, 'PullRequestReview')) {
    requireRead(context, node.pullRequest.repository, 'pull_requests:read');
  } else if (isType(node, 'IssueComment')) {
    requireRead(context, node.issue.repository, 'issues:read', 'pull_requests:read');
  } else if (isType(node, 'CheckSuite')) {
    requireRead(context, node.repository, 'checks:read');
  } else if (isType(node, 'CheckRun')) {
    requireRead(context, node.checkSuite.repository, 'checks:read');
  } else {
    throw new GraphQLFailure('UNRESOLVED', `the sandbox does not resolve the node ${id}`);
  }
}
