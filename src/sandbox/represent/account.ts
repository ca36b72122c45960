/** Accounts and teams as JSON. */
import type { components } from '@octokit/openapi-types';
import { formatInstant } from '../../base/instant.ts';
import { teamMembers, teamPermission } from '../access.ts';
import type { SandboxContext } from '../context.ts';
import type { Account, Organization, Repository, RepositoryPermission, Team } from '../state.ts';
import { accountLinks, apiUrl } from './links.ts';

type Schemas = components['schemas'];

/** A user, bot or organisation where it is mentioned. */
export function simpleUser(context: SandboxContext, account: Account) {
  return {
    login: account.login,
    id: account.id,
    node_id: account.nodeId,
    ...accountLinks(context, account),
    type: account.type,
    user_view_type: 'public',
    site_admin: false,
  } satisfies Schemas['simple-user'];
}

/** The committer of GitHub's own commits, as REST shows it; it is no account of the sandbox. */
export function webFlow(context: SandboxContext) {
  const account = { login: 'web-flow', id: 19_864_447 };
  return {
    ...account,
    node_id: 'MDQ6VXNlcjE5ODY0NDQ3',
    ...accountLinks(context, account),
    type: 'User' as const,
    user_view_type: 'public',
    site_admin: false,
  } satisfies Schemas['simple-user'];
}

/** The answer to `GET /users/{username}`. */
export function publicUser(context: SandboxContext, account: Account) {
  const createdAt = formatInstant(account.createdAt);
  return {
    ...simpleUser(context, account),
    name: account.type === 'Organization' ? account.login : account.name,
    company: null,
    blog: null,
    location: null,
    email: account.type === 'Organization' ? null : (account.emails[0] ?? null),
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: createdAt,
    updated_at: createdAt,
  } satisfies Schemas['public-user'];
}

export function simpleOrganization(context: SandboxContext, organization: Organization) {
  const url = apiUrl(context, `/orgs/${organization.login}`);
  return {
    login: organization.login,
    id: organization.id,
    node_id: organization.nodeId,
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${context.baseUrl}/avatars/u/${organization.id}`,
    description: null,
  } satisfies Schemas['organization-simple'];
}

/** GitHub's older words for roles: `pull`, `push`. */
function legacyPermission(permission: RepositoryPermission): string {
  if (permission === 'read') return 'pull';
  return permission === 'write' ? 'push' : permission;
}

/** A team where it is mentioned, without its parent. */
function teamCore(context: SandboxContext, team: Team, permission: RepositoryPermission) {
  const { organization, slug } = team;
  const url = apiUrl(context, `/organizations/${organization.id}/team/${team.id}`);
  return {
    id: team.id,
    node_id: team.nodeId,
    name: team.name,
    slug,
    description: '',
    privacy: team.privacy,
    notification_setting: 'notifications_enabled' as const,
    permission: legacyPermission(permission),
    url,
    html_url: `${context.baseUrl}/orgs/${organization.login}/teams/${slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    type: 'organization' as const,
    organization_id: organization.id,
  };
}

/** A team with its parent; `repository` tells which permission to name. */
export function simpleTeam(context: SandboxContext, team: Team, repository?: Repository) {
  const permission = repository === undefined ? 'read' : teamPermission(team, repository);
  return {
    ...teamCore(context, team, permission),
    parent: team.parent === null ? null : teamCore(context, team.parent, 'read'),
  } satisfies Schemas['team'];
}

/** The answer to `GET /orgs/{org}/teams/{team_slug}`. */
export function fullTeam(context: SandboxContext, team: Team) {
  const { organization } = team;
  const createdAt = formatInstant(team.createdAt);
  return {
    ...simpleTeam(context, team),
    members_count: [...teamMembers(team).values()].filter(({ state }) => state === 'active').length,
    repos_count: team.repositories.size,
    created_at: createdAt,
    updated_at: createdAt,
    organization: {
      ...simpleOrganization(context, organization),
      name: organization.login,
      is_verified: false,
      has_organization_projects: false,
      has_repository_projects: false,
      public_repos: 0,
      public_gists: 0,
      followers: 0,
      following: 0,
      html_url: `${context.baseUrl}/${organization.login}`,
      created_at: formatInstant(organization.createdAt),
      updated_at: formatInstant(organization.createdAt),
      type: 'Organization',
      archived_at: null,
    },
  } satisfies Schemas['team-full'];
}
