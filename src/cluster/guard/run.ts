/** The guard for the life of a process: its parts, put together. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Instant } from '../../base/instant.ts';
import { everySecond } from './alarms.ts';
import { Api, parallelRequests, Unreachable } from './api.ts';
import type { Connection } from './connection.ts';
import { retryDelay } from './core/backoff.ts';
import { GuardClock } from './core/clock.ts';
import { guardedKinds, type GuardedKind } from './core/kinds.ts';
import { EventWriter } from './events.ts';
import { followGit, type GitRepositoryName } from './git.ts';
import { Guard } from './guard.ts';
import { Lanes } from './lanes.ts';
import { createMetrics } from './metrics.ts';
import { askPermissions, followPermissions, NotPermitted, type Lack } from './permission.ts';
import { reflect } from './reflector.ts';
import { Reports } from './reports.ts';
import { serveMonitoring } from './server.ts';

export interface GuardOptions {
  readonly connection: Connection;
  /** Where git can be seen, and which folder below `grants/` is this cluster's; null where only time counts. */
  readonly git: { readonly repository: GitRepositoryName; readonly cluster: string } | null;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly clock: () => Instant;
  /** What tells this replica from others in events: the name of its pod. */
  readonly instance: string;
}

/** What is known may be so old, in seconds: two watches, and some time to list. */
const freshness = 150;

/**
 * Runs until `signal` says otherwise. Rejects where the address is in use, and with NotPermitted where the guard may
 * remove nothing; that the API server does not answer yet is no reason not to start.
 */
export async function runGuard(options: GuardOptions, signal: AbortSignal): Promise<void> {
  const { log, git } = options;
  const clock = new GuardClock(options.clock, () => performance.now());
  const api = new Api(options.connection, (serverTime) => clock.heard(serverTime));
  // The rest is for lists, and for reading what git grants: they do not wait while much is removed.
  const lanes = new Lanes(parallelRequests - 8);
  const events = new EventWriter(api, options.instance, () => !lanes.idle);
  const metrics = createMetrics({
    objects: () => countKinds(guard),
    leftovers: () => guard.leftovers(),
    skew: () => (clock.skew === null ? null : clock.skew / 1000),
    age: () => guard.age(),
  });
  const reports = new Reports(log, metrics, events);
  const guard = new Guard({ api, lanes, reports, now: () => clock.now(), skew: () => clock.skew });
  const server = await serveMonitoring({
    host: options.host,
    port: options.port,
    registry: metrics.registry,
    missing: () => missing(guard),
  });
  log.info({ url: server.url, server: options.connection.server, git }, 'watching over grants');
  try {
    const repository = git?.repository ?? null;
    const lack = await whenAnswered(async () => askPermissions(api, repository), log, signal);
    if (lack?.isTotal === true) throw new NotPermitted(lack.what.join('\n'));
    const report = ({ what }: Lack): void => {
      if (what.length > 0) reports.notPermitted(what);
    };
    if (lack !== null) report(lack);
    everySecond(() => guard.beat(), signal);
    await Promise.all([
      ...guardedKinds.map(async (kind) => reflect(kind, api, guard, signal)),
      git === null ? null : followGit(api, git.repository, git.cluster, guard, signal),
      followPermissions(api, repository, report, signal),
      events.run(signal),
    ]);
  } finally {
    guard.stop();
    server.close();
    api.close();
  }
}

/** Null where it was told to end before. */
async function whenAnswered<T>(ask: () => Promise<T>, log: Logger, signal: AbortSignal): Promise<T | null> {
  for (let failures = 1; !signal.aborted; failures += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      log.warn({ err: error }, 'the API server does not answer yet');
      await sleep(retryDelay(failures, Math.random()), undefined, { signal }).catch(() => undefined);
    }
  }
  return null;
}

function missing(guard: Guard): readonly string[] {
  const age = guard.age();
  if (age === null) return ['not every kind of object has been listed yet'];
  return age <= freshness ? [] : [`what is there was last listed ${Math.round(age)} s ago`];
}

function countKinds(guard: Guard): ReadonlyMap<GuardedKind['kind'], number> {
  const counts = new Map(guardedKinds.map(({ kind }) => [kind, 0]));
  for (const { kind } of guard.objects()) counts.set(kind.kind, (counts.get(kind.kind) ?? 0) + 1);
  return counts;
}
