/** What the policy makes of the dangers of a grant. */
import type { Danger } from '../effect/effect.ts';
import { demandSize, joinDemands } from '../policy/demand.ts';
import type { ApprovalDemand, EffectiveLimits } from '../policy/policy.ts';
import type { GrantEffect } from './effect.ts';

/** Which dangers are refused, and what the others cost. */
export interface DangerVerdict {
  readonly refused: readonly Danger[];
  /** What has to be approved: by the policy entry, the limits, and the dangers together. */
  readonly demand: ApprovalDemand;
}

/**
 * Dangers that no policy may allow are refused; for the others each limit that fits the scope says refuse, further
 * approvals, or warn. In production some dangers need two people even where no line of the policy says so.
 */
export function judgeDangers(
  { dangers, approvals }: Pick<GrantEffect, 'dangers' | 'approvals'>,
  policy: { readonly approvals: ApprovalDemand; readonly limits: EffectiveLimits },
  environment: string,
): DangerVerdict {
  const rules = dangers.flatMap((danger) =>
    policy.limits.dangers
      .filter((limit) => limit.severity === danger.severity)
      .map(({ rule }) => ({ danger, rule })),
  );
  const refusedByPolicy = rules.filter(({ rule }) => rule.kind === 'refuse').map(({ danger }) => danger);
  const refused = dangers.filter((danger) => danger.refusedAlways || refusedByPolicy.includes(danger));
  const demanded = rules.flatMap(({ rule }) => (rule.kind === 'approvals' ? [rule.approvals] : []));
  const demand = [...demanded, ...approvals].reduce(joinDemands, policy.approvals);
  const needsTwo =
    environment === 'production' && dangers.some((danger) => danger.secondApprovalInProduction);
  const missing = needsTwo ? Math.max(0, 2 - demandSize(demand)) : 0;
  return { refused, demand: { ...demand, owners: demand.owners + missing } };
}
