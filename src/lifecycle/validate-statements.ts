/** The network statements of the policy against the files that say what stands in each cluster. */
import type { Fault } from '../base/fault.ts';
import type { KubernetesObject } from '../base/json.ts';
import { checkStatements, sayBecause, type Broken } from './invariants.ts';
import type { PolicyFile } from './read-policy.ts';

/** The objects of one file. */
export interface Manifests {
  /** Below `clusters/` or `grants/`. */
  readonly path: string;
  readonly objects: readonly KubernetesObject[];
}

/**
 * One fault for each statement that does not hold in a cluster, where the policy makes it. Of a cluster without a
 * snapshot nothing is known.
 */
export function statementFaults(
  file: string,
  { policy, invariants }: PolicyFile,
  manifests: readonly Manifests[],
): readonly Fault[] {
  return Object.keys(policy.clusters).flatMap((cluster) => {
    const below = (folder: string): readonly KubernetesObject[] =>
      manifests
        .filter(({ path }) => path.startsWith(`${folder}/${cluster}/`))
        .flatMap(({ objects }) => objects);
    const snapshot = below('clusters');
    if (snapshot.length === 0) return [];
    const broken = checkStatements(cluster, [...snapshot, ...below('grants')], invariants);
    const byStatement = Map.groupBy(broken, ({ statement }) => statement);
    return [...byStatement].map(([name, each]) => {
      const index = invariants.findIndex((invariant) => invariant.name === name);
      return { file, ...policy.invariants.at(index === -1 ? [] : [index]), ...describe(each) };
    });
  });
}

function describe(broken: readonly Broken[]): Pick<Fault, 'message' | 'remedy'> {
  const [first] = broken;
  const more = broken.length > 1 ? `, and ${broken.length - 1} more` : '';
  return {
    message: `${first?.text ?? ''}${sayBecause(first?.because ?? [])}${more}`,
    remedy: 'change what allows it, or the statement; "curfew network check" shows every flow',
  };
}
