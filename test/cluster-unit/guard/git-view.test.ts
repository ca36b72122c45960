import { expect, test } from 'vitest';
import {
  gitView,
  isForward,
  isGranted,
  readGrantFile,
  type Artifact,
  type GrantFile,
} from '../../../src/cluster/guard/core/git-view.ts';
import { observed } from './objects.ts';

const artifact: Artifact = {
  url: 'http://source/1',
  digest: 'sha256:0',
  revision: 'main@sha1:1',
  fetchedAt: 1000,
};

const grant = `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: g-1
  namespace: payments
  labels:
    curfew.dev/grant: g-1
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: g-1
  labels: {curfew.dev/grant: g-1}
---
apiVersion: v1
kind: Pod
metadata: {name: by-the-way, namespace: payments}
`;

const path = 'grants/prod-eu/payments/x.yaml';

test('a grant file grants the objects that carry the label', () => {
  expect(readGrantFile(path, grant)).toEqual([
    { grant: 'g-1', identity: 'RoleBinding payments/g-1' },
    { grant: 'g-1', identity: 'ClusterRoleBinding g-1' },
  ]);
});

test('a README grants nothing, and what cannot be read is told apart from that', () => {
  expect(readGrantFile('grants/prod-eu/README.md', grant)).toEqual([]);
  for (const text of ['a: [', '{{', 'kind: RoleBinding\n', 'a: &x 1\nb: *x\n'])
    expect(readGrantFile(path, text)).toBeNull();
});

test('no file at all is no view; a README alone is one that grants nothing', () => {
  expect(gitView(artifact, [])).toBeNull();
  const view = gitView(artifact, [{ path: 'grants/prod-eu/README.md', objects: [] }]);
  expect(view !== null && isGranted(view, observed())).toBe(false);
});

test.each<readonly [string, Parameters<typeof observed>[0], boolean]>([
  ['the very object', {}, true],
  ['of another grant', { grant: 'g-2', name: 'g-1' }, false],
  ['of another name', { name: 'x' }, false],
  ['in another namespace', { namespace: 'orders' }, false],
  ['of another kind', { kind: 'Pod' }, false],
  ['of the whole cluster', { kind: 'ClusterRoleBinding' }, true],
])('what is granted is an object, not a label: %s', (_, more, expected) => {
  const view = gitView(artifact, [{ path, objects: readGrantFile(path, grant) }]);
  expect(view !== null && isGranted(view, observed(more))).toBe(expected);
});

test('a file that cannot be read leaves its own grant alone, and no other', () => {
  const files: readonly GrantFile[] = [
    { path: 'grants/prod-eu/payments/poison.yaml', objects: null },
    { path, objects: [] },
  ];
  const view = gitView(artifact, files);
  const request = (name: string): string => `access-requests/prod-eu/payments/${name}.yaml`;
  expect(view !== null && isGranted(view, observed({ request: request('poison') }))).toBe(true);
  expect(view !== null && isGranted(view, observed({ request: request('x') }))).toBe(false);
  expect(view !== null && isGranted(view, observed({ request: null }))).toBe(false);
});

test('a revision that was fetched earlier never follows', () => {
  expect(isForward(null, artifact)).toBe(true);
  expect(isForward(artifact, { ...artifact, digest: 'sha256:1' })).toBe(true);
  expect(isForward(artifact, { ...artifact, fetchedAt: 2000 })).toBe(true);
  expect(isForward(artifact, { ...artifact, fetchedAt: 999 })).toBe(false);
});
