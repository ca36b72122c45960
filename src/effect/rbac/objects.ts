/** Reads manifests into roles and bindings. What no API server would take gives nothing, and is reported. */
import type { Json, JsonObject, KubernetesObject } from '../../base/json.ts';
import { type PolicyRule, readRules } from './rule.ts';
import { type Labels, readLabels, readSelector, type Selector } from './selector.ts';
import { asList, asObject, asString } from './tree.ts';

export interface Role {
  readonly kind: 'Role' | 'ClusterRole';
  /** Null for a ClusterRole. */
  readonly namespace: string | null;
  readonly name: string;
  readonly labels: Labels;
  readonly rules: readonly PolicyRule[];
  /** Selectors of the ClusterRoles that it is made of; null where it stands for itself. */
  readonly aggregation: readonly Selector[] | null;
}

export interface Binding {
  readonly kind: 'RoleBinding' | 'ClusterRoleBinding';
  /** Null for a ClusterRoleBinding. */
  readonly namespace: string | null;
  readonly name: string;
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects: readonly BindingSubject[];
}

export interface BindingSubject {
  readonly kind: 'User' | 'Group' | 'ServiceAccount';
  readonly name: string;
  /** Of a ServiceAccount; else null. */
  readonly namespace: string | null;
}

/** What a set of manifests holds for RBAC. */
export interface RbacObjects {
  readonly roles: readonly Role[];
  readonly bindings: readonly Binding[];
  /** One sentence for each object, or part of one, that is not read as it stands. */
  readonly problems: readonly string[];
  /** How many objects are of other kinds. */
  readonly otherKinds: number;
}

interface Found extends RbacObjects {
  readonly roles: Role[];
  readonly bindings: Binding[];
  readonly problems: string[];
  otherKinds: number;
}

const group = 'rbac.authorization.k8s.io';

/** Sorts objects into roles and bindings; `List` kinds are flattened, however deep. */
export function readObjects(objects: readonly KubernetesObject[]): RbacObjects {
  const found: Found = { roles: [], bindings: [], problems: [], otherKinds: 0 };
  // A stack of its own instead of recursion, for lists may lie in lists.
  const left: Json[] = [...objects].reverse();
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const object = asObject(next);
    if (object === null) found.problems.push('an item of a List is not an object');
    else {
      const items = itemsOf(object);
      if (items === null) readObject(object, found);
      else left.push(...items.reverse());
    }
  }
  return found;
}

/** The items of a `List`, `RoleList`, …, with the kind that those of a typed list leave out; null for no list. */
function itemsOf(object: JsonObject): Json[] | null {
  const { kind, apiVersion = null } = object;
  const items = asList(object['items']);
  if (typeof kind !== 'string' || !kind.endsWith('List') || items === null) return null;
  const itemKind = kind.slice(0, -'List'.length);
  return items.map((item) => {
    const untyped = itemKind === '' ? null : asObject(item);
    return untyped === null ? item : { apiVersion, kind: itemKind, ...untyped };
  });
}

function readObject(object: JsonObject, found: Found): void {
  const kind = rbacKind(object);
  if (kind === null) {
    found.otherKinds += 1;
    return;
  }
  const metadata = asObject(object['metadata']);
  const name = asString(metadata?.['name']) ?? '';
  const written = asString(metadata?.['namespace'] ?? '');
  if (name === '' || written === null) {
    found.problems.push(`a ${kind} has no plain metadata.name or namespace; it gives nothing`);
    return;
  }
  const ofCluster = kind === 'ClusterRole' || kind === 'ClusterRoleBinding';
  const namespace = ofCluster ? null : written === '' ? 'default' : written;
  const label = namespace === null ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
  const problem = (message: string): void => void found.problems.push(`${label}: ${message}`);
  if (namespace !== null && namespace !== written)
    problem('metadata.namespace is missing; read as in namespace default, where kubectl would put it');
  if (object['apiVersion'] !== `${group}/v1`) problem('its apiVersion is no longer served; read as v1');
  if (kind === 'Role' || kind === 'ClusterRole') addRole(object, { kind, namespace, name }, problem, found);
  else addBinding(object, { kind, namespace, name }, problem, found);
}

const rbacKinds = ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'] as const;

function rbacKind({ apiVersion, kind }: JsonObject): (typeof rbacKinds)[number] | null {
  const ofRbac = typeof apiVersion === 'string' && apiVersion.startsWith(`${group}/`);
  return (ofRbac && rbacKinds.find((known) => known === kind)) || null;
}

type Problem = (message: string) => void;

function addRole(
  object: JsonObject,
  identity: Pick<Role, 'kind' | 'namespace' | 'name'>,
  problem: Problem,
  found: Found,
): void {
  const rules = readRules(object['rules']);
  const labels = readLabels(asObject(object['metadata'])?.['labels']);
  if (typeof rules === 'string') problem(`${rules}; it gives nothing`);
  else if (labels === null) problem('metadata.labels holds a value that is no string; it gives nothing');
  else {
    const aggregation = identity.kind === 'ClusterRole' ? readAggregation(object, problem) : null;
    found.roles.push({ ...identity, labels, rules, aggregation });
  }
}

function readAggregation(object: JsonObject, problem: Problem): readonly Selector[] | null {
  if (object['aggregationRule'] === undefined || object['aggregationRule'] === null) return null;
  const written = asList(asObject(object['aggregationRule'])?.['clusterRoleSelectors']);
  const selectors = written?.map(readSelector) ?? [null];
  const valid = selectors.filter((selector) => selector !== null);
  if (valid.length === selectors.length) return valid;
  // The aggregation controller fails on such a selector and leaves the rules alone.
  problem('aggregationRule holds a selector that no API server accepts; its own rules stand');
  return null;
}

function addBinding(
  object: JsonObject,
  identity: Pick<Binding, 'kind' | 'namespace' | 'name'>,
  problem: Problem,
  found: Found,
): void {
  const roleRef = asObject(object['roleRef']);
  const kind = asString(roleRef?.['kind']);
  const name = asString(roleRef?.['name']);
  const written = asList(object['subjects']);
  if (kind === null || name === null) problem('roleRef lacks kind or name; it gives nothing');
  else if (written === null) problem('subjects is not a list; it gives nothing');
  else {
    const subjects: BindingSubject[] = [];
    for (const [index, item] of written.entries()) {
      const subject = readSubject(item, identity.namespace);
      if (typeof subject === 'string') problem(`subjects[${index}] ${subject}; it matches nobody`);
      else subjects.push(subject);
    }
    found.bindings.push({ ...identity, roleRef: { kind, name }, subjects });
  }
}

/** Kind and name are exact, in case too. A ServiceAccount lies in the RoleBinding's namespace unless it says another. */
function readSubject(item: Json, bindingNamespace: string | null): BindingSubject | string {
  const subject = asObject(item);
  const kind = subject?.['kind'];
  const name = asString(subject?.['name']);
  const written = asString(subject?.['namespace'] ?? '');
  if (name === null || written === null) return 'has no plain name or namespace';
  if (kind === 'User' || kind === 'Group') return { kind, name, namespace: null };
  if (kind !== 'ServiceAccount') return 'is neither a User, a Group nor a ServiceAccount';
  const namespace = written === '' ? bindingNamespace : written;
  return namespace === null ? 'is a ServiceAccount without a namespace' : { kind, name, namespace };
}
