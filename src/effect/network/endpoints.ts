/** The ends of connections as lists name them: workloads or pods, and ranges of addresses. */
import type { Family } from './addresses.ts';
import { peersOf } from './look.ts';
import { podText, workloadText, type NetworkWorld, type Pod } from './world.ts';

/** Whether a list has one end for each workload, standing for all its pods, or one for each pod. */
export type Grouping = 'workload' | 'pod';

export function endpointName(pod: Pod, by: Grouping): string {
  return by === 'pod' ? podText(pod) : workloadText(pod.workload);
}

/** The pods of a world by the end that they belong to, sorted by its name. */
export function podsByEndpoint(
  pods: readonly Pod[],
  by: Grouping,
): readonly (readonly [string, readonly Pod[]])[] {
  const byName = new Map<string, Pod[]>();
  for (const pod of pods) {
    const name = endpointName(pod, by);
    const members = byName.get(name);
    if (members === undefined) byName.set(name, [pod]);
    else members.push(pod);
  }
  return [...byName].sort(([a], [b]) => compareText(a, b));
}

/** By code units, the same everywhere, whatever the locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The families of which a world speaks. IPv4 always; IPv6 where a pod has such an address or a policy names one, for
 * most clusters know no IPv6, and every line of an open pod would stand there twice.
 */
export function familiesOf({ pods, policies }: NetworkWorld): readonly Family[] {
  const hasIPv6 =
    pods.some(({ ipv6 }) => ipv6 !== null) ||
    policies.flatMap(peersOf).some((peer) => peer.kind === 'addresses' && peer.block.family === 6);
  return hasIPv6 ? [4, 6] : [4];
}
