/** People, bots, organisations and their teams. */
import type * as GitHub from '@octokit/graphql-schema';
import { formatInstant } from '../../../base/instant.ts';
import { canSee, childTeams, isTeamMember, teamMembers, teamPermission } from '../../access.ts';
import type { Organization, Team, TeamMembership } from '../../state.ts';
import { connect } from '../connection.ts';
import type { Context, Fields } from '../context.ts';
import { given } from '../given.ts';
import { requireMembers } from '../permissions.ts';

/** A person; or, where the schema has a user but a bot acted (authors of commits, the viewer), the bot. */
export const userFields: Fields<'User'> = {
  id: (user) => user.nodeId,
  databaseId: (user) => user.id,
  login: (user) => user.login,
  name: (user) => user.name,
  createdAt: (user) => formatInstant(user.createdAt),
  isViewer: (user, _args, { actor }) => user === actor.user,
};

/** GraphQL leaves the `[bot]` off that REST shows. */
export const botFields: Fields<'Bot'> = {
  id: (bot) => bot.nodeId,
  databaseId: (bot) => bot.id,
  login: (bot) => bot.login.replace(/\[bot\]$/, ''),
  createdAt: (bot) => formatInstant(bot.createdAt),
};

export const organizationFields: Fields<'Organization'> = {
  id: (organization) => organization.nodeId,
  databaseId: (organization) => organization.id,
  login: (organization) => organization.login,
  createdAt: (organization) => formatInstant(organization.createdAt),
  team(organization, { slug }: GitHub.OrganizationTeamArgs, context) {
    requireMembers(context, organization);
    return visibleTeams(context, organization).find((team) => sameText(team.slug, slug)) ?? null;
  },
  teams(organization, args: GitHub.OrganizationTeamsArgs, context, info) {
    requireMembers(context, organization);
    const wanted = visibleTeams(context, organization).filter(
      (team) => contains(team.slug, args.query) && (args.rootTeamsOnly !== true || team.parent === null),
    );
    return connect(wanted, args, info, (team) => team.id);
  },
};

export const teamFields: Fields<'Team'> = {
  id: (team) => team.nodeId,
  databaseId: (team) => team.id,
  slug: (team) => team.slug,
  name: (team) => team.name,
  combinedSlug: (team) => `${team.organization.login}/${team.slug}`,
  privacy: (team) => (team.privacy === 'secret' ? 'SECRET' : 'VISIBLE'),
  createdAt: (team) => formatInstant(team.createdAt),
  organization: (team) => team.organization,
  parentTeam: (team) => team.parent,
  ancestors: (team, args: GitHub.TeamAncestorsArgs, _context, info) =>
    connect(ancestors(team), args, info, ({ id }) => id),
  childTeams(team, args: GitHub.TeamChildTeamsArgs, _context, info) {
    const children = args.immediateOnly === false ? descendants(team) : childTeams(team);
    return connect(children, args, info, ({ id }) => id);
  },
  members(team, args: GitHub.TeamMembersArgs, context, info) {
    requireMembers(context, team.organization);
    const memberships = membershipsOf(team, args).filter(
      ({ user, role }) =>
        (contains(user.login, args.query) || contains(user.name ?? '', args.query)) &&
        (!given(args.role) || args.role === role.toUpperCase()),
    );
    const users = memberships.map(({ user }) => user);
    const roles = new Map(memberships.map(({ user, role }) => [user, role.toUpperCase()]));
    return connect(users, args, info, ({ id }) => id, {
      edge: (user) => ({ role: roles.get(user) }),
    });
  },
  repositories(team, args: GitHub.TeamRepositoriesArgs, context, info) {
    requireMembers(context, team.organization);
    const repositories = [...context.sandbox.state.repositories.values()].filter(
      (repository) =>
        teamPermission(team, repository) !== 'none' &&
        canSee(context.sandbox.state, context.actor, repository) &&
        contains(repository.name, args.query),
    );
    return connect(repositories, args, info, ({ id }) => id, {
      edge: (repository) => ({ permission: teamPermission(team, repository).toUpperCase() }),
    });
  },
};

/** Active memberships, by login, of the team, of the teams below it, or of both. */
function membershipsOf(team: Team, { membership }: GitHub.TeamMembersArgs): TeamMembership[] {
  const all = teamMembers(team);
  const chosen =
    membership === 'IMMEDIATE'
      ? team.members
      : membership === 'CHILD_TEAM'
        ? new Map(childTeams(team).flatMap((child) => [...teamMembers(child)]))
        : all;
  return [...chosen.values()]
    .filter(({ state }) => state === 'active')
    .sort((a, b) => (a.user.login < b.user.login ? -1 : 1));
}

/** A secret team is visible to its members, to owners, and to Apps that may read members. */
function visibleTeams({ actor }: Context, organization: Organization): Team[] {
  return organization.teams.filter(
    (team) =>
      team.privacy !== 'secret' ||
      actor.kind === 'installation' ||
      organization.members.get(actor.user.id)?.role === 'admin' ||
      isTeamMember(team, actor.user),
  );
}

function ancestors(team: Team): Team[] {
  return team.parent === null ? [] : [team.parent, ...ancestors(team.parent)];
}

function descendants(team: Team): Team[] {
  return childTeams(team).flatMap((child) => [child, ...descendants(child)]);
}

function contains(text: string, query: string | null | undefined): boolean {
  return !given(query) || text.toLowerCase().includes(query.toLowerCase());
}

function sameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
