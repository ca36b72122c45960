/** Sentences and lines for what was found. */
import type { Danger } from '../effect.ts';
import type { FoundDanger } from './find-dangers.ts';
import { isClusterScoped } from './api-resources.ts';
import type { Permission } from './permission.ts';
import { joined } from './words.ts';

/** The danger as a sentence: what, where, why. `together` says with what, where it is not there alone. */
export function sayDanger(found: FoundDanger, together = ''): Danger {
  const { row, severity, names } = found;
  const only = names.length === 0 ? '' : ` (only ${joined(names)})`;
  const also = together === '' ? '' : `, ${together}`;
  return {
    severity,
    rule: row.id,
    message: `${row.what}${only}${placeOf(found)}${also}: ${row.why}`,
    refusedAlways: row.refusedAlways,
    secondApprovalInProduction: row.production !== null,
  };
}

/** What could be left behind, each once. */
export function sayLeftBehind(found: readonly FoundDanger[]): readonly string[] {
  const said = found.flatMap((danger) =>
    danger.row.leaves === null ? [] : [danger.row.leaves + placeOf(danger)],
  );
  return [...new Set(said)];
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

/** Nothing where only resources of the cluster are meant, which lie nowhere else. */
function placeOf({ namespace, through }: FoundDanger): string {
  if (namespace !== null) return ` in ${namespace}`;
  const ofCluster = through.every(
    (permission) => permission.kind === 'url' || isClusterScoped(permission.group, permission.resource),
  );
  return ofCluster ? '' : ' in every namespace';
}
