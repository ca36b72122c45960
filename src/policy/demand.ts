/** How many approvals are demanded, and of whom. */
import { formatPrincipal, samePrincipal } from './principals.ts';
import type { ApprovalDemand } from './policy.ts';

/** Nobody's approval. */
export const noApprovals: ApprovalDemand = { owners: 0, others: [] };

/** Both demands at once: the larger count of each, in an order that depends on the content alone. */
export function joinDemands(a: ApprovalDemand, b: ApprovalDemand): ApprovalDemand {
  const others = [...a.others];
  for (const other of b.others) {
    const index = others.findIndex(({ who }) => samePrincipal(who, other.who));
    const known = others[index];
    if (known === undefined) others.push(other);
    else others[index] = { who: known.who, count: Math.max(known.count, other.count) };
  }
  return {
    owners: Math.max(a.owners, b.owners),
    others: others.sort((x, y) => (formatPrincipal(x.who) < formatPrincipal(y.who) ? -1 : 1)),
  };
}

/** How many approvals a demand asks for in all. */
export function demandSize(demand: ApprovalDemand): number {
  return demand.others.reduce((sum, { count }) => sum + count, demand.owners);
}
