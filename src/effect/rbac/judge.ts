/** What a grant's bindings change for one person in one cluster. */
import type { KubernetesObject } from '../../base/json.ts';
import { bySeverity } from '../../base/severity.ts';
import type { Danger, RbacEffect } from '../effect.ts';
import { covers, fixedRules } from './covers.ts';
import { defaultObjects } from './default-roles.ts';
import { escalations } from './escalations.ts';
import { findDangers, type FoundDanger } from './find-dangers.ts';
import { type Binding, readObjects } from './objects.ts';
import {
  alsoIn,
  gainedBetween,
  holdsAll,
  type Permission,
  permissionsIn,
  scopedRules,
  type ScopedRules,
} from './permission.ts';
import { isOwnAccount, type RefusalQuestion, refusals } from './refusals.ts';
import { exactLine, labelOf, placeOf, sayDanger, sayFedRoles, sayLeftBehind } from './say.ts';
import { subjectFor } from './subject.ts';
import { sayVersion, weakest } from './version.ts';
import { sayPermissions } from './words.ts';
import { bindingsOf, loadRbac, type RbacWorld } from './world.ts';

export interface RbacQuestion extends RefusalQuestion {
  /** What stands in the cluster: its snapshot, and the grants in force there. */
  readonly snapshot: readonly KubernetesObject[];
  /** The catalog. */
  readonly roles: RefusalQuestion['roles'];
  /** The objects of the grant, of all kinds. */
  readonly grant: readonly KubernetesObject[];
  /** The Kubernetes user of the subject on this cluster. */
  readonly subjectUser: string;
}

/**
 * Judges a grant. Dangers are judged on what the grant gives in itself, and besides on what it gives together with
 * what the subject holds: a snapshot can add dangers, and never take one away.
 */
export function judgeRbac(question: RbacQuestion): RbacEffect {
  const world = loadRbac(standing(question));
  const bindings = readObjects(question.grant).bindings;
  const given = bindings.flatMap((binding) => rulesGiven(binding, world, question));
  const standingRules = bindingsOf(world, subjectFor(question.subjectUser, [])).map(scopedRules);

  const before = permissionsIn(standingRules);
  const grant = permissionsIn(given);
  const after = permissionsIn([...standingRules, ...given]);
  const gained = gainedBetween(before, grant);
  const held = alsoIn(before, grant);

  const found = findDangers(grant, weakest);
  const combined = newlyFound(findDangers(before, weakest), found, findDangers(after, weakest));
  return {
    gains: sayPermissions(gained, weakest),
    alreadyHeld: sayPermissions(held, weakest),
    unnecessary: bindings.length > 0 && gained.length === 0,
    narrower: narrowerRoles(question, gained, given),
    dangers: [
      ...refusals(question),
      ...[...found.map((danger) => sayDanger(danger)), ...combined, ...fedRoles(bindings, question)].toSorted(
        bySeverity,
      ),
    ],
    escalations: escalations(world, before, after, weakest),
    leftBehind: sayLeftBehind(found),
    unknown: unknown(question, world, grant),
    exact: [
      ...bindings.map(describeBinding),
      ...gained.map((permission) => `+ ${exactLine(permission)}`),
      ...held.map((permission) => `= ${exactLine(permission)}`),
    ],
  };
}

/** The snapshot, the catalog, and Kubernetes' own objects where the snapshot does not know better. */
function standing({ snapshot, roles }: RbacQuestion): readonly KubernetesObject[] {
  const known = new Set(snapshot.filter(({ metadata }) => defaultNames.has(metadata.name)).map(identity));
  const defaults = defaultObjects.filter((object) => !known.has(identity(object)));
  return [...snapshot, ...defaults, ...roles.map(({ object }) => object)];
}

const defaultNames = new Set(defaultObjects.map(({ metadata }) => metadata.name));

function identity({ kind, metadata }: KubernetesObject): string {
  return `${kind}/${JSON.stringify(metadata['namespace'])}/${metadata.name}`;
}

/** What a binding gives the subject, directly or through a service account of the grant itself. */
function rulesGiven(
  binding: Binding,
  world: RbacWorld,
  { subjectUser, grant }: RbacQuestion,
): readonly ScopedRules[] {
  const applies = binding.subjects.some(
    (subject) => (subject.kind === 'User' && subject.name === subjectUser) || isOwnAccount(subject, grant),
  );
  const role = applies ? world.roleOf(binding) : null;
  return role === null ? [] : [{ namespace: binding.namespace, rules: role.rules }];
}

/** Dangers that neither the grant nor what is held makes alone. */
function newlyFound(
  before: readonly FoundDanger[],
  grant: readonly FoundDanger[],
  after: readonly FoundDanger[],
): readonly Danger[] {
  const alone = new Set([...before, ...grant].map(({ row, namespace }) => `${row.id}/${namespace}`));
  return after
    .filter(({ row, namespace }) => !alone.has(`${row.id}/${namespace}`))
    .map((danger) => sayDanger(danger, `${placeOf(danger)}, together with what is already held`));
}

/** What the labels of the bound roles do besides. */
function fedRoles(bindings: readonly Binding[], { roles }: RbacQuestion): readonly Danger[] {
  const bound = new Set(bindings.map(({ roleRef }) => roleRef.name));
  const objects = roles.filter(({ name }) => bound.has(name)).map(({ object }) => object);
  return readObjects(objects).roles.flatMap(sayFedRoles);
}

/** Roles of the catalog that give all that is new, and less than what is asked for. */
function narrowerRoles(
  { roles, scope }: RbacQuestion,
  gained: readonly Permission[],
  given: readonly ScopedRules[],
): readonly string[] {
  const asked = given.flatMap(({ rules }) => rules);
  if (gained.length === 0) return [];
  return roles.flatMap(({ name, object }) => {
    const rules = fixedRules(object);
    if (rules === null || covers(rules, asked) || !covers(asked, rules)) return [];
    return holdsAll(permissionsIn([{ namespace: scope.namespace, rules }]), gained) ? [name] : [];
  });
}

function unknown(
  { snapshot, scope, subjectUser, roles, grant }: RbacQuestion,
  world: RbacWorld,
  given: readonly Permission[],
): readonly string[] {
  const cluster = scope.cluster;
  if (snapshot.length === 0)
    return [`there is no snapshot of ${cluster}, so nothing is known of what ${subjectUser} already holds`];
  const bound = new Set(readObjects(grant).bindings.map(({ roleRef }) => roleRef.name));
  const notApplied = roles
    .map(({ name }) => name)
    .filter(
      (name) =>
        bound.has(name) &&
        !snapshot.some(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === name),
    );
  return [
    `groups of ${subjectUser} on ${cluster}, and authorizers other than RBAC, are not known: what they allow is not counted`,
    ...notApplied.map(
      (name) =>
        `the snapshot of ${cluster} has no ClusterRole ${name}: until the catalog is applied there, it gives nothing`,
    ),
    ...sayVersion(cluster, snapshot, given),
    ...world.problems.map((problem) => `in the snapshot of ${cluster}, ${problem}`),
  ];
}

function describeBinding(binding: Binding): string {
  return `${labelOf(binding)} binds ${binding.roleRef.kind} ${binding.roleRef.name} to ${binding.subjects.map(labelOf).join(', ')}`;
}
