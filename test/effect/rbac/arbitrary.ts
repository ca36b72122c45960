/** Random worlds over few words, so that rules, names and namespaces meet often. */
import * as fc from 'fast-check';
import type { KubernetesObject } from '../../../src/base/json.ts';
import type { Attributes } from '../../../src/effect/rbac/compiled.ts';
import type { PolicyRule } from '../../../src/effect/rbac/rule.ts';
import type { Subject } from '../../../src/effect/rbac/world.ts';

const verbs = ['get', 'list', 'create', '*'];
const groups = ['', 'apps', '*'];
const resources = [
  'pods',
  'pods/exec',
  'pods/log',
  'deployments',
  'deployments/scale',
  '*/scale',
  '*/exec',
  '*',
];
const names = ['a', 'b', ''];
const urls = ['/', '/a', '/api', '/api/*', '/apis', '/a*', '/a**', '*'];
const namespaces = ['ns1', 'ns2'];
const roleNames = ['r1', 'r2', 'r3'];
const apiVersion = 'rbac.authorization.k8s.io/v1';

function some(values: readonly string[], maxLength = 3): fc.Arbitrary<readonly string[]> {
  return fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength });
}

const resourceRule: fc.Arbitrary<PolicyRule> = fc.record({
  verbs: some(verbs),
  apiGroups: some(groups, 2),
  resources: some(resources),
  resourceNames: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: some(names, 2) },
  ),
  nonResourceURLs: fc.constant([]),
});
const urlRule: fc.Arbitrary<PolicyRule> = fc.record({
  verbs: some(verbs),
  apiGroups: fc.constant([]),
  resources: fc.constant([]),
  resourceNames: fc.constant([]),
  nonResourceURLs: some(urls),
});

/** Rules that an API server would take: of resources or of URLs, not both. */
export const rules: fc.Arbitrary<readonly PolicyRule[]> = fc.array(
  fc.oneof({ weight: 4, arbitrary: resourceRule }, { weight: 1, arbitrary: urlRule }),
  { minLength: 1, maxLength: 5 },
);

const plainRules = rules.map((list) => list.map((rule) => ({ ...rule })));
const labels = fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('1', '2'), { noNullPrototype: true });
const selector = fc.oneof(
  fc.record({ matchLabels: labels }),
  fc.record({
    matchExpressions: fc.array(
      fc.oneof(
        fc.record({
          key: fc.constantFrom('x', 'y'),
          operator: fc.constantFrom('In', 'NotIn'),
          values: fc.constant(['1']),
        }),
        fc.record({ key: fc.constantFrom('x', 'y'), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
      ),
      { maxLength: 2 },
    ),
  }),
);

const clusterRoles = fc
  .tuple(...roleNames.map((name) => clusterRole(name)))
  .map((list) => list.filter((role) => role !== null));

function clusterRole(name: string): fc.Arbitrary<KubernetesObject | null> {
  const role = fc.record({
    rules: plainRules,
    labels,
    selectors: fc.oneof(
      { weight: 2, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.array(selector, { minLength: 1, maxLength: 2 }) },
    ),
  });
  return fc.option(
    role.map(({ rules, labels, selectors }) => ({
      apiVersion,
      kind: 'ClusterRole',
      metadata: { name, labels },
      rules,
      ...(selectors === null ? {} : { aggregationRule: { clusterRoleSelectors: selectors } }),
    })),
    { freq: 5 },
  );
}

const roles = fc.uniqueArray(
  fc
    .record({
      name: fc.constantFrom(...roleNames),
      namespace: fc.constantFrom(...namespaces),
      rules: plainRules,
    })
    .map(({ name, namespace, rules }) => ({
      apiVersion,
      kind: 'Role',
      metadata: { name, namespace },
      rules,
    })),
  { minLength: 2, maxLength: 5, selector: ({ metadata }) => `${metadata.namespace}/${metadata.name}` },
);

const subject = fc.oneof(
  fc.record({
    kind: fc.constant('User'),
    name: fc.constantFrom('alice', 'bob', 'system:serviceaccount:ns1:sa'),
  }),
  fc.record({ kind: fc.constant('Group'), name: fc.constantFrom('ops', 'dev') }),
  fc.record({ kind: fc.constant('ServiceAccount'), name: fc.constant('sa') }),
  fc.record({
    kind: fc.constant('ServiceAccount'),
    name: fc.constant('sa'),
    namespace: fc.constantFrom(...namespaces),
  }),
);

/** One binding, of a role that may not be there, for subjects that may not match. */
export const anyBinding: fc.Arbitrary<KubernetesObject> = fc
  .record({
    name: fc.constantFrom('b1', 'b2', 'b3'),
    namespace: fc.option(fc.constantFrom(...namespaces)),
    kind: fc.constantFrom('Role', 'ClusterRole', 'ClusterRole'),
    role: fc.constantFrom(...roleNames, 'gone'),
    subjects: fc.array(subject, { minLength: 1, maxLength: 3 }),
  })
  .map(({ name, namespace, kind, role, subjects }) => ({
    apiVersion,
    kind: namespace === null ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: namespace === null ? { name } : { name, namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: role },
    subjects,
  }));

export const world: fc.Arbitrary<readonly KubernetesObject[]> = fc
  .tuple(clusterRoles, roles, fc.array(anyBinding, { minLength: 2, maxLength: 8 }))
  .map((parts) => parts.flat());

export const anySubject: fc.Arbitrary<Subject> = fc.record({
  user: fc.constantFrom('alice', 'bob', 'system:serviceaccount:ns1:sa', 'system:serviceaccount:ns2:sa'),
  groups: fc.subarray(['ops', 'dev']),
});

export const anyQuestion: fc.Arbitrary<Attributes> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      verb: fc.constantFrom('get', 'list', 'create', 'get', 'list', 'create', 'delete', '*'),
      group: fc.constantFrom('', '', '', 'apps', 'apps', 'other'),
      resource: fc.constantFrom('pods', 'pods', 'deployments', 'deployments', 'widgets', '*'),
      subresource: fc.constantFrom('', '', 'exec', 'log', 'scale'),
      name: fc.constantFrom('', 'a', 'c'),
      namespace: fc.constantFrom('', 'ns1', 'ns1', 'ns2', 'ns2', 'ns3'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      verb: fc.constantFrom('get', 'list', 'post'),
      nonResourceURL: fc.constantFrom('/', '/api', '/api/v1', '/apis', '/a', '/a*', '/b', '*'),
    }),
  },
);
