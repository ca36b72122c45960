/** Sentences and lines for what was found. */
import type { Danger } from '../effect.ts';
import { isClusterScoped } from './api-resources.ts';
import { aggregateLabel, feedsDefaultRole, type SubjectRow } from './dangers/subjects.ts';
import type { FoundDanger } from './find-dangers.ts';
import type { Binding, BindingSubject, Role } from './objects.ts';
import type { Permission } from './permission.ts';
import { joined } from './words.ts';

/** The danger as a sentence: what, where, why. `where` says it otherwise than by the namespace. */
export function sayDanger(found: FoundDanger, where = placeOf(found)): Danger {
  const { row, severity, names } = found;
  const only = names.length === 0 ? '' : ` (only ${joined(names)})`;
  return {
    severity,
    rule: row.id,
    message: `${row.what}${only}${where}: ${row.why}`,
    refusedAlways: row.refusedAlways,
    secondApprovalInProduction: row.production !== null,
  };
}

export function saySubjectDanger(row: SubjectRow, { kind, name }: BindingSubject): Danger {
  const { id, severity, what, why, refusedAlways } = row;
  const message = `${what} ${kind} ${name}: ${why}`;
  return { severity, rule: id, message, refusedAlways, secondApprovalInProduction: false };
}

/** A danger for each default role that the labels of a ClusterRole make it part of. */
export function sayFedRoles({ kind, name, labels }: Role): readonly Danger[] {
  if (kind !== 'ClusterRole') return [];
  const { id, severity, why } = feedsDefaultRole;
  return [...labels]
    .filter(([key, value]) => key.startsWith(aggregateLabel) && value === 'true')
    .map(([key]) => ({
      severity,
      rule: id,
      message: `the labels of ClusterRole ${name} make it part of ${key.slice(aggregateLabel.length)}: ${why}`,
      refusedAlways: false,
      secondApprovalInProduction: false,
    }));
}

/** Nothing where only resources of the cluster are meant, which lie nowhere else. */
export function placeOf({ namespace, through }: FoundDanger): string {
  if (namespace !== null) return ` in ${namespace}`;
  const ofCluster = through.every(
    (permission) => permission.kind === 'url' || isClusterScoped(permission.group, permission.resource),
  );
  return ofCluster ? '' : ' in every namespace';
}

/** What could be left behind, each once. */
export function sayLeftBehind(found: readonly FoundDanger[]): readonly string[] {
  const said = found.flatMap((danger) =>
    danger.row.leaves === null ? [] : [danger.row.leaves + placeOf(danger)],
  );
  return [...new Set(said)];
}

/** `RoleBinding payments/g-1`, `User alice`, `ServiceAccount payments/api`: as sentences name an object. */
export function labelOf({ kind, namespace, name }: Binding | BindingSubject | Role): string {
  return namespace === null ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** `pods/exec: create, get (in payments)`, for the folded part. */
export function exactLine(permission: Permission): string {
  const verbs = permission.verbs.join(', ');
  if (permission.kind === 'url') return `${permission.url}: ${verbs}`;
  const { group, resource, namespace, names } = permission;
  const thing = group === '' ? resource : `${resource}.${group}`;
  const named = names.length === 0 ? '' : ` named ${names.join(', ')}`;
  return `${thing}${named}: ${verbs} (${namespace === null ? 'everywhere' : `in ${namespace}`})`;
}
