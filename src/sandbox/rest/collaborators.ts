/** Who may do what in a repository. */
import type { components } from '@octokit/openapi-types';
import { z } from 'zod';
import { authorize, authorizeWrite, repositoryPermission, teamPermission } from '../access.ts';
import { notFound } from '../errors.ts';
import { setCollaborator } from '../operations/repositories.ts';
import { simpleTeam, simpleUser } from '../represent/account.ts';
import { permissionFlags } from '../represent/repository.ts';
import type { Account, Repository, RepositoryPermission, User } from '../state.ts';
import { json, noContent, paginate, param, parseBody, repositoryOf, route } from './route.ts';
import type { Answer, Call } from './route.ts';

type Schemas = components['schemas'];

const metadata = { app: ['metadata:read'], role: 'read' } as const;

export const collaboratorRoutes = [
  route('GET /repos/{owner}/{repo}/teams', listRepositoryTeams),
  route('GET /repos/{owner}/{repo}/collaborators', listCollaborators),
  route('GET /repos/{owner}/{repo}/collaborators/{username}', isCollaborator),
  route('GET /repos/{owner}/{repo}/collaborators/{username}/permission', getPermission),
  route('PUT /repos/{owner}/{repo}/collaborators/{username}', putCollaborator),
  route('DELETE /repos/{owner}/{repo}/collaborators/{username}', removeCollaborator),
];

function userNamed(call: Call): User {
  const user = call.context.state.user(param(call, 'username'));
  if (user === undefined) throw notFound();
  return user;
}

function listRepositoryTeams(call: Call): Answer {
  const repository = repositoryOf(call);
  authorize(call.context.state, call.actor, repository, {
    app: ['administration:read', 'metadata:read'],
    role: 'read',
  });
  const { owner } = repository;
  const teams = owner.type === 'Organization' ? owner.teams : [];
  const withAccess = teams.filter((team) => teamPermission(team, repository) !== 'none');
  return paginate(call, withAccess, (team) => simpleTeam(call.context, team, repository));
}

/** Everybody who has more than the public, with what they may do. */
function listCollaborators(call: Call): Answer {
  const repository = repositoryOf(call);
  const { state } = call.context;
  authorize(state, call.actor, repository, { ...metadata, role: 'write' });
  const people = [...state.accounts.values()].filter(
    (account: Account): account is User =>
      account.type === 'User' && isCollaboratorOf(call, repository, account),
  );
  return paginate(call, people, (user) => {
    const permission = repositoryPermission(state, repository, user);
    const flags = permissionFlags(permission);
    return {
      ...simpleUser(call.context, user),
      permissions: flags,
      role_name: permission,
    } satisfies Schemas['collaborator'];
  });
}

function isCollaboratorOf(call: Call, repository: Repository, user: User): boolean {
  const outsider: RepositoryPermission = repository.private ? 'none' : 'read';
  return (
    repository.collaborators.has(user.id) ||
    repositoryPermission(call.context.state, repository, user) !== outsider
  );
}

function isCollaborator(call: Call): Answer {
  const repository = repositoryOf(call);
  authorize(call.context.state, call.actor, repository, metadata);
  if (!isCollaboratorOf(call, repository, userNamed(call))) throw notFound();
  return noContent;
}

function getPermission(call: Call): Answer {
  const repository = repositoryOf(call);
  const { state } = call.context;
  authorize(state, call.actor, repository, metadata);
  const user = userNamed(call);
  const permission = repositoryPermission(state, repository, user);
  return json({
    permission: coarse(permission),
    role_name: permission,
    user: {
      ...simpleUser(call.context, user),
      permissions: permissionFlags(permission),
      role_name: permission,
    },
  } satisfies Schemas['repository-collaborator-permission']);
}

/** The old field knows only admin, write, read and none. */
function coarse(permission: RepositoryPermission): string {
  if (permission === 'maintain') return 'write';
  return permission === 'triage' ? 'read' : permission;
}

const administration = { app: ['administration:write'], role: 'admin' } as const;
const roles = {
  pull: 'read',
  triage: 'triage',
  push: 'write',
  maintain: 'maintain',
  admin: 'admin',
} as const;
const collaboratorBody = z.object({
  permission: z.enum(['pull', 'triage', 'push', 'maintain', 'admin']).default('push'),
});

/** Takes effect at once: the sandbox knows no invitations to repositories. */
function putCollaborator(call: Call): Answer {
  const repository = repositoryOf(call);
  authorizeWrite(call.context.state, call.actor, repository, administration);
  setCollaborator(repository, userNamed(call), roles[parseBody(call, collaboratorBody).permission]);
  return noContent;
}

function removeCollaborator(call: Call): Answer {
  const repository = repositoryOf(call);
  authorizeWrite(call.context.state, call.actor, repository, administration);
  setCollaborator(repository, userNamed(call), 'none');
  return noContent;
}
