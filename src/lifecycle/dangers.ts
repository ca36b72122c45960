/** What the policy makes of the dangers of a grant. */
import type { Danger } from '../effect/effect.ts';
import { joinDemands } from '../policy/demand.ts';
import type { ApprovalDemand, EffectiveLimits } from '../policy/policy.ts';

export interface DangerVerdict {
  readonly refused: readonly Danger[];
  /** What the dangers demand beside the policy entry. */
  readonly demand: ApprovalDemand;
}

const nothing: ApprovalDemand = { owners: 0, others: [] };

/**
 * Dangers that no policy may allow are refused; for the others each limit that fits the scope says refuse, further
 * approvals, or warn. In production some dangers need two people even where no limit says so.
 */
export function judgeDangers(
  dangers: readonly Danger[],
  limits: EffectiveLimits,
  environment: string,
): DangerVerdict {
  const rules = dangers.flatMap((danger) =>
    limits.dangers
      .filter((limit) => limit.severity === danger.severity)
      .map(({ rule }) => ({ danger, rule })),
  );
  const refusedByPolicy = rules.filter(({ rule }) => rule.kind === 'refuse').map(({ danger }) => danger);
  const refused = dangers.filter((danger) => danger.refusedAlways || refusedByPolicy.includes(danger));
  const secondApproval =
    environment === 'production' && dangers.some((danger) => danger.secondApprovalInProduction);
  const demand = rules
    .flatMap(({ rule }) => (rule.kind === 'approvals' ? [rule.approvals] : []))
    .reduce(joinDemands, nothing);
  return { refused, demand: secondApproval ? joinDemands(demand, { owners: 2, others: [] }) : demand };
}
