/** The payload of each event, as GitHub sends it to one installation. */
import type { EmitterWebhookEvent, EmitterWebhookEventName } from '@octokit/webhooks';
import { formatInstant } from '../../base/instant.ts';
import type { SandboxContext } from '../context.ts';
import type { RepositoryEvent, SandboxEvent } from '../events.ts';
import { mergeable } from '../operations/merge.ts';
import { simpleOrganization, simpleTeam, simpleUser } from '../represent/account.ts';
import { installationJson } from '../represent/app.ts';
import { checkRun, checkSuite, commitStatus, suiteResult } from '../represent/check.ts';
import { gitCommit, listedCommit } from '../represent/commit.ts';
import { repositoryApiUrl } from '../represent/links.ts';
import {
  fullPullRequest,
  issueComment,
  issueJson,
  pullRequestReview,
  simplePullRequest,
} from '../represent/pull-request.ts';
import { simpleRepository } from '../represent/repository.ts';
import type { CheckRun, CheckSuite, Installation, PullRequest, Repository } from '../state.ts';
import { pushPayload } from './push.ts';

type Payload<Name extends EmitterWebhookEventName> = EmitterWebhookEvent<Name>['payload'];

/** The whole payload: what is special to the event, and the parts that every event carries. */
export function payloadOf(
  context: SandboxContext,
  event: SandboxEvent,
  installation: Installation,
): Readonly<Record<string, unknown>> {
  const action = 'action' in event ? { action: event.action } : {};
  return { ...action, ...special(context, event), ...common(context, event, installation) };
}

function common(context: SandboxContext, event: SandboxEvent, installation: Installation) {
  const organization = organizationOf(event);
  const aboutInstallation = event.event === 'installation' || event.event === 'installation_repositories';
  return {
    ...('repository' in event ? { repository: repositoryJson(context, event.repository) } : {}),
    ...(organization === undefined ? {} : { organization: simpleOrganization(context, organization) }),
    sender: simpleUser(context, event.sender),
    ...(aboutInstallation ? {} : { installation: { id: installation.id, node_id: installation.nodeId } }),
  };
}

function organizationOf(event: SandboxEvent) {
  if ('repository' in event)
    return event.repository.owner.type === 'Organization' ? event.repository.owner : undefined;
  if ('organization' in event) return event.organization;
  return 'team' in event ? event.team.organization : undefined;
}

function repositoryJson(context: SandboxContext, repository: Repository) {
  return {
    ...simpleRepository(context, repository),
    custom_properties: {},
  } satisfies Payload<'check_run'>['repository'];
}

function special(context: SandboxContext, event: SandboxEvent): Readonly<Record<string, unknown>> {
  if ('repository' in event) return aboutRepository(context, event);
  switch (event.event) {
    case 'membership':
      return {
        scope: 'team',
        member: simpleUser(context, event.member),
        team: simpleTeam(context, event.team),
      };
    case 'organization':
      return { membership: organizationMembership(context, event) };
    case 'installation':
      return {
        installation: installationJson(context, event.installation),
        repositories: installedRepositories(context, event.installation).map(repositoryName),
      };
    case 'installation_repositories': {
      const names = event.repositories.map(repositoryName);
      return {
        installation: installationJson(context, event.installation),
        repository_selection: event.installation.repositorySelection,
        repositories_added: event.action === 'added' ? names : [],
        repositories_removed: event.action === 'removed' ? names : [],
        requester: null,
      };
    }
    default:
      return event satisfies never;
  }
}

function organizationMembership(
  context: SandboxContext,
  event: Extract<SandboxEvent, { event: 'organization' }>,
) {
  const { organization, member } = event;
  const url = `${simpleOrganization(context, organization).url}/memberships/${member.login}`;
  const role = organization.members.get(member.id)?.role ?? 'member';
  return {
    url,
    state: 'active',
    role,
    organization_url: simpleOrganization(context, organization).url,
    user: simpleUser(context, member),
  } satisfies Payload<'organization.member_added'>['membership'];
}

function installedRepositories(context: SandboxContext, installation: Installation): Repository[] {
  return [...context.state.repositories.values()].filter(
    ({ id, owner }) =>
      owner === installation.account &&
      (installation.repositorySelection === 'all' || installation.repositories.has(id)),
  );
}

function repositoryName(repository: Repository) {
  const { id, nodeId, name, owner } = repository;
  return { id, node_id: nodeId, name, full_name: `${owner.login}/${name}`, private: repository.private };
}

function aboutRepository(context: SandboxContext, event: RepositoryEvent): Readonly<Record<string, unknown>> {
  const { repository } = event;
  switch (event.event) {
    case 'push':
      return pushPayload(context, event);
    case 'create':
    case 'delete':
      return refPayload(event);
    case 'pull_request':
      return aboutPullRequest(context, event);
    case 'pull_request_review':
      return {
        review: reviewJson(context, event.review),
        pull_request: inEvent(simplePullRequest(context, event.review.pullRequest)),
        ...('changes' in event ? { changes: event.changes } : {}),
      };
    case 'issue_comment':
      return {
        issue: issueJson(context, event.comment.issue),
        comment: issueComment(context, event.comment),
        ...('changes' in event ? { changes: event.changes } : {}),
      };
    case 'check_run':
      return {
        check_run: checkRunJson(context, event.checkRun),
        ...('identifier' in event ? { requested_action: { identifier: event.identifier } } : {}),
      };
    case 'check_suite':
      return { check_suite: checkSuiteJson(context, event.checkSuite) };
    case 'status':
      return statusPayload(context, event);
    case 'merge_group':
      return {
        merge_group: mergeGroupJson(context, event),
        ...('reason' in event ? { reason: event.reason } : {}),
      };
    case 'repository':
      return 'changes' in event ? { changes: event.changes } : {};
    case 'team':
      return { team: simpleTeam(context, event.team, repository) };
    default:
      return event satisfies never;
  }
}

function refPayload({ repository, ref }: Extract<RepositoryEvent, { event: 'create' | 'delete' }>) {
  return {
    ref: ref.replace(/^refs\/(heads|tags)\//, ''),
    ref_type: ref.startsWith('refs/tags/') ? ('tag' as const) : ('branch' as const),
    full_ref: ref,
    master_branch: repository.defaultBranch,
    description: repository.description,
    pusher_type: 'user',
  };
}

function aboutPullRequest(
  context: SandboxContext,
  event: Extract<RepositoryEvent, { event: 'pull_request' }>,
) {
  const { pullRequest } = event;
  return {
    number: pullRequest.number,
    pull_request: pullRequestJson(context, pullRequest),
    ...('changes' in event ? { changes: event.changes } : {}),
    ...('before' in event ? { before: event.before, after: event.after } : {}),
    ...('reason' in event ? { reason: event.reason } : {}),
    ...('reviewer' in event ? reviewerJson(context, event) : {}),
  };
}

function reviewerJson(
  context: SandboxContext,
  { reviewer, repository }: Extract<RepositoryEvent, { action: 'review_requested' }>,
) {
  return 'slug' in reviewer
    ? { requested_team: simpleTeam(context, reviewer, repository) }
    : { requested_reviewer: simpleUser(context, reviewer) };
}

function pullRequestJson(context: SandboxContext, pullRequest: PullRequest) {
  const { mergeabilityAsked } = pullRequest;
  const known = mergeabilityAsked ? mergeable(pullRequest) : null;
  return inEvent(
    fullPullRequest(context, pullRequest, known),
  ) satisfies Payload<'pull_request.opened'>['pull_request'];
}

/** Events say of each repository what REST leaves out. */
function inEvent<B extends { readonly repo: object }, P extends { readonly head: B; readonly base: B }>(
  json: P,
) {
  return { ...json, head: branchInEvent(json.head), base: branchInEvent(json.base) };
}

function branchInEvent<B extends { readonly repo: object }>(branch: B) {
  return { ...branch, repo: { ...branch.repo, custom_properties: {} } };
}

function reviewJson(
  context: SandboxContext,
  review: Extract<RepositoryEvent, { event: 'pull_request_review' }>['review'],
) {
  const json = pullRequestReview(context, review);
  return { ...json, state: json.state.toLowerCase(), submitted_at: json.submitted_at ?? null };
}

/** The short form that events nest in a check run. */
function nestedSuite(context: SandboxContext, suite: CheckSuite) {
  const {
    repository: _,
    head_commit: _commit,
    latest_check_runs_count: _count,
    check_runs_url: _url,
    ...nested
  } = checkSuite(context, suite);
  return nested;
}

function checkRunJson(context: SandboxContext, run: CheckRun) {
  return { ...checkRun(context, run), check_suite: nestedSuite(context, run.checkSuite) };
}

function checkSuiteJson(context: SandboxContext, suite: CheckSuite) {
  const { repository: _, ...json } = checkSuite(context, suite);
  return { ...json, ...suiteResult(suite) };
}

function statusPayload(
  context: SandboxContext,
  { repository, status }: Extract<RepositoryEvent, { event: 'status' }>,
) {
  const { git } = repository;
  const { sha } = status;
  const branches = git.branches().filter((branch) => git.branch(branch) === sha);
  const { creator: _creator, ...json } = commitStatus(context, repository, status);
  return {
    ...json,
    sha,
    name: `${repository.owner.login}/${repository.name}`,
    commit: listedCommit(context, repository, git.commit(sha)),
    branches: branches.map((name) => ({
      name,
      commit: { sha, url: repositoryApiUrl(context, repository, `/commits/${sha}`) },
      protected: false,
    })),
  };
}

function mergeGroupJson(
  context: SandboxContext,
  { entry, repository }: Extract<RepositoryEvent, { event: 'merge_group' }>,
) {
  const commit = repository.git.commit(entry.groupSha);
  const { author, committer } = gitCommit(context, repository, commit);
  return {
    head_sha: entry.groupSha,
    head_ref: entry.groupRef,
    base_sha: entry.baseSha,
    base_ref: `refs/heads/${entry.pullRequest.baseRef}`,
    head_commit: {
      id: commit.sha,
      tree_id: commit.tree,
      message: commit.message,
      timestamp: formatInstant(commit.committer.date),
      author: { name: author.name, email: author.email },
      committer: { name: committer.name, email: committer.email },
    },
  } satisfies Payload<'merge_group'>['merge_group'];
}
