/** Users, organisations and teams. */
import type { SandboxContext } from '../context.ts';
import type { Organization, Repository, RepositoryPermission, Team, TeamMembership, User } from '../state.ts';

export interface NewUser {
  readonly login: string;
  readonly id?: number;
  readonly name?: string;
  readonly emails?: readonly string[];
}

export function createUser(context: SandboxContext, input: NewUser): User {
  assertFree(context, input.login);
  const user: User = context.state.create(
    'U',
    {
      login: input.login,
      type: 'User',
      name: input.name ?? null,
      emails: input.emails ?? [],
      createdAt: context.clock.now(),
    },
    input.id,
  );
  context.state.accounts.set(user.id, user);
  return user;
}

/** The account that acts for an App; `login` ends in `[bot]`. */
export function createBot(context: SandboxContext, login: string): User {
  assertFree(context, login);
  const fields = { login, type: 'Bot', name: null, emails: [], createdAt: context.clock.now() } as const;
  const bot: User = context.state.create('BOT', fields);
  context.state.accounts.set(bot.id, bot);
  return bot;
}

export function createOrganization(context: SandboxContext, login: string, id?: number): Organization {
  assertFree(context, login);
  const createdAt = context.clock.now();
  const fields = { login, type: 'Organization', createdAt, members: new Map(), teams: [] } as const;
  const organization: Organization = context.state.create('O', { ...fields, teams: [] }, id);
  context.state.accounts.set(organization.id, organization);
  return organization;
}

function assertFree(context: SandboxContext, login: string): void {
  if (context.state.account(login) !== undefined) throw new Error(`the login ${login} is taken`);
}

/** Makes a person a member of an organisation, or changes what they are there. */
export function setOrganizationMember(
  context: SandboxContext,
  organization: Organization,
  member: User,
  options: { readonly role?: 'admin' | 'member'; readonly state?: 'active' | 'pending' } = {},
): void {
  const { role = 'member', state = 'active' } = options;
  const before = organization.members.get(member.id);
  organization.members.set(member.id, { user: member, role, state });
  if (state !== 'active' || before?.state === 'active') return;
  context.emit({ event: 'organization', action: 'member_added', organization, member, sender: member });
}

/** Takes a person out of an organisation and of all its teams. */
export function removeOrganizationMember(
  context: SandboxContext,
  organization: Organization,
  member: User,
): void {
  for (const team of organization.teams) removeTeamMember(context, team, member);
  organization.members.delete(member.id);
  context.emit({ event: 'organization', action: 'member_removed', organization, member, sender: member });
}

export interface NewTeam {
  readonly organization: Organization;
  readonly slug: string;
  readonly name?: string;
  readonly privacy?: Team['privacy'];
  readonly parent?: Team;
  readonly id?: number;
}

export function createTeam(context: SandboxContext, input: NewTeam): Team {
  const { organization, slug } = input;
  if (organization.teams.some((team) => team.slug === slug)) throw new Error(`the team ${slug} exists`);
  const team: Team = context.state.create(
    'T',
    {
      organization,
      slug,
      name: input.name ?? slug,
      privacy: input.privacy ?? 'closed',
      parent: input.parent ?? null,
      members: new Map<number, TeamMembership>(),
      repositories: new Map<number, RepositoryPermission>(),
      createdAt: context.clock.now(),
    },
    input.id,
  );
  organization.teams.push(team);
  return team;
}

/** Adds a person to a team; who is not yet in the organisation becomes a member of it. */
export function addTeamMember(
  context: SandboxContext,
  team: Team,
  member: User,
  options: Partial<Pick<TeamMembership, 'role' | 'state'>> = {},
): void {
  const { role = 'member', state = 'active' } = options;
  if (!team.organization.members.has(member.id))
    setOrganizationMember(context, team.organization, member, { state });
  const before = team.members.get(member.id);
  team.members.set(member.id, { user: member, role, state });
  if (state !== 'active' || before?.state === 'active') return;
  context.emit({ event: 'membership', action: 'added', team, member, sender: member });
}

export function removeTeamMember(context: SandboxContext, team: Team, member: User): void {
  if (team.members.delete(member.id))
    context.emit({ event: 'membership', action: 'removed', team, member, sender: member });
}

/** Gives a team a permission on a repository; `none` takes it away. */
export function setTeamPermission(
  context: SandboxContext,
  team: Team,
  repository: Repository,
  permission: RepositoryPermission,
  sender: User,
): void {
  const removed = permission === 'none';
  if (removed) team.repositories.delete(repository.id);
  else team.repositories.set(repository.id, permission);
  const action = removed ? 'removed_from_repository' : 'added_to_repository';
  context.emit({ event: 'team', action, team, repository, sender });
}
