/** One flow, policy by policy: whether it is allowed, and which policies allow or deny it. */
import { selects } from '../rbac/selector.ts';
import { familyOf, type Address, type Family } from './addresses.ts';
import type { Direction, NetworkPolicy, Peer, PodPeer, PortRule, Rule } from './policy.ts';
import type { Protocol } from './ports.ts';
import { valueAt } from './steps.ts';
import type { NetworkWorld, Pod } from './world.ts';

/** One end of a flow: a pod, or an address outside the cluster. */
export type End =
  { readonly kind: 'pod'; readonly pod: Pod } | { readonly kind: 'address'; readonly address: Address };

export interface Port {
  readonly protocol: Protocol;
  /** 1 to 65,535. */
  readonly number: number;
}

export interface Verdict {
  readonly allowed: boolean;
  /** A pod always reaches itself. */
  readonly self: boolean;
  /** What the policies of the source say; null where the source is no pod. */
  readonly egress: Side | null;
  /** What the policies of the destination say; null where the destination is no pod. */
  readonly ingress: Side | null;
}

/** One end's own policies in one direction. */
export interface Side {
  readonly allowed: boolean;
  /** Policies that select the pod for this direction; none: the pod is not isolated and everything is allowed. */
  readonly isolating: readonly NetworkPolicy[];
  /** Those of them that allow the flow, each with the first of its rules that does. */
  readonly allowing: readonly { readonly policy: NetworkPolicy; readonly rule: number }[];
}

/** Judges one flow. Replies need no rule of their own. */
export function verdict(world: NetworkWorld, source: End, destination: End, port: Port): Verdict {
  const families: readonly Family[] = [4, 6];
  const verdicts = families.map((family) => verdictOver(family, world, source, destination, port));
  // Two pods with addresses of both families connect where either lets them.
  const [ipv4, ipv6] = verdicts;
  const allowed = verdicts.find((each) => each?.allowed) ?? ipv4 ?? ipv6;
  return allowed ?? { allowed: false, self: false, egress: null, ingress: null };
}

function verdictOver(
  family: Family,
  world: NetworkWorld,
  source: End,
  destination: End,
  port: Port,
): Verdict | null {
  if ([source, destination].some((end) => end.kind === 'address' && familyOf(end.address) !== family))
    return null;
  if (source.kind === 'pod' && destination.kind === 'pod' && source.pod === destination.pod) {
    return { allowed: true, self: true, egress: null, ingress: null };
  }
  const side = (direction: Direction, own: End, peer: End): Side | null =>
    own.kind === 'pod'
      ? sideOf(world, direction, own.pod, (rule) =>
          ruleAllows(rule, direction, { world, own: own.pod, peer, family, port }),
        )
      : null;
  const egress = side('egress', source, destination);
  const ingress = side('ingress', destination, source);
  return { allowed: (egress?.allowed ?? true) && (ingress?.allowed ?? true), self: false, egress, ingress };
}

function sideOf(
  world: NetworkWorld,
  direction: Direction,
  pod: Pod,
  allows: (rule: { readonly rule: Rule; readonly policy: NetworkPolicy }) => boolean,
): Side {
  const isolating = world.policies.filter(
    (policy) =>
      policy[direction] !== null &&
      policy.namespace === pod.namespace &&
      selects(policy.selector, pod.labels),
  );
  const allowing = isolating.flatMap((policy) => {
    const rule = policy[direction]?.findIndex((candidate) => allows({ rule: candidate, policy })) ?? -1;
    return rule === -1 ? [] : [{ policy, rule }];
  });
  return { allowed: isolating.length === 0 || allowing.length > 0, isolating, allowing };
}

interface Flow {
  readonly world: NetworkWorld;
  /** The pod whose policies are judged. */
  readonly own: Pod;
  readonly peer: End;
  readonly family: Family;
  readonly port: Port;
}

function ruleAllows(
  { rule, policy }: { readonly rule: Rule; readonly policy: NetworkPolicy },
  direction: Direction,
  flow: Flow,
): boolean {
  const matchesPort = (peer: Peer | null): boolean =>
    rule.ports === null || rule.ports.some((ports) => portMatches(ports, direction, peer, flow));
  if (rule.peers === null) return matchesPort(null);
  return rule.peers.some((peer) => peerMatches(peer, policy.namespace, flow) && matchesPort(peer));
}

function peerMatches(peer: Peer, namespace: string, { world, peer: end, family }: Flow): boolean {
  if (peer.kind === 'addresses') {
    const address = end.kind === 'address' ? end.address : family === 4 ? end.pod.ipv4 : end.pod.ipv6;
    return address !== null && valueAt(peer.addresses, address, false);
  }
  return end.kind === 'pod' && meansPod(peer, namespace, end.pod, world.namespaces);
}

/** Whether a peer of a policy in this namespace means a pod. */
export function meansPod(
  { namespaces, pods }: PodPeer,
  namespace: string,
  pod: Pod,
  labelsOf: NetworkWorld['namespaces'],
): boolean {
  const inNamespace =
    namespaces === null
      ? pod.namespace === namespace
      : selects(namespaces, labelsOf.get(pod.namespace) ?? new Map());
  return inNamespace && selects(pods, pod.labels);
}

/**
 * A named port is looked up on the pod that receives: for ingress the pod of the policy, for egress the pod at the
 * other end, which an address block never is: who is behind an address, only the other peers say.
 */
function portMatches(
  rule: PortRule,
  direction: Direction,
  peer: Peer | null,
  { own, peer: end, port }: Flow,
): boolean {
  if (rule.protocol !== port.protocol) return false;
  if (rule.kind === 'every') return true;
  if (rule.kind === 'range') return rule.from <= port.number && port.number <= rule.to;
  if (direction === 'egress' && (end.kind === 'address' || peer?.kind === 'addresses')) return false;
  const receiver = direction === 'ingress' ? own : end.kind === 'pod' ? end.pod : null;
  return (receiver?.namedPorts ?? []).some(
    ({ name, protocol, port: number }) =>
      name === rule.name && protocol === port.protocol && number === port.number,
  );
}
