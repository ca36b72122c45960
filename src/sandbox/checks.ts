/** What the checks and statuses on a commit say together. */
import type { CheckRun, CommitStatus, Repository, StatusCheckParameters } from './state.ts';

/** All check runs on a commit, newest first. */
export function checkRunsOn(repository: Repository, sha: string): CheckRun[] {
  return repository.checkSuites
    .filter((suite) => suite.headSha === sha)
    .flatMap((suite) => suite.checkRuns)
    .sort((a, b) => b.id - a.id);
}

/** The newest check run of each name and App. */
export function latestCheckRuns(repository: Repository, sha: string): CheckRun[] {
  const latest = new Map<string, CheckRun>();
  for (const run of checkRunsOn(repository, sha)) {
    const key = `${run.checkSuite.app.id} ${run.name}`;
    if (!latest.has(key)) latest.set(key, run);
  }
  return [...latest.values()];
}

/** The newest status of each context, newest first. */
export function latestStatuses(repository: Repository, sha: string): CommitStatus[] {
  const latest = new Map<string, CommitStatus>();
  for (const status of repository.statuses.filter((status) => status.sha === sha).toReversed()) {
    if (!latest.has(status.context)) latest.set(status.context, status);
  }
  return [...latest.values()];
}

/** Whether a check run lets a required check pass: `neutral` and `skipped` do as well (facts §10). */
export function passes(run: CheckRun): boolean {
  return run.conclusion === 'success' || run.conclusion === 'neutral' || run.conclusion === 'skipped';
}

/**
 * Whether a required check is met on a commit. Pinned to an App, only that App's run or status counts; otherwise every
 * run and status of the name must pass, and there must be one.
 */
export function requirementMet(
  repository: Repository,
  sha: string,
  required: StatusCheckParameters['required_status_checks'][number],
): boolean {
  const pinned = required.integration_id;
  const runs = latestCheckRuns(repository, sha).filter(
    (run) => run.name === required.context && (pinned === undefined || run.checkSuite.app.id === pinned),
  );
  const statuses = latestStatuses(repository, sha).filter(
    (status) => status.context === required.context && (pinned === undefined || status.appId === pinned),
  );
  return (
    runs.length + statuses.length > 0 &&
    runs.every(passes) &&
    statuses.every(({ state }) => state === 'success')
  );
}
