import type { KubernetesObject } from '../../base/json.ts';
import { resolveAggregation } from './aggregate.ts';
import { compile, type CompiledRules } from './compiled.ts';
import { type Binding, type BindingSubject, readObjects, type Role } from './objects.ts';
import type { PolicyRule } from './rule.ts';

/** Who asks. */
export interface Subject {
  /** As the API server sees it: `alice@example.com`, `system:serviceaccount:payments:api`. */
  readonly user: string;
  readonly groups: readonly string[];
}

/** A set of roles and bindings, ready to be asked. */
export interface RbacWorld {
  /** What ClusterRoleBindings give. */
  readonly cluster: Given;
  /** What RoleBindings give, by namespace. */
  readonly namespaces: ReadonlyMap<string, Given>;
  /** Every binding whose role is there, ClusterRoleBindings first, then by namespace and name. */
  readonly bindings: readonly LiveBinding[];
  /** Bindings whose role is not there: they give nothing until a role of that name appears. */
  readonly dangling: readonly Binding[];
  /** The role of a binding, also of one that is not among the objects; null where there is no such role. */
  readonly roleOf: (binding: Binding) => ResolvedRole | null;
  /** One sentence for each thing that was not read as it stands. */
  readonly problems: readonly string[];
  /** How many objects are neither roles nor bindings. */
  readonly otherKinds: number;
}

/** Bindings by the name of the user (a service account's is `system:serviceaccount:…`) or group that they are for. */
export interface Given {
  readonly users: ReadonlyMap<string, readonly LiveBinding[]>;
  readonly groups: ReadonlyMap<string, readonly LiveBinding[]>;
}

/** What a role says once aggregation is resolved. */
export interface ResolvedRole {
  readonly rules: readonly PolicyRule[];
  /** Made when first asked for. */
  readonly compiled: () => CompiledRules;
}

/** A binding together with its role. */
export interface LiveBinding {
  readonly binding: Binding;
  readonly role: ResolvedRole;
  /** The answer to every question that it allows; one object, for millions of questions are asked. */
  readonly yes: Decision;
}

export interface Decision {
  readonly allowed: boolean;
  /** The binding that allows it, or the group whose members need none; null where it is not allowed. */
  readonly by: Binding | 'system:masters' | null;
}

/**
 * Reads the roles and bindings among any manifests and resolves aggregation. Their order does not matter. Nothing is
 * assumed that the objects do not say: Kubernetes' own roles are there only if they are among them.
 */
export function loadRbac(objects: readonly KubernetesObject[]): RbacWorld {
  const { roles, bindings, problems, otherKinds } = readObjects(objects);
  const roleOf = roleResolver(roles);
  const live: LiveBinding[] = [];
  const dangling: Binding[] = [];
  for (const binding of bindings.toSorted(byPlace)) {
    const role = roleOf(binding);
    if (role === null) dangling.push(binding);
    else live.push({ binding, role, yes: { allowed: true, by: binding } });
  }
  return { ...indexed(live), bindings: live, dangling, roleOf, problems, otherKinds };
}

/** All bindings that apply to the subject, in any namespace, each once. */
export function bindingsOf(
  { cluster, namespaces }: RbacWorld,
  { user, groups }: Subject,
): readonly LiveBinding[] {
  const found = new Set<LiveBinding>();
  for (const given of [cluster, ...namespaces.values()]) {
    for (const binding of given.users.get(user) ?? []) found.add(binding);
    for (const group of groups) for (const binding of given.groups.get(group) ?? []) found.add(binding);
  }
  return [...found];
}

/** The user name that a subject of a binding is compared with; null for a group. */
export function userNameOf({ kind, namespace, name }: BindingSubject): string | null {
  if (kind === 'Group') return null;
  return kind === 'User' ? name : `system:serviceaccount:${namespace}:${name}`;
}

/** Finds the role of a binding. Each role is resolved once, however many bindings it has. */
function roleResolver(roles: readonly Role[]): (binding: Binding) => ResolvedRole | null {
  const clusterRoles = new Map<string, ResolvedRole>();
  for (const [name, rules] of resolveAggregation(roles.filter(({ kind }) => kind === 'ClusterRole')))
    clusterRoles.set(name, resolved(rules));
  const ofNamespaces = new Map<string, ResolvedRole>();
  for (const { kind, namespace, name, rules } of roles) {
    if (kind !== 'Role') continue;
    const key = `${namespace}/${name}`;
    ofNamespaces.set(key, resolved([...(ofNamespaces.get(key)?.rules ?? []), ...rules]));
  }
  return ({ namespace, roleRef: { kind, name } }) => {
    // A ClusterRoleBinding finds no Role, for it has no namespace to look in.
    if (kind === 'Role' && namespace !== null) return ofNamespaces.get(`${namespace}/${name}`) ?? null;
    return kind === 'ClusterRole' ? (clusterRoles.get(name) ?? null) : null;
  };
}

function resolved(rules: readonly PolicyRule[]): ResolvedRole {
  let compiled: CompiledRules | null = null;
  return { rules, compiled: () => (compiled ??= compile(rules)) };
}

function indexed(bindings: readonly LiveBinding[]): Pick<RbacWorld, 'cluster' | 'namespaces'> {
  const cluster = emptyIndex();
  const namespaces = new Map<string, ReturnType<typeof emptyIndex>>();
  for (const live of bindings) {
    const { namespace, subjects } = live.binding;
    const given = namespace === null ? cluster : (namespaces.get(namespace) ?? emptyIndex());
    if (namespace !== null) namespaces.set(namespace, given);
    for (const subject of subjects) {
      const user = userNameOf(subject);
      const [index, name] = user === null ? [given.groups, subject.name] : [given.users, user];
      const known = index.get(name);
      if (known === undefined) index.set(name, [live]);
      else known.push(live);
    }
  }
  return { cluster, namespaces };
}

function emptyIndex(): {
  readonly users: Map<string, LiveBinding[]>;
  readonly groups: Map<string, LiveBinding[]>;
} {
  return { users: new Map(), groups: new Map() };
}

/** ClusterRoleBindings first, as the authorizer asks them; then by namespace and name, so that answers are stable. */
function byPlace(a: Binding, b: Binding): number {
  return compare(a.namespace ?? '', b.namespace ?? '') || compare(a.name, b.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
