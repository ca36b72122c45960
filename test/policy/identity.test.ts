import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identityByLogin, identityOf, kubernetesUser, kubernetesUsers } from '../../src/policy/identity.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import { isProtectedNamespace } from '../../src/policy/protected.ts';
import { matchesGlob } from '../../src/policy/glob.ts';
import { policyWith } from './world.ts';

describe('identities', () => {
  const policy = policyWith();

  it('are found by account, and by login without case', () => {
    expect(identityOf(policy, 1006)?.login).toBe('Frank');
    expect(identityOf(policy, 1)).toBeNull();
    expect(identityByLogin(policy, 'fRANK')?.id).toBe(1006);
    expect(identityByLogin(policy, 'constructor')).toBeNull();
  });

  it('give one user per cluster', () => {
    expect(kubernetesUsers(policy, 'staging')).toEqual(
      new Map([
        [1001, 'oidc:alice'],
        [1006, 'frank@example.com'],
      ]),
    );
    expect(kubernetesUser({ login: 'a', id: 1, user: 'a', users: {} }, 'constructor')).toBe('a');
  });

  it('are injective both ways in every policy that is accepted', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'A', 'B');
    const identity = fc.record({
      login: name,
      id: fc.integer({ min: 1, max: 4 }),
      user: name,
      staging: fc.option(name),
    });
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(identity, { maxLength: 3 }), (identities) => {
        const lines = identities.map(
          ({ login, id, user, staging }) =>
            `    - {login: ${login}, id: ${id}, user: u-${user}${staging === null ? '' : `, users: {staging: u-${staging}}`}}`,
        );
        const text = `apiVersion: curfew.dev/v1\nkind: Policy\nspec:\n  clusters: {staging: {environment: staging}, prod: {environment: production}}\n  allow: []\n  identities:${lines.length === 0 ? ' []' : `\n${lines.join('\n')}`}\n`;
        const result = parsePolicy('.github/curfew.yaml', text);
        fc.pre(result.ok);
        accepted++;
        for (const cluster of ['staging', 'prod']) {
          const users = kubernetesUsers(result.value, cluster);
          expect(users.size).toBe(identities.length);
          expect(new Set([...users.values()].map((user) => user.toLowerCase())).size).toBe(identities.length);
        }
      }),
      { numRuns: 300 },
    );
    expect(accepted).toBe(300);
  });
});

it.each([
  ['vault', true],
  ['vault-2', false],
  ['kube-system', true],
  ['kube-', true],
  ['kube', false],
  ['argocd', true],
  ['flux-system', true],
  ['curfew-system', true],
  ['payments', false],
])('isProtectedNamespace(%s) is %s', (namespace, expected) => {
  expect(isProtectedNamespace(policyWith(), namespace)).toBe(expected);
});

describe('matchesGlob', () => {
  it('is what the same pattern says as a regular expression', () => {
    const part = fc.constantFrom('a', 'b', 'ab', '*', '-', '.');
    const text = fc.array(fc.constantFrom('a', 'b', '-', '.')).map((letters) => letters.join(''));
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 6 }).map((parts) => parts.join('')),
        text,
        (pattern, name) => {
          const expression = new RegExp(`^${pattern.replaceAll('.', String.raw`\.`).replaceAll('*', '.*')}$`);
          expect(matchesGlob(pattern, name)).toBe(expression.test(name));
        },
      ),
      { numRuns: 5000 },
    );
  });
});
