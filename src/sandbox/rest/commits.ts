/** Commits: lists, single ones, comparisons, their pull requests and statuses. */
import type { components } from '@octokit/openapi-types';
import { z } from 'zod';
import { parseInstant } from '../../base/instant.ts';
import { authorize } from '../access.ts';
import { ApiError, notFound, unprocessable } from '../errors.ts';
import { commitsReachable, isAncestor, pathHistory } from '../git/history.ts';
import type { Commit } from '../git/objects.ts';
import { createStatus } from '../operations/checks.ts';
import { combinedStatus, commitStatus } from '../represent/check.ts';
import { diffEntry, fullCommit, listedCommit } from '../represent/commit.ts';
import { repositoryApiUrl, repositoryPageUrl } from '../represent/links.ts';
import { simplePullRequest } from '../represent/pull-request.ts';
import { pullRequests } from '../state.ts';
import type { PullRequest, Repository } from '../state.ts';
import { json, paginate, param, parseBody, repositoryOf, route } from './route.ts';
import type { Answer, Call } from './route.ts';

type Schemas = components['schemas'];

const read = { app: ['contents:read'], role: 'read' } as const;

/** Single commits and comparisons show at most 300 files (facts §3). */
const maxFiles = 300;

export const commitRoutes = [
  route('GET /repos/{owner}/{repo}/commits', listCommits),
  route('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', listPullRequests),
  route('GET /repos/{owner}/{repo}/commits/{ref}/status', getCombinedStatus),
  route('GET /repos/{owner}/{repo}/commits/{ref}/statuses', listStatuses),
  route('POST /repos/{owner}/{repo}/statuses/{sha}', postStatus),
  route('GET /repos/{owner}/{repo}/compare/{basehead}', compare),
];

/** Declared last: `{ref}` would swallow the longer paths below commits. */
export const singleCommitRoute = route('GET /repos/{owner}/{repo}/commits/{ref}', getCommit);

/** The commit that a name stands for. @throws ApiError 422 where there is none */
export function commitNamed(repository: Repository, name: string): Commit {
  const sha = repository.git.resolve(name, repository.defaultBranch);
  const commit = sha === undefined ? undefined : repository.git.readCommit(sha);
  if (commit === undefined) throw unprocessable(`No commit found for SHA: ${name}`);
  return commit;
}

/** The tree that a commit changed: its first parent's, or the empty one. */
function parentOf(repository: Repository, commit: Commit): string {
  return commit.parents[0] ?? repository.git.objects.writeTree([]);
}

function readable(call: Call): Repository {
  const repository = repositoryOf(call);
  authorize(call.context.state, call.actor, repository, read);
  return repository;
}

function listCommits(call: Call): Answer {
  const repository = readable(call);
  const { query, context } = call;
  if (repository.git.branches().length === 0) throw new ApiError(409, 'Git Repository is empty.');
  const name = query.get('sha') ?? repository.defaultBranch;
  const tip = repository.git.resolve(name, repository.defaultBranch);
  if (tip === undefined || repository.git.readCommit(tip) === undefined) throw notFound();
  const path = query.get('path');
  const commits =
    path === null || path === ''
      ? commitsReachable(repository.git, [tip])
      : pathHistory(repository.git, tip, path);
  const [author, since, until] = [
    query.get('author'),
    instant(query.get('since')),
    instant(query.get('until')),
  ];
  const wanted = commits.filter(
    (commit) =>
      (author === null || isBy(call, commit, author)) &&
      (since === null || commit.committer.date >= since) &&
      (until === null || commit.committer.date <= until),
  );
  return paginate(call, wanted, (commit) => listedCommit(context, repository, commit));
}

function instant(text: string | null): number | null {
  return text === null ? null : parseInstant(text);
}

function isBy(call: Call, commit: Commit, author: string): boolean {
  const { email } = commit.author;
  return (
    email === author || call.context.state.userByEmail(email)?.login.toLowerCase() === author.toLowerCase()
  );
}

function getCommit(call: Call): Answer {
  const repository = readable(call);
  const commit = commitNamed(repository, param(call, 'ref'));
  if (call.accept.includes('sha'))
    return { status: 200, body: commit.sha, headers: { 'content-type': 'text/plain' } };
  const page = Math.max(1, Number(call.query.get('page') ?? 1) || 1);
  const files = repository.git.fileChanges(parentOf(repository, commit), commit.sha);
  const shown = files.slice((page - 1) * maxFiles, page * maxFiles);
  return json(fullCommit(call.context, repository, commit, shown));
}

/**
 * Pull requests that brought a commit, or that hold it while they are open. The link of a merged commit appears only
 * some time after the merge (facts §10).
 */
function listPullRequests(call: Call): Answer {
  const repository = repositoryOf(call);
  authorize(call.context.state, call.actor, repository, { app: ['pull_requests:read'], role: 'read' });
  const commit = commitNamed(repository, param(call, 'commit_sha'));
  const found = pullRequestsWith(repository, commit.sha, call.context.clock.now());
  return paginate(call, found, (pullRequest) => simplePullRequest(call.context, pullRequest));
}

function pullRequestsWith(repository: Repository, sha: string, now: number): PullRequest[] {
  const { git } = repository;
  return pullRequests(repository).filter((pullRequest) => {
    const { mergeCommitSha, headSha, baseSha } = pullRequest;
    const visibleAt =
      mergeCommitSha === null ? undefined : repository.mergeLinks.get(mergeCommitSha)?.visibleAt;
    if (visibleAt !== undefined && now < visibleAt) return false;
    return mergeCommitSha === sha || (isAncestor(git, sha, headSha) && !isAncestor(git, sha, baseSha));
  });
}

function getCombinedStatus(call: Call): Answer {
  const repository = repositoryOf(call);
  authorize(call.context.state, call.actor, repository, { app: ['statuses:read'], role: 'read' });
  return json(combinedStatus(call.context, repository, commitNamed(repository, param(call, 'ref')).sha));
}

function listStatuses(call: Call): Answer {
  const repository = repositoryOf(call);
  authorize(call.context.state, call.actor, repository, { app: ['statuses:read'], role: 'read' });
  const { sha } = commitNamed(repository, param(call, 'ref'));
  const statuses = repository.statuses.filter((status) => status.sha === sha).toReversed();
  return paginate(call, statuses, (status) => commitStatus(call.context, repository, status));
}

const statusBody = z.object({
  state: z.enum(['error', 'failure', 'pending', 'success']),
  target_url: z.string().nullable().default(null),
  description: z.string().nullable().default(null),
  context: z.string().default('default'),
});

function postStatus(call: Call): Answer {
  const repository = repositoryOf(call);
  const { target_url: targetUrl, ...body } = parseBody(call, statusBody);
  const status = createStatus(call.context, call.actor, repository, {
    ...body,
    targetUrl,
    sha: param(call, 'sha'),
  });
  return json(commitStatus(call.context, repository, status), 201);
}

function compare(call: Call): Answer {
  const repository = readable(call);
  const { context } = call;
  const { git } = repository;
  const [baseName = '', headName = ''] = param(call, 'basehead').split('...');
  const [base, head] = [baseName, headName].map((name) => {
    const sha = git.resolve(name.replace(/^[^/:]*:/, ''), repository.defaultBranch);
    const commit = sha === undefined ? undefined : git.readCommit(sha);
    if (commit === undefined) throw notFound();
    return commit;
  });
  if (base === undefined || head === undefined) throw notFound();
  const common = git.mergeBase(base.sha, head.sha);
  if (common === undefined)
    throw new ApiError(404, `No common ancestor between ${baseName} and ${headName}.`);
  const ahead = commitsReachable(git, [head.sha], [base.sha]).reverse();
  const behind = commitsReachable(git, [base.sha], [head.sha]).length;
  const files = git.fileChanges(common, head.sha);
  const url = repositoryApiUrl(context, repository, `/compare/${baseName}...${headName}`);
  const page = repositoryPageUrl(context, repository, `/compare/${baseName}...${headName}`);
  const { body: commits, headers } = paginate(call, ahead, (commit) =>
    listedCommit(context, repository, commit),
  );
  // Only the first page carries files.
  const firstPage = (call.query.get('page') ?? '1') === '1';
  const answer = {
    url,
    html_url: page,
    permalink_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    base_commit: listedCommit(context, repository, base),
    merge_base_commit: listedCommit(context, repository, git.commit(common)),
    status: comparison(ahead.length, behind),
    ahead_by: ahead.length,
    behind_by: behind,
    total_commits: ahead.length,
    commits: [],
    files: firstPage
      ? files.slice(0, maxFiles).map((file) => diffEntry(context, repository, head.sha, file))
      : [],
  } satisfies Schemas['commit-comparison'];
  return { status: 200, body: { ...answer, commits }, headers: headers ?? {} };
}

function comparison(ahead: number, behind: number): Schemas['commit-comparison']['status'] {
  if (ahead === 0) return behind === 0 ? 'identical' : 'behind';
  return behind === 0 ? 'ahead' : 'diverged';
}
