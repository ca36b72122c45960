/** The ends of connections as lists name them: workloads or pods, and ranges of addresses. */
import { familyOf, formatRange, type Address, type Family } from './addresses.ts';
import { peersOf } from './look.ts';
import { runs, type Steps } from './steps.ts';
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

/** Addresses with the same value; those of no value and of other families are left out. */
export interface AddressRange<V> {
  /** `10.0.0.0-10.255.255.255`. */
  readonly name: string;
  readonly value: V;
}

/** The ranges in the order of their names. */
export function addressRanges<V>(
  steps: Steps<Address, V>,
  nothing: V,
  families: readonly Family[],
): readonly AddressRange<V>[] {
  return runs(steps)
    .flatMap(({ from, to, value }) =>
      value === nothing || to === null || !families.includes(familyOf(from))
        ? []
        : [{ name: formatRange(from, to), value }],
    )
    .sort((a, b) => compareText(a.name, b.name));
}

/** Rows in the order of `src`: those of the ends in the cluster, made when their turn comes, among those from addresses. */
export function* inOrder<E extends { readonly name: string }, Row extends { readonly src: string }>(
  endpoints: readonly E[],
  incoming: readonly Row[],
  outgoing: (endpoint: E) => readonly Row[],
): Generator<Row> {
  let next = 0;
  for (const endpoint of endpoints) {
    for (let row = incoming[next]; row !== undefined && row.src < endpoint.name; row = incoming[next]) {
      yield row;
      next += 1;
    }
    yield* outgoing(endpoint);
  }
  yield* incoming.slice(next);
}

/** Two sorted lists of rows as one, in the order of `dst`. */
export function mergeByDestination<Row extends { readonly dst: string }>(
  a: readonly Row[],
  b: readonly Row[],
): readonly Row[] {
  if (b.length === 0) return a;
  return [...a, ...b].sort((x, y) => compareText(x.dst, y.dst));
}
