import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../src/base/json.ts';
import { checkRbac } from '../../../src/effect/rbac/check.ts';
import { defaultObjects } from '../../../src/effect/rbac/default-roles.ts';
import { resolveType } from '../../../src/effect/rbac/type-name.ts';
import { binding, clusterRole, role } from './build.ts';

function found(objects: readonly KubernetesObject[]): readonly string[] {
  return checkRbac(objects, { minor: 36 }).dangers.map(({ about, rule }) => `${about}: ${rule}`);
}

const editLabel = 'rbac.authorization.k8s.io/aggregate-to-edit';

describe('a check of manifests', () => {
  test('is about whoever is bound, with all their bindings together, and names those that matter', () => {
    const { dangers } = checkRbac(
      [
        clusterRole('apply', ['create :secrets named x']),
        role('payments', 'patch', ['patch :secrets named x']),
        clusterRole('logs', ['get :pods/log']),
        binding('payments', 'ClusterRole apply', ['User alice']),
        binding('payments', 'Role patch', ['User alice']),
        binding('payments', 'ClusterRole logs', ['User alice', 'Group oncall']),
      ],
      { minor: 36 },
    );
    expect(dangers.map(({ about, rule, by }) => [about, rule, by])).toEqual([
      ['User alice', 'secrets-create', ['RoleBinding payments/apply-binding']],
      ['User alice', 'secrets-change', ['RoleBinding payments/patch-binding']],
      ['User alice', 'create-objects', ['RoleBinding payments/apply-binding']],
    ]);
  });

  test('counts what everyone who is signed in has', () => {
    const objects = [
      clusterRole('requester', ['create certificates.k8s.io:certificatesigningrequests']),
      clusterRole('approver', [
        'update certificates.k8s.io:certificatesigningrequests/approval',
        'approve certificates.k8s.io:signers',
      ]),
      binding(null, 'ClusterRole requester', ['Group system:authenticated']),
      binding(null, 'ClusterRole approver', ['User alice']),
    ];
    expect(found(objects)).toContain('User alice: approve-certificates');
  });

  test.each([
    ['Group system:masters', 'bound-to-masters'],
    ['User system:anonymous', 'bound-to-everyone'],
    ['Group system:unauthenticated', 'bound-to-everyone'],
    ['Group system:authenticated', 'bound-to-everyone'],
    ['Group system:serviceaccounts', 'bound-to-everyone'],
    ['Group system:serviceaccounts:payments', 'bound-to-every-pod'],
  ])('flags a binding for %s', (subject, rule) => {
    expect(found([clusterRole('r', ['get :pods']), binding('payments', 'ClusterRole r', [subject])])).toEqual(
      [`${subject}: ${rule}`],
    );
  });

  test('but not what Kubernetes itself gives everyone', () => {
    const discovery = clusterRole('mine', [
      'get url:/api,/healthz',
      'create authorization.k8s.io:selfsubjectaccessreviews',
    ]);
    expect(found([discovery, binding(null, 'ClusterRole mine', ['Group system:authenticated'])])).toEqual([]);
    expect(found(defaultObjects).filter((each) => each.includes('bound-to-everyone'))).toEqual([]);
  });

  test('looks at roles that nobody is bound to', () => {
    const { dangers } = checkRbac(
      [clusterRole('curfew:debug', ['create :pods/exec']), role('a', 'r', ['get :secrets'])],
      { minor: 36 },
    );
    expect(dangers.map(({ about, severity, message }) => [about, severity, message.split(':')[0]])).toEqual([
      ['ClusterRole curfew:debug', 'high', 'exec into or attach to pods wherever it is bound'],
      ['Role a/r', 'high', 'read Secrets by name in a'],
      ['ClusterRole curfew:debug', 'medium', 'take over the network identity of pods wherever it is bound'],
    ]);
  });

  test('flags labels that widen a default role', () => {
    expect(found([clusterRole('crd', ['get example.com:widgets'], { [editLabel]: 'true' })])).toEqual([
      'ClusterRole crd: feeds-default-role',
    ]);
    expect(found([clusterRole('crd', ['get example.com:widgets'], { [editLabel]: 'false' })])).toEqual([]);
  });

  test('takes bound roles for Kubernetes’ own only where they are missing and have that name', () => {
    expect(found([binding('payments', 'ClusterRole edit', ['User alice'])])).toContain(
      'User alice: default-edit',
    );
    const own = clusterRole('edit', ['get :pods']);
    expect(found([own, binding('payments', 'ClusterRole edit', ['User alice'])])).toEqual([]);
    const { problems } = checkRbac([binding('payments', 'ClusterRole mine', ['User alice'])], { minor: 36 });
    expect(problems).toEqual([
      'RoleBinding payments/mine-binding: its ClusterRole mine is not among the manifests; it gives nothing',
    ]);
  });
});

describe('a type as kubectl takes it', () => {
  test.each([
    ['pods', '', 'pods'],
    ['po', '', 'pods'],
    ['Pod', '', 'pods'],
    ['deploy', 'apps', 'deployments'],
    ['deployments.apps', 'apps', 'deployments'],
    ['deployments.v1.apps', 'apps', 'deployments'],
    ['deploy.app', 'apps', 'deployments'],
    ['rolebindings.rbac', 'rbac.authorization.k8s.io', 'rolebindings'],
    ['events', '', 'events'],
    ['events.events.k8s.io', 'events.k8s.io', 'events'],
    ['ing', 'networking.k8s.io', 'ingresses'],
    ['netpol', 'networking.k8s.io', 'networkpolicies'],
    ['crds', 'apiextensions.k8s.io', 'customresourcedefinitions'],
    ['hpa', 'autoscaling', 'horizontalpodautoscalers'],
    ['*', '', '*'],
    ['users', '', 'users'],
    ['signers.certificates.k8s.io', 'certificates.k8s.io', 'signers'],
  ])('%s', (written, group, resource) => {
    expect(resolveType(written)).toMatchObject({ group, resource, exists: true });
  });

  test.each([
    ['widgets.example.com', 'example.com', 'widgets'],
    ['widgets.v1.example.com', 'v1.example.com', 'widgets'],
    ['deployments.batch', 'batch', 'deployments'],
    ['constructor', '', 'constructor'],
  ])('%s is not known, and taken as it is written', (written, group, resource) => {
    expect(resolveType(written)).toEqual({ group, resource, known: null, exists: false });
  });
});
