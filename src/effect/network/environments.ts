/**
 * Non-production reaching production. The environment of a cluster comes from the policy; the label `environment` of a
 * namespace, which a snapshot holds, can only make things look worse: it never turns production into something else
 * for a destination, nor anything else into production for a source.
 */
import type { Danger } from '../effect.ts';
import { parseAddress } from './addresses.ts';
import { flagged, refused } from './danger.ts';
import type { Group } from './groups.ts';
import { formatPorts } from './ports.ts';
import { sayEnd } from './sentences.ts';
import { podText, type NetworkWorld } from './world.ts';

export interface ClusterWorld {
  readonly name: string;
  /** As the policy names it. */
  readonly environment: string;
  /** What its snapshot holds; without one, a world without pods. */
  readonly world: NetworkWorld;
}

const production = 'production';

/** The dangers of what is opened in a cluster, whose pods may reach others by address. */
export function guardEnvironments(
  groups: readonly Group[],
  own: ClusterWorld,
  others: readonly ClusterWorld[],
): readonly Danger[] {
  const opened = groups
    .filter(({ kind }) => kind === 'opened')
    .flatMap(({ sources, destinations, ports }) =>
      sources.flatMap((source) => destinations.map((destination) => ({ source, destination, ports }))),
    );
  const found = opened.flatMap(({ source, destination, ports }) => [
    ...within(own, source, destination).map((why) =>
      refused(
        'network-environment',
        `opens ${formatPorts(ports)} from ${sayEnd(source)} to ${sayEnd(destination)}: ${why}`,
      ),
    ),
    ...others.flatMap((other) => across(own, other, source, destination)),
  ]);
  return [...new Map(found.map((danger) => [danger.message, danger])).values()];
}

/** Both ends in one cluster and in different namespaces. */
function within(cluster: ClusterWorld, source: string, destination: string): readonly string[] {
  const from = namespaceOf(source);
  const to = namespaceOf(destination);
  if (from === null || to === null || from === to) return [];
  if (!isOutside(cluster, from) || !isProduction(cluster, to)) return [];
  return [`${to} is production and ${from} is not`];
}

/** One end is a range of addresses, which may be those of pods of another cluster. */
function across(
  own: ClusterWorld,
  other: ClusterWorld,
  source: string,
  destination: string,
): readonly Danger[] {
  const from = namespaceOf(source);
  const to = namespaceOf(destination);
  const isOutward = from !== null && to === null && isOutside(own, from);
  const isInward = from === null && to !== null && isProduction(own, to);
  if (!isOutward && !isInward) return [];
  const range = isOutward ? destination : source;
  const isMeant = (namespace: string): boolean =>
    isOutward ? isProduction(other, namespace) : isOutside(other, namespace);
  const pod = other.world.pods.find(
    ({ namespace, ipv4, ipv6 }) => isMeant(namespace) && [ipv4, ipv6].some((address) => isIn(range, address)),
  );
  if (pod === undefined) return [];
  const what = isOutward ? 'a pod of production' : 'a pod outside production';
  return [
    flagged(
      'high',
      'network-environment-address',
      `opens ${sayEnd(range)}, among them the address of ${sayEnd(podText(pod))} on ${other.name}, ${what}`,
    ),
  ];
}

function isProduction({ environment, world }: ClusterWorld, namespace: string): boolean {
  return environment === production || labelOf(world, namespace) === production;
}

function isOutside({ environment, world }: ClusterWorld, namespace: string): boolean {
  return environment !== production || (labelOf(world, namespace) ?? production) !== production;
}

function labelOf({ namespaces }: NetworkWorld, namespace: string): string | undefined {
  return namespaces.get(namespace)?.get('environment');
}

/** Null for a range of addresses. */
function namespaceOf(name: string): string | null {
  return name.endsWith(']') ? name.slice(0, name.indexOf('/')) : null;
}

function isIn(range: string, address: bigint | null): boolean {
  const [from = null, to = null] = range.split('-').map(parseAddress);
  return address !== null && from !== null && to !== null && from <= address && address <= to;
}
