import { expect, test } from 'vitest';
import { guardObjects } from '../../../src/cluster/manifests/guard.ts';

test('a quota lets the pods of the guard have their priority, which GKE lets nobody have without', () => {
  const objects = guardObjects({ image: 'example.com/guard:1', git: null });
  const spec = (kind: string): unknown => objects.find((object) => object.kind === kind)?.['spec'];
  const priorityClassName = 'system-cluster-critical';
  expect(spec('Deployment')).toMatchObject({ replicas: 2, template: { spec: { priorityClassName } } });
  expect(spec('ResourceQuota')).toEqual({
    hard: { pods: '10' },
    scopeSelector: {
      matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: [priorityClassName] }],
    },
  });
});

test('where Flux has no network policies, the way of the guard to it closes none of its own', () => {
  const objects = guardObjects({
    image: 'example.com/guard:1',
    git: { cluster: 'prod-eu', repository: 'x' },
  });
  const policy = objects.find(({ kind }) => kind === 'NetworkPolicy');
  expect(policy).toMatchObject({
    metadata: { namespace: 'flux-system' },
    spec: { ingress: [{ ports: [{ port: 'http' }] }, { from: [{ podSelector: {} }] }] },
  });
});
