/** Users, organisations and teams. */
import type { components } from '@octokit/openapi-types';
import { childTeams, isOrganizationAdmin, permits, teamMembers, teamPermission } from '../access.ts';
import { ApiError, notAccessible, notFound } from '../errors.ts';
import { fullTeam, publicUser, simpleTeam, simpleUser } from '../represent/account.ts';
import { apiUrl } from '../represent/links.ts';
import { permissionFlags, simpleRepository } from '../represent/repository.ts';
import type { Organization, Repository, Team, User } from '../state.ts';
import { json, noContent, numberParam, paginate, param, repositoryOf, route } from './route.ts';
import type { Answer, Call } from './route.ts';

type Schemas = components['schemas'];

export const peopleRoutes = [
  route('GET /user', getAuthenticated),
  route('GET /user/{account_id}', (call) => {
    const account = call.context.state.accounts.get(numberParam(call, 'account_id'));
    return json(publicUser(call.context, found(account)));
  }),
  route('GET /users/{username}', (call) => {
    return json(publicUser(call.context, found(call.context.state.account(param(call, 'username')))));
  }),
  route('GET /orgs/{org}/members', listMembers),
  route('GET /orgs/{org}/memberships/{username}', getOrganizationMembership),
  route('GET /orgs/{org}/teams', (call) => {
    return paginate(call, readOrganization(call).teams, (team) => simpleTeam(call.context, team));
  }),
  route('GET /orgs/{org}/teams/{team_slug}', (call) => json(fullTeam(call.context, teamOf(call)))),
  route('GET /orgs/{org}/teams/{team_slug}/members', listTeamMembers),
  route('GET /orgs/{org}/teams/{team_slug}/memberships/{username}', getTeamMembership),
  route('GET /orgs/{org}/teams/{team_slug}/teams', (call) => {
    return paginate(call, childTeams(teamOf(call)), (team) => simpleTeam(call.context, team));
  }),
  route('GET /orgs/{org}/teams/{team_slug}/repos', listTeamRepositories),
  route('GET /orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}', getTeamRepository),
];

function found<T>(value: T | undefined): T {
  if (value === undefined) throw notFound();
  return value;
}

function getAuthenticated({ actor, context }: Call): Answer {
  if (actor.kind === 'installation') throw notAccessible();
  if (actor.kind !== 'user') throw new ApiError(401, 'Requires authentication');
  return json(publicUser(context, actor.user));
}

/** Members and teams are for members of the organisation, and for Apps with Members: read (facts §10). */
function readOrganization(call: Call): Organization {
  const { actor, context } = call;
  const organization = found(context.state.organization(param(call, 'org')));
  if (actor.kind === 'installation') {
    if (actor.installation.account !== organization || !permits(actor.permissions, ['members:read']))
      throw notAccessible();
    return organization;
  }
  if (actor.kind !== 'user' || !organization.members.has(actor.user.id)) throw notFound();
  return organization;
}

/** Secret teams are seen by their members and by owners. */
function teamOf(call: Call): Team {
  const { actor } = call;
  const organization = readOrganization(call);
  const slug = param(call, 'team_slug').toLowerCase();
  const team = found(organization.teams.find((team) => team.slug.toLowerCase() === slug));
  const hidden =
    team.privacy === 'secret' &&
    actor.kind === 'user' &&
    !teamMembers(team).has(actor.user.id) &&
    !isOrganizationAdmin(organization, actor.user);
  if (hidden) throw notFound();
  return team;
}

function userNamed(call: Call): User {
  return found(call.context.state.user(param(call, 'username')));
}

function listMembers(call: Call): Answer {
  const members = [...readOrganization(call).members.values()].filter(({ state }) => state === 'active');
  return paginate(call, members, ({ user }) => simpleUser(call.context, user));
}

function getOrganizationMembership(call: Call): Answer {
  const organization = readOrganization(call);
  const { user, role, state } = found(organization.members.get(userNamed(call).id));
  const url = apiUrl(call.context, `/orgs/${organization.login}`);
  return json({
    url: `${url}/memberships/${user.login}`,
    state,
    role,
    organization_url: url,
    user: simpleUser(call.context, user),
  });
}

/** Active members only; child teams count. */
function listTeamMembers(call: Call): Answer {
  const role = call.query.get('role') ?? 'all';
  const members = [...teamMembers(teamOf(call)).values()].filter(
    (member) => member.state === 'active' && (role === 'all' || member.role === role),
  );
  return paginate(call, members, ({ user }) => simpleUser(call.context, user));
}

/** 200 also for who was invited and has not accepted: `state` is then `pending` (facts §10). */
function getTeamMembership(call: Call): Answer {
  const team = teamOf(call);
  const { user, role, state } = found(teamMembers(team).get(userNamed(call).id));
  const url = `${simpleTeam(call.context, team).url}/memberships/${user.login}`;
  return json({ url, role, state } satisfies Schemas['team-membership']);
}

function listTeamRepositories(call: Call): Answer {
  const team = teamOf(call);
  const repositories = [...call.context.state.repositories.values()].filter(
    (one) => teamPermission(team, one) !== 'none',
  );
  return paginate(call, repositories, (repository) => teamRepository(call, team, repository));
}

function teamRepository(call: Call, team: Team, repository: Repository) {
  const permission = teamPermission(team, repository);
  return {
    ...simpleRepository(call.context, repository),
    permissions: permissionFlags(permission),
    role_name: permission,
  } satisfies Schemas['team-repository'];
}

/** 204, or the repository with `Accept: application/vnd.github.v3.repository+json`. */
function getTeamRepository(call: Call): Answer {
  const team = teamOf(call);
  const repository = repositoryOf(call);
  if (teamPermission(team, repository) === 'none') throw notFound();
  return call.accept.includes('repository+json') ? json(teamRepository(call, team, repository)) : noContent;
}
