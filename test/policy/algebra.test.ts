/** An allow entry only adds, a limit only takes away: for any policy, any further line, and any request. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decidePolicy } from '../../src/policy/decide.ts';
import { demandSize, joinDemands, noApprovals } from '../../src/policy/demand.ts';
import type {
  AllowEntry,
  ApprovalDemand,
  LimitEntry,
  Policy,
  PolicyQuestion,
  PolicyVerdict,
} from '../../src/policy/policy.ts';
import { formatPrincipal } from '../../src/policy/principals.ts';
import { limitReaches } from '../../src/policy/scopes.ts';
import { alice, allowEntry, frank, limitEntry, mallory, policyWith } from './world.ts';

const team = fc
  .constantFrom('acme/oncall', 'acme/engineers', 'acme/leads', 'acme/sre')
  .map((name) => ({ kind: 'team', team: name }) as const);
const user = fc.constantFrom('alice', 'frank').map((login) => ({ kind: 'user', login }) as const);
const scope = fc.constantFrom(
  'prod-eu/payments',
  'prod-eu/*',
  '*/*',
  'staging/*',
  'prod-*/orders',
  'prod-eu/_cluster',
  '*/vault',
  'prod-eu/kube-system',
);
const demand: fc.Arbitrary<ApprovalDemand> = fc
  .tuple(
    fc.nat(2),
    fc.uniqueArray(fc.tuple(team, fc.integer({ min: 1, max: 3 })), {
      selector: ([who]) => who.team,
      maxLength: 3,
    }),
  )
  .map(([owners, others]) => ({ owners, others: others.map(([who, count]) => ({ who, count })) }));
const seconds = fc.constantFrom(60, 1800, 3600, 7200, 86_400);

const entry: fc.Arbitrary<AllowEntry> = fc
  .record({
    requesters: fc.array(fc.oneof(team, user), { minLength: 1, maxLength: 3 }),
    templates: fc.subarray(['debug-pod', 'read-logs'], { minLength: 1 }),
    scopes: fc.array(scope, { minLength: 1, maxLength: 3 }),
    maxDuration: seconds,
    approvals: demand,
  })
  .map(allowEntry);

const limit: fc.Arbitrary<LimitEntry> = fc
  .record({
    scopes: fc.array(scope, { minLength: 1, maxLength: 3 }),
    maxDuration: fc.option(seconds),
    ticket: fc.option(fc.constantFrom('INC-[0-9]+', '.*')),
    approvals: fc.option(demand),
    openPerPerson: fc.option(fc.integer({ min: 1, max: 5 })),
    approveWithin: fc.option(seconds),
    grantWithin: fc.option(seconds),
    openSessions: fc.option(fc.constantFrom('accept', 'end')),
  })
  .map(limitEntry);

const numbered = <T extends { readonly line: number }>(entries: readonly T[]): readonly T[] =>
  entries.map((each, line) => ({ ...each, line }));

const policy: fc.Arbitrary<Policy> = fc
  .record({ allow: fc.array(entry, { maxLength: 5 }), limits: fc.array(limit, { maxLength: 3 }) })
  .map(({ allow, limits }) => policyWith({ allow: numbered(allow), limits: numbered(limits) }));

const question: fc.Arbitrary<PolicyQuestion> = fc.record({
  cluster: fc.constantFrom('prod-eu', 'staging', 'prod-eu', 'unknown'),
  namespace: fc.constantFrom('payments', 'orders', 'vault', 'kube-system', null),
  template: fc.constantFrom('debug-pod', 'read-logs'),
  duration: seconds,
  ticket: fc.constantFrom(null, 'INC-1', 'x'),
  requester: fc.constantFrom(alice, frank, mallory),
  subject: fc.constantFrom(alice, alice, frank, mallory),
});

/** The demand as a function from names to counts, for comparing. */
function counts({ owners, others }: ApprovalDemand): ReadonlyMap<string, number> {
  return new Map([
    ['owners', owners],
    ...others.map(({ who, count }) => [formatPrincipal(who), count] as const),
  ]);
}

function demandsAtLeast(more: ApprovalDemand, less: ApprovalDemand): boolean {
  return [...counts(less)].every(([who, count]) => (counts(more).get(who) ?? 0) >= count);
}

function insert<T>(list: readonly T[], value: T, at: number): readonly T[] {
  return list.toSpliced(at % (list.length + 1), 0, value);
}

/** Whether the second verdict lets through everything that the first does, for no more approvals in all. */
function onlyAdds(before: PolicyVerdict, after: PolicyVerdict): boolean {
  if (!before.allowed) return true;
  return (
    after.allowed && after.user === before.user && demandSize(after.approvals) <= demandSize(before.approvals)
  );
}

function strictest(a: number | null, b: number | null): boolean {
  return a === null || (b !== null && b <= a);
}

function approvals(verdict: PolicyVerdict): ApprovalDemand | null {
  return verdict.allowed ? verdict.approvals : null;
}

/** More than any policy here demands. */
const everything: ApprovalDemand = {
  owners: 9,
  others: ['acme/oncall', 'acme/engineers', 'acme/leads', 'acme/sre'].map((name) => ({
    who: { kind: 'team', team: name },
    count: 9,
  })),
};

/** What a limit demands for a request; nothing where it does not fit. */
function demandIn(each: LimitEntry, { cluster, namespace }: PolicyQuestion): ApprovalDemand {
  const fits = each.scopes.some((pattern) => limitReaches(pattern, { cluster, namespace }));
  return fits ? (each.approvals ?? noApprovals) : noApprovals;
}

/** Whether the second verdict lets through nothing that the first does not, and asks for no less. */
function onlyTakesAway(before: PolicyVerdict, after: PolicyVerdict): boolean {
  const limits =
    strictest(before.limits.maxDuration, after.limits.maxDuration) &&
    strictest(before.limits.openPerPerson, after.limits.openPerPerson) &&
    after.limits.approveWithin <= before.limits.approveWithin &&
    after.limits.grantWithin <= before.limits.grantWithin &&
    (before.limits.openSessions === 'accept' || after.limits.openSessions === 'end') &&
    before.limits.tickets.every((ticket) => after.limits.tickets.includes(ticket));
  if (!after.allowed) return limits;
  return limits && before.allowed && demandSize(after.approvals) >= demandSize(before.approvals);
}

describe('the algebra of the policy', () => {
  it('an allow entry only adds', () => {
    let flips = 0;
    fc.assert(
      fc.property(policy, entry, fc.nat(9), question, (base, more, at, asked) => {
        const before = decidePolicy(base, asked);
        const after = decidePolicy({ ...base, allow: numbered(insert(base.allow, more, at)) }, asked);
        if (!before.allowed && after.allowed) flips++;
        expect(onlyAdds(before, after)).toBe(true);
      }),
      { numRuns: 3000 },
    );
    expect(flips).toBeGreaterThan(3);
  });

  it('a limit only takes away', () => {
    let flips = 0;
    fc.assert(
      fc.property(policy, limit, fc.nat(9), question, (base, more, at, asked) => {
        const before = decidePolicy(base, asked);
        const after = decidePolicy({ ...base, limits: numbered(insert(base.limits, more, at)) }, asked);
        if (before.allowed && !after.allowed) flips++;
        expect(onlyTakesAway(before, after)).toBe(true);
        expect(demandsAtLeast(approvals(after) ?? everything, demandIn(more, asked))).toBe(true);
      }),
      { numRuns: 3000 },
    );
    expect(flips).toBeGreaterThan(3);
  });

  it('a protected namespace only takes away', () => {
    fc.assert(
      fc.property(
        policy,
        fc.constantFrom('payments', 'pay*', '*', 'orders'),
        question,
        (base, name, asked) => {
          const before = decidePolicy(base, asked);
          const after = decidePolicy(
            { ...base, protectedNamespaces: [...base.protectedNamespaces, name] },
            asked,
          );
          expect(before.allowed || !after.allowed).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('does not depend on the order of limits', () => {
    fc.assert(
      fc.property(policy, question, (base, asked) => {
        const turned = decidePolicy({ ...base, limits: base.limits.toReversed() }, asked);
        const straight = decidePolicy(base, asked);
        expect(turned.allowed).toBe(straight.allowed);
        expect(approvals(turned)).toEqual(approvals(straight));
      }),
    );
  });
});

describe('joinDemands', () => {
  it('is associative, commutative and idempotent, and demands at least both', () => {
    fc.assert(
      fc.property(demand, demand, demand, (a, b, c) => {
        const joined = joinDemands(a, b);
        expect(joinDemands(b, a)).toEqual(joined);
        expect(joinDemands(joined, c)).toEqual(joinDemands(a, joinDemands(b, c)));
        expect(joinDemands(joined, joined)).toEqual(joined);
        expect(demandsAtLeast(joined, a) && demandsAtLeast(joined, b)).toBe(true);
      }),
    );
  });
});
