/** A policy in words, as far as it speaks for itself: whom it selects by which labels, not which pods those are. */
import type { Selector } from '../rbac/selector.ts';
import {
  directions,
  type Direction,
  type NetworkPolicy,
  type Peer,
  type PortRule,
  type Rule,
} from './policy.ts';
import { joinWords } from './words.ts';
import { namespaceNameLabel } from './world.ts';

/** One line for each rule, or for a direction that the policy closes: `allows TCP 5432 from … to …`. */
export function describePolicy(policy: NetworkPolicy): readonly string[] {
  const selected = describePods(policy.selector, `of ${policy.namespace}`);
  return directions.flatMap((direction) => {
    const rules = policy[direction];
    if (rules === null) return [];
    if (rules.length === 0)
      return [`allows no ${direction} ${direction === 'ingress' ? 'to' : 'from'} ${selected}`];
    return rules.map((rule) => describeRule(rule, direction, selected, policy.namespace));
  });
}

function describeRule(rule: Rule, direction: Direction, selected: string, namespace: string): string {
  const peers =
    rule.peers === null ? 'everybody' : joinWords(rule.peers.map((peer) => describePeer(peer, namespace)));
  const ports = rule.ports === null ? 'every port' : joinWords(rule.ports.map(describePort));
  const [from, to] = direction === 'ingress' ? [peers, selected] : [selected, peers];
  return `allows ${ports} from ${from} to ${to}`;
}

/** A peer of a policy in this namespace: `pods with app=web of shop`, `addresses 192.0.2.0/24`. */
export function describePeer(peer: Peer, namespace: string): string {
  if (peer.kind === 'addresses') {
    const except = peer.except.length === 0 ? '' : ` except ${joinWords(peer.except)}`;
    return `addresses ${peer.cidr}${except}`;
  }
  if (peer.namespaces === null) return describePods(peer.pods, `of ${namespace}`);
  return describePods(peer.pods, describePlace(peer.namespaces));
}

/** `of every namespace`, `of kube-system`, `of namespaces with team=red`. */
function describePlace(namespaces: Selector): string {
  const [only, ...others] = namespaces;
  if (only === undefined) return 'of every namespace';
  const isNamed = only.key === namespaceNameLabel && only.operator === 'In' && others.length === 0;
  return isNamed ? `of ${joinWords(only.values)}` : `of namespaces with ${describeSelector(namespaces)}`;
}

/** `every pod of payments`, `pods with app=web of payments`. */
export function describePods(selector: Selector, place: string): string {
  return selector.length === 0 ? `every pod ${place}` : `pods with ${describeSelector(selector)} ${place}`;
}

/** As kubectl writes it: `app=web`, `tier in (a, b)`, `env!=prod`, `app`, `!app`. */
export function describeSelector(selector: Selector): string {
  return selector
    .map(({ key, operator, values }) => {
      if (operator === 'Exists') return key;
      if (operator === 'DoesNotExist') return `!${key}`;
      const [only, ...others] = values;
      if (others.length === 0) return `${key}${operator === 'In' ? '=' : '!='}${only}`;
      return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(', ')})`;
    })
    .join(' and ');
}

function describePort(port: PortRule): string {
  if (port.kind === 'every') return `every ${port.protocol} port`;
  if (port.kind === 'named') return `${port.protocol} ${port.name}`;
  return port.from === port.to ? `${port.protocol} ${port.from}` : `${port.protocol} ${port.from}-${port.to}`;
}
