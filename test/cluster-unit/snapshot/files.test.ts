import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../src/base/json.ts';
import { isSnapshotFile, snapshotFiles, versionObject } from '../../../src/cluster/snapshot/files.ts';
import { defaultObjects } from '../../../src/effect/rbac/default-roles.ts';
import { readManifests } from '../../../src/request/manifests.ts';

function object(apiVersion: string, kind: string, name: string, namespace?: string): KubernetesObject {
  return { apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
}

const rbac = 'rbac.authorization.k8s.io/v1';

const objects: readonly KubernetesObject[] = [
  versionObject('prod-eu', 'v1.36.3'),
  object('v1', 'Namespace', 'payments'),
  object('v1', 'Namespace', 'orders'),
  object('apps/v1', 'Deployment', 'api', 'payments'),
  object('apps/v1', 'StatefulSet', 'db', 'payments'),
  object('apps/v1', 'Deployment', 'web', 'orders'),
  object('networking.k8s.io/v1', 'NetworkPolicy', 'deny', 'payments'),
  object(rbac, 'ClusterRole', 'curfew:read-logs'),
  object(rbac, 'ClusterRole', 'view'),
  object(rbac, 'ClusterRoleBinding', 'cluster-admin'),
  object(rbac, 'ClusterRole', 'deployer'),
  object(rbac, 'RoleBinding', 'deployer', 'payments'),
  object(rbac, 'Role', 'deployer', 'payments'),
];

function textsOf(given: readonly KubernetesObject[]): ReadonlyMap<string, string> {
  const files = snapshotFiles('prod-eu', given);
  if (!files.ok) throw new Error(files.faults.map(({ message }) => message).join());
  return files.value;
}

function namesIn(text: string): readonly string[] {
  const read = readManifests('x.yaml', text);
  return read.ok ? read.value.map(({ kind, metadata }) => `${kind} ${metadata.name}`) : ['unreadable'];
}

function workloads(count: number, namespace: (index: number) => string): readonly KubernetesObject[] {
  const ports = [{ name: 'https', containerPort: 8443, protocol: 'TCP' }];
  const labels = { 'app.kubernetes.io/name': 'some-service', 'app.kubernetes.io/part-of': 'the-shop' };
  return Array.from({ length: count }, (_, index) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `service-${index}`, namespace: namespace(index) },
    spec: {
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: 'a',
          containers: [
            { name: 'main', ports },
            { name: 'proxy', ports },
          ],
        },
      },
    },
  }));
}

describe('the files of a snapshot', () => {
  test('one for each topic, sorted by namespace, kind and name', () => {
    const contents = [...textsOf(objects)].map(([path, text]) => [path, namesIn(text)]);
    expect(Object.fromEntries(contents)).toEqual({
      'cluster.yaml': ['ClusterVersion prod-eu'],
      'namespaces.yaml': ['Namespace orders', 'Namespace payments'],
      'workloads.yaml': ['Deployment web', 'Deployment api', 'StatefulSet db'],
      'network-policies.yaml': ['NetworkPolicy deny'],
      'catalog.yaml': ['ClusterRole curfew:read-logs'],
      'rbac.yaml': ['ClusterRole deployer', 'Role deployer', 'RoleBinding deployer'],
      'rbac-defaults.yaml': ['ClusterRole view', 'ClusterRoleBinding cluster-admin'],
    });
  });

  test('are the same whatever the order in which the objects came', () => {
    const expected = Object.fromEntries(textsOf(objects));
    fc.assert(
      fc.property(fc.shuffledSubarray([...objects], { minLength: objects.length }), (shuffled) => {
        expect(Object.fromEntries(textsOf(shuffled))).toEqual(expected);
      }),
    );
  });

  test('say what they are in the first line, and no time', () => {
    const text = textsOf(objects).get('cluster.yaml');
    expect(text).toBe(
      '# What the plan knows of prod-eu: the version of its API server. Written by "curfew snapshot".\n' +
        'apiVersion: curfew.dev/v1\nkind: ClusterVersion\nmetadata:\n  name: prod-eu\ngitVersion: v1.36.3\n',
    );
  });

  test("hold Kubernetes' own roles as they stand there, well within the limits", () => {
    const text = textsOf(defaultObjects).get('rbac-defaults.yaml') ?? '';
    const read = readManifests('x.yaml', text);
    expect(read.ok && read.value.length).toBe(defaultObjects.length);
    expect(text.length).toBeLessThan(150_000);
  });
});

describe('what is too large for one file', () => {
  test('3,000 workloads become a file for each namespace, and all can be read', () => {
    const many = workloads(3000, (index) => `team-${index % 30}`);
    const files = textsOf([...many, object('v1', 'Namespace', 'team-1')]);
    expect([...files.keys()].filter((path) => path.startsWith('workloads/'))).toHaveLength(30);
    expect(files.has('workloads.yaml')).toBe(false);
    const names = [...files.values()].flatMap(namesIn);
    expect(names).toHaveLength(3001);
    expect(names).not.toContain('unreadable');
  });

  test('3,000 in one namespace become up to sixteen, and a new one changes one of them', () => {
    const many = workloads(3000, () => 'shop');
    const before = textsOf(many);
    expect([...before.keys()].toSorted()).toEqual(
      '0123456789abcdef'.split('').map((digit) => `workloads/shop.${digit}.yaml`),
    );
    expect([...before.values()].flatMap(namesIn)).toHaveLength(3000);
    const after = textsOf([...many, object('apps/v1', 'Deployment', 'new', 'shop')]);
    expect([...after].filter(([path, text]) => before.get(path) !== text)).toHaveLength(1);
  });

  test('what is still too large is named, and nothing is left out in silence', () => {
    const rules = Array.from({ length: 12_000 }, (_, index) => ({
      verbs: ['get'],
      resources: [`r${index}`],
    }));
    const role = { ...object(rbac, 'Role', 'huge', 'shop'), rules };
    expect(snapshotFiles('prod-eu', [...objects, role])).toMatchObject({
      ok: false,
      faults: [{ file: expect.stringMatching(/^clusters\/prod-eu\/rbac\/shop\.[0-9a-f]\.yaml$/) }],
    });
  });

  test.each([
    ['workloads.yaml', true],
    ['workloads/payments.yaml', true],
    ['rbac/_cluster.yaml', true],
    ['workloads/payments.f.yaml', true],
    ['cluster.yaml', true],
    ['by-hand.yaml', false],
    ['README.md', false],
    ['workloads/notes.md', false],
    ['workloads/a/b.yaml', false],
    ['workloads/.yaml', false],
    ['toString.yaml', false],
  ])('%s is a file of the snapshot: %s', (path, expected) => {
    expect(isSnapshotFile(path)).toBe(expected);
  });
});
