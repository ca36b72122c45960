/** Finds the rows of the table of dangers in what somebody may do, whatever the rules look like that give it. */
import { severities, type Severity } from '../../base/severity.ts';
import { isStored } from './api-resources.ts';
import { dangers } from './dangers.ts';
import type { DangerRow, Need, RoleNeed, VerbsNeed, WildcardNeed } from './dangers/row.ts';
import { defaultRules } from './default-roles.ts';
import { livePermissions } from './live.ts';
import { holdsAll, type Permission, permissionsIn, type ResourcePermission } from './permission.ts';

/** A row of the table, found somewhere. */
export interface FoundDanger {
  readonly row: DangerRow;
  readonly severity: Severity;
  /** Where it holds; null: across the cluster. */
  readonly namespace: string | null;
  /** The only names that it holds for; empty: all. */
  readonly names: readonly string[];
  /** The permissions that together make it. */
  readonly through: readonly Permission[];
}

/** What is known of the API server. */
export interface Server {
  /** The minor version of Kubernetes 1; null where it is not known, which counts as old. */
  readonly minor: number | null;
}

/** In the order of the table; each row at most once for the cluster and once for each namespace. */
export function findDangers(permissions: readonly Permission[], server: Server): readonly FoundDanger[] {
  const found = findAll(dangers, permissions, server);
  return found.filter((danger) => !found.some((other) => says(other, danger)));
}

/** As `findDangers` for some rows of the table only, also where another danger says as much. */
export function findAll(
  rows: readonly DangerRow[],
  permissions: readonly Permission[],
  server: Server,
): readonly FoundDanger[] {
  const live = livePermissions(permissions);
  return rows.flatMap((row) => findRow(row, live, server));
}

/** Whether one of the rows is there. */
export function findsAny(
  rows: readonly DangerRow[],
  permissions: readonly Permission[],
  server: Server,
): boolean {
  const live = livePermissions(permissions);
  return rows.some((row) => findRow(row, live, server).length > 0);
}

/** Whether one danger says all that the other one says: whoever may do everything need not be told that they may exec. */
function says(wide: FoundDanger, narrow: FoundDanger): boolean {
  if (wide === narrow || (wide.namespace !== null && wide.namespace !== narrow.namespace)) return false;
  if (wide.row.id === 'everything') return true;
  if (wide.row.id === 'default-admin' && narrow.row.id === 'default-edit') return true;
  return wide.row === narrow.row && wide.names.length === 0;
}

/** The worst that a permission alone, or as a part of something, can mean; null where no row of the table knows it. */
export function importanceOf(permission: Permission, server: Server): Severity | null {
  const known = new Set(
    dangers
      .filter(({ any }) =>
        any.flat().some((need) => need.kind !== 'role' && verbsFor(need, permission, server).length > 0),
      )
      .map(({ severity }) => severity),
  );
  return severities.find((severity) => known.has(severity)) ?? null;
}

function findRow(row: DangerRow, live: readonly Permission[], server: Server): readonly FoundDanger[] {
  const found = new Map<string | null, Permission[]>();
  for (const needs of row.any)
    for (const [namespace, through] of findTogether(needs, live, server)) {
      const known = found.get(namespace);
      if (known === undefined) found.set(namespace, [...through]);
      else known.push(...through);
    }
  return [...found].map(([namespace, through]) => ({
    row,
    severity: namespace === null || namespace.startsWith('kube-') ? row.clusterWide : row.severity,
    namespace,
    names: onlyNames(through),
    through,
  }));
}

/** Where all needs are met, each there or across the cluster, with the permissions that meet them. */
function findTogether(
  needs: readonly Need[],
  live: readonly Permission[],
  server: Server,
): ReadonlyMap<string | null, readonly Permission[]> {
  const met = needs.map((need) => meet(need, live, server));
  if (met.some((places) => places.size === 0)) return nowhere;
  const everywhere = new Set(met.flatMap((places) => [...places.keys()]));
  const together = new Map<string | null, readonly Permission[]>();
  for (const namespace of everywhere) {
    const parts = met.map((places) => [
      ...(places.get(namespace) ?? []),
      ...(namespace === null || places.has(namespace) ? [] : (places.get(null) ?? [])),
    ]);
    if (parts.every((part) => part.length > 0)) together.set(namespace, parts.flat());
  }
  return together;
}

type Places = Map<string | null, Permission[]>;

const nowhere: ReadonlyMap<string | null, readonly Permission[]> = new Map();

function meet(need: Need, live: readonly Permission[], server: Server): Places {
  if (need.kind === 'role') return meetRole(need, live);
  const places: Places = new Map();
  for (const permission of live) {
    const verbs = verbsFor(need, permission, server);
    if (verbs.length === 0) continue;
    const anywhere = permission.kind === 'url' ? null : permission.namespace;
    const namespace = need.kind === 'verbs' ? (need.namespace ?? anywhere) : anywhere;
    const known = places.get(namespace);
    if (known === undefined) places.set(namespace, [{ ...permission, verbs }]);
    else known.push({ ...permission, verbs });
  }
  return places;
}

/** Those verbs of a permission that meet the need; none where it does not. */
export function verbsFor(need: Exclude<Need, RoleNeed>, held: Permission, server: Server): readonly string[] {
  if (need.kind === 'wildcard') return wildcardVerbs(need, held);
  if (held.kind === 'url') return [];
  if (need.kind === 'verbs')
    return meetsBut(need, held, server)
      ? held.verbs.filter((verb) => need.verbs.some((needed) => verbMatches(needed, verb)))
      : [];
  return isStored(held.group, held.resource)
    ? held.verbs.filter((verb) => ['create', '*'].includes(verb))
    : [];
}

/** Whether a permission meets the need in all but the verb. */
function meetsBut(need: VerbsNeed, held: ResourcePermission, { minor }: Server): boolean {
  if (need.below !== null && minor !== null && minor >= need.below) return false;
  if (need.namespace !== null && held.namespace !== null && held.namespace !== need.namespace) return false;
  if (need.group !== '*' && held.group !== '*' && held.group !== need.group) return false;
  return need.resources.some((resource) => resourceMatches(resource, held.resource));
}

function verbMatches(needed: string, held: string): boolean {
  return held === '*' || held === needed || (needed.endsWith('*') && held.startsWith(needed.slice(0, -1)));
}

function resourceMatches(needed: string, held: string): boolean {
  if (held === '*' || needed === '*' || held === needed) return true;
  const slash = needed.indexOf('/');
  if (slash === -1) return false;
  if (needed.endsWith('/*')) return held.startsWith(needed.slice(0, -1)) || held.startsWith('*/');
  return held === `*${needed.slice(slash)}`;
}

function wildcardVerbs({ of }: WildcardNeed, { verbs, ...held }: Permission): readonly string[] {
  const stars = verbs.filter((verb) => verb === '*');
  if (of === 'verbs') return stars;
  if (held.kind === 'url') return of === 'urls' && held.url === '*' ? verbs : [];
  const { group, resource, names } = held;
  const found: Readonly<Record<typeof of, readonly string[]>> = {
    everything: group === '*' && resource === '*' && names.length === 0 ? stars : [],
    groups: group === '*' ? verbs : [],
    resources: resource === '*' || resource.startsWith('*/') ? verbs : [],
    deletion:
      resource === '*' ? verbs.filter((verb) => ['*', 'delete', 'deletecollection'].includes(verb)) : [],
    urls: [],
  };
  return found[of];
}

/** What makes a default role what it is; in other groups its rules differ between versions of Kubernetes. */
const essence = ['', 'apps', 'rbac.authorization.k8s.io'];

const essentials: Readonly<Record<RoleNeed['name'], readonly Permission[]>> = {
  edit: essentialsOf('edit'),
  admin: essentialsOf('admin'),
};

/** As a RoleBinding in some namespace gives them. */
function essentialsOf(name: RoleNeed['name']): readonly Permission[] {
  const rules = defaultRules(name).flatMap((rule) => {
    const apiGroups = rule.apiGroups.filter((group) => essence.includes(group));
    return apiGroups.length === 0 ? [] : [{ ...rule, apiGroups }];
  });
  return livePermissions(permissionsIn([{ namespace: 'some', rules }]));
}

function meetRole({ name }: RoleNeed, live: readonly Permission[]): Places {
  const places: Places = new Map();
  const namespaces = new Set(
    live.map((permission) => (permission.kind === 'url' ? null : permission.namespace)),
  );
  for (const namespace of namespaces) {
    const held = live.filter(
      (permission) => permission.kind === 'resource' && [null, namespace].includes(permission.namespace),
    );
    const needed = essentials[name].map((permission) => ({ ...permission, namespace }));
    if (holdsAll(held, needed)) places.set(namespace, held);
  }
  return places;
}

/** The names, where every permission is limited to some. */
function onlyNames(through: readonly Permission[]): readonly string[] {
  const named = through.map((permission) => (permission.kind === 'url' ? [] : permission.names));
  return named.some((names) => names.length === 0) ? [] : [...new Set(named.flat())].sort();
}
