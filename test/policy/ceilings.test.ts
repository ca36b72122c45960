import { describe, expect, test } from 'vitest';
import { isCeilingsPath, parseCeilings } from '../../src/policy/ceilings.ts';
import { beyondCeilings } from '../../src/policy/excess.ts';
import type { KubernetesObject } from '../../src/base/json.ts';

const path = 'clusters/prod-eu/ceilings.yaml';

/** As `kubectl get -o yaml` prints it. */
const committed = `apiVersion: v1
data:
  cluster: prod-eu
  clusterRoles: |
    curfew:cluster-read
  maxDuration: 1h30m
  protectedNamespaces: |
    kube-*
    vault
  roles: |
    curfew:read-logs
    curfew:*
  users: |
    *@example.com
kind: ConfigMap
metadata:
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {"apiVersion":"v1","data":{"cluster":"prod-eu"},"kind":"ConfigMap"}
  creationTimestamp: "2026-11-21T14:22:00Z"
  name: curfew-ceilings
  namespace: curfew-system
  resourceVersion: "4711"
`;

function ceilings() {
  const result = parseCeilings(path, committed);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.value;
}

describe('a committed copy', () => {
  test('is read as kubectl prints it', () => {
    expect(ceilings()).toEqual({
      cluster: 'prod-eu',
      maxDuration: 5400,
      roles: ['curfew:read-logs', 'curfew:*'],
      clusterRoles: ['curfew:cluster-read'],
      users: ['*@example.com'],
      protectedNamespaces: ['kube-*', 'vault'],
    });
  });

  test.each([
    [path, true],
    ['clusters/prod-eu/old/ceilings.yaml', false],
    ['clusters/prod-eu/ceilings.yml', false],
    ['clusters/ceilings.yaml', false],
    ['docs/clusters/prod-eu/ceilings.yaml', false],
  ])('lies at %s: %s', (candidate, expected) => {
    expect(isCeilingsPath(candidate)).toBe(expected);
  });

  const alone = 'this is not the ConfigMap curfew-ceilings alone';
  test.each<readonly [string, string, string]>([
    ['empty', '', alone],
    ['another object', committed.replace('kind: ConfigMap', 'kind: Secret'), alone],
    ['another ConfigMap', committed.replace('name: curfew-ceilings', 'name: ceilings'), alone],
    ['one of two', `${committed}---\n${committed}`, alone],
    [
      'one that the rules could not read',
      committed.replace('1h30m', '1d'),
      'the ceilings cannot be read: maxDuration is no duration such as 4h or 1h30m: nothing is granted',
    ],
    [
      'that of another cluster',
      committed.replace('cluster: prod-eu', 'cluster: staging'),
      'these are the ceilings of "staging"',
    ],
  ])('is in fault where it is %s', (_, text, message) => {
    const result = parseCeilings(path, text);
    expect(result).toMatchObject({ ok: false, faults: [{ file: path, line: 1, message }] });
  });

  test('is in fault where it is no YAML', () => {
    expect(parseCeilings(path, '&a')).toMatchObject({ ok: false });
  });
});

describe('a grant', () => {
  const binding = (kind: string, role: string, user: string, namespace?: string): KubernetesObject => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: { name: 'x', ...(namespace === undefined ? {} : { namespace }) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  });
  const pod = (namespace: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'x', namespace },
  });
  const beyond = (objects: readonly KubernetesObject[], duration = 60): readonly string[] =>
    beyondCeilings(ceilings(), objects, duration).map(({ field, message }) => `${field}: ${message}`);

  test('within the ceilings has nothing against it, at the longest too', () => {
    const inNamespace = binding('RoleBinding', 'curfew:read-logs', 'alice@example.com', 'payments');
    const inCluster = binding('ClusterRoleBinding', 'curfew:cluster-read', 'alice@example.com');
    expect(beyond([inNamespace, inCluster, pod('payments')], 5400)).toEqual([]);
  });

  test.each<readonly [string, readonly KubernetesObject[], number, readonly string[]]>([
    [
      'too long by a second',
      [],
      5401,
      ['duration: 1h30m is longer than maxDuration of the ceilings of prod-eu, which is 1h30m'],
    ],
    [
      'in a protected namespace is said once',
      [pod('kube-public'), pod('kube-public'), pod('vault2')],
      60,
      ['template: kube-public is among protectedNamespaces of the ceilings of prod-eu'],
    ],
    [
      'of a role that only a star would fit, for roles are names',
      [binding('RoleBinding', 'curfew:debug-pod', 'alice@example.com', 'a')],
      60,
      ['template: curfew:debug-pod is not among roles of the ceilings of prod-eu'],
    ],
    [
      'of a role for namespaces in the whole cluster',
      [binding('ClusterRoleBinding', 'curfew:read-logs', 'alice@example.com')],
      60,
      ['template: curfew:read-logs is not among clusterRoles of the ceilings of prod-eu'],
    ],
    [
      'to somebody of elsewhere, twice',
      [
        binding('RoleBinding', 'curfew:read-logs', 'eve@example.net', 'a'),
        binding('ClusterRoleBinding', 'curfew:cluster-read', 'eve@example.net'),
      ],
      60,
      ['for: eve@example.net is not among users of the ceilings of prod-eu'],
    ],
  ])('%s', (_, objects, duration, expected) => {
    expect(beyond(objects, duration)).toEqual(expected);
  });

  test('in no namespace is refused where all are protected, as the admission sees it', () => {
    const all = { ...ceilings(), protectedNamespaces: ['*'] };
    const inCluster = binding('ClusterRoleBinding', 'curfew:cluster-read', 'alice@example.com');
    expect(beyondCeilings(all, [inCluster], 60)).toEqual([
      {
        field: 'template',
        message: 'the whole cluster is among protectedNamespaces of the ceilings of prod-eu',
        remedy:
          'have an administrator of the cluster change that, and commit the copy as clusters/prod-eu/ceilings.yaml',
      },
    ]);
  });
});
