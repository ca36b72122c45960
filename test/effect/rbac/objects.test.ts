import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../src/base/json.ts';
import { defaultObjects, defaultRules } from '../../../src/effect/rbac/default-roles.ts';
import { readObjects } from '../../../src/effect/rbac/objects.ts';
import { can } from '../../../src/effect/rbac/can.ts';
import { loadRbac } from '../../../src/effect/rbac/world.ts';
import { subjectFor } from '../../../src/effect/rbac/subject.ts';
import { binding, clusterRole, question, role } from './build.ts';

const reader = clusterRole('reader', ['get :pods']);

describe('reading manifests', () => {
  test('flattens lists of every kind, also in one another', () => {
    const { metadata, rules } = reader;
    const typed = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleList',
      metadata: { name: '' },
      items: [{ metadata, rules: rules ?? null }],
    };
    const nested = {
      apiVersion: 'v1',
      kind: 'List',
      metadata: { name: '' },
      items: [{ apiVersion: 'v1', kind: 'List', items: [role('a', 'b', [])] }, typed],
    };
    expect(readObjects([nested]).roles.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'Role b',
      'ClusterRole reader',
    ]);
  });

  test('counts other kinds, also of the same name in other groups', () => {
    const other = { apiVersion: 'iam.example.com/v1', kind: 'ClusterRole', metadata: { name: 'x' } };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } };
    const review = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Whatever', metadata: { name: 'x' } };
    expect(readObjects([other, pod, review, reader])).toMatchObject({ otherKinds: 3, problems: [] });
  });

  test.each([
    [{ ...reader, rules: {} }, 'ClusterRole reader: rules is not a list; it gives nothing'],
    [
      { ...reader, rules: [{ verbs: ['get', 1] }] },
      'ClusterRole reader: rules[0] is not an object of lists of plain strings; it gives nothing',
    ],
    [
      { ...reader, rules: [{ verbs: ['get\u0000'] }] },
      'ClusterRole reader: rules[0] is not an object of lists of plain strings; it gives nothing',
    ],
    [
      { ...reader, metadata: { name: 'reader', labels: { a: 1 } } },
      'ClusterRole reader: metadata.labels holds a value that is no string; it gives nothing',
    ],
    [
      { ...reader, metadata: { name: 'a\nb' } },
      'a ClusterRole has no plain metadata.name or namespace; it gives nothing',
    ],
    [
      { ...reader, apiVersion: 'rbac.authorization.k8s.io/v1beta1' },
      'ClusterRole reader: its apiVersion is no longer served; read as v1',
    ],
    [
      {
        ...reader,
        aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: 'a', operator: 'Is' }] }] },
      },
      'ClusterRole reader: aggregationRule holds a selector that no API server accepts; its own rules stand',
    ],
    [
      { ...binding('ns', 'ClusterRole reader', []), subjects: 'x' },
      'RoleBinding ns/reader-binding: subjects is not a list; it gives nothing',
    ],
    [
      { ...binding('ns', 'ClusterRole reader', []), roleRef: { name: 'reader' } },
      'RoleBinding ns/reader-binding: roleRef lacks kind or name; it gives nothing',
    ],
    [
      binding('ns', 'ClusterRole reader', ['Robot r2']),
      'RoleBinding ns/reader-binding: subjects[0] is neither a User, a Group nor a ServiceAccount; it matches nobody',
    ],
    [
      binding(null, 'ClusterRole reader', ['ServiceAccount x']),
      'ClusterRoleBinding reader-binding: subjects[0] is a ServiceAccount without a namespace; it matches nobody',
    ],
    [
      { ...binding('ns', 'ClusterRole reader', []), metadata: { name: 'b' } },
      'RoleBinding default/b: metadata.namespace is missing; read as in namespace default, where kubectl would put it',
    ],
  ] satisfies readonly [KubernetesObject, string][])(
    'says what it does not read as it stands: %j',
    (object, problem) => {
      expect(readObjects([object]).problems).toEqual([problem]);
    },
  );

  test('refuses a role that spells out more than can be compared', () => {
    const many = Array.from({ length: 400 }, (_, index) => `v${index}`);
    const huge = { ...reader, rules: [{ verbs: many, apiGroups: [''], resources: many }] };
    expect(readObjects([huge])).toMatchObject({
      roles: [],
      problems: [expect.stringContaining('more than 100000 permissions')],
    });
  });

  test('names bindings whose role is not there', () => {
    const { dangling } = loadRbac([
      binding('ns', 'ClusterRole gone', ['User a']),
      binding(null, 'Role x', ['User a']),
    ]);
    expect(dangling.map(({ name }) => name)).toEqual(['x-binding', 'gone-binding']);
  });
});

function allows(name: string, text: string): boolean {
  const world = loadRbac([...defaultObjects, binding('ns', `ClusterRole ${name}`, ['User a'])]);
  return can(world, { user: 'a', groups: [] }, question(text)).allowed;
}

describe('Kubernetes’ own roles', () => {
  test('are read without a problem, and every binding finds its role', () => {
    const { problems, dangling, otherKinds, bindings } = loadRbac(defaultObjects);
    expect({ problems, dangling, otherKinds }).toEqual({ problems: [], dangling: [], otherKinds: 0 });
    expect(bindings.length).toBeGreaterThan(50);
  });

  test('admin holds what edit and view hold, once the labels are resolved', () => {
    const asked = [
      'get :pods in ns',
      'create :pods/exec in ns',
      'create rbac.authorization.k8s.io:rolebindings in ns',
      'get :secrets in ns',
    ];
    expect(['view', 'edit', 'admin'].map((name) => asked.map((text) => allows(name, text)))).toEqual([
      [true, false, false, false],
      [true, true, false, true],
      [true, true, true, true],
    ]);
    expect(defaultRules('no such role')).toEqual([]);
  });

  test('let everyone who is signed in ask about themselves, and read what is there', () => {
    const world = loadRbac(defaultObjects);
    const anyone = subjectFor('nobody@example.com', []);
    expect(can(world, anyone, question('create authorization.k8s.io:selfsubjectaccessreviews')).allowed).toBe(
      true,
    );
    expect(can(world, anyone, question('get url:/apis/apps')).allowed).toBe(true);
    expect(can(world, anyone, question('get :pods in default')).allowed).toBe(false);
  });
});

describe('a subject as the API server sees it', () => {
  test.each([
    ['alice', [], ['system:authenticated']],
    ['alice', ['ops', 'system:authenticated'], ['ops', 'system:authenticated']],
    ['system:anonymous', [], ['system:unauthenticated']],
    [
      'system:serviceaccount:ns:sa',
      [],
      ['system:serviceaccounts', 'system:serviceaccounts:ns', 'system:authenticated'],
    ],
    ['system:serviceaccount:ns', [], ['system:authenticated']],
  ])('%s %j is in %j', (user, groups, expected) => {
    expect(subjectFor(user, groups)).toEqual({ user, groups: expected });
  });
});
