/** What a grant's policies do to the pods that a snapshot knows, and what the policy's limits make of it. */
import type { ApprovalDemand, DangerRule, NetworkLimits } from '../../policy/policy.ts';
import type { Danger } from '../effect.ts';
import { missingBaseline } from './baseline.ts';
import { flagged, refused } from './danger.ts';
import type { IsolationChange } from './difference.ts';
import type { Group } from './groups.ts';
import { defaultMaxAddresses } from './guard-policies.ts';
import type { NetworkPolicy } from './policy.ts';
import { sayGroup, sayIsolation } from './sentences.ts';
import { joinSome, joinWords } from './words.ts';

export interface Guarded {
  readonly dangers: readonly Danger[];
  /** What the limits demand beside the policy entry. */
  readonly approvals: readonly ApprovalDemand[];
}

const nothing: Guarded = { dangers: [], approvals: [] };

/** The fewest addresses that any limit allows. */
export function maxAddresses(limits: readonly NetworkLimits[]): number {
  const given = limits.flatMap((limit) => limit.maxAddresses ?? []);
  return given.length === 0 ? defaultMaxAddresses : Math.min(...given);
}

/** Pods that are isolated for the first time: whatever was connected to them, and is not allowed, is cut. */
export function guardIsolation(
  isolation: readonly IsolationChange[],
  groups: readonly Group[],
  limits: readonly NetworkLimits[],
): Guarded {
  const isolated = sayIsolation(isolation.filter((change) => change.isolated));
  if (isolated.length === 0) return nothing;
  const closed = groups.filter(({ kind }) => kind === 'closed').map(sayGroup);
  const effect = closed.length === 0 ? 'nothing that is known is cut by it' : joinSome(closed, 2);
  return byLimits(
    'network-newly-isolated',
    `${joinWords(isolated)}, which nothing isolated before: ${effect}`,
    limits.flatMap((limit) => limit.newlyIsolated ?? []),
  );
}

/** Without a snapshot nobody knows whom a policy isolates; a limit that refuses newly isolated pods refuses that too. */
export function guardUnknownIsolation(
  selected: readonly string[],
  limits: readonly NetworkLimits[],
): Guarded {
  if (selected.length === 0) return nothing;
  const message = `selects ${joinWords(selected)}; without a snapshot nobody knows whether that cuts their other traffic`;
  const isRefused = limits.some(({ newlyIsolated }) => newlyIsolated?.kind === 'refuse');
  const rule = 'network-isolation-unknown';
  return { dangers: [isRefused ? refused(rule, message) : flagged('high', rule, message)], approvals: [] };
}

/** A namespace without default deny; `policies` null where no snapshot says which there are. */
export function guardBaseline(
  policies: readonly NetworkPolicy[] | null,
  namespace: string,
  limits: readonly NetworkLimits[],
): readonly Danger[] {
  const isRequired = limits.some(({ baseline }) => baseline === 'require');
  const rule = 'network-no-baseline';
  if (policies === null) {
    if (!isRequired) return [];
    return [
      refused(
        rule,
        `whether ${namespace} denies by default cannot be seen without a snapshot, and a limit requires it`,
      ),
    ];
  }
  const missing = missingBaseline(policies, namespace);
  if (missing.length === 0) return [];
  const message = `${namespace} has no default deny for ${joinWords(missing)}: pods there are open until some policy selects them`;
  return [isRequired ? refused(rule, message) : flagged('medium', rule, `${message}; the plan proposes one`)];
}

/** The strictest of the rules; without any, such a thing is refused, and the message says how to allow it. */
function byLimits(rule: string, message: string, rules: readonly DangerRule[]): Guarded {
  if (rules.length === 0) {
    const remedy = 'limits[].network.newlyIsolated of the policy may allow it';
    return { dangers: [refused(rule, `${message}; ${remedy}`)], approvals: [] };
  }
  if (rules.some(({ kind }) => kind === 'refuse'))
    return { dangers: [refused(rule, message)], approvals: [] };
  const approvals = rules.flatMap((each) => (each.kind === 'approvals' ? [each.approvals] : []));
  return { dangers: [flagged(approvals.length > 0 ? 'high' : 'medium', rule, message)], approvals };
}
