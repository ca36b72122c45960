/** Roles, bindings and questions in few words, for the corpora and the tests. */
import type { KubernetesObject } from '../../../src/base/json.ts';
import type { Attributes } from '../../../src/effect/rbac/compiled.ts';
import type { PolicyRule } from '../../../src/effect/rbac/rule.ts';

const apiVersion = 'rbac.authorization.k8s.io/v1';

/**
 * `get,list :pods,pods/log`, `get apps:deployments named a,b`, `get url:/apis/*`: verbs, then API groups (none before
 * the colon is the core group) and resources, then names.
 */
export function rule(text: string): PolicyRule {
  const [verbs = '', things = '', , names = ''] = text.split(' ');
  const colon = things.indexOf(':');
  const [groups, resources] = [things.slice(0, colon), things.slice(colon + 1)];
  const ofUrl = groups === 'url';
  return {
    verbs: verbs.split(','),
    apiGroups: ofUrl ? [] : groups.split(','),
    resources: ofUrl ? [] : resources.split(','),
    resourceNames: text.includes(' named ') ? names.split(',') : [],
    nonResourceURLs: ofUrl ? resources.split(',') : [],
  };
}

function plainRule(text: string): KubernetesObject[string] {
  return { ...rule(text) };
}

export function clusterRole(
  name: string,
  rules: readonly string[],
  labels: Readonly<Record<string, string>> = {},
): KubernetesObject {
  return { apiVersion, kind: 'ClusterRole', metadata: { name, labels }, rules: rules.map(plainRule) };
}

export function role(namespace: string, name: string, rules: readonly string[]): KubernetesObject {
  return { apiVersion, kind: 'Role', metadata: { name, namespace }, rules: rules.map(plainRule) };
}

/** `User alice`, `Group ops`, `ServiceAccount ns/name`, `ServiceAccount name` (no namespace). */
function subject(text: string): KubernetesObject[string] {
  const [kind = '', written = ''] = text.split(' ');
  const [first = '', second] = kind === 'ServiceAccount' ? written.split('/') : [written];
  return second === undefined ? { kind, name: first } : { kind, namespace: first, name: second };
}

/** In a namespace a RoleBinding, across the cluster (null) a ClusterRoleBinding, of `ClusterRole view` or `Role reader`. */
export function binding(
  namespace: string | null,
  roleRef: string,
  subjects: readonly string[],
  name = `${roleRef.split(' ')[1]}-binding`,
): KubernetesObject {
  const [kind = '', roleName = ''] = roleRef.split(' ');
  return {
    apiVersion,
    kind: namespace === null ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: namespace === null ? { name } : { name, namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: roleName },
    subjects: subjects.map(subject),
  };
}

/** `get :pods/log named x in ns`, `get url:/apis`. */
export function question(text: string): Attributes {
  const words = text.split(' ');
  const [verb = '', thing = ''] = words;
  const after = (word: string): string =>
    words.includes(word) ? (words[words.indexOf(word) + 1] ?? '') : '';
  if (thing.startsWith('url:')) return { verb, nonResourceURL: thing.slice('url:'.length) };
  const [group = '', combined = ''] = thing.split(':');
  const [resource = '', subresource = ''] = combined.split('/');
  return { verb, group, resource, subresource, name: after('named'), namespace: after('in') };
}
