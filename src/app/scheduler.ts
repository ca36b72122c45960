/** What is looked at, and when: places that webhooks point at, sweeps, retries, and what one run leads to. */
import type { Logger } from 'pino';
import type { Instant } from '../base/instant.ts';
import type { GitHubApp } from '../github/app.ts';
import type { AppIdentity } from '../github/context.ts';
import { RetryLater } from '../github/errors.ts';
import type { Clock } from './clock.ts';
import { Directory } from './directory.ts';
import type { Place } from './events.ts';
import { Heads } from './heads.ts';
import type { Metrics } from './metrics.ts';
import { Pace } from './pace.ts';
import { ShuttingDown, WorkQueue } from './queue.ts';
import { Readiness } from './readiness.ts';
import type { Reconciler } from './reconcile.ts';
import { retryAt } from './retry.ts';
import { sweepWork, type Sweep } from './sweep.ts';
import {
  branchWork,
  combineWork,
  deliveriesWork,
  installationWork,
  pullRequestsWork,
  pullRequestWork,
  type AppWork,
} from './work.ts';
import { createWorker, logOf } from './worker.ts';

/** What a scheduler works with. */
export interface SchedulerOptions {
  readonly github: GitHubApp;
  readonly reconciler: Reconciler;
  readonly clock: Clock;
  /** Between 0 and 1. */
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Called as soon as GitHub has said who we are. */
  readonly recognise: (identity: AppIdentity) => void;
  /** How many runs may go on at once. A quarter of the places is for urgent work. */
  readonly concurrency: number;
}

/** The queue, and everything that puts work into it. */
export interface Scheduler {
  readonly queue: Pick<WorkQueue<AppWork>, 'depth' | 'whenIdle' | 'drain'>;
  readonly readiness: Readiness;
  /** Queues what a webhook points at. */
  look(place: Place, delivery: string): void;
  /** Queues a sweep. */
  sweep(which: Sweep): void;
  /** Has GitHub deliver again what it could not deliver while nobody listened. */
  recoverDeliveries(): void;
}

/** What concerns a commit or a team rarely comes alone: it is looked at a little later, once. */
const settleTime = 5_000;

/** Builds the scheduler; nothing is queued yet. */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { clock, log, metrics, concurrency } = options;
  const directory = new Directory();
  const readiness = new Readiness(directory);
  const heads = new Heads();
  const pace = new Pace();
  const enqueue = (item: AppWork, notBefore: Instant = clock.now()): void => {
    const free = item.deliveries.length === 0 ? notBefore : pace.earliest(item.key, clock.now());
    queue.enqueue(item, Math.max(notBefore, free));
  };
  const work = createWorker({ ...options, directory, heads, observe: metrics.observer, enqueue });
  const queue = new WorkQueue<AppWork>({
    clock,
    concurrency,
    reserved: Math.floor(concurrency / 4),
    combine: combineWork,
    run: async (item, signal) => {
      const startedAt = clock.now();
      if (item.deliveries.length > 0) pace.count(item.key, startedAt);
      try {
        await work(item, signal);
        readiness.succeeded();
      } catch (error) {
        readiness.failed(error);
        if (item.kind === 'installation') directory.leaveOut(item.installation);
        throw error;
      } finally {
        metrics.ran(item.kind, clock.now() - startedAt);
      }
    },
    onFailure: (item, error, failures) => {
      const again = retryAt(error, { now: clock.now(), failures, random: options.random });
      metrics.failed(item.kind, again === null ? 'given-up' : 'retried');
      report(logOf(item, log), error, again, clock);
      return again;
    },
  });
  return {
    queue,
    readiness,
    look: (place, delivery) => {
      const settled = clock.now() + settleTime;
      if (place.kind === 'head') {
        for (const number of heads.find(place.repository.id, place.sha)) {
          enqueue(pullRequestWork(place.repository, number, { delivery }), settled);
        }
      } else if (place.kind === 'installation')
        enqueue(installationWork(place.installation, delivery), settled);
      else enqueue(workAt(place, delivery));
    },
    sweep: (which) => {
      for (const item of sweepWork(which, directory)) enqueue(item);
    },
    recoverDeliveries: () => enqueue(deliveriesWork()),
  };
}

function workAt(place: Exclude<Place, { kind: 'head' | 'installation' }>, delivery: string): AppWork {
  if (place.kind === 'branch') return branchWork(place.repository, delivery);
  if (place.kind === 'pull-requests') return pullRequestsWork(place.repository, delivery);
  return pullRequestWork(place.repository, place.number, { ...place, delivery });
}

function report(log: Logger, error: unknown, again: Instant | null, clock: Clock): void {
  const fields = {
    err: error,
    ...(again === null ? {} : { seconds: Math.round((again - clock.now()) / 1000) }),
  };
  if (error instanceof ShuttingDown) log.info(fields, 'stopped halfway; the next process goes on');
  else if (error instanceof RetryLater) log.warn(fields, 'GitHub did not answer; looking again later');
  else if (again === null) log.error(fields, 'left as it is until something changes or the next sweep');
  else log.error(fields, 'a run failed; looking again later');
}
