/** Dangers in any set of manifests: of everyone who is bound there, of roles that nobody is bound to, of the bindings. */
import type { KubernetesObject } from '../../base/json.ts';
import { bySeverity } from '../../base/severity.ts';
import type { Danger } from '../effect.ts';
import { subjectRows } from './dangers/subjects.ts';
import { defaultObjects } from './default-roles.ts';
import { findDangers, type FoundDanger, type Server } from './find-dangers.ts';
import { type BindingSubject, readObjects, type Role } from './objects.ts';
import { holdsAll, type Permission, permissionsIn, permissionsOf, scopedRules } from './permission.ts';
import { labelOf, placeOf, sayDanger, sayFedRoles, saySubjectDanger } from './say.ts';
import { type LiveBinding, loadRbac, type RbacWorld, userNameOf } from './world.ts';

export interface CheckedDanger extends Danger {
  /** Whom or what it is about: `User alice`, `ServiceAccount payments/api`, `ClusterRole deployer`. */
  readonly about: string;
  /** The bindings that give it; empty for a role that nobody is bound to. */
  readonly by: readonly string[];
}

export interface CheckResult {
  /** The most severe first, then by whom they are about. */
  readonly dangers: readonly CheckedDanger[];
  /** What was not read as it stands, and bindings whose role is not there, one sentence each. */
  readonly problems: readonly string[];
}

/**
 * Checks the manifests alone. A role that they bind and do not hold is taken for Kubernetes' own where it has that
 * name: whoever binds `cluster-admin` need not bring it along.
 */
export function checkRbac(objects: readonly KubernetesObject[], server: Server): CheckResult {
  const { roles, bindings } = readObjects(objects);
  const world = loadRbac([...objects, ...missingDefaults(objects)]);
  const bound = new Set(
    bindings.map(({ namespace, roleRef: { kind, name } }) => keyOf(kind, namespace, name)),
  );
  const unbound = roles.filter(({ kind, namespace, name }) => !bound.has(keyOf(kind, namespace, name)));
  const dangers = [
    ...checkSubjects(world, server),
    ...unbound.flatMap((role) => checkUnbound(role, world, server)),
    ...roles.flatMap((role) =>
      sayFedRoles(role).map((danger) => ({ ...danger, about: labelOf(role), by: [] })),
    ),
  ];
  const dangling = world.dangling.map(
    (binding) =>
      `${labelOf(binding)}: its ${binding.roleRef.kind} ${binding.roleRef.name} is not among the manifests; it gives nothing`,
  );
  return { dangers: dangers.sort(inOrder), problems: [...world.problems, ...dangling] };
}

/** Default ClusterRoles that are bound and missing, with the roles that they are made of. */
function missingDefaults(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  const missing = new Set(loadRbac(objects).dangling.map(({ roleRef }) => `${roleRef.kind}/${roleRef.name}`));
  const wanted = defaultObjects.some(({ kind, metadata }) => missing.has(`${kind}/${metadata.name}`));
  if (!wanted) return [];
  const present = new Set(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  return defaultObjects.filter(
    ({ kind, metadata }) => kind === 'ClusterRole' && !present.has(`${kind}/${metadata.name}`),
  );
}

function keyOf(kind: string, namespace: string | null, name: string): string {
  return `${kind}/${kind === 'Role' ? namespace : ''}/${name}`;
}

/** What everyone has who is signed in, be it only by what Kubernetes itself gives. */
const everyone = permissionsOf(loadRbac(defaultObjects), {
  user: '',
  groups: ['system:authenticated', 'system:unauthenticated', 'system:serviceaccounts'],
});

function checkSubjects(world: RbacWorld, server: Server): readonly CheckedDanger[] {
  const held = new Map<string, { readonly subject: BindingSubject; readonly bindings: Set<LiveBinding> }>();
  for (const live of world.bindings)
    for (const subject of live.binding.subjects) {
      const key = userNameOf(subject) ?? `Group ${subject.name}`;
      const known = held.get(key) ?? { subject, bindings: new Set() };
      held.set(key, known);
      known.bindings.add(live);
    }
  const ofAll = held.get('Group system:authenticated')?.bindings ?? new Set();
  const dangersOfAll = findDangers(permissionsIn([...ofAll].map(scopedRules)), server);
  return [...held.values()].flatMap(({ subject, bindings }) => {
    const scoped = [...bindings].map(scopedRules);
    const permissions = permissionsIn(scoped);
    const own = findDangers(permissions, server);
    // Nobody is alone: what a user holds comes together with what all users hold.
    const together = findDangers(permissionsIn([...scoped, ...[...ofAll].map(scopedRules)]), server).filter(
      (danger) => ![...own, ...dangersOfAll].some((other) => isSame(other, danger)),
    );
    const about = labelOf(subject);
    return [
      ...checkSubject(subject, permissions).map((danger) => ({ ...danger, about, by: namesOf(bindings) })),
      ...[...own, ...together].map((found) => ({
        ...sayDanger(found),
        about,
        by: namesOf([...bindings, ...ofAll].filter((live) => contributes(live, found))),
      })),
    ];
  });
}

function isSame(a: FoundDanger, b: FoundDanger): boolean {
  return a.row === b.row && a.namespace === b.namespace;
}

/** Whether the binding gives some of the permissions that make the danger. */
function contributes(live: LiveBinding, { through }: FoundDanger): boolean {
  const given = permissionsIn([scopedRules(live)]);
  return through.some((permission) =>
    permission.verbs.some((verb) => holdsAll(given, [{ ...permission, verbs: [verb] }])),
  );
}

function namesOf(bindings: Iterable<LiveBinding>): readonly string[] {
  return [...new Set([...bindings].map(({ binding }) => labelOf(binding)))];
}

function checkSubject(subject: BindingSubject, given: readonly Permission[]): readonly Danger[] {
  const row = subjectRows.find(({ names }) =>
    names.some((name) =>
      name.endsWith('*') ? subject.name.startsWith(name.slice(0, -1)) : subject.name === name,
    ),
  );
  const harmless = subject.kind === 'ServiceAccount' || holdsAll(everyone, given);
  return row === undefined || harmless ? [] : [saySubjectDanger(row, subject)];
}

/** A ClusterRole is judged as it would be in a namespace: only there is it known to be bound to somebody, if at all. */
function checkUnbound(role: Role, world: RbacWorld, server: Server): readonly CheckedDanger[] {
  const roleRef = { kind: role.kind, name: role.name };
  const kind = role.namespace === null ? 'ClusterRoleBinding' : 'RoleBinding';
  const resolved = world.roleOf({ kind, namespace: role.namespace, name: '', roleRef, subjects: [] });
  const found = findDangers(
    permissionsIn([{ namespace: role.namespace, rules: resolved?.rules ?? [] }]),
    server,
  );
  return found.map((danger) => {
    const where = role.namespace === null ? ' wherever it is bound' : placeOf(danger);
    const said = sayDanger(danger, where);
    return {
      ...said,
      severity: role.namespace === null ? danger.row.severity : said.severity,
      about: labelOf(role),
      by: [],
    };
  });
}

function inOrder(a: CheckedDanger, b: CheckedDanger): number {
  return bySeverity(a, b) || (a.about < b.about ? -1 : a.about > b.about ? 1 : 0);
}
