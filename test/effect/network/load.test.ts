import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject, KubernetesObject } from '../../../src/base/json.ts';
import { connections } from '../../../src/effect/network/connections.ts';
import { loadNetwork } from '../../../src/effect/network/load.ts';
import { podText, workloadText } from '../../../src/effect/network/world.ts';
import { podObject, policyObject } from './objects.ts';

const template: JsonObject = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', ports: [{ name: 'http', containerPort: 8080 }] }] },
};

function workload(apiVersion: string, kind: string, name: string, spec: JsonObject): KubernetesObject {
  return { apiVersion, kind, metadata: { namespace: 'shop', name }, spec };
}

function owned(object: KubernetesObject, kind: string, name: string): KubernetesObject {
  const ownerReferences = [{ apiVersion: 'apps/v1', kind, name, controller: true }];
  return { ...object, metadata: { ...object.metadata, ownerReferences } };
}

function names(objects: readonly Json[]): readonly string[] {
  return loadNetwork(objects).pods.map((pod) => `${podText(pod)} of ${workloadText(pod.workload)}`);
}

test('nothing that JSON can say makes reading fail', () => {
  const kinds = ['Pod', 'Deployment', 'CronJob', 'NetworkPolicy', 'Namespace', 'List', 'PodList'];
  const versions = ['v1', 'apps/v1', 'batch/v1', 'networking.k8s.io/v1'];
  const keys = [
    'metadata',
    'name',
    'namespace',
    'labels',
    'ownerReferences',
    'spec',
    'template',
    'containers',
    'ports',
    'status',
    'podIPs',
    'podSelector',
    'ingress',
    'from',
    'ipBlock',
    'cidr',
    'matchLabels',
    'items',
  ];
  const { any } = fc.letrec<{ any: Json }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'medium' },
      fc.constantFrom<Json>(null, true, 0, 1, '', 'a', '10.0.0.0/8'),
      fc.array(tie('any'), { maxLength: 2 }),
      fc.dictionary(fc.constantFrom(...keys), tie('any'), { maxKeys: 4 }),
    ),
  }));
  const object = fc
    .record({
      apiVersion: fc.constantFrom(...versions),
      kind: fc.constantFrom(...kinds),
      more: fc.dictionary(fc.constantFrom(...keys), any),
    })
    .map(({ apiVersion, kind, more }): Json => ({ ...more, apiVersion, kind }));
  fc.assert(
    fc.property(fc.array(fc.oneof(object, any), { maxLength: 4 }), (objects) => {
      const world = loadNetwork(objects);
      expect([...connections(world, { by: 'pod' })].length).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 1000 },
  );
});

describe('workloads', () => {
  test.each([
    ['apps/v1', 'Deployment', { template }],
    ['apps/v1', 'StatefulSet', { template }],
    ['apps/v1', 'DaemonSet', { template }],
    ['apps/v1', 'ReplicaSet', { template }],
    ['extensions/v1beta1', 'Deployment', { template }],
    ['batch/v1', 'Job', { template }],
    ['batch/v1', 'CronJob', { jobTemplate: { spec: { template } } }],
    ['v1', 'ReplicationController', { template }],
  ])('%s %s: a pod from its template', (apiVersion, kind, spec) => {
    const [pod, ...others] = loadNetwork([workload(apiVersion, kind, 'web', spec)]).pods;
    expect(others).toEqual([]);
    expect(pod).toMatchObject({
      namespace: 'shop',
      name: 'web',
      labels: new Map([['app', 'web']]),
      namedPorts: [{ name: 'http', protocol: 'TCP', port: 8080 }],
      ipv4: null,
      workload: { namespace: 'shop', kind, name: 'web' },
      fromTemplate: true,
    });
  });

  test('live pods stand for their workload, over the ReplicaSet between', () => {
    const pod = owned(podObject('shop', 'web-5d9-x2v8k', { app: 'web' }), 'ReplicaSet', 'web-5d9');
    const replicaSet = owned(
      workload('apps/v1', 'ReplicaSet', 'web-5d9', { replicas: 1, template }),
      'Deployment',
      'web',
    );
    const older = owned(
      workload('apps/v1', 'ReplicaSet', 'web-4c8', { replicas: 0, template }),
      'Deployment',
      'web',
    );
    const deployment = workload('apps/v1', 'Deployment', 'web', { template });
    expect(names([pod, replicaSet, older, deployment])).toEqual([
      'shop/web-5d9-x2v8k[Pod] of shop/web[Deployment]',
    ]);
    expect(names([replicaSet, older, deployment])).toEqual(['shop/web[Deployment] of shop/web[Deployment]']);
    expect(names([replicaSet, older])).toEqual(['shop/web[Deployment] of shop/web[Deployment]']);
    expect(names([pod])).toEqual(['shop/web-5d9-x2v8k[Pod] of shop/web-5d9[ReplicaSet]']);
  });

  test('a missing ReplicaSet is seen through where the pod-template-hash leads to a Deployment', () => {
    const pod = owned(
      podObject('shop', 'web-5d9-x2v8k', { app: 'web', 'pod-template-hash': '5d9' }),
      'ReplicaSet',
      'web-5d9',
    );
    expect(names([pod, workload('apps/v1', 'Deployment', 'web', { template })])).toEqual([
      'shop/web-5d9-x2v8k[Pod] of shop/web[Deployment]',
    ]);
  });

  test('the Job of a CronJob is the CronJob; a static pod is its own', () => {
    const job = owned(workload('batch/v1', 'Job', 'tidy-28', { template }), 'CronJob', 'tidy');
    expect(
      names([job, workload('batch/v1', 'CronJob', 'tidy', { jobTemplate: { spec: { template } } })]),
    ).toEqual(['shop/tidy[CronJob] of shop/tidy[CronJob]']);
    expect(names([owned(podObject('kube-system', 'etcd-a'), 'Node', 'a')])).toEqual([
      'kube-system/etcd-a[Pod] of kube-system/etcd-a[Pod]',
    ]);
  });

  test('owners in a circle end', () => {
    const one = owned(workload('apps/v1', 'ReplicaSet', 'one', { template }), 'ReplicaSet', 'two');
    const two = owned(workload('apps/v1', 'ReplicaSet', 'two', { template }), 'ReplicaSet', 'one');
    expect(names([one, two]).length).toBeLessThanOrEqual(2);
  });

  test('a pod that has ended counts for nothing', () => {
    const world = loadNetwork([
      { ...podObject('shop', 'done'), status: { phase: 'Succeeded', podIP: '10.0.0.1' } },
    ]);
    expect(world.pods).toEqual([]);
    expect([...world.skipped]).toEqual([['finished Pod', 1]]);
  });

  test('ports of containers and of sidecars count, those of other init containers do not', () => {
    const spec = {
      containers: [{ ports: [{ name: 'http', containerPort: 80 }, { containerPort: 81 }] }],
      initContainers: [
        { restartPolicy: 'Always', ports: [{ name: 'proxy', containerPort: 82, protocol: 'UDP' }] },
        { ports: [{ name: 'once', containerPort: 83 }] },
      ],
      hostNetwork: true,
    };
    const [pod] = loadNetwork([{ ...podObject('shop', 'web'), spec }]).pods;
    expect(pod?.namedPorts).toEqual([
      { name: 'http', protocol: 'TCP', port: 80 },
      { name: 'proxy', protocol: 'UDP', port: 82 },
    ]);
    expect(pod?.hostNetwork).toBe(true);
  });
});

describe('objects as they come', () => {
  test('List kinds are flattened, however deep; items of a typed list leave out their kind', () => {
    const list: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'List',
      metadata: { name: '' },
      items: [
        podObject('shop', 'a'),
        {
          apiVersion: 'v1',
          kind: 'PodList',
          items: [{ metadata: { namespace: 'shop', name: 'b' }, spec: {} }],
        },
        {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicyList',
          items: [{ metadata: { name: 'c' } }],
        },
      ],
    };
    const world = loadNetwork([list]);
    expect(world.pods.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(world.policies.map(({ namespace, name }) => `${namespace}/${name}`)).toEqual(['default/c']);
    expect(world.problems).toEqual([]);
  });

  test('other kinds are counted', () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } };
    const cilium = { apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata: { name: 'web' } };
    const old = { apiVersion: 'extensions/v1beta1', kind: 'NetworkPolicy', metadata: { name: 'web' } };
    expect([...loadNetwork([service, service, cilium, old]).skipped]).toEqual([
      ['Service', 2],
      ['cilium.io/v2 CiliumNetworkPolicy', 1],
      ['extensions/v1beta1 NetworkPolicy', 1],
    ]);
  });

  test('a namespace has its name as label, whatever its object says, and also without one', () => {
    const declared = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop', labels: { team: 'red', 'kubernetes.io/metadata.name': 'vault' } },
    };
    const world = loadNetwork([declared, podObject('other', 'a'), policyObject('third', 'p', {})]);
    expect(world.namespaces.get('shop')).toEqual(
      new Map([
        ['team', 'red'],
        ['kubernetes.io/metadata.name', 'shop'],
      ]),
    );
    expect(world.namespaces.get('third')).toEqual(new Map([['kubernetes.io/metadata.name', 'third']]));
    expect(world.undeclared).toEqual(['other', 'third']);
  });

  test('what is written twice alike counts once, what differs is a problem', () => {
    const one = podObject('shop', 'a', { app: 'a' });
    expect(loadNetwork([one, structuredClone(one)])).toMatchObject({ pods: [{ name: 'a' }], problems: [] });
    expect(loadNetwork([one, podObject('shop', 'a', { app: 'b' })]).problems).toEqual([
      { object: 'Pod shop/a', message: 'stands there twice with different content; leave one of them out' },
    ]);
  });

  test.each([
    [
      { apiVersion: 'v1', kind: 'Pod', metadata: {} },
      { object: 'Pod', message: 'metadata.name: null is not a name' },
    ],
    [
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'a"]|' } },
      { object: 'Pod', message: 'a: metadata.namespace: "a\\"]|" is not a name' },
    ],
    [
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', labels: { version: 1 } } },
      { object: 'Pod default/a', message: 'metadata.labels: a value is not a string; put it in quotes' },
    ],
    [
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, status: { podIP: 'none' } },
      { object: 'Pod default/a', message: 'status.podIP: "none" is not an address' },
    ],
    [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'a', ownerReferences: [{ kind: 'X"]', name: 'b' }] },
      },
      { object: 'Pod default/a', message: 'metadata.ownerReferences: an owner has no valid kind and name' },
    ],
  ])('an object that no API server accepts is a problem: %#', (object, problem) => {
    const world = loadNetwork([object]);
    expect(world.problems).toEqual([problem]);
    expect(world.pods).toEqual([]);
  });

  test('a Job with generateName goes by what it begins with', () => {
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { generateName: 'tidy-' },
      spec: { template },
    };
    expect(names([job])).toEqual(['default/tidy[Job] of default/tidy[Job]']);
  });
});
