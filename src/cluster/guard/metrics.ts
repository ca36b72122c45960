/** What Prometheus can ask. No label names a grant, a person or a namespace. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { GuardedKind } from './core/kinds.ts';
import type { EndReason } from './core/judge.ts';

/** What a person should look at. */
export const alertReasons = {
  returned: 'An object came back after its removal',
  stuck: 'An object is being deleted and does not go: it has finalizers, or its node does not answer',
  'no-end': 'An object carried the label of a grant and no end that can be read',
  'label-lost': 'An object of a grant lost its label and is still there',
  refused: 'The API server refuses a removal',
  'not-permitted': 'The guard may not do all that it is there for; it does the rest',
  'git-unreadable': 'What git grants cannot be read; objects stay until their end',
  'clock-skew': 'The clocks of the guard and of the API server differ',
} as const;
export type AlertReason = keyof typeof alertReasons;

/** Read when Prometheus asks. */
export interface MetricSources {
  /** Number of labelled objects by kind. */
  objects(): ReadonlyMap<GuardedKind['kind'], number>;
  /** Seconds since the end of each object that is still there after it. */
  leftovers(): readonly number[];
  /** Seconds by which the own clock is ahead of the API server's; null where it was not heard. */
  skew(): number | null;
  /** Seconds since the kind about which least is known was listed; null before all were. */
  age(): number | null;
}

export interface Metrics {
  readonly registry: Registry;
  removed(kind: GuardedKind['kind'], reason: EndReason, lagSeconds: number | null): void;
  failed(kind: GuardedKind['kind']): void;
  alerted(reason: AlertReason): void;
}

export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const lag = new Histogram({
    name: 'curfew_guard_removal_lag_seconds',
    help: 'Time from the end of access until its object was gone, for objects that this guard removed.',
    labelNames: ['reason'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600],
    registers,
  });
  const removals = new Counter({
    name: 'curfew_guard_removals_total',
    help: 'Objects that this guard removed.',
    labelNames: ['kind', 'reason'],
    registers,
  });
  const failures = new Counter({
    name: 'curfew_guard_removal_failures_total',
    help: 'Attempts to remove an object that failed; each is repeated.',
    labelNames: ['kind'],
    registers,
  });
  const alerts = new Counter({
    name: 'curfew_guard_alerts_total',
    help: 'Things that a person should look at.',
    labelNames: ['reason'],
    registers,
  });
  // So that an increase shows from the first one on.
  for (const reason of Object.keys(alertReasons)) alerts.inc({ reason }, 0);
  watchSources(registry, sources);
  return {
    registry,
    removed: (kind, reason, lagSeconds) => {
      removals.inc({ kind, reason });
      if (lagSeconds !== null) lag.observe({ reason }, lagSeconds);
    },
    failed: (kind) => failures.inc({ kind }),
    alerted: (reason) => alerts.inc({ reason }),
  };
}

function watchSources(registry: Registry, sources: MetricSources): void {
  const gauge = (name: string, help: string, read: () => number | null): void => {
    const each = new Gauge({
      name,
      help,
      registers: [registry],
      collect: () => {
        const value = read();
        // Not shown at all, rather than as the 0 with which a gauge begins: a guard that sees nothing is not up to date.
        if (value === null) each.remove();
        else each.set(value);
      },
    });
  };
  const objects = new Gauge({
    name: 'curfew_guard_objects',
    help: 'Objects with the label of a grant.',
    labelNames: ['kind'],
    registers: [registry],
    collect: () => {
      for (const [kind, count] of sources.objects()) objects.set({ kind }, count);
    },
  });
  gauge(
    'curfew_guard_leftovers',
    'Objects that are still there after the end of their access.',
    () => sources.leftovers().length,
  );
  gauge(
    'curfew_guard_oldest_leftover_seconds',
    'Time since the end of the access of the oldest object that is still there; 0 where there is none.',
    () => Math.max(0, ...sources.leftovers()),
  );
  gauge(
    'curfew_guard_clock_skew_seconds',
    "How far the guard's clock is ahead of the API server's, to the second.",
    () => sources.skew(),
  );
  gauge('curfew_guard_list_age_seconds', 'Time since the kind was listed about which least is known.', () =>
    sources.age(),
  );
}
