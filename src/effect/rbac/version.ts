/**
 * Which Kubernetes a cluster runs, as its snapshot says it. It takes no danger away: a snapshot is a file that can be
 * behind, and only makes a plan look worse. So every plan is judged as on the weakest version, and says what that means.
 */
import type { KubernetesObject } from '../../base/json.ts';
import { webSocketNeedsCreate } from './dangers/row.ts';
import { findDangers, type Server } from './find-dangers.ts';
import type { Permission } from './permission.ts';

/** The weakest server: of an unknown version. */
export const weakest: Server = { minor: null };

/** The minor version of Kubernetes 1 whose rules are applied here. */
const known = 36;

/** The minor version that the snapshot names; null where it names none, or several. */
export function minorOf(snapshot: readonly KubernetesObject[]): number | null {
  const minors = new Set(
    snapshot
      .filter(({ apiVersion, kind }) => apiVersion === 'curfew.dev/v1' && kind === 'ClusterVersion')
      .map(
        ({ gitVersion }) =>
          /^v1\.(\d{1,3})(?!\d)/.exec(typeof gitVersion === 'string' ? gitVersion : '')?.[1],
      ),
  );
  const [only, ...others] = minors;
  return only === undefined || others.length > 0 ? null : Number(only);
}

/** What a plan says of the version: where it matters for what the grant gives, and where it is newer than the rules. */
export function sayVersion(
  cluster: string,
  snapshot: readonly KubernetesObject[],
  given: readonly Permission[],
): readonly string[] {
  const minor = minorOf(snapshot);
  const newer =
    minor !== null && minor > known
      ? [`${cluster} runs Kubernetes 1.${minor}; the rules by which this is judged are those of 1.${known}`]
      : [];
  const matters =
    findDangers(given, weakest).length !== findDangers(given, { minor: webSocketNeedsCreate }).length;
  if (!matters || (minor !== null && minor < webSocketNeedsCreate)) return newer;
  const what = `judged as below Kubernetes 1.${webSocketNeedsCreate}, where "get" alone on pods/exec, pods/attach and pods/portforward is enough`;
  return [
    ...newer,
    minor === null
      ? `which version ${cluster} runs is not known: ${what}`
      : `${what}; by its snapshot ${cluster} runs 1.${minor}, where "create" is asked for as well, but a snapshot takes no danger away`,
  ];
}
