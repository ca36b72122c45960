/** What is done about each piece of work, and what it leads to. */
import type { Logger } from 'pino';
import type { Instant } from '../base/instant.ts';
import type { GitHubApp } from '../github/app.ts';
import type { AppIdentity } from '../github/context.ts';
import { RetryLater } from '../github/errors.ts';
import type { RepositoryPort } from '../github/port.ts';
import type { Clock } from './clock.ts';
import type { Directory } from './directory.ts';
import { isEventName } from './events.ts';
import type { Heads } from './heads.ts';
import type { Observer, ReconcileContext, Reconciler } from './reconcile.ts';
import {
  branchWork,
  installationWork,
  pullRequestsWork,
  pullRequestWork,
  type AppWork,
  type RepositoryAddress,
} from './work.ts';

/**
 * How soon a run may have itself run again, in milliseconds. Where our clock is ahead of GitHub's, by which decisions go,
 * the time that they wait for seems to have come already.
 */
const shortestWait = 2_000;

/** GitHub can deliver again what is not older than this. */
const redeliveryReach = 3 * 24 * 60 * 60_000;

/** What work is done with, and what comes of it. */
export interface WorkerOptions {
  readonly github: GitHubApp;
  readonly reconciler: Reconciler;
  readonly directory: Directory;
  readonly heads: Heads;
  readonly clock: Clock;
  readonly log: Logger;
  readonly observe: Observer;
  /** Called as soon as GitHub has said who we are. */
  readonly recognise: (identity: AppIdentity) => void;
  readonly enqueue: (work: AppWork, notBefore?: Instant) => void;
}

/** A function that does one piece of work; it throws what GitHub or the engine throw. */
export function createWorker(options: WorkerOptions): (work: AppWork, signal: AbortSignal) => Promise<void> {
  const redelivered = new Set<string>();
  return async (work, signal) => {
    switch (work.kind) {
      case 'pull-request':
        return reconcilePullRequest(work, signal, options);
      case 'branch':
        return reconcileBranch(work, signal, options);
      case 'pull-requests':
        return lookOverPullRequests(work, signal, options);
      case 'installation':
        return listRepositories(work.installation, options);
      case 'installations':
        return listInstallations(options);
      case 'deliveries':
        return redeliver(options, redelivered);
    }
  };
}

/** A log whose lines say what they are about. */
export function logOf(work: AppWork, log: Logger): Logger {
  const about =
    'repository' in work
      ? { installation: work.repository.installation, repository: nameOf(work.repository) }
      : 'installation' in work
        ? { installation: work.installation }
        : {};
  return log.child({
    work: work.kind,
    ...about,
    ...(work.kind === 'pull-request' ? { pullRequest: work.number } : {}),
    ...(work.deliveries.length === 0 ? {} : { deliveries: work.deliveries }),
  });
}

async function reconcilePullRequest(
  work: Extract<AppWork, { kind: 'pull-request' }>,
  signal: AbortSignal,
  options: WorkerOptions,
): Promise<void> {
  const { reconciler, heads, enqueue } = options;
  const { repository, number, mergeGroups } = work;
  const context = { ...contextOf(work, signal, options), mergeGroups };
  const outcome = await reconciler.pullRequest(portOf(repository, options), number, context);
  heads.remember(repository.id, outcome.head, number);
  if (outcome.branchTouched) enqueue(branchWork(repository, work.deliveries.at(-1)));
  if (outcome.requeueAt !== null)
    enqueue(pullRequestWork(repository, number), notBefore(outcome.requeueAt, options));
}

async function reconcileBranch(
  work: Extract<AppWork, { kind: 'branch' }>,
  signal: AbortSignal,
  options: WorkerOptions,
): Promise<void> {
  const { reconciler, directory, enqueue } = options;
  const { repository } = work;
  const outcome = await reconciler.branch(portOf(repository, options), contextOf(work, signal, options));
  if (directory.adopt(repository, outcome.adopted)) enqueue(pullRequestsWork(repository));
  if (outcome.wakeAt !== null) enqueue(branchWork(repository), notBefore(outcome.wakeAt, options));
  for (const number of outcome.pullRequests) enqueue(pullRequestWork(repository, number));
  // Last: the queue says when to try again, and nothing of the above waits for that.
  if (outcome.failure !== null) throw outcome.failure;
}

async function lookOverPullRequests(
  work: Extract<AppWork, { kind: 'pull-requests' }>,
  signal: AbortSignal,
  options: WorkerOptions,
): Promise<void> {
  const { reconciler, heads, enqueue } = options;
  const { repository } = work;
  const port = portOf(repository, options);
  for (const each of await reconciler.openPullRequests(port, contextOf(work, signal, options))) {
    heads.remember(repository.id, each.head, each.number);
    if (each.due) enqueue(pullRequestWork(repository, each.number));
    else if (each.requeueAt !== null) {
      enqueue(pullRequestWork(repository, each.number), notBefore(each.requeueAt, options));
    }
  }
}

async function listRepositories(installation: number, options: WorkerOptions): Promise<void> {
  const { github, directory, enqueue } = options;
  const repositories = (await github.repositories(installation)).map(
    ({ id, owner, name }): RepositoryAddress => ({ installation, id, owner, name }),
  );
  directory.listRepositories(installation, repositories);
  for (const repository of repositories) {
    enqueue(branchWork(repository));
    // Where there is no policy yet, the branch's run finds out when there is one.
    if (directory.isAdopted(repository)) enqueue(pullRequestsWork(repository));
  }
}

async function listInstallations(options: WorkerOptions): Promise<void> {
  const { github, directory, enqueue, recognise } = options;
  recognise(await github.identity());
  const installations = (await github.installations())
    .filter(({ suspended }) => !suspended)
    .map(({ id }) => id);
  directory.listInstallations(installations);
  for (const installation of installations) enqueue(installationWork(installation));
}

/** Each event once in the life of this process: what fails for a lasting reason would fail for ever. */
async function redeliver({ github, clock, log }: WorkerOptions, done: Set<string>): Promise<void> {
  const failed = await github.failedDeliveries(clock.now() - redeliveryReach);
  for (const { id, guid, event } of failed) {
    if (done.has(guid) || !isEventName(event)) continue;
    try {
      await github.redeliver(id);
      log.info({ delivery: guid, event }, 'asked GitHub to deliver again');
    } catch (error) {
      if (error instanceof RetryLater) throw error;
      log.warn(
        { err: error, delivery: guid, event },
        'GitHub does not deliver this again; the sweep makes up for it',
      );
    }
    done.add(guid);
  }
}

function notBefore(wanted: Instant, { clock }: WorkerOptions): Instant {
  return Math.max(wanted, clock.now() + shortestWait);
}

function contextOf(work: AppWork, signal: AbortSignal, options: WorkerOptions): ReconcileContext {
  return { log: logOf(work, options.log), signal, observe: options.observe };
}

function portOf(repository: RepositoryAddress, { github }: WorkerOptions): RepositoryPort {
  return github.repository(repository.installation, repository.owner, repository.name);
}

function nameOf({ owner, name }: RepositoryAddress): string {
  return `${owner}/${name}`;
}
