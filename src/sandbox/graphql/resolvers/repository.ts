/** Repositories. */
import type * as GitHub from '@octokit/graphql-schema';
import { formatInstant } from '../../../base/instant.ts';
import { repositoryPermission, teamMembers, teamPermission, isOrganizationAdmin } from '../../access.ts';
import { readCodeowners, type CodeownersError } from '../../codeowners.ts';
import { pullRequestOf, pullRequests } from '../../state.ts';
import type { Repository, User } from '../../state.ts';
import { connect } from '../connection.ts';
import type { Fields, Ref } from '../context.ts';
import { GraphQLFailure } from '../errors.ts';
import { objectNamed, objectWith, refNamed } from '../git-objects.ts';
import { given } from '../given.ts';
import { requireCollaborators, requireRead } from '../permissions.ts';
import { selectPullRequests } from '../select-pull-requests.ts';

export const repositoryFields: Fields<'Repository'> = {
  id: (repository) => repository.nodeId,
  databaseId: (repository) => repository.id,
  name: (repository) => repository.name,
  nameWithOwner: ({ owner, name }) => `${owner.login}/${name}`,
  owner: (repository) => repository.owner,
  description: (repository) => repository.description,
  url: ({ owner, name }, _args, { sandbox }) => `${sandbox.baseUrl}/${owner.login}/${name}`,
  isPrivate: (repository) => repository.private,
  isArchived: (repository) => repository.archived,
  isFork: (repository) => repository.parent !== null,
  createdAt: (repository) => formatInstant(repository.createdAt),
  pushedAt: (repository) => formatInstant(repository.pushedAt),
  mergeCommitAllowed: ({ mergeMethods }) => mergeMethods.includes('merge'),
  squashMergeAllowed: ({ mergeMethods }) => mergeMethods.includes('squash'),
  rebaseMergeAllowed: ({ mergeMethods }) => mergeMethods.includes('rebase'),
  deleteBranchOnMerge: (repository) => repository.deleteBranchOnMerge,

  defaultBranchRef(repository, _args, context) {
    requireRead(context, repository, 'metadata:read', 'contents:read');
    return refNamed(repository, `refs/heads/${repository.defaultBranch}`);
  },
  ref(repository, { qualifiedName }: GitHub.RepositoryRefArgs, context) {
    requireRead(context, repository, 'contents:read');
    const names = qualifiedName.startsWith('refs/')
      ? [qualifiedName]
      : [`refs/heads/${qualifiedName}`, `refs/tags/${qualifiedName}`, `refs/${qualifiedName}`];
    return names.map((name) => refNamed(repository, name)).find((ref) => ref !== null) ?? null;
  },
  refs(repository, args: GitHub.RepositoryRefsArgs, context, info) {
    requireRead(context, repository, 'contents:read');
    return connect(refsBelow(repository, args), args, info, ({ name }) => name);
  },
  object(repository, { oid, expression }: GitHub.RepositoryObjectArgs, context) {
    requireRead(context, repository, 'contents:read');
    if (given(oid)) return objectWith(repository, String(oid));
    return !given(expression) ? null : objectNamed(repository, expression);
  },
  codeowners(repository, { refName }: GitHub.RepositoryCodeownersArgs, context) {
    requireRead(context, repository, 'contents:read');
    const sha = repository.git.resolve(refName ?? 'HEAD', repository.defaultBranch);
    if (sha === undefined || repository.git.readCommit(sha) === undefined) return null;
    const codeowners = readCodeowners(context.sandbox.state, repository, sha);
    if (codeowners === undefined) return null;
    const { path, errors } = codeowners;
    return { errors: errors.map((error: CodeownersError) => ({ ...error, path })) };
  },

  pullRequest(repository, { number }: GitHub.RepositoryPullRequestArgs, context) {
    requireRead(context, repository, 'pull_requests:read');
    const found = pullRequestOf(repository, number);
    if (found !== undefined) return found;
    throw new GraphQLFailure('NOT_FOUND', `Could not resolve to a PullRequest with the number of ${number}.`);
  },
  pullRequests(repository, args: GitHub.RepositoryPullRequestsArgs, context, info) {
    requireRead(context, repository, 'pull_requests:read');
    return connect(selectPullRequests(pullRequests(repository), args), args, info, ({ id }) => id);
  },
  collaborators(repository, args: GitHub.RepositoryCollaboratorsArgs, context, info) {
    requireCollaborators(context, repository);
    const { state } = context.sandbox;
    const users = collaborators(repository, args).filter(
      ({ login, name }) =>
        (!given(args.login) || login.toLowerCase() === args.login.toLowerCase()) &&
        (!given(args.query) || `${login} ${name ?? ''}`.toLowerCase().includes(args.query.toLowerCase())),
    );
    return connect(users, args, info, ({ id }) => id, {
      edge: (user) => ({ permission: repositoryPermission(state, repository, user).toUpperCase() }),
    });
  },
  rulesets(repository, args: GitHub.RepositoryRulesetsArgs, _context, info) {
    return connect(repository.rulesets, args, info, ({ id }) => id);
  },
};

/** Refs whose full name starts with a prefix; their names leave it off. */
function refsBelow(repository: Repository, args: GitHub.RepositoryRefsArgs): Ref[] {
  const prefix = args.refPrefix.endsWith('/') ? args.refPrefix : `${args.refPrefix}/`;
  const found = [...repository.git.refs.keys()]
    .filter((name) => name.startsWith(prefix) && name.slice(prefix.length).includes(args.query ?? ''))
    .sort()
    .flatMap((name) => refNamed(repository, name, prefix) ?? []);
  return (args.orderBy?.direction ?? args.direction) === 'DESC' ? found.reverse() : found;
}

/** Who has access by a role of their own, by a team, or as an owner; not whoever can read a public repository. */
function collaborators(
  repository: Repository,
  { affiliation }: GitHub.RepositoryCollaboratorsArgs,
): readonly User[] {
  const direct = [...repository.collaborators.values()].map(({ user }) => user);
  const { owner } = repository;
  if (owner.type !== 'Organization') return [owner, ...direct];
  const isMember = (user: User): boolean => owner.members.get(user.id)?.state === 'active';
  if (affiliation === 'DIRECT') return direct;
  if (affiliation === 'OUTSIDE') return direct.filter((user) => !isMember(user));
  const inTeams = owner.teams
    .filter((team) => teamPermission(team, repository) !== 'none')
    .flatMap((team) => [...teamMembers(team).values()])
    .flatMap(({ user, state }) => (state === 'active' ? [user] : []));
  const owners = [...owner.members.values()].flatMap(({ user }) =>
    isOrganizationAdmin(owner, user) ? [user] : [],
  );
  return [...new Set([...direct, ...inTeams, ...owners])];
}
