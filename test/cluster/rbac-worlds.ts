/**
 * The random worlds of the RBAC evaluator, made fit for a server that holds all of them at once: every name carries the
 * number of its world, and what an API server refuses is left out.
 */
import { isJsonList, isJsonObject } from '../../src/base/json-type.ts';
import type { Json, JsonObject, KubernetesObject } from '../../src/base/json.ts';
import type { Attributes } from '../../src/effect/rbac/compiled.ts';
import type { Subject } from '../../src/effect/rbac/world.ts';

/** One world among many on the same server. */
export interface Enclave {
  readonly namespaces: readonly string[];
  objects(world: readonly KubernetesObject[]): readonly KubernetesObject[];
  subject(subject: Subject): Subject;
  question(question: Attributes): Attributes;
}

export function createEnclave(number: number): Enclave {
  const named = (name: string): string => `w${number}-${name}`;
  const user = (name: string): string => {
    const [, namespace, account] = /^system:serviceaccount:([^:]+):(.+)$/.exec(name) ?? [];
    return namespace === undefined ? named(name) : `system:serviceaccount:${named(namespace)}:${account}`;
  };
  const place = (namespace: Json | undefined): JsonObject =>
    typeof namespace === 'string' ? { namespace: named(namespace) } : {};

  function object(each: KubernetesObject): KubernetesObject {
    const { metadata } = each;
    const renamed = { ...each, metadata: { name: named(metadata.name), ...place(metadata['namespace']) } };
    if (each.kind === 'Role') return { ...renamed, rules: list(each['rules']).filter(isOfResources) };
    if (each.kind === 'ClusterRole') return { ...renamed, ...clusterRole(each) };
    const roleRef = fields(each['roleRef']);
    const subjects = list(each['subjects']).map(fields).filter(isComplete).map(bindingSubject);
    return { ...renamed, roleRef: { ...roleRef, name: named(text(roleRef['name'])) }, subjects };
  }

  /** It aggregates only within its world, and only roles of smaller names: what a circle ends in is left to chance. */
  function clusterRole({
    metadata,
    aggregationRule,
  }: KubernetesObject): JsonObject & Pick<KubernetesObject, 'metadata'> {
    const labels = { ...fields(metadata['labels']), world: String(number), ...below(metadata.name) };
    const selectors = list(fields(aggregationRule)['clusterRoleSelectors']).map((selector) => ({
      ...fields(selector),
      matchLabels: {
        ...fields(fields(selector)['matchLabels']),
        world: String(number),
        [`below-${metadata.name}`]: 'true',
      },
    }));
    return {
      metadata: { name: named(metadata.name), labels },
      ...(selectors.length === 0 ? {} : { aggregationRule: { clusterRoleSelectors: selectors } }),
    };
  }

  function bindingSubject(subject: JsonObject): JsonObject {
    const name = text(subject['name']);
    if (subject['kind'] === 'ServiceAccount') return { ...subject, ...place(subject['namespace']) };
    const apiGroup = 'rbac.authorization.k8s.io';
    return { ...subject, apiGroup, name: subject['kind'] === 'User' ? user(name) : named(name) };
  }

  return {
    namespaces: ['ns1', 'ns2'].map(named),
    objects: (world) => {
      const taken = world.filter(
        (each) => !(isOfCluster(each) && fields(each['roleRef'])['kind'] === 'Role'),
      );
      const unique = new Map(taken.map(object).map((each) => [keyOf(each), each]));
      return [...unique.values()];
    },
    subject: ({ user: name, groups }) => ({
      user: user(name),
      groups: [...groups.map(named), 'system:authenticated'],
    }),
    question: (asked) =>
      'nonResourceURL' in asked || asked.namespace === ''
        ? asked
        : { ...asked, namespace: named(asked.namespace) },
  };
}

function below(name: string): JsonObject {
  const wider = ['r1', 'r2', 'r3'].filter((other) => other > name);
  return Object.fromEntries(wider.map((other) => [`below-${other}`, 'true']));
}

function isOfCluster({ kind }: KubernetesObject): boolean {
  return kind === 'ClusterRoleBinding';
}

/** A Role with URLs is refused, for nothing in a namespace has one. */
function isOfResources(rule: Json): boolean {
  return list(fields(rule)['nonResourceURLs']).length === 0;
}

/** A service account without its namespace is refused. */
function isComplete({ kind, namespace }: JsonObject): boolean {
  return kind !== 'ServiceAccount' || typeof namespace === 'string';
}

function keyOf({ kind, metadata }: KubernetesObject): string {
  return `${kind}/${text(metadata['namespace'])}/${metadata.name}`;
}

function list(value: Json | undefined): readonly Json[] {
  return value !== undefined && isJsonList(value) ? value : [];
}

function fields(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
