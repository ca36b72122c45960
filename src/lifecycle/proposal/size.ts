/**
 * Whether a snapshot that a pull request brings can be judged without keeping others waiting: what it costs grows with
 * pods times policies, and with roles times the roles that gather them.
 */
import type { TipFacts } from '../facts.ts';
import { readSnapshot } from '../trusted.ts';

/** 2,000 pods or workloads under 2,000 policies: some seconds as clusters are. Where it takes longer, the App stops it. */
const mostPairs = 4_000_000;
const mostGathered = 200_000;

/** Why the snapshots of the clusters whose files change are too much, in a sentence; null where they are not. */
export function excessOf(tip: TipFacts, changed: readonly string[]): string | null {
  const clusters = new Set(changed.flatMap((path) => /^clusters\/([^/]+)\//.exec(path)?.[1] ?? []));
  for (const cluster of clusters) {
    const { objects } = readSnapshot(tip, cluster);
    const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy').length;
    const roles = objects.filter(({ kind }) => kind === 'ClusterRole');
    const gathering = roles.filter((role) => 'aggregationRule' in role).length;
    // Whatever else stands there may be a workload.
    if (policies * (objects.length - policies) > mostPairs)
      return `The snapshot of ${cluster} holds ${policies} network policies among ${objects.length} objects, which is too much to be judged at once`;
    if (gathering * roles.length > mostGathered)
      return `The snapshot of ${cluster} holds ${gathering} aggregated roles among ${roles.length}, which is too much to be judged at once`;
  }
  return null;
}
