/** What a subject may do, as a closed list: no rule of it follows from another, and equal powers read the same. */
import { prefixOf } from './compiled.ts';
import { everything, type PolicyRule } from './rule.ts';
import { masters } from './can.ts';
import { hold, isImplied, isImpliedByAnother, keyOf, type Tuple } from './tuple.ts';
import { bindingsOf, type LiveBinding, type RbacWorld, type Subject } from './world.ts';

export type Permission = ResourcePermission | UrlPermission;

export interface ResourcePermission {
  readonly kind: 'resource';
  /** Null: in every namespace, and on resources of the cluster. */
  readonly namespace: string | null;
  /** `''` is the core group, `*` all. */
  readonly group: string;
  /** As rules write it: `pods`, `pods/exec`, `*`, or a star and a subresource. */
  readonly resource: string;
  /** Sorted; `*` alone where it is all. */
  readonly verbs: readonly string[];
  /** Sorted; empty: every name. */
  readonly names: readonly string[];
}

export interface UrlPermission {
  readonly kind: 'url';
  /** With at most one star, at its end. */
  readonly url: string;
  readonly verbs: readonly string[];
}

/** Rules as they hold in one namespace; null: across the cluster. */
export interface ScopedRules {
  readonly namespace: string | null;
  readonly rules: readonly PolicyRule[];
}

/** Everything that RBAC lets the subject do: the same as `can`, for every question at once. */
export function permissionsOf(world: RbacWorld, subject: Subject): readonly Permission[] {
  if (subject.groups.includes(masters)) return permissionsIn([{ namespace: null, rules: everything }]);
  return permissionsIn(bindingsOf(world, subject).map(scopedRules));
}

/** What a binding gives, and where. */
export function scopedRules({ binding, role }: LiveBinding): ScopedRules {
  return { namespace: binding.namespace, rules: role.rules };
}

export function permissionsIn(scoped: readonly ScopedRules[]): readonly Permission[] {
  const tuples = new Map(scoped.flatMap(tuplesOf).map((tuple) => [keyOf(tuple), tuple]));
  const held = hold([...tuples.values()]);
  return grouped([...tuples.values()].filter((tuple) => !isImpliedByAnother(tuple, held)));
}

/** The rules' resources as they are written, for a quick look: neither minimal nor each once, and without URLs. */
export function permissionsAsWritten({ namespace, rules }: ScopedRules): readonly ResourcePermission[] {
  return rules.flatMap(({ apiGroups, resources, verbs, resourceNames: names }) =>
    apiGroups.flatMap((group) =>
      resources.map((resource) => ({ kind: 'resource' as const, namespace, group, resource, verbs, names })),
    ),
  );
}

/** What `after` allows and `before` does not. */
export function gainedBetween(
  before: readonly Permission[],
  after: readonly Permission[],
): readonly Permission[] {
  const held = hold(before.flatMap(tuplesIn));
  return grouped(after.flatMap(tuplesIn).filter((tuple) => !isImplied(tuple, held)));
}

/** What of `permissions` is allowed by `held` as well. */
export function alsoIn(
  held: readonly Permission[],
  permissions: readonly Permission[],
): readonly Permission[] {
  const known = hold(held.flatMap(tuplesIn));
  return grouped(permissions.flatMap(tuplesIn).filter((tuple) => isImplied(tuple, known)));
}

/** Whether `held` allows all that `needed` allows. */
export function holdsAll(held: readonly Permission[], needed: readonly Permission[]): boolean {
  const known = hold(held.flatMap(tuplesIn));
  return needed.every((permission) => tuplesIn(permission).every((tuple) => isImplied(tuple, known)));
}

/** A RoleBinding never gives a non-resource URL, for such a request has no namespace. */
function tuplesOf({ namespace, rules }: ScopedRules): readonly Tuple[] {
  const tuples: Tuple[] = [];
  for (const rule of rules)
    for (const verb of rule.verbs) {
      for (const group of rule.apiGroups)
        for (const resource of rule.resources)
          for (const name of rule.resourceNames.length === 0 ? [null] : rule.resourceNames)
            tuples.push({ kind: 'resource', namespace, group, resource, verb, name });
      if (namespace === null)
        for (const written of rule.nonResourceURLs) {
          const prefix = prefixOf(written);
          tuples.push({ kind: 'url', url: prefix === null ? written : `${prefix}*`, verb });
        }
    }
  return tuples;
}

function tuplesIn(permission: Permission): readonly Tuple[] {
  if (permission.kind === 'url')
    return permission.verbs.map((verb) => ({ kind: 'url', url: permission.url, verb }));
  const { kind, namespace, group, resource } = permission;
  const names = permission.names.length === 0 ? [null] : permission.names;
  return permission.verbs.flatMap((verb) =>
    names.map((name) => ({ kind, namespace, group, resource, verb, name })),
  );
}

/** Joins tuples that differ in the verb alone, then those that differ in the name alone; in a fixed order. */
function grouped(tuples: readonly Tuple[]): readonly Permission[] {
  const byThing = Map.groupBy(tuples, (tuple) => keyOf({ ...tuple, verb: '' }));
  const permissions: Permission[] = [];
  const named = new Map<string, ResourcePermission[]>();
  for (const same of byThing.values()) {
    const [first] = same;
    if (first === undefined) continue;
    const verbs = same.map(({ verb }) => verb).sort();
    if (first.kind === 'url') permissions.push({ kind: 'url', url: first.url, verbs });
    else {
      const { kind, namespace, group, resource, name } = first;
      const permission = { kind, namespace, group, resource, verbs, names: name === null ? [] : [name] };
      if (name === null) permissions.push(permission);
      else {
        const key = keyOf({ ...first, name: null, verb: verbs.join('\t') });
        const others = named.get(key);
        if (others === undefined) named.set(key, [permission]);
        else others.push(permission);
      }
    }
  }
  for (const [first, ...others] of named.values())
    if (first !== undefined)
      permissions.push({ ...first, names: [first, ...others].flatMap(({ names }) => names).sort() });
  return permissions.sort(byPlace);
}

/** Resources before URLs; of the cluster first, then by namespace, group, resource, names. */
function byPlace(a: Permission, b: Permission): number {
  const [left, right] = [sortKey(a), sortKey(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function sortKey(permission: Permission): string {
  if (permission.kind === 'url') return `1\n${permission.url}\n${permission.verbs.join('\t')}`;
  const { namespace, group, resource, names, verbs } = permission;
  return `0\n${namespace ?? ''}\n${group}\n${resource}\n${names.join('\t')}\n${verbs.join('\t')}`;
}
