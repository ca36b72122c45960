/** A policy in code, small enough to be read beside the test that changes one thing of it. */
import type {
  AllowEntry,
  LimitEntry,
  PersonInTeams,
  Policy,
  PolicyQuestion,
} from '../../src/policy/policy.ts';

export function person(login: string, id: number, ...teams: readonly string[]): PersonInTeams {
  return { login, id, teams: new Set(teams) };
}

export const alice = person('alice', 1001, 'acme/oncall', 'acme/engineers');
export const frank = person('frank', 1006, 'acme/leads');
export const mallory = person('mallory', 1008);

export function allowEntry(change: Partial<AllowEntry> = {}): AllowEntry {
  return {
    name: 'on-call debugs production',
    requesters: [{ kind: 'team', team: 'acme/oncall' }],
    templates: ['debug-pod'],
    scopes: ['prod-eu/payments', 'prod-eu/orders-*'],
    maxDuration: 7200,
    approvals: { owners: 1, others: [] },
    line: 10,
    ...change,
  };
}

export function limitEntry(change: Partial<LimitEntry> = {}): LimitEntry {
  return {
    scopes: ['*/*'],
    maxDuration: null,
    ticket: null,
    approvals: null,
    approveWithin: null,
    grantWithin: null,
    openPerPerson: null,
    dangers: {},
    network: null,
    openSessions: null,
    line: 50,
    ...change,
  };
}

export function policyWith(change: Partial<Policy> = {}): Policy {
  return {
    clusters: { 'prod-eu': { environment: 'production' }, staging: { environment: 'staging' } },
    identities: [
      { login: 'alice', id: 1001, user: 'alice@example.com', users: { staging: 'oidc:alice' } },
      { login: 'Frank', id: 1006, user: 'frank@example.com', users: {} },
    ],
    allow: [allowEntry()],
    limits: [],
    protectedNamespaces: ['vault'],
    onBehalf: [{ kind: 'team', team: 'acme/leads' }],
    revokers: [],
    invariants: { value: null, at: () => ({ line: 1, column: 1 }) },
    paused: false,
    ...change,
  };
}

export function question(change: Partial<PolicyQuestion> = {}): PolicyQuestion {
  return {
    cluster: 'prod-eu',
    namespace: 'payments',
    template: 'debug-pod',
    duration: 3600,
    ticket: null,
    requester: alice,
    subject: alice,
    ...change,
  };
}
