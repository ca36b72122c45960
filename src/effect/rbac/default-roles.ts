/**
 * The roles and bindings that every API server creates at start and keeps: `cluster-admin`, `admin`, `edit`, `view`,
 * and those of the control plane. `scripts/default-roles.ts` writes the data; `source` in it says from where.
 */
import type { KubernetesObject } from '../../base/json.ts';
import data from './default-roles.json' with { type: 'json' };
import type { PolicyRule } from './rule.ts';
import { resolveAggregation } from './aggregate.ts';
import { readObjects } from './objects.ts';

export const defaultObjects: readonly KubernetesObject[] = data.objects;

const rules = resolveAggregation(
  readObjects(defaultObjects).roles.filter(({ kind }) => kind === 'ClusterRole'),
);

/** What the default ClusterRole of that name gives; none where there is no such role. */
export function defaultRules(name: string): readonly PolicyRule[] {
  return rules.get(name) ?? [];
}
