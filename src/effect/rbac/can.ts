import { type Attributes, ruleAllows } from './compiled.ts';
import type { Binding, BindingSubject } from './objects.ts';
import type { Decision, Given, RbacWorld, Subject } from './world.ts';

/** Its members pass every authorizer; no binding gives that to them, and none takes it. */
export const masters = 'system:masters';

const no: Decision = { allowed: false, by: null };
const yesToMasters: Decision = { allowed: true, by: masters };

/**
 * Whether RBAC allows it, as the API server would answer: ClusterRoleBindings, then RoleBindings of the namespace in
 * question. Of several bindings that allow it the first is named, those of the user before those of their groups.
 */
export function can(world: RbacWorld, subject: Subject, asked: Attributes): Decision {
  if (subject.groups.includes(masters)) return yesToMasters;
  return (
    firstThatAllows(world.cluster, subject, asked) ??
    firstThatAllows(world.namespaces.get(namespaceOf(asked)), subject, asked) ??
    no
  );
}

/** One who may do something, and the binding that lets them. */
export interface Holder {
  readonly subject: BindingSubject;
  readonly by: Binding;
}

/** Everyone whom a binding allows it, each once. Members of `system:masters` always may and are not named. */
export function who(world: RbacWorld, asked: Attributes): readonly Holder[] {
  const namespace = namespaceOf(asked);
  const found = new Map<string, Holder>();
  for (const { binding, role } of world.bindings) {
    if (binding.namespace !== null && binding.namespace !== namespace) continue;
    if (!ruleAllows(role.compiled(), asked)) continue;
    for (const subject of binding.subjects) {
      const key = `${subject.kind}/${subject.namespace}/${subject.name}`;
      if (!found.has(key)) found.set(key, { subject, by: binding });
    }
  }
  return [...found.values()];
}

/** `''`, which no RoleBinding lies in, for URLs and resources of the cluster. */
function namespaceOf(asked: Attributes): string {
  return 'nonResourceURL' in asked ? '' : asked.namespace;
}

function firstThatAllows(
  given: Given | undefined,
  { user, groups }: Subject,
  asked: Attributes,
): Decision | null {
  if (given === undefined) return null;
  const bindings = given.users.get(user);
  if (bindings !== undefined)
    for (const { role, yes } of bindings) if (ruleAllows(role.compiled(), asked)) return yes;
  for (const group of groups) {
    const ofGroup = given.groups.get(group);
    if (ofGroup !== undefined)
      for (const { role, yes } of ofGroup) if (ruleAllows(role.compiled(), asked)) return yes;
  }
  return null;
}
