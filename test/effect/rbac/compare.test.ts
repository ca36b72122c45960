import { describe, expect, test } from 'vitest';
import { compareRbac } from '../../../src/effect/rbac/compare.ts';
import { loadRbac } from '../../../src/effect/rbac/world.ts';
import { binding, clusterRole } from './build.ts';

const exec = clusterRole('exec', ['create :pods/exec']);
const attach = clusterRole('attach', ['create :pods/attach']);

describe('the difference of two sets of manifests', () => {
  test('tells a danger once it is there, and not again where it was there in every namespace', () => {
    const everywhere = loadRbac([exec, binding(null, 'ClusterRole exec', ['User alice'])]);
    const both = loadRbac([
      exec,
      attach,
      binding(null, 'ClusterRole exec', ['User alice']),
      binding('payments', 'ClusterRole attach', ['User alice']),
    ]);
    const rules = (before: typeof both, after: typeof both) =>
      compareRbac(before, after, null, { minor: 36 }).flatMap(({ dangers }) =>
        dangers.map(({ rule }) => rule),
      );
    expect(rules(loadRbac([]), everywhere)).toEqual(['pods-exec', 'network-identity']);
    expect(rules(everywhere, both)).toEqual([]);
    expect(rules(both, loadRbac([]))).toEqual([]);
  });

  test('knows a service account by its user name too', () => {
    const before = loadRbac([exec, binding('ns', 'ClusterRole exec', ['ServiceAccount ns/api'])]);
    const after = loadRbac([exec, binding('ns', 'ClusterRole exec', ['User system:serviceaccount:ns:api'])]);
    expect(compareRbac(before, after, null, { minor: 36 })).toEqual([]);
  });
});
