/** What policies can tell pods apart by. */
import type { Selector } from '../rbac/selector.ts';
import type { Address } from './addresses.ts';
import type { AddressPeer, NetworkPolicy, Peer } from './policy.ts';
import type { Pod } from './world.ts';

export interface Look {
  /** The label keys that some selector of pods names. */
  readonly keys: readonly string[];
  /** Two addresses with the same segment are in the same blocks. */
  segment(address: Address): number;
  /** Everything about a pod that some policy could look at, as one text. */
  describe(pod: Pod): string;
}

/** What these policies look at, and these further selectors of pods. */
export function lookOf(policies: readonly NetworkPolicy[], selectors: readonly Selector[]): Look {
  const peers = policies.flatMap(peersOf);
  const ofPolicies = policies.map(({ selector }) => selector);
  const ofPeers = peers.flatMap((peer) => (peer.kind === 'pods' ? [peer.pods] : []));
  const requirements = [...ofPolicies, ...ofPeers, ...selectors].flat();
  const keys = [...new Set(requirements.map(({ key }) => key))].sort();
  const portNames = new Set(policies.flatMap(portNamesOf));
  const cuts = cutsOf(peers.filter((peer) => peer.kind === 'addresses'));
  const segment = (address: Address): number => countUpTo(cuts, address);
  return {
    keys,
    segment,
    describe: ({ namespace, labels, namedPorts, ipv4, ipv6 }) =>
      JSON.stringify([
        namespace,
        // A label that is not there differs from every label that is.
        keys.map((key) => labels.get(key) ?? null),
        namedPorts
          .filter(({ name }) => portNames.has(name))
          .map(({ name, protocol, port }) => `${name}/${protocol}/${port}`)
          .sort(),
        [ipv4, ipv6].map((address) => (address === null ? null : segment(address))),
      ]),
  };
}

/** The peers of all rules of a policy, in both directions. */
export function peersOf({ ingress, egress }: NetworkPolicy): readonly Peer[] {
  return [...(ingress ?? []), ...(egress ?? [])].flatMap(({ peers }) => peers ?? []);
}

function portNamesOf({ ingress, egress }: NetworkPolicy): readonly string[] {
  const ports = [...(ingress ?? []), ...(egress ?? [])].flatMap((rule) => rule.ports ?? []);
  return ports.flatMap((port) => (port.kind === 'named' ? [port.name] : []));
}

/** The addresses at which membership of some block changes, sorted. */
function cutsOf(peers: readonly AddressPeer[]): readonly Address[] {
  const cuts = new Set(peers.flatMap(({ addresses }) => addresses.map(({ from }) => from)));
  return [...cuts].sort((a, b) => (a < b ? -1 : 1));
}

/** How many of the sorted cuts lie at or before the address. */
function countUpTo(cuts: readonly Address[], address: Address): number {
  let [low, high] = [0, cuts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const cut = cuts[middle];
    if (cut !== undefined && cut <= address) low = middle + 1;
    else high = middle;
  }
  return low;
}
