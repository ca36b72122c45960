import { describe, expect, it } from 'vitest';
import { decidePolicy } from '../../src/policy/decide.ts';
import type { AllowEntry, Policy, PolicyQuestion } from '../../src/policy/policy.ts';
import { alice, allowEntry, frank, limitEntry, mallory, person, policyWith, question } from './world.ts';

/** The codes and messages of the refusals; empty where it is allowed. */
function refusals(policy: Policy, asked: PolicyQuestion): readonly string[] {
  const verdict = decidePolicy(policy, asked);
  return verdict.allowed ? [] : verdict.refusals.map(({ code, message }) => `${code}: ${message}`);
}

describe('a request that one entry fits whole', () => {
  it('is allowed, under the name of the entry, for the Kubernetes user of the cluster', () => {
    expect(decidePolicy(policyWith(), question())).toMatchObject({
      allowed: true,
      entry: 'on-call debugs production',
      approvals: { owners: 1, others: [] },
      user: 'alice@example.com',
    });
  });

  it('gives the user of that cluster', () => {
    const policy = policyWith({ allow: [allowEntry({ scopes: ['staging/*'] })] });
    expect(decidePolicy(policy, question({ cluster: 'staging' }))).toMatchObject({
      allowed: true,
      user: 'oidc:alice',
    });
  });

  it('needs no team where the entry names the person', () => {
    const policy = policyWith({ allow: [allowEntry({ requesters: [{ kind: 'user', login: 'alice' }] })] });
    expect(
      refusals(policy, question({ requester: person('ALICE', 1001), subject: person('ALICE', 1001) })),
    ).toEqual([]);
  });

  it('counts the account id, not the login, of a person whom the entry names', () => {
    const policy = policyWith({ allow: [allowEntry({ requesters: [{ kind: 'user', login: 'alice' }] })] });
    const renamed = person('alice', 6666);
    expect(refusals(policy, question({ requester: renamed, subject: renamed }))).toEqual([
      'no-identity: The policy has no identity for alice (account 6666), so nobody on prod-eu could be given access',
      'policy-denied: No entry of the policy allows this. "on-call debugs production" (line 10) comes nearest, but it is for alice, and alice is not among them',
    ]);
  });
});

describe('a refusal names the entry that came nearest and what it lacked', () => {
  const nearest =
    'No entry of the policy allows this. "on-call debugs production" (line 10) comes nearest, but it';

  it.each<readonly [string, Partial<PolicyQuestion>, string]>([
    ['duration', { duration: 10_800 }, `duration-too-long: ${nearest} allows 2h at most, not 3h`],
    ['template', { template: 'read-logs' }, `policy-denied: ${nearest} gives debug-pod, not read-logs`],
    [
      'namespace',
      { namespace: 'orders' },
      `policy-denied: ${nearest} reaches prod-eu/payments, prod-eu/orders-*, not prod-eu/orders`,
    ],
    [
      'cluster',
      { cluster: 'staging' },
      `policy-denied: ${nearest} reaches prod-eu/payments, prod-eu/orders-*, not staging/payments`,
    ],
    [
      'cluster scope',
      { namespace: null },
      `policy-denied: ${nearest} reaches prod-eu/payments, prod-eu/orders-*, not prod-eu/_cluster`,
    ],
    [
      'requester',
      { requester: frank, subject: frank },
      `policy-denied: ${nearest} is for acme/oncall, and frank is not among them`,
    ],
    [
      'two things',
      { template: 'read-logs', duration: 10_800 },
      `policy-denied: ${nearest} gives debug-pod, not read-logs, and allows 2h at most, not 3h`,
    ],
  ])('%s', (_, change, expected) => {
    expect(refusals(policyWith(), question(change))).toEqual([expected]);
  });

  it('prefers the entry whose lack is easiest to make good', () => {
    const policy = policyWith({
      allow: [
        allowEntry({ name: 'another team', requesters: [{ kind: 'team', team: 'acme/sre' }], line: 1 }),
        allowEntry({ name: 'a shorter time', maxDuration: 600, line: 9 }),
      ],
    });
    expect(refusals(policy, question())[0]).toContain('"a shorter time" (line 9) comes nearest');
  });

  it('says when there is no entry at all', () => {
    expect(refusals(policyWith({ allow: [] }), question())).toEqual([
      'policy-denied: The policy allows nothing: its list allow is empty',
    ]);
  });
});

function reaches(scopes: readonly string[], change: Partial<PolicyQuestion>): boolean {
  return decidePolicy(policyWith({ allow: [allowEntry({ scopes })] }), question(change)).allowed;
}

describe('scopes', () => {
  it.each<readonly [string, string, string | null, boolean]>([
    ['prod-eu/*', 'prod-eu', 'payments', true],
    ['*/*', 'staging', 'payments', true],
    ['prod-*/pay*', 'prod-eu', 'payments', true],
    ['*/*-api', 'prod-eu', 'orders-api', true],
    ['prod-eu/orders-*', 'prod-eu', 'orders', false],
    ['prod-eu/orders-*', 'prod-eu', 'orders-', true],
    ['prod-*/payments', 'staging', 'payments', false],
    ['prod-eu/*', 'prod-eu', null, false],
    ['*/*', 'prod-eu', null, false],
    ['prod-eu/_cluster', 'prod-eu', null, true],
    ['*/_cluster', 'prod-eu', null, true],
    ['prod-eu/_cluster', 'prod-eu', 'payments', false],
    ['prod-eu/*', 'prod-eu', 'vault', false],
    ['prod-eu/v*', 'prod-eu', 'vault', false],
    ['prod-eu/vault', 'prod-eu', 'vault', true],
    ['*/vault', 'prod-eu', 'vault', true],
    ['*/*', 'prod-eu', 'kube-system', false],
    ['prod-eu/kube-*', 'prod-eu', 'kube-system', false],
    ['*/*', 'prod-eu', 'flux-system', false],
    ['*/*', 'prod-eu', 'argocd', false],
    ['*/*', 'prod-eu', 'curfew-system', false],
    ['prod-eu/kube-system', 'prod-eu', 'kube-system', true],
  ])('%s reaches %s/%s: %s', (scope, cluster, namespace, expected) => {
    expect(reaches([scope], { cluster, namespace })).toBe(expected);
  });

  it('says that a namespace is protected where only that stands in the way', () => {
    const policy = policyWith({ allow: [allowEntry({ scopes: ['prod-eu/*'] })] });
    expect(refusals(policy, question({ namespace: 'vault' }))).toEqual([
      'protected-namespace: No entry of the policy allows this. "on-call debugs production" (line 10) comes nearest, but it reaches prod-eu/vault only when it names it without "*", for it is protected',
    ]);
  });
});

describe('people', () => {
  it('refuses an unknown cluster before anything else', () => {
    expect(refusals(policyWith(), question({ cluster: 'constructor' }))).toEqual([
      'unknown-cluster: The policy knows no cluster "constructor"',
    ]);
  });

  it('refuses a subject without an identity', () => {
    expect(refusals(policyWith(), question({ requester: mallory, subject: mallory }))[0]).toBe(
      'no-identity: The policy has no identity for mallory (account 1008), so nobody on prod-eu could be given access',
    );
  });

  it('lets those ask for others whom onBehalf names, and judges the subject', () => {
    expect(refusals(policyWith(), question({ requester: frank, subject: alice }))).toEqual([]);
    expect(refusals(policyWith(), question({ requester: alice, subject: frank }))).toEqual([
      'on-behalf-denied: alice asks for frank, and onBehalf does not name alice',
      'policy-denied: No entry of the policy allows this. "on-call debugs production" (line 10) comes nearest, but it is for acme/oncall, and frank is not among them',
    ]);
  });
});

describe('limits', () => {
  it('refuse what is longer, and a ticket that is missing or does not match whole', () => {
    const policy = policyWith({ limits: [limitEntry({ maxDuration: 1800, ticket: 'INC-[0-9]+' })] });
    expect(refusals(policy, question())).toEqual([
      'duration-too-long: 1h is asked for, and the limit at line 50 of the policy allows 30m at most',
      'ticket-missing: A ticket that matches INC-[0-9]+ is wanted by the limit at line 50 of the policy, and none is given',
    ]);
    expect(refusals(policy, question({ duration: 1800, ticket: 'xINC-1' }))).toEqual([
      'ticket-missing: A ticket that matches INC-[0-9]+ is wanted by the limit at line 50 of the policy, and "xINC-1" does not',
    ]);
    expect(refusals(policy, question({ duration: 1800, ticket: 'INC-1' }))).toEqual([]);
  });

  it('apply to protected namespaces and to cluster scope by "*" too', () => {
    const entries: readonly AllowEntry[] = [allowEntry({ scopes: ['prod-eu/_cluster', 'prod-eu/vault'] })];
    const policy = policyWith({
      allow: entries,
      limits: [limitEntry({ scopes: ['prod-*/*'], maxDuration: 60 })],
    });
    for (const namespace of [null, 'vault']) {
      expect(refusals(policy, question({ namespace }))[0]).toContain('duration-too-long');
    }
  });

  it('leave other scopes alone', () => {
    const policy = policyWith({ limits: [limitEntry({ scopes: ['staging/*'], maxDuration: 60 })] });
    expect(refusals(policy, question())).toEqual([]);
  });

  it('join into the strictest of each', () => {
    const sre = { kind: 'team', team: 'acme/sre' } as const;
    const security = { kind: 'team', team: 'acme/security' } as const;
    const policy = policyWith({
      allow: [allowEntry({ approvals: { owners: 1, others: [{ who: sre, count: 1 }] } })],
      limits: [
        limitEntry({
          approvals: { owners: 0, others: [{ who: sre, count: 2 }] },
          maxDuration: 7200,
          approveWithin: 100_000,
          openPerPerson: 3,
        }),
        limitEntry({
          approvals: { owners: 2, others: [{ who: security, count: 1 }] },
          maxDuration: 5400,
          grantWithin: 600,
          openPerPerson: 2,
        }),
        limitEntry({ dangers: { high: { kind: 'refuse' } }, openSessions: 'end', ticket: 'A' }),
        limitEntry({ dangers: { high: { kind: 'warn' } }, openSessions: 'accept', ticket: 'A|B' }),
      ],
    });
    const verdict = decidePolicy(policy, question({ ticket: 'A' }));
    expect(verdict).toMatchObject({
      allowed: true,
      approvals: {
        owners: 2,
        others: [
          { who: security, count: 1 },
          { who: sre, count: 2 },
        ],
      },
    });
    expect(verdict.limits).toEqual({
      maxDuration: 5400,
      tickets: ['A', 'A|B'],
      approveWithin: 86_400,
      grantWithin: 600,
      openPerPerson: 2,
      dangers: [
        { severity: 'high', rule: { kind: 'refuse' } },
        { severity: 'high', rule: { kind: 'warn' } },
      ],
      network: [],
      openSessions: 'end',
    });
  });
});

it('counts the entry that demands least where several fit, together with the limits', () => {
  const sre = { who: { kind: 'team', team: 'acme/sre' }, count: 2 } as const;
  const policy = policyWith({
    allow: [
      allowEntry({ name: 'with SRE', approvals: { owners: 1, others: [sre] }, line: 1 }),
      allowEntry({ name: 'owners', line: 2 }),
      allowEntry({ name: 'owners again', line: 3 }),
    ],
    limits: [limitEntry({ approvals: { owners: 3, others: [] } })],
  });
  expect(decidePolicy(policy, question())).toMatchObject({
    entry: 'owners',
    approvals: { owners: 3, others: [] },
  });
});
