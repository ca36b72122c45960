/** Repositories and what belongs to them as JSON. */
import type { components } from '@octokit/openapi-types';
import { formatInstant } from '../../base/instant.ts';
import { includes, repositoryPermission } from '../access.ts';
import type { SandboxContext } from '../context.ts';
import { pullRequests } from '../state.ts';
import type { Repository, RepositoryPermission, Rule, Ruleset, User } from '../state.ts';
import { simpleUser } from './account.ts';
import { repositoryApiUrl, repositoryLinks, repositoryPageUrl } from './links.ts';

type Schemas = components['schemas'];

/** A repository where it is mentioned. */
export function simpleRepository(context: SandboxContext, repository: Repository) {
  const page = repositoryPageUrl(context, repository);
  const open = pullRequests(repository).filter(({ state }) => state === 'open').length;
  return {
    id: repository.id,
    node_id: repository.nodeId,
    name: repository.name,
    full_name: `${repository.owner.login}/${repository.name}`,
    private: repository.private,
    owner: simpleUser(context, repository.owner),
    description: repository.description,
    fork: repository.parent !== null,
    ...repositoryLinks(context, repository),
    created_at: formatInstant(repository.createdAt),
    updated_at: formatInstant(repository.pushedAt),
    pushed_at: formatInstant(repository.pushedAt),
    git_url: page.replace(/^https?:/, 'git:') + '.git',
    ssh_url: `ssh://git@${page.replace(/^https?:\/\//, '')}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    homepage: null,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: false,
    has_downloads: false,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    forks_count: 0,
    mirror_url: null,
    archived: repository.archived,
    disabled: false,
    open_issues_count: open,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: repository.private ? ('private' as const) : ('public' as const),
    forks: 0,
    open_issues: open,
    watchers: 0,
    default_branch: repository.defaultBranch,
  } satisfies Schemas['repository'];
}

/** The answer to `GET /repos/{owner}/{repo}`; `viewer` decides what `permissions` says. */
export function fullRepository(context: SandboxContext, repository: Repository, viewer: User | undefined) {
  const permission = viewer === undefined ? 'none' : repositoryPermission(context.state, repository, viewer);
  const { owner, parent } = repository;
  return {
    ...simpleRepository(context, repository),
    permissions: permissionFlags(permission),
    allow_merge_commit: repository.mergeMethods.includes('merge'),
    allow_squash_merge: repository.mergeMethods.includes('squash'),
    allow_rebase_merge: repository.mergeMethods.includes('rebase'),
    allow_auto_merge: false,
    allow_update_branch: false,
    delete_branch_on_merge: repository.deleteBranchOnMerge,
    network_count: 0,
    subscribers_count: 0,
    ...(owner.type === 'Organization' ? { organization: simpleUser(context, owner) } : {}),
    ...(parent === null
      ? {}
      : { parent: simpleRepository(context, parent), source: simpleRepository(context, parent) }),
  } satisfies Schemas['full-repository'];
}

export function permissionFlags(permission: RepositoryPermission) {
  return {
    admin: includes(permission, 'admin'),
    maintain: includes(permission, 'maintain'),
    push: includes(permission, 'write'),
    triage: includes(permission, 'triage'),
    pull: includes(permission, 'read'),
  };
}

/** The answer to `GET /repos/{owner}/{repo}/rulesets/{id}`; only administrators see who may bypass. */
export function repositoryRuleset(context: SandboxContext, ruleset: Ruleset, showBypass: boolean) {
  const { repository } = ruleset;
  return {
    id: ruleset.id,
    name: ruleset.name,
    target: 'branch',
    source_type: 'Repository',
    source: `${repository.owner.login}/${repository.name}`,
    enforcement: ruleset.enforcement,
    node_id: ruleset.nodeId,
    _links: {
      self: { href: repositoryApiUrl(context, repository, `/rulesets/${ruleset.id}`) },
      html: { href: repositoryPageUrl(context, repository, `/rules/${ruleset.id}`) },
    },
    conditions: { ref_name: { include: [...ruleset.refs.include], exclude: [...ruleset.refs.exclude] } },
    rules: ruleset.rules.map((rule) => ruleJson(rule)),
    ...(showBypass ? { bypass_actors: [...ruleset.bypassActors] } : {}),
    created_at: formatInstant(ruleset.createdAt),
    updated_at: formatInstant(ruleset.updatedAt),
  } satisfies Schemas['repository-ruleset'];
}

function ruleJson(rule: Rule): Schemas['repository-rule'] {
  if (rule.type === 'pull_request') {
    const { allowed_merge_methods: methods, ...parameters } = rule.parameters;
    const allowed = methods === undefined ? {} : { allowed_merge_methods: [...methods] };
    return { type: rule.type, parameters: { ...parameters, ...allowed } };
  }
  if (rule.type === 'required_status_checks') {
    const { required_status_checks: checks, ...parameters } = rule.parameters;
    return { type: rule.type, parameters: { ...parameters, required_status_checks: [...checks] } };
  }
  return rule;
}

/** An entry of `GET /repos/{owner}/{repo}/rules/branches/{branch}`. */
export function branchRule(ruleset: Ruleset, rule: Rule) {
  const { repository } = ruleset;
  return {
    ...ruleJson(rule),
    ruleset_source_type: 'Repository' as const,
    ruleset_source: `${repository.owner.login}/${repository.name}`,
    ruleset_id: ruleset.id,
  } satisfies Schemas['repository-rule-detailed'];
}

/** A ref as `git/refs` shows it. */
export function gitRef(context: SandboxContext, repository: Repository, ref: string, sha: string) {
  return {
    ref,
    node_id: `REF_${Buffer.from(`sandbox:${repository.id}:${ref}`).toString('base64url')}`,
    url: repositoryApiUrl(context, repository, `/git/${ref}`),
    object: {
      type: repository.git.objects.read(sha)?.type ?? 'commit',
      sha,
      url: repositoryApiUrl(context, repository, `/git/commits/${sha}`),
    },
  } satisfies Schemas['git-ref'];
}
