import type { Role } from './objects.ts';
import type { PolicyRule } from './rule.ts';
import { selects } from './selector.ts';

/**
 * The rules that each ClusterRole ends up with once Kubernetes' clusterrole-aggregation controller has run: in place
 * of its own, those of every ClusterRole that its selectors reach, step by step. It never selects itself.
 *
 * Where they hold no rule at all it keeps its own: the controller applies server-side what it gathered, and an apply
 * without rules takes no field from who wrote it.
 *
 * A role that selects itself by way of others keeps its own rules too: in a cluster they go round in the circle or
 * are lost, depending on who is written first, and nothing may look better than it can be.
 *
 * Several roles of one name (a broken set of manifests) count as one, with the rules and selectors of all.
 */
export function resolveAggregation(
  clusterRoles: readonly Role[],
): ReadonlyMap<string, readonly PolicyRule[]> {
  const named = Map.groupBy(clusterRoles, ({ name }) => name);
  const selected = new Map<string, readonly string[]>();
  for (const { name, aggregation } of clusterRoles) {
    if (aggregation === null) continue;
    const others = clusterRoles.filter(
      (other) => other.name !== name && aggregation.some((selector) => selects(selector, other.labels)),
    );
    selected.set(name, [...(selected.get(name) ?? []), ...others.map((other) => other.name)]);
  }
  const reached = new Map([...selected.keys()].map((name) => [name, reach(name, selected)]));
  const held = new Map<string, readonly PolicyRule[]>();
  /** What a role adds to those that select it, apart from what it selects itself. */
  const own = (name: string): readonly PolicyRule[] => {
    const known = held.get(name);
    if (known !== undefined) return known;
    const others = reached.get(name);
    const keeps = others?.has(name) === true || [...(others ?? [])].every((other) => own(other).length === 0);
    const roles = (named.get(name) ?? []).filter(({ aggregation }) => aggregation === null || keeps);
    const rules = roles.flatMap((role) => role.rules);
    held.set(name, rules);
    return rules;
  };
  const resolved = new Map<string, readonly PolicyRule[]>();
  for (const name of named.keys()) {
    // In the order of their names, as the controller writes them.
    const parts = [...(reached.get(name) ?? [])].filter((part) => part !== name).sort();
    resolved.set(name, [name, ...parts].flatMap(own));
  }
  return resolved;
}

function reach(name: string, selected: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set<string>();
  const left = [...(selected.get(name) ?? [])];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    left.push(...(selected.get(next) ?? []));
  }
  return reached;
}
