/** Whether the roles of the catalog stand in the cluster as git has them. */
import type { JsonObject, KubernetesObject } from '../../base/json.ts';
import { isJsonObject } from '../../base/json-type.ts';
import type { CatalogRole } from '../../template/template.ts';
import { differingFields } from './drift.ts';
import { kindOf } from './kinds.ts';
import { reduceStanding } from './reduce.ts';

export interface CatalogDrift {
  /** Missing in the cluster, there without being in git, or there with other rules. */
  readonly change: 'missing' | 'unknown' | 'changed';
  /** With the prefix: `curfew:read-logs`. */
  readonly name: string;
  /** What differs: `rules`, `metadata.labels.…`. */
  readonly fields: readonly string[];
}

/** By name. What a GitOps engine writes on the roles that it applies, does not count. */
export function catalogDrift(
  catalog: readonly CatalogRole[],
  live: readonly KubernetesObject[],
): readonly CatalogDrift[] {
  const inGit = new Map(catalog.map(({ name, object }) => [name, object]));
  const inCluster = new Map(
    live
      .filter(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name.startsWith('curfew:'))
      .map((object) => [object.metadata.name, object]),
  );
  return [...new Set([...inGit.keys(), ...inCluster.keys()])].sort().flatMap((name): CatalogDrift[] => {
    const [wanted, found] = [inGit.get(name), inCluster.get(name)];
    if (wanted === undefined) return [{ change: 'unknown', name, fields: [] }];
    if (found === undefined) return [{ change: 'missing', name, fields: [] }];
    const fields = differingFields(whatCounts(wanted), whatCounts(found));
    return fields.length === 0 ? [] : [{ change: 'changed', name, fields }];
  });
}

/** The rules, and labels by which a role may feed others. */
function whatCounts(object: KubernetesObject): JsonObject {
  const kind = kindOf('rbac.authorization.k8s.io/v1', 'ClusterRole');
  const role = kind === null ? null : reduceStanding(kind, object);
  const labels = role === null ? null : role.metadata['labels'];
  const feeding = Object.entries(isJsonObject(labels) ? labels : {}).filter(([key]) =>
    key.startsWith('rbac.authorization.k8s.io/'),
  );
  return {
    metadata: { labels: Object.fromEntries(feeding) },
    rules: role?.['rules'] ?? [],
    aggregationRule: role?.['aggregationRule'] ?? null,
  };
}
