/** Who may do what: teams with their children, roles in a repository, permissions of Apps. */
import type { Actor, AccountActor } from './auth.ts';
import { ApiError, forbidden, notAccessible, notFound } from './errors.ts';
import type {
  AppPermissions,
  Installation,
  Organization,
  Repository,
  RepositoryPermission,
  State,
  Team,
  TeamMembership,
  User,
} from './state.ts';

const order: readonly RepositoryPermission[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];

/** Whether a role gives at least what is asked for. */
export function includes(permission: RepositoryPermission, asked: RepositoryPermission): boolean {
  return order.indexOf(permission) >= order.indexOf(asked);
}

function highest(permissions: readonly RepositoryPermission[]): RepositoryPermission {
  return permissions.reduce((best, one) => (includes(best, one) ? best : one), 'none');
}

/** Teams directly below a team. */
export function childTeams(team: Team): Team[] {
  return team.organization.teams.filter((other) => other.parent === team);
}

/** Memberships of a team and of all teams below it, by user id; active before pending. */
export function teamMembers(team: Team): Map<number, TeamMembership> {
  const members = new Map(team.members);
  for (const child of childTeams(team)) {
    for (const [id, membership] of teamMembers(child)) {
      if (members.get(id)?.state !== 'active') members.set(id, membership);
    }
  }
  return members;
}

/** Whether the user is an active member of the team or of a team below it. */
export function isTeamMember(team: Team, user: User): boolean {
  return teamMembers(team).get(user.id)?.state === 'active';
}

/** The permission that a team has on a repository, its parents' included. */
export function teamPermission(team: Team, repository: Repository): RepositoryPermission {
  const own = team.repositories.get(repository.id) ?? 'none';
  return team.parent === null ? own : highest([own, teamPermission(team.parent, repository)]);
}

/** Whether the user owns the organisation. */
export function isOrganizationAdmin(organization: Organization, user: User): boolean {
  const member = organization.members.get(user.id);
  return member?.role === 'admin' && member.state === 'active';
}

/** What a person or bot may do in a repository, by every way that gives it. */
export function repositoryPermission(state: State, repository: Repository, user: User): RepositoryPermission {
  if (user.type === 'Bot') return botPermission(state, repository, user);
  const base: RepositoryPermission = repository.private ? 'none' : 'read';
  const direct = repository.collaborators.get(user.id)?.permission ?? 'none';
  const { owner } = repository;
  if (owner.type !== 'Organization') return owner === user ? 'admin' : highest([base, direct]);
  if (isOrganizationAdmin(owner, user)) return 'admin';
  const teams = owner.teams.filter((team) => isTeamMember(team, user));
  return highest([base, direct, ...teams.map((team) => teamPermission(team, repository))]);
}

function botPermission(state: State, repository: Repository, bot: User): RepositoryPermission {
  const installation = [...state.installations.values()].find(
    (installation) => installation.app.bot === bot && covers(installation, repository),
  );
  const contents = installation?.permissions['contents'];
  if (contents === undefined) return repository.private ? 'none' : 'read';
  return contents;
}

/** Whether an installation reaches a repository. */
export function covers(installation: Installation, repository: Repository): boolean {
  if (installation.account !== repository.owner) return false;
  return installation.repositorySelection === 'all' || installation.repositories.has(repository.id);
}

/** The installations that reach a repository. */
export function installationsOf(state: State, repository: Repository): Installation[] {
  return [...state.installations.values()].filter((installation) => covers(installation, repository));
}

/** Whether the actor may know that the repository exists. */
export function canSee(state: State, actor: Actor, repository: Repository): boolean {
  if (actor.kind === 'user') return includes(repositoryPermission(state, repository, actor.user), 'read');
  if (actor.kind !== 'installation') return !repository.private;
  const { installation, repositories } = actor;
  return covers(installation, repository) && (repositories === null || repositories.has(repository.id));
}

/** What a call needs: of an App one of these permissions, of a person this role. */
export interface Need {
  /** `contents:read`, `pull_requests:write`; one of them is enough. */
  readonly app: readonly `${string}:${'read' | 'write'}`[];
  readonly role: RepositoryPermission;
  /** For the one call that an archived repository still takes: to unarchive it. */
  readonly evenArchived?: true;
}

/** Whether an App's permissions satisfy one of the alternatives; write includes read. */
export function permits(permissions: AppPermissions, alternatives: Need['app']): boolean {
  return alternatives.some((alternative) => {
    const [name = '', level] = alternative.split(':');
    const granted = permissions[name];
    return granted === 'write' || (granted !== undefined && granted === level);
  });
}

/**
 * Lets the actor through, or refuses as GitHub does.
 * @throws ApiError 404 where the repository is hidden, 403 where the right is missing or the repository is archived
 */
export function authorize(state: State, actor: Actor, repository: Repository, need: Need): void {
  if (!canSee(state, actor, repository)) throw notFound();
  const writes = need.role !== 'read';
  switch (actor.kind) {
    case 'installation':
      if (!permits(actor.permissions, need.app)) throw notAccessible();
      break;
    case 'user':
      if (!includes(repositoryPermission(state, repository, actor.user), need.role)) {
        throw forbidden(`Must have ${need.role} rights to Repository.`);
      }
      break;
    case 'anonymous':
    case 'app':
      if (writes) throw new ApiError(401, 'Requires authentication');
  }
  if (writes && repository.archived && need.evenArchived !== true)
    throw forbidden('Repository was archived so is read-only.');
}

/** The same as `authorize`, for calls that write: gives the actor with its account. */
export function authorizeWrite(state: State, actor: Actor, repository: Repository, need: Need): AccountActor {
  authorize(state, actor, repository, need);
  if (actor.kind === 'user' || actor.kind === 'installation') return actor;
  throw new ApiError(401, 'Requires authentication');
}
