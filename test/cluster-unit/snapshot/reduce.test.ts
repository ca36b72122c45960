import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { kindOf, type Kind } from '../../../src/cluster/snapshot/kinds.ts';
import { reduce } from '../../../src/cluster/snapshot/reduce.ts';
import { controlledBy, deployment, keptDeployment, metadata, podSpec } from './objects.ts';

function known(apiVersion: string, kind: string): Kind {
  const found = kindOf(apiVersion, kind);
  if (found === null) throw new Error(`no kind ${kind}`);
  return found;
}

const rbac = 'rbac.authorization.k8s.io/v1';
const pod = known('v1', 'Pod');

describe('what is kept', () => {
  test('of a Deployment: the labels, ports, account and sidecars of its pods', () => {
    expect(reduce(known('apps/v1', 'Deployment'), deployment)).toEqual({
      kind: 'kept',
      object: keptDeployment,
    });
  });

  test('of a CronJob: the same, one step deeper', () => {
    const spec = { schedule: '0 * * * *', jobTemplate: { spec: { template: { spec: podSpec } } } };
    const reduced = reduce(known('batch/v1', 'CronJob'), { metadata: metadata('nightly'), spec });
    expect(reduced).toMatchObject({
      object: { spec: { jobTemplate: { spec: { template: { spec: { serviceAccountName: 'api' } } } } } },
    });
    expect(JSON.stringify(reduced)).not.toMatch(/migrate|hunter2|schedule/);
  });

  test('of a bare pod: its addresses too', () => {
    const status = { phase: 'Running', hostIP: '10.0.0.1', podIP: '10.1.0.7', podIPs: [{ ip: '10.1.0.7' }] };
    const reduced = reduce(pod, {
      metadata: metadata('bare', { labels: { app: 'b' } }),
      spec: podSpec,
      status,
    });
    expect(reduced).toMatchObject({
      object: { metadata: { name: 'bare', labels: { app: 'b' } }, status: { podIPs: [{ ip: '10.1.0.7' }] } },
    });
    expect(JSON.stringify(reduced)).not.toMatch(/Running|hostIP|"podIP"/);
  });

  test('of a pod that a controller of another kind made: not its address, which changes', () => {
    const owned = metadata('kafka-0', controlledBy('core.strimzi.io/v1', 'StrimziPodSet', 'kafka'));
    const reduced = reduce(pod, { metadata: owned, spec: {}, status: { podIPs: [{ ip: '10.1.0.8' }] } });
    expect(reduced).toEqual({
      kind: 'kept',
      object: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'kafka-0',
          namespace: 'payments',
          ownerReferences: [
            { apiVersion: 'core.strimzi.io/v1', kind: 'StrimziPodSet', name: 'kafka', controller: true },
          ],
        },
        spec: {},
      },
    });
  });

  test('of a NetworkPolicy: every rule, an empty one too', () => {
    const spec = {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {},
        { from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }], ports: [{ port: 'https' }] },
      ],
      egress: [],
    };
    const reduced = reduce(known('networking.k8s.io/v1', 'NetworkPolicy'), { metadata: metadata('p'), spec });
    expect(reduced).toMatchObject({ object: { spec } });
  });

  test('of a ClusterRole: its rules, and the labels by which others aggregate it', () => {
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'], resourceNames: ['a'] }];
    const labels = { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' };
    const reduced = reduce(known(rbac, 'ClusterRole'), { metadata: { name: 'r', labels }, rules });
    expect(reduced).toEqual({
      kind: 'kept',
      object: { apiVersion: rbac, kind: 'ClusterRole', metadata: { name: 'r', labels }, rules },
    });
  });
});

describe('what is left out', () => {
  const cases: readonly (readonly [string, Kind, JsonObject])[] = [
    [
      'a pod of a ReplicaSet',
      pod,
      { metadata: metadata('p', controlledBy('apps/v1', 'ReplicaSet', 'api-1')) },
    ],
    ['a pod of a Job', pod, { metadata: metadata('p', controlledBy('batch/v1', 'Job', 'j')) }],
    ['a static pod of a node', pod, { metadata: metadata('p', controlledBy('v1', 'Node', 'node-1')) }],
    ['a pod that has succeeded', pod, { metadata: metadata('p'), status: { phase: 'Succeeded' } }],
    ['a pod that has failed', pod, { metadata: metadata('p'), status: { phase: 'Failed' } }],
    [
      'a ReplicaSet of a Deployment',
      known('apps/v1', 'ReplicaSet'),
      { metadata: metadata('r', controlledBy('apps/v1', 'Deployment', 'api')), spec: { replicas: 3 } },
    ],
    [
      'an older ReplicaSet of a Rollout',
      known('apps/v1', 'ReplicaSet'),
      {
        metadata: metadata('r', controlledBy('argoproj.io/v1alpha1', 'Rollout', 'api')),
        spec: { replicas: 0 },
      },
    ],
    [
      'a Job of a CronJob',
      known('batch/v1', 'Job'),
      { metadata: metadata('j', controlledBy('batch/v1', 'CronJob', 'nightly')) },
    ],
    [
      'a Job that is complete',
      known('batch/v1', 'Job'),
      { metadata: metadata('j'), status: { conditions: [{ type: 'Complete', status: 'True' }] } },
    ],
    ['a service account', known('v1', 'ServiceAccount'), { metadata: metadata('api') }],
    ['something without a name', pod, { spec: {} }],
  ];
  test.each(cases)('%s', (_, kind, object) => {
    expect(reduce(kind, object)).toEqual({ kind: 'left-out' });
  });

  test('a ReplicaSet of a Rollout that keeps pods is in it, and so is a Job that runs', () => {
    const replicaSet = metadata('r', controlledBy('argoproj.io/v1alpha1', 'Rollout', 'api'));
    expect(reduce(known('apps/v1', 'ReplicaSet'), { metadata: replicaSet, spec: { replicas: 2 } }).kind).toBe(
      'kept',
    );
    const status = { conditions: [{ type: 'Complete', status: 'False' }] };
    expect(reduce(known('batch/v1', 'Job'), { metadata: metadata('j'), status }).kind).toBe('kept');
  });
});

describe('what nobody hides', () => {
  const tied = controlledBy('apps/v1', 'Deployment', 'api');

  test.each([
    ['RoleBinding', rbac],
    ['ClusterRoleBinding', rbac],
    ['Role', rbac],
    ['ClusterRole', rbac],
    ['NetworkPolicy', 'networking.k8s.io/v1'],
    ['Deployment', 'apps/v1'],
    ['Pod', 'v1'],
  ])('a %s that says it belongs to a Deployment, or has failed', (kind, apiVersion) => {
    const status = { conditions: [{ type: 'Failed', status: 'True' }] };
    const { kind: what } = reduce(known(apiVersion, kind), { metadata: metadata('x', tied), status });
    expect(what).toBe('kept');
  });

  test('a Deployment whose status says that it is over', () => {
    const over = { ...deployment, status: { phase: 'Succeeded' } };
    expect(reduce(known('apps/v1', 'Deployment'), over).kind).toBe('kept');
  });
});

describe('objects of grants', () => {
  const labels = { 'curfew.dev/grant': 'payments-1' };

  test.each([
    ['Pod', 'v1'],
    ['ServiceAccount', 'v1'],
    ['NetworkPolicy', 'networking.k8s.io/v1'],
    ['RoleBinding', rbac],
  ])('a %s is named with its grant, even where it has ended', (kind, apiVersion) => {
    const object = { metadata: metadata('g', { labels }), status: { phase: 'Failed' } };
    expect(reduce(known(apiVersion, kind), object)).toEqual({
      kind: 'granted',
      object: { kind, namespace: 'payments', name: 'g', grant: 'payments-1' },
    });
  });

  test('a ClusterRoleBinding lies in no namespace', () => {
    expect(reduce(known(rbac, 'ClusterRoleBinding'), { metadata: { name: 'g', labels } })).toEqual({
      kind: 'granted',
      object: { kind: 'ClusterRoleBinding', namespace: null, name: 'g', grant: 'payments-1' },
    });
  });

  test('what no grant brings does not hide behind the label', () => {
    const hidden = { ...deployment, metadata: metadata('api', { labels }) };
    expect(reduce(known('apps/v1', 'Deployment'), hidden).kind).toBe('kept');
    expect(reduce(known(rbac, 'ClusterRole'), { metadata: { name: 'r', labels } }).kind).toBe('kept');
  });
});
