/** Checks and statuses as JSON. */
import type { components } from '@octokit/openapi-types';
import { formatInstant } from '../../base/instant.ts';
import { latestCheckRuns, latestStatuses } from '../checks.ts';
import type { SandboxContext } from '../context.ts';
import { pullRequests } from '../state.ts';
import type { CheckAnnotation, CheckRun, CheckSuite, CommitStatus, Repository } from '../state.ts';
import { simpleUser } from './account.ts';
import { app } from './app.ts';
import { gitCommit } from './commit.ts';
import { repositoryApiUrl, repositoryPageUrl } from './links.ts';
import { simpleRepository } from './repository.ts';

type Schemas = components['schemas'];

/** Open pull requests whose head is this commit. */
function pullRequestsAt(context: SandboxContext, repository: Repository, sha: string) {
  return pullRequests(repository)
    .filter((pullRequest) => pullRequest.state === 'open' && pullRequest.headSha === sha)
    .map((pullRequest) => {
      const { id, name } = repository;
      const repo = { id, name, url: repositoryApiUrl(context, repository) };
      return {
        id: pullRequest.id,
        number: pullRequest.number,
        url: repositoryApiUrl(context, repository, `/pulls/${pullRequest.number}`),
        head: { ref: pullRequest.headRef, sha: pullRequest.headSha, repo },
        base: { ref: pullRequest.baseRef, sha: pullRequest.baseSha, repo },
      };
    });
}

export function checkRun(context: SandboxContext, run: CheckRun) {
  const { checkSuite } = run;
  const { repository } = checkSuite;
  const url = repositoryApiUrl(context, repository, `/check-runs/${run.id}`);
  const page = repositoryPageUrl(context, repository, `/runs/${run.id}`);
  return {
    id: run.id,
    name: run.name,
    node_id: run.nodeId,
    head_sha: checkSuite.headSha,
    external_id: run.externalId,
    url,
    html_url: page,
    details_url: run.detailsUrl ?? page,
    status: run.status,
    conclusion: run.conclusion,
    started_at: formatInstant(run.startedAt),
    completed_at: run.completedAt === null ? null : formatInstant(run.completedAt),
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: checkSuite.id },
    app: app(context, checkSuite.app),
    pull_requests: pullRequestsAt(context, repository, checkSuite.headSha),
  } satisfies Schemas['check-run'];
}

export function checkAnnotation(context: SandboxContext, run: CheckRun, annotation: CheckAnnotation) {
  const { repository, headSha } = run.checkSuite;
  return {
    path: annotation.path,
    start_line: annotation.startLine,
    end_line: annotation.endLine,
    start_column: annotation.startColumn,
    end_column: annotation.endColumn,
    annotation_level: annotation.level,
    title: annotation.title,
    message: annotation.message,
    raw_details: annotation.rawDetails,
    blob_href: repositoryPageUrl(context, repository, `/blob/${headSha}/${annotation.path}`),
  } satisfies Schemas['check-annotation'];
}

/** Status and conclusion of a suite: the worst of its newest runs. */
export function suiteResult(suite: CheckSuite) {
  const runs = latestCheckRuns(suite.repository, suite.headSha).filter((run) => run.checkSuite === suite);
  const done = runs.length > 0 && runs.every(({ status }) => status === 'completed');
  if (!done)
    return { status: runs.length === 0 ? ('queued' as const) : ('in_progress' as const), conclusion: null };
  const worst = runs.find(({ conclusion }) => conclusion !== 'success') ?? runs[0];
  return { status: 'completed' as const, conclusion: worst?.conclusion ?? null };
}

export function checkSuite(context: SandboxContext, suite: CheckSuite) {
  const { repository } = suite;
  const url = repositoryApiUrl(context, repository, `/check-suites/${suite.id}`);
  const commit = gitCommit(context, repository, repository.git.commit(suite.headSha));
  return {
    id: suite.id,
    node_id: suite.nodeId,
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    ...suiteResult(suite),
    url,
    before: null,
    after: suite.headSha,
    pull_requests: pullRequestsAt(context, repository, suite.headSha),
    app: app(context, suite.app),
    repository: simpleRepository(context, repository),
    created_at: formatInstant(suite.createdAt),
    updated_at: formatInstant(suite.updatedAt),
    head_commit: {
      id: commit.sha,
      tree_id: commit.tree.sha,
      message: commit.message,
      timestamp: commit.committer.date,
      author: { name: commit.author.name, email: commit.author.email },
      committer: { name: commit.committer.name, email: commit.committer.email },
    },
    latest_check_runs_count: suite.checkRuns.length,
    check_runs_url: `${url}/check-runs`,
  } satisfies Schemas['check-suite'];
}

export function commitStatus(context: SandboxContext, repository: Repository, status: CommitStatus) {
  const createdAt = formatInstant(status.createdAt);
  return {
    url: repositoryApiUrl(context, repository, `/statuses/${status.sha}`),
    avatar_url: simpleUser(context, status.creator).avatar_url,
    id: status.id,
    node_id: status.nodeId,
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: createdAt,
    updated_at: createdAt,
    creator: simpleUser(context, status.creator),
  } satisfies Schemas['status'];
}

/** The answer to `GET /repos/{owner}/{repo}/commits/{ref}/status`. */
export function combinedStatus(context: SandboxContext, repository: Repository, sha: string) {
  const statuses = latestStatuses(repository, sha);
  const states = statuses.map(({ state }) => state);
  const failed = states.some((state) => state === 'failure' || state === 'error');
  const passed = states.length > 0 && states.every((state) => state === 'success');
  return {
    state: failed ? 'failure' : passed ? 'success' : 'pending',
    sha,
    total_count: statuses.length,
    statuses: statuses.map((status) => {
      const { creator: _, ...simple } = commitStatus(context, repository, status);
      return { ...simple, required: null };
    }),
    repository: simpleRepository(context, repository),
    commit_url: repositoryApiUrl(context, repository, `/commits/${sha}`),
    url: repositoryApiUrl(context, repository, `/commits/${sha}/status`),
  } satisfies Schemas['combined-commit-status'];
}
