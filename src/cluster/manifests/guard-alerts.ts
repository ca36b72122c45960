/** When a person has to look after the guard: rules for Prometheus, as it reads them from a file. */
import type { JsonObject } from '../../base/json.ts';
import { longestGrace } from '../guard/core/judge.ts';

/**
 * Beyond it, in seconds, an object past its end is a leftover. The goal is one second, but a Pod may take its grace period
 * to stop, and its node a while to say so.
 */
const leftoverSeconds = longestGrace / 1000 + 15;

/** The `groups` of a rule file, or the `spec` of a PrometheusRule of the Prometheus operator. */
export function guardAlerts(): JsonObject {
  return { groups: [{ name: 'curfew-guard', rules }] };
}

const rules: readonly JsonObject[] = [
  rule({
    alert: 'CurfewGuardAbsent',
    expr: 'absent(curfew_guard_list_age_seconds < 150)',
    for: '2m',
    severity: 'critical',
    summary: 'No guard sees the objects of grants',
    description: 'What ends now ends only by git and the GitOps engine. Look at the pods in curfew-system.',
  }),
  rule({
    alert: 'CurfewGuardAlone',
    expr: 'count(curfew_guard_list_age_seconds < 150) < 2',
    for: '10m',
    severity: 'warning',
    summary: 'Only one guard sees the objects of grants',
    description: 'If that one fails too, nothing in the cluster ends access on time.',
  }),
  rule({
    alert: 'CurfewGuardLeftovers',
    expr: `max(curfew_guard_oldest_leftover_seconds) > ${leftoverSeconds}`,
    severity: 'critical',
    summary: 'Access goes on after its end',
    description:
      'An object of a grant is still there. The log of the guard names it, and whether it is stuck or the API server refuses.',
  }),
  rule({
    alert: 'CurfewGuardLate',
    expr: 'histogram_quantile(0.99, sum by (le) (increase(curfew_guard_removal_lag_seconds_bucket{reason="expired"}[10m]))) > 5',
    severity: 'warning',
    summary: 'The guard removes objects late',
    description: 'One in a hundred was there for more than 5 s after its end. The goal is one second.',
  }),
  rule({
    alert: 'CurfewGuardReturned',
    expr: 'sum(increase(curfew_guard_alerts_total{reason="returned"}[10m])) > 0',
    severity: 'warning',
    summary: 'Access came back after its end',
    description:
      'Somebody, or a GitOps engine, makes objects again whose time is up. The admission rules should refuse it.',
  }),
  rule({
    alert: 'CurfewGuardAlert',
    expr: 'sum by (reason) (increase(curfew_guard_alerts_total{reason!="returned"}[10m])) > 0',
    severity: 'warning',
    summary: 'The guard met what it should not: {{ $labels.reason }}',
    description:
      'The log of the guard, at level error, says what and where. docs/cluster.md explains each reason.',
  }),
];

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly severity: 'critical' | 'warning';
  readonly summary: string;
  readonly description: string;
}

function rule({ severity, summary, description, ...rest }: Rule): JsonObject {
  return { ...rest, labels: { severity }, annotations: { summary, description } };
}
