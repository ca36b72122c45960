/** What everybody gains and loses between two sets of manifests. */
import type { Danger } from '../effect.ts';
import { findDangers, type Server } from './find-dangers.ts';
import { gainedBetween, type Permission, permissionsIn, permissionsOf, scopedRules } from './permission.ts';
import { exactLine, labelOf, sayDanger } from './say.ts';
import { sayPermissions } from './words.ts';
import { type RbacWorld, type Subject, userNameOf } from './world.ts';

export interface RbacDifference {
  /** `User alice`, `Group ops`, `ServiceAccount payments/api`. */
  readonly subject: string;
  /** In a person's words, the most important first. */
  readonly gains: readonly string[];
  readonly losses: readonly string[];
  /** Those that are there after and were not before. */
  readonly dangers: readonly Danger[];
  /** `+` what is gained, `-` what is lost. */
  readonly exact: readonly string[];
}

/**
 * The differences for one subject with all their groups; null for each subject that a binding names, by itself. Only
 * those with a difference, sorted by name.
 */
export function compareRbac(
  before: RbacWorld,
  after: RbacWorld,
  subject: Subject | null,
  server: Server,
): readonly RbacDifference[] {
  if (subject !== null) {
    const name =
      subject.user === ''
        ? subject.groups.map((group) => `Group ${group}`).join(', ')
        : `User ${subject.user}`;
    return differences(name, permissionsOf(before, subject), permissionsOf(after, subject), server);
  }
  const [held, holds] = [permissionsBySubject(before), permissionsBySubject(after)];
  const names = [...new Set([...held.keys(), ...holds.keys()])].sort();
  return names.flatMap((name) => differences(name, held.get(name) ?? [], holds.get(name) ?? [], server));
}

function differences(
  subject: string,
  before: readonly Permission[],
  after: readonly Permission[],
  server: Server,
): readonly RbacDifference[] {
  const gained = gainedBetween(before, after);
  const lost = gainedBetween(after, before);
  if (gained.length === 0 && lost.length === 0) return [];
  const old = findDangers(before, server);
  const found = findDangers(after, server).filter(
    ({ row, namespace }) =>
      !old.some((danger) => danger.row === row && [null, namespace].includes(danger.namespace)),
  );
  return [
    {
      subject,
      gains: sayPermissions(gained, server),
      losses: sayPermissions(lost, server),
      dangers: found.map((danger) => sayDanger(danger)),
      exact: [
        ...gained.map((permission) => `+ ${exactLine(permission)}`),
        ...lost.map((permission) => `- ${exactLine(permission)}`),
      ],
    },
  ];
}

/** A service account by that name also where a binding writes it as a User. */
function permissionsBySubject(world: RbacWorld): ReadonlyMap<string, readonly Permission[]> {
  const bound = new Map<string, Set<RbacWorld['bindings'][number]>>();
  for (const live of world.bindings)
    for (const subject of live.binding.subjects) {
      const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(userNameOf(subject) ?? '');
      const name = account === null ? labelOf(subject) : `ServiceAccount ${account[1]}/${account[2]}`;
      bound.set(name, (bound.get(name) ?? new Set()).add(live));
    }
  return new Map([...bound].map(([name, lives]) => [name, permissionsIn([...lives].map(scopedRules))]));
}
