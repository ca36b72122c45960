/** Cases of k8s.io/component-helpers v0.36.3, auth/rbac/validation/policy_comparator_test.go, and more of the kind. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { covers, uncovered, widened } from '../../../src/effect/rbac/covers.ts';
import { permissionsIn, holdsAll } from '../../../src/effect/rbac/permission.ts';
import { rules } from './arbitrary.ts';
import { clusterRole, role, rule } from './build.ts';
import corpus from './corpus/covers.json' with { type: 'json' };

describe('the escalation check of Kubernetes', () => {
  test.each(corpus)('$about', ({ owner, servant, uncovered: missing }) => {
    const expected = missing.map(rule);
    const found = uncovered(owner.map(rule), servant.map(rule));
    expect(found).toHaveLength(expected.length);
    expect(found).toEqual(expect.arrayContaining(expected));
    expect(covers(owner.map(rule), servant.map(rule))).toBe(missing.length === 0);
  });

  test('is reflexive', () => {
    const any = fc.property(rules, (some) => {
      expect(covers(some, some)).toBe(true);
    });
    fc.assert(any);
  });

  test('is transitive', () => {
    let chains = 0;
    const pool = fc.array(rules, { minLength: 8, maxLength: 8 });
    const property = fc.property(pool, (all) => {
      for (const a of all)
        for (const b of all.filter((each) => each !== a && covers(a, each)))
          for (const c of all.filter((each) => each !== b && covers(b, each))) {
            chains += 1;
            expect(covers(a, c)).toBe(true);
          }
    });
    fc.assert(property, { numRuns: 1000 });
    expect(chains).toBeGreaterThan(300);
  });

  test('never breaks when the owner holds more', () => {
    const pairs = fc.property(rules, rules, (owner, more) => {
      expect(covers([...owner, ...more], owner)).toBe(true);
    });
    fc.assert(pairs);
  });

  test('agrees with the comparison of permissions', () => {
    const pairs = fc.property(rules, rules, (owner, servant) => {
      const held = permissionsIn([{ namespace: null, rules: owner }]);
      const needed = permissionsIn([{ namespace: null, rules: servant }]);
      expect(holdsAll(held, needed)).toBe(covers(owner, servant));
    });
    fc.assert(pairs, { numRuns: 2000 });
  });
});

describe('a role that became wider', () => {
  const before = clusterRole('curfew:read', ['get,list :pods,pods/log']);

  test.each([
    ['the same', clusterRole('curfew:read', ['get,list :pods,pods/log']), false],
    [
      'the same in other words',
      clusterRole('curfew:read', ['list :pods/log', 'get,list :pods', 'get :pods/log']),
      false,
    ],
    ['less', clusterRole('curfew:read', ['get :pods']), false],
    ['nothing', clusterRole('curfew:read', []), false],
    ['one verb more', clusterRole('curfew:read', ['get,list,watch :pods,pods/log']), true],
    ['a resource more', clusterRole('curfew:read', ['get,list :pods,pods/log', 'create :pods/exec']), true],
    ['a star', clusterRole('curfew:read', ['get,list :*']), true],
    ['made of others', { ...before, aggregationRule: { clusterRoleSelectors: [{}] } }, true],
    ['made of others in a way that nobody accepts', { ...before, aggregationRule: 'x' }, true],
    ['unreadable', { ...before, rules: 'get pods' }, true],
    ['no role', { ...before, kind: 'ConfigMap' }, true],
  ])('%s', (_, after, expected) => {
    expect(widened(before, after)).toBe(expected);
  });

  test('a role that could not be read before counts as wider now', () => {
    expect(widened({ ...before, rules: [{ verbs: [1] }] }, before)).toBe(true);
  });

  test('names that fall away are all names', () => {
    expect(widened(role('x', 'r', ['get :secrets named a']), role('x', 'r', ['get :secrets']))).toBe(true);
  });
});
