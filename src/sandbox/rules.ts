/** Rulesets: which rules hold for a ref, who may go past them, and what a change violates. */
import { includes, isOrganizationAdmin, isTeamMember, repositoryPermission } from './access.ts';
import type { AccountActor } from './auth.ts';
import { requirementMet } from './checks.ts';
import type { SandboxContext } from './context.ts';
import { commitsReachable, isAncestor, isFastForward } from './git/history.ts';
import { missingReviews } from './reviews.ts';
import type {
  BypassActor,
  MergeMethod,
  PullRequest,
  PullRequestParameters,
  Repository,
  Rule,
  Ruleset,
} from './state.ts';

export interface EffectiveRule {
  readonly ruleset: Ruleset;
  readonly rule: Rule;
}

/** A change of a ref that is to be judged. */
export interface RefChange {
  readonly repository: Repository;
  /** Full name. */
  readonly ref: string;
  readonly before: string | null;
  readonly after: string | null;
  /** Set when the change is the merge of a pull request; `queued` when the merge queue makes it. */
  readonly merge?: {
    readonly pullRequest: PullRequest;
    readonly method: MergeMethod;
    readonly queued: boolean;
  };
}

/** The rules of all active rulesets that target a ref. */
export function effectiveRules(repository: Repository, ref: string): EffectiveRule[] {
  return repository.rulesets
    .filter((ruleset) => ruleset.enforcement === 'active' && targets(ruleset, ref))
    .flatMap((ruleset) => ruleset.rules.map((rule) => ({ ruleset, rule })));
}

function targets(ruleset: Ruleset, ref: string): boolean {
  if (!ref.startsWith('refs/heads/')) return false;
  const matches = (pattern: string): boolean => {
    if (pattern === '~ALL') return true;
    if (pattern === '~DEFAULT_BRANCH') return ref === `refs/heads/${ruleset.repository.defaultBranch}`;
    return globToRegExp(pattern).test(ref);
  };
  return ruleset.refs.include.some(matches) && !ruleset.refs.exclude.some(matches);
}

/** Ruby's fnmatch with pathnames, as rulesets use it: `*` within a segment, `**` + slash over any number of them. */
function globToRegExp(glob: string): RegExp {
  const source = glob.replaceAll(/\*\*\/|\*|\?|[.+^${}()|[\]\\]/g, (token) => {
    if (token === '**/') return '(?:[^/]+/)*';
    if (token === '*') return '[^/]*';
    return token === '?' ? '[^/]' : `\\${token}`;
  });
  return new RegExp(`^${source}$`);
}

/** What a change violates, in GitHub's words; empty when it may go ahead. */
export function violations(context: SandboxContext, actor: AccountActor, change: RefChange): string[] {
  return effectiveRules(change.repository, change.ref)
    .filter(({ ruleset }) => !bypasses(context, actor, ruleset, change))
    .flatMap(({ rule }) => violated(context, rule, change));
}

function bypasses(
  context: SandboxContext,
  actor: AccountActor,
  ruleset: Ruleset,
  change: RefChange,
): boolean {
  return ruleset.bypassActors.some(
    (bypass) =>
      (bypass.bypass_mode === 'always' || change.merge !== undefined) &&
      isBypassActor(context, actor, ruleset.repository, bypass),
  );
}

/** How far an account goes past a ruleset, in the words of `current_user_can_bypass`. */
export function bypassOf(
  context: SandboxContext,
  actor: AccountActor,
  ruleset: Ruleset,
): 'always' | 'pull_requests_only' | 'never' {
  const own = ruleset.bypassActors.filter((bypass) =>
    isBypassActor(context, actor, ruleset.repository, bypass),
  );
  if (own.some((bypass) => bypass.bypass_mode === 'always')) return 'always';
  return own.length > 0 ? 'pull_requests_only' : 'never';
}

/** Roles in the order of their ids at GitHub. */
const roles: Readonly<Record<number, 'maintain' | 'write' | 'admin'>> = {
  2: 'maintain',
  4: 'write',
  5: 'admin',
};

function isBypassActor(
  context: SandboxContext,
  actor: AccountActor,
  repository: Repository,
  bypass: BypassActor,
): boolean {
  const { owner } = repository;
  if (bypass.actor_type === 'Integration') {
    return actor.kind === 'installation' && actor.app.id === bypass.actor_id;
  }
  if (actor.kind !== 'user') return false;
  switch (bypass.actor_type) {
    case 'OrganizationAdmin':
      return owner.type === 'Organization' && isOrganizationAdmin(owner, actor.user);
    case 'Team': {
      const teams = owner.type === 'Organization' ? owner.teams : [];
      return teams.some((team) => team.id === bypass.actor_id && isTeamMember(team, actor.user));
    }
    case 'RepositoryRole': {
      const role = roles[bypass.actor_id ?? 0];
      return (
        role !== undefined && includes(repositoryPermission(context.state, repository, actor.user), role)
      );
    }
    default:
      return false;
  }
}

function violated(context: SandboxContext, rule: Rule, change: RefChange): string[] {
  const { repository, before, after } = change;
  switch (rule.type) {
    case 'creation':
      return before === null ? ['Cannot create ref due to creations being restricted.'] : [];
    case 'update':
      return before !== null && after !== null ? ['Cannot update this protected ref.'] : [];
    case 'deletion':
      return after === null ? ['Cannot delete this protected branch.'] : [];
    case 'non_fast_forward':
      return before !== null && after !== null && !isFastForward(repository.git, before, after)
        ? ['Cannot force-push to this branch.']
        : [];
    case 'required_linear_history':
      return newCommits(change).some((commit) => commit.parents.length > 1)
        ? ['This branch must not contain merge commits.']
        : [];
    case 'required_signatures':
      return newCommits(change).every((commit) => repository.signedByGitHub.has(commit.sha))
        ? []
        : ['Commits must have verified signatures.'];
    case 'merge_queue':
      return after === null || change.merge?.queued === true
        ? []
        : ['Changes must be made through the merge queue.'];
    case 'pull_request':
      return pullRequestViolations(context, rule.parameters, change);
    case 'required_status_checks':
      return checkViolations(rule.parameters, change);
    default:
      return [];
  }
}

function newCommits({ repository, before, after }: RefChange): ReturnType<typeof commitsReachable> {
  return after === null ? [] : commitsReachable(repository.git, [after], before === null ? [] : [before]);
}

function pullRequestViolations(
  context: SandboxContext,
  rule: PullRequestParameters,
  change: RefChange,
): string[] {
  if (change.before === null || change.after === null) return [];
  if (change.merge === undefined) return ['Changes must be made through a pull request.'];
  const { pullRequest, method } = change.merge;
  const methods = rule.allowed_merge_methods;
  const wrongMethod = methods !== undefined && !methods.includes(method);
  return [
    ...(wrongMethod ? [`Merge method ${method} is not allowed; use one of ${methods.join(', ')}.`] : []),
    ...missingReviews(context.state, pullRequest, rule),
  ];
}

function checkViolations(
  rule: Extract<Rule, { type: 'required_status_checks' }>['parameters'],
  change: RefChange,
): string[] {
  const { repository, before, after, merge } = change;
  if (before === null || after === null) return [];
  // A merge is judged by the head of its pull request, or by the group's commit when queued.
  const sha = merge === undefined || merge.queued ? after : merge.pullRequest.headSha;
  const missing = rule.required_status_checks
    .filter((required) => !requirementMet(repository, sha, required))
    .map(({ context }) => `Required status check "${context}" is expected.`);
  const behind = rule.strict_required_status_checks_policy && !isAncestor(repository.git, before, sha);
  return behind ? [...missing, 'The branch must be up to date with the base branch.'] : missing;
}
