import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../src/policy/parse.ts';
import { principalTeams } from '../../src/policy/principals.ts';
import corpus from './corpus/policies.json' with { type: 'json' };

const file = '.github/curfew.yaml';

describe('parsePolicy', () => {
  it('reads every key', () => {
    const text = `
apiVersion: curfew.dev/v1
kind: Policy
spec:
  clusters:
    prod-eu: {environment: production, reporter: {login: 'flux[bot]', id: 2001}}
  identities:
    - {login: Alice, id: 1001, user: alice@example.com, users: {prod-eu: 'oidc:alice'}}
  allow:
    - name: one
      requesters: [Acme/OnCall, ALICE]
      templates: [debug-pod]
      scopes: ['prod-*/*']
      maxDuration: 2h
      approvals: {Acme/SRE: 1, acme/sre: 2}
    - {name: two, requesters: [alice], templates: [a], scopes: [prod-eu/_cluster], maxDuration: 1h}
    - {name: three, requesters: [alice], templates: [a], scopes: [prod-eu/a], maxDuration: 1h, approvals: none}
  limits:
    - scopes: ['*/*']
      maxDuration: 4h
      ticket: 'INC-[0-9]+'
      approvals: {acme/security: 1}
      approveWithin: 8h
      grantWithin: 30m
      openPerPerson: 2
      dangers: {critical: refuse, high: {acme/security: 1}, medium: warn}
      network: {newlyIsolated: {owners: 2}, baseline: require, maxAddresses: 256}
      openSessions: accept
  protectedNamespaces: [vault, 'secret-*']
  onBehalf: [acme/leads]
  revokers: [acme/sre, alice]
  invariants: []
  paused: true
`;
    const result = parsePolicy(file, text);
    const sre = { kind: 'team', team: 'acme/sre' };
    const security = { kind: 'team', team: 'acme/security' };
    expect(result.ok ? result.value : result.faults).toEqual({
      clusters: {
        'prod-eu': { environment: 'production', reporter: { login: 'flux[bot]', id: 2001 } },
      },
      identities: [
        { login: 'Alice', id: 1001, user: 'alice@example.com', users: { 'prod-eu': 'oidc:alice' } },
      ],
      allow: [
        {
          name: 'one',
          requesters: [
            { kind: 'team', team: 'acme/oncall' },
            { kind: 'user', login: 'alice' },
          ],
          templates: ['debug-pod'],
          scopes: ['prod-*/*'],
          maxDuration: 7200,
          approvals: { owners: 1, others: [{ who: sre, count: 2 }] },
          line: 10,
        },
        {
          name: 'two',
          requesters: [{ kind: 'user', login: 'alice' }],
          templates: ['a'],
          scopes: ['prod-eu/_cluster'],
          maxDuration: 3600,
          approvals: { owners: 1, others: [] },
          line: 16,
        },
        {
          name: 'three',
          requesters: [{ kind: 'user', login: 'alice' }],
          templates: ['a'],
          scopes: ['prod-eu/a'],
          maxDuration: 3600,
          approvals: { owners: 0, others: [] },
          line: 17,
        },
      ],
      limits: [
        {
          scopes: ['*/*'],
          maxDuration: 14_400,
          ticket: 'INC-[0-9]+',
          approvals: { owners: 0, others: [{ who: security, count: 1 }] },
          approveWithin: 28_800,
          grantWithin: 1800,
          openPerPerson: 2,
          dangers: {
            critical: { kind: 'refuse' },
            high: { kind: 'approvals', approvals: { owners: 0, others: [{ who: security, count: 1 }] } },
            medium: { kind: 'warn' },
          },
          network: {
            newlyIsolated: { kind: 'approvals', approvals: { owners: 2, others: [] } },
            baseline: 'require',
            maxAddresses: 256,
          },
          openSessions: 'accept',
          line: 19,
        },
      ],
      protectedNamespaces: ['vault', 'secret-*'],
      onBehalf: [{ kind: 'team', team: 'acme/leads' }],
      revokers: [sre, { kind: 'user', login: 'alice' }],
      invariants: { value: [], at: expect.any(Function) },
      paused: true,
    });
    expect(result.ok && principalTeams(result.value)).toEqual([
      'acme/leads',
      'acme/oncall',
      'acme/security',
      'acme/sre',
    ]);
  });

  it.each(corpus)('refuses $why', ({ text, faults }) => {
    const result = parsePolicy(file, text);
    const found = result.ok ? [] : result.faults;
    expect(
      found.map(
        ({ line, column, message, remedy }) => `${line}:${column} ${message}${remedy && `; ${remedy}`}`,
      ),
    ).toEqual(faults);
  });

  it('reads the policy of this repository', () => {
    const result = parsePolicy(file, readFileSync(file, 'utf8'));
    expect(result.ok ? [] : result.faults).toEqual([]);
  });

  it('has room for an organization of 1,000 people', () => {
    const people = Array.from(
      { length: 1000 },
      (_, n) => `    - {login: some-person-${n}, id: ${100_000 + n}, user: some.person.${n}@example.com}\n`,
    );
    const policy = readFileSync(file, 'utf8').replace(
      /  identities:\n(?:    - .*\n)+/,
      `  identities:\n${people.join('')}`,
    );
    const result = parsePolicy(file, policy);
    expect(result.ok ? [] : result.faults.slice(0, 3)).toEqual([]);
  });
});
