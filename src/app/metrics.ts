/** What Prometheus can ask: a registry for each app, so that two in one process do not mix. No label names a person or a repository. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { BudgetFigures } from '../github/limiter.ts';
import type { Observer } from './reconcile.ts';
import type { QueueDepth } from './queue.ts';
import type { AppWork } from './work.ts';

/** What became of a delivery. */
export type DeliveryResult =
  'accepted' | 'ignored' | 'malformed' | 'bad-signature' | 'too-large' | 'broken-off' | 'overloaded';

/** What a run that failed leads to: another one, or none until something changes. */
type FailureResult = 'retried' | 'given-up';

/** Read when Prometheus asks. */
export interface MetricSources {
  depth(): QueueDepth;
  /** By installation. */
  budgets(): ReadonlyMap<number, BudgetFigures>;
}

/** What the app counts and measures. */
export interface Metrics {
  readonly registry: Registry;
  readonly observer: Observer;
  delivered(result: DeliveryResult): void;
  ran(kind: AppWork['kind'], milliseconds: number): void;
  failed(kind: AppWork['kind'], result: FailureResult): void;
}

/** Builds the metrics of one app, all at zero. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const decisions = new Counter({
    name: 'curfew_decisions_total',
    help: 'Decisions taken, by reason code.',
    labelNames: ['reason'],
    registers,
  });
  const alerts = new Counter({
    name: 'curfew_alerts_total',
    help: 'Things that a person should look at, by reason code.',
    labelNames: ['reason'],
    registers,
  });
  const lag = new Histogram({
    name: 'curfew_revocation_lag_seconds',
    help: 'Time from the end of access until its grant was off the default branch.',
    buckets: [1, 5, 15, 30, 60, 120, 300, 900, 3600],
    registers,
  });
  const deliveries = new Counter({
    name: 'curfew_webhook_deliveries_total',
    help: 'Webhook deliveries received, by what became of them.',
    labelNames: ['result'],
    registers,
  });
  const runs = new Histogram({
    name: 'curfew_reconcile_duration_seconds',
    help: 'Duration of one run of the queue, by what was looked at.',
    labelNames: ['kind'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  const failures = new Counter({
    name: 'curfew_reconcile_failures_total',
    help: 'Runs that failed, by what was looked at and whether it is tried again.',
    labelNames: ['kind', 'result'],
    registers,
  });
  return {
    registry,
    observer: {
      decided: (reason) => decisions.inc({ reason }),
      alerted: (reason) => alerts.inc({ reason }),
      revoked: (lagMilliseconds) => lag.observe(lagMilliseconds / 1000),
    },
    delivered: (result) => deliveries.inc({ result }),
    ran: (kind, milliseconds) => runs.observe({ kind }, milliseconds / 1000),
    failed: (kind, result) => failures.inc({ kind, result }),
  };
}

/** Adds what is read only when Prometheus asks. */
export function watchSources(registry: Registry, sources: MetricSources): void {
  const registers = [registry];
  const depth = new Gauge({
    name: 'curfew_queue_depth',
    help: 'Keys in the work queue: waiting for their time, ready for a place, running.',
    labelNames: ['state'],
    registers,
    collect: () => {
      const { waiting, ready, running } = sources.depth();
      depth.set({ state: 'waiting' }, waiting);
      depth.set({ state: 'ready' }, ready);
      depth.set({ state: 'running' }, running);
    },
  });
  const remaining = new Gauge({
    name: 'curfew_github_budget_remaining',
    help: 'Requests (rest) and points (graphql) that GitHub still grants an installation in this hour.',
    labelNames: ['installation', 'resource'],
    registers,
    collect: () => {
      remaining.reset();
      for (const [installation, figures] of sources.budgets()) {
        if (figures.rest !== null) remaining.set({ installation, resource: 'rest' }, figures.rest.remaining);
        if (figures.graphql !== null)
          remaining.set({ installation, resource: 'graphql' }, figures.graphql.remaining);
      }
    },
  });
  const created = new Gauge({
    name: 'curfew_github_content_created',
    help: 'Content-creating requests to GitHub in the last hour; GitHub allows 500.',
    labelNames: ['installation'],
    registers,
    collect: () => {
      created.reset();
      for (const [installation, figures] of sources.budgets()) {
        created.set({ installation }, figures.created.lastHour);
      }
    },
  });
}
