/** Pull requests, issues, comments and reviews as JSON. */
import type { components } from '@octokit/openapi-types';
import { formatInstant } from '../../base/instant.ts';
import { isOrganizationAdmin } from '../access.ts';
import type { SandboxContext } from '../context.ts';
import { commitsReachable } from '../git/history.ts';
import { pullRequestChanges } from '../reviews.ts';
import type { Issue, IssueComment, PullRequest, Repository, Review, ReviewComment, User } from '../state.ts';
import { simpleTeam, simpleUser } from './account.ts';
import { app } from './app.ts';
import { repositoryApiUrl, repositoryPageUrl } from './links.ts';
import { simpleRepository } from './repository.ts';

type Schemas = components['schemas'];

/** What an account is to a repository. */
function authorAssociation(repository: Repository, user: User): Schemas['author-association'] {
  const { owner } = repository;
  if (owner === user || (owner.type === 'Organization' && isOrganizationAdmin(owner, user))) return 'OWNER';
  if (owner.type === 'Organization' && owner.members.get(user.id)?.state === 'active') return 'MEMBER';
  if (repository.collaborators.has(user.id)) return 'COLLABORATOR';
  return user.type === 'Bot' ? 'CONTRIBUTOR' : 'NONE';
}

function time(instant: number | null): string | null {
  return instant === null ? null : formatInstant(instant);
}

/** A pull request as lists show it. */
export function simplePullRequest(context: SandboxContext, pullRequest: PullRequest) {
  const { repository, number } = pullRequest;
  const page = repositoryPageUrl(context, repository, `/pull/${number}`);
  const api = (path: string): string => repositoryApiUrl(context, repository, path);
  const links = {
    url: api(`/pulls/${number}`),
    issue_url: api(`/issues/${number}`),
    commits_url: api(`/pulls/${number}/commits`),
    review_comments_url: api(`/pulls/${number}/comments`),
    review_comment_url: api('/pulls/comments{/number}'),
    comments_url: api(`/issues/${number}/comments`),
    statuses_url: api(`/statuses/${pullRequest.headSha}`),
  };
  const requested = pullRequest.reviewRequests.map(({ reviewer }) => reviewer);
  return {
    id: pullRequest.id,
    node_id: pullRequest.nodeId,
    ...links,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    number,
    state: pullRequest.state,
    locked: false,
    title: pullRequest.title,
    user: simpleUser(context, pullRequest.author),
    body: pullRequest.body,
    created_at: formatInstant(pullRequest.createdAt),
    updated_at: formatInstant(pullRequest.updatedAt),
    closed_at: time(pullRequest.closedAt),
    merged_at: time(pullRequest.mergedAt),
    merge_commit_sha: pullRequest.mergeCommitSha,
    assignee: null,
    assignees: [],
    requested_reviewers: requested.flatMap((one) => ('slug' in one ? [] : [simpleUser(context, one)])),
    requested_teams: requested.flatMap((one) =>
      'slug' in one ? [simpleTeam(context, one, repository)] : [],
    ),
    labels: [],
    milestone: null,
    draft: pullRequest.draft,
    head: branchOf(
      context,
      pullRequest.headRepository ?? repository,
      pullRequest.headRef,
      pullRequest.headSha,
    ),
    base: branchOf(context, repository, pullRequest.baseRef, pullRequest.baseSha),
    _links: {
      self: { href: links.url },
      html: { href: page },
      issue: { href: links.issue_url },
      comments: { href: links.comments_url },
      review_comments: { href: links.review_comments_url },
      review_comment: { href: links.review_comment_url },
      commits: { href: links.commits_url },
      statuses: { href: links.statuses_url },
    },
    author_association: authorAssociation(repository, pullRequest.author),
    auto_merge: null,
    active_lock_reason: null,
  } satisfies Schemas['pull-request-simple'];
}

function branchOf(context: SandboxContext, repository: Repository, ref: string, sha: string) {
  return {
    label: `${repository.owner.login}:${ref}`,
    ref,
    sha,
    user: simpleUser(context, repository.owner),
    repo: simpleRepository(context, repository),
  };
}

/** The commits of a pull request, oldest first. */
export function pullRequestCommits(pullRequest: PullRequest): ReturnType<typeof commitsReachable> {
  const { repository, headSha, baseSha } = pullRequest;
  return commitsReachable(repository.git, [headSha], [baseSha]).reverse();
}

/** A pull request by itself; `mergeable` as the caller found it. */
export function fullPullRequest(
  context: SandboxContext,
  pullRequest: PullRequest,
  mergeable: boolean | null,
) {
  const changes = pullRequestChanges(pullRequest);
  return {
    ...simplePullRequest(context, pullRequest),
    merged: pullRequest.mergedAt !== null,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: mergeableState(pullRequest, mergeable),
    merged_by: pullRequest.mergedBy === null ? null : simpleUser(context, pullRequest.mergedBy),
    comments: pullRequest.comments.length,
    review_comments: pullRequest.reviewComments.length,
    maintainer_can_modify: false,
    commits: pullRequestCommits(pullRequest).length,
    additions: changes.reduce((sum, change) => sum + change.additions, 0),
    deletions: changes.reduce((sum, change) => sum + change.deletions, 0),
    changed_files: changes.length,
  } satisfies Schemas['pull-request'];
}

function mergeableState(pullRequest: PullRequest, mergeable: boolean | null): string {
  if (mergeable === null) return 'unknown';
  if (!mergeable) return 'dirty';
  return pullRequest.draft ? 'draft' : 'clean';
}

/** An issue, or a pull request as the issues API shows it. */
export function issueJson(context: SandboxContext, issue: Issue | PullRequest) {
  const { repository, number } = issue;
  const url = repositoryApiUrl(context, repository, `/issues/${number}`);
  const kind = issue.kind === 'issue' ? 'issues' : 'pull';
  const page = repositoryPageUrl(context, repository, `/${kind}/${number}`);
  return {
    url,
    repository_url: repositoryApiUrl(context, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: page,
    id: issue.id,
    node_id: issue.nodeId,
    number,
    title: issue.title,
    user: simpleUser(context, issue.author),
    labels: [],
    state: issue.state,
    locked: false,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: issue.comments.length,
    created_at: formatInstant(issue.createdAt),
    updated_at: formatInstant(issue.updatedAt),
    closed_at: time(issue.closedAt),
    author_association: authorAssociation(repository, issue.author),
    active_lock_reason: null,
    body: issue.body,
    reactions: noReactions(url),
    performed_via_github_app: null,
    state_reason: null,
    ...(issue.kind === 'issue' ? {} : { draft: issue.draft, pull_request: pullRequestLinks(context, issue) }),
  } satisfies Schemas['issue'];
}

function pullRequestLinks(context: SandboxContext, pullRequest: PullRequest) {
  const page = repositoryPageUrl(context, pullRequest.repository, `/pull/${pullRequest.number}`);
  return {
    url: repositoryApiUrl(context, pullRequest.repository, `/pulls/${pullRequest.number}`),
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    merged_at: time(pullRequest.mergedAt),
  };
}

function noReactions(url: string) {
  return {
    url: `${url}/reactions`,
    total_count: 0,
    '+1': 0,
    '-1': 0,
    laugh: 0,
    hooray: 0,
    confused: 0,
    heart: 0,
    rocket: 0,
    eyes: 0,
  };
}

export function issueComment(context: SandboxContext, comment: IssueComment) {
  const { issue, id } = comment;
  const url = repositoryApiUrl(context, issue.repository, `/issues/comments/${id}`);
  const kind = issue.kind === 'issue' ? 'issues' : 'pull';
  return {
    url,
    html_url: repositoryPageUrl(context, issue.repository, `/${kind}/${issue.number}#issuecomment-${id}`),
    issue_url: repositoryApiUrl(context, issue.repository, `/issues/${issue.number}`),
    id,
    node_id: comment.nodeId,
    user: simpleUser(context, comment.author),
    created_at: formatInstant(comment.createdAt),
    updated_at: formatInstant(comment.updatedAt),
    author_association: authorAssociation(issue.repository, comment.author),
    body: comment.body,
    reactions: noReactions(url),
    performed_via_github_app: comment.viaApp === null ? null : app(context, comment.viaApp),
  } satisfies Schemas['issue-comment'];
}

export function pullRequestReview(context: SandboxContext, review: Review) {
  const { pullRequest, id } = review;
  const { repository, number } = pullRequest;
  const page = repositoryPageUrl(context, repository, `/pull/${number}#pullrequestreview-${id}`);
  const api = repositoryApiUrl(context, repository, `/pulls/${number}`);
  return {
    id,
    node_id: review.nodeId,
    user: simpleUser(context, review.author),
    body: review.body,
    state: review.state,
    html_url: page,
    pull_request_url: api,
    author_association: authorAssociation(repository, review.author),
    _links: { html: { href: page }, pull_request: { href: api } },
    ...(review.submittedAt === null ? {} : { submitted_at: formatInstant(review.submittedAt) }),
    commit_id: review.commitId,
  } satisfies Schemas['pull-request-review'];
}

export function reviewComment(context: SandboxContext, comment: ReviewComment) {
  const { review, id } = comment;
  const { repository, number } = review.pullRequest;
  const url = repositoryApiUrl(context, repository, `/pulls/comments/${id}`);
  const page = repositoryPageUrl(context, repository, `/pull/${number}#discussion_r${id}`);
  const api = repositoryApiUrl(context, repository, `/pulls/${number}`);
  return {
    url,
    pull_request_review_id: review.id,
    id,
    node_id: comment.nodeId,
    diff_hunk: '',
    path: comment.path,
    commit_id: comment.commitId,
    original_commit_id: comment.commitId,
    user: simpleUser(context, comment.author),
    body: comment.body,
    created_at: formatInstant(comment.createdAt),
    updated_at: formatInstant(comment.updatedAt),
    html_url: page,
    pull_request_url: api,
    author_association: authorAssociation(repository, comment.author),
    _links: { self: { href: url }, html: { href: page }, pull_request: { href: api } },
    ...(comment.line === null ? {} : { line: comment.line }),
  } satisfies Schemas['pull-request-review-comment'];
}
