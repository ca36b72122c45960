/** Check suites, check runs, commit statuses, and what they say together. */
import type * as GitHub from '@octokit/graphql-schema';
import { formatInstant } from '../../../base/instant.ts';
import { latestCheckRuns, latestStatuses, passes } from '../../checks.ts';
import { nodeId } from '../../state.ts';
import type { CheckRun, CheckSuite, Repository } from '../../state.ts';
import { connect } from '../connection.ts';
import type { CommitChecks, Fields } from '../context.ts';
import { commitWith, refNamed } from '../git-objects.ts';
import { given } from '../given.ts';

/** The check suites on a commit, oldest first. */
export function checkSuitesOn(
  repository: Repository,
  sha: string,
  { appId, checkName }: GitHub.CheckSuiteFilter,
): CheckSuite[] {
  return repository.checkSuites.filter(
    (suite) =>
      suite.headSha === sha &&
      (!given(appId) || suite.app.id === appId) &&
      (!given(checkName) || suite.checkRuns.some(({ name }) => name === checkName)),
  );
}

/** Null where nobody has set a status. */
export function statusOn(repository: Repository, sha: string): CommitChecks | null {
  return latestStatuses(repository, sha).length === 0 ? null : { repository, sha };
}

/** Null where there is neither check nor status. */
export function rollupOn(repository: Repository, sha: string): CommitChecks | null {
  return latestCheckRuns(repository, sha).length === 0 ? statusOn(repository, sha) : { repository, sha };
}

export const checkSuiteFields: Fields<'CheckSuite'> = {
  id: (suite) => suite.nodeId,
  databaseId: (suite) => suite.id,
  app: (suite) => suite.app,
  repository: (suite) => suite.repository,
  commit: (suite) => commitWith(suite.repository, suite.headSha),
  branch: (suite) =>
    suite.headBranch === null ? null : refNamed(suite.repository, `refs/heads/${suite.headBranch}`),
  createdAt: (suite) => formatInstant(suite.createdAt),
  updatedAt: (suite) => formatInstant(suite.updatedAt),
  status: (suite) => {
    if (suite.checkRuns.length === 0) return 'QUEUED';
    return suite.checkRuns.every(({ status }) => status === 'completed') ? 'COMPLETED' : 'IN_PROGRESS';
  },
  checkRuns: (suite, { filterBy, ...page }: GitHub.CheckSuiteCheckRunsArgs, _context, info) =>
    connect(filterRuns(suite, filterBy ?? {}), page, info, ({ id }) => id),
};

function filterRuns(suite: CheckSuite, filter: GitHub.CheckRunFilter): CheckRun[] {
  const latest = new Map(suite.checkRuns.map((run) => [run.name, run]));
  const statuses = filter.statuses ?? (!given(filter.status) ? null : [filter.status]);
  return suite.checkRuns.filter(
    (run) =>
      (filter.checkType !== 'LATEST' || latest.get(run.name) === run) &&
      (!given(filter.checkName) || run.name === filter.checkName) &&
      (!given(filter.appId) || suite.app.id === filter.appId) &&
      (statuses === null || statuses.some((status) => status === run.status.toUpperCase())) &&
      (!given(filter.conclusions) ||
        filter.conclusions.some((conclusion) => conclusion === run.conclusion?.toUpperCase())),
  );
}

export const checkRunFields: Fields<'CheckRun'> = {
  id: (run) => run.nodeId,
  databaseId: (run) => run.id,
  name: (run) => run.name,
  status: (run) => run.status.toUpperCase(),
  conclusion: (run) => run.conclusion?.toUpperCase() ?? null,
  externalId: (run) => run.externalId,
  detailsUrl: (run) => run.detailsUrl,
  startedAt: (run) => formatInstant(run.startedAt),
  completedAt: (run) => (run.completedAt === null ? null : formatInstant(run.completedAt)),
  title: (run) => run.title,
  summary: (run) => run.summary,
  text: (run) => run.text,
  checkSuite: (run) => run.checkSuite,
  repository: (run) => run.checkSuite.repository,
  annotations: (run, args: GitHub.CheckRunAnnotationsArgs, _context, info) =>
    connect([...run.annotations.entries()], args, info, ([index]) => index, {
      node: ([, annotation]) => ({
        path: annotation.path,
        annotationLevel: annotation.level.toUpperCase(),
        message: annotation.message,
        title: annotation.title,
        rawDetails: annotation.rawDetails,
        location: {
          start: { line: annotation.startLine, column: annotation.startColumn },
          end: { line: annotation.endLine, column: annotation.endColumn },
        },
      }),
    }),
};

export const statusFields: Fields<'Status'> = {
  id: ({ repository, sha }) => nodeId('S', `${repository.id}:${sha}`),
  commit: ({ repository, sha }) => commitWith(repository, sha),
  state: ({ repository, sha }) =>
    worst(latestStatuses(repository, sha).map(({ state }) => state.toUpperCase())),
  contexts: ({ repository, sha }) => latestStatuses(repository, sha),
  context: ({ repository, sha }, { name }: GitHub.StatusContextArgs) =>
    latestStatuses(repository, sha).find(({ context }) => context === name) ?? null,
};

export const statusContextFields: Fields<'StatusContext'> = {
  id: (status) => status.nodeId,
  context: (status) => status.context,
  state: (status) => status.state.toUpperCase(),
  description: (status) => status.description,
  targetUrl: (status) => status.targetUrl,
  createdAt: (status) => formatInstant(status.createdAt),
  creator: (status) => status.creator,
};

export const rollupFields: Fields<'StatusCheckRollup'> = {
  id: ({ repository, sha }) => nodeId('SCR', `${repository.id}:${sha}`),
  commit: ({ repository, sha }) => commitWith(repository, sha),
  state: ({ repository, sha }) =>
    worst([
      ...latestCheckRuns(repository, sha).map(runState),
      ...latestStatuses(repository, sha).map(({ state }) => state.toUpperCase()),
    ]),
  contexts({ repository, sha }, args: GitHub.StatusCheckRollupContextsArgs, _context, info) {
    const runs = latestCheckRuns(repository, sha);
    const statuses = latestStatuses(repository, sha);
    const page = connect([...runs, ...statuses], args, info, ({ nodeId }) => nodeId);
    return Object.assign(page, { checkRunCount: runs.length, statusContextCount: statuses.length });
  },
};

export const appFields: Fields<'App'> = {
  id: (app) => app.nodeId,
  databaseId: (app) => app.id,
  slug: (app) => app.slug,
  name: (app) => app.name,
  createdAt: (app) => formatInstant(app.createdAt),
};

function runState(run: CheckRun): string {
  if (run.status !== 'completed') return 'PENDING';
  return passes(run) ? 'SUCCESS' : 'FAILURE';
}

function worst(states: readonly string[]): string {
  const order = ['ERROR', 'FAILURE', 'EXPECTED', 'PENDING'];
  return order.find((state) => states.includes(state)) ?? 'SUCCESS';
}
