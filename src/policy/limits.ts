/** What the limits that fit a scope leave: each only takes away, so the strictest of each kind holds. */
import { severities } from '../base/severity.ts';
import type { Scope } from '../request/request.ts';
import type { EffectiveLimits, LimitEntry, Policy } from './policy.ts';
import { limitReaches } from './scopes.ts';

/** Seconds within which a request must be approved, where no limit says less. */
const approveWithin = 24 * 3600;

/** Seconds within which an approved request must be granted, where no limit says less. */
const grantWithin = 3600;

/** The limits that fit a scope. */
export function limitsFor(policy: Policy, scope: Scope): readonly LimitEntry[] {
  return policy.limits.filter(({ scopes }) => scopes.some((pattern) => limitReaches(pattern, scope)));
}

/** All limits that fit a scope, as one. */
export function effectiveLimits(policy: Policy, scope: Scope): EffectiveLimits {
  const limits = limitsFor(policy, scope);
  const least = (of: (limit: LimitEntry) => number | null): number | null => {
    const values = limits.map(of).filter((value) => value !== null);
    return values.length === 0 ? null : Math.min(...values);
  };
  return {
    maxDuration: least((limit) => limit.maxDuration),
    tickets: [...new Set(limits.flatMap(({ ticket }) => ticket ?? []))],
    approveWithin: Math.min(approveWithin, least((limit) => limit.approveWithin) ?? approveWithin),
    grantWithin: Math.min(grantWithin, least((limit) => limit.grantWithin) ?? grantWithin),
    openPerPerson: least((limit) => limit.openPerPerson),
    dangers: limits.flatMap(({ dangers }) =>
      severities.flatMap((severity) => {
        const rule = dangers[severity];
        return rule === undefined ? [] : [{ severity, rule }];
      }),
    ),
    network: limits.flatMap(({ network }) => network ?? []),
    openSessions: limits.some(({ openSessions }) => openSessions === 'end') ? 'end' : 'accept',
  };
}
