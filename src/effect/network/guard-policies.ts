/**
 * What a grant's policies may never be, judged on what they say themselves, whatever a snapshot holds. A temporary path
 * goes from named pods to named pods or a few addresses, on named ports; what is left out means everything.
 */
import type { Danger } from '../effect.ts';
import type { Selector } from '../rbac/selector.ts';
import { addressRange, countAddresses, uniteAddresses } from './addresses.ts';
import { flagged, refused } from './danger.ts';
import { describeSelector } from './describe-policy.ts';
import { peersOf } from './look.ts';
import {
  directions,
  policyName,
  type Direction,
  type NetworkPolicy,
  type Peer,
  type Rule,
} from './policy.ts';
import { countPorts, noPorts, portRange, unite } from './ports.ts';
import { count } from './words.ts';
import { namespaceNameLabel } from './world.ts';

/** How many ports one rule may open: a service with a few neighbours, not a range to look around in. */
const mostPorts = 16;

/** How many addresses a grant may open where no limit says otherwise: as many as a /24 holds. */
export const defaultMaxAddresses = 256;

/** The dangers of each policy alone, and of all their addresses together. */
export function guardPolicies(policies: readonly NetworkPolicy[], maxAddresses: number): readonly Danger[] {
  return [...policies.flatMap(guardPolicy), ...guardAddresses(policies, maxAddresses)];
}

function guardPolicy(policy: NetworkPolicy): readonly Danger[] {
  const name = policyName(policy);
  const wide = isUnbounded(policy.selector)
    ? [
        refused(
          'network-every-pod',
          `policy ${name} selects ${wideWords(policy.selector)} of ${policy.namespace}: name the pods by a label`,
        ),
      ]
    : [];
  const rules = directions.flatMap((direction) =>
    (policy[direction] ?? []).flatMap((rule, index) =>
      guardRule(rule, direction, `${direction} rule ${index + 1} of ${name}`),
    ),
  );
  return [...wide, ...rules];
}

function guardRule(rule: Rule, direction: Direction, where: string): readonly Danger[] {
  const side = direction === 'ingress' ? 'from' : 'to';
  const everybody =
    rule.peers === null
      ? [
          refused(
            'network-every-peer',
            `${where} opens ${side} everybody, outside the cluster too, for it has no "${side}": name the peers`,
          ),
        ]
      : rule.peers.flatMap((peer) => guardPeer(peer, `${where} opens ${side}`));
  return [...everybody, ...guardPorts(rule, where)];
}

function guardPeer(peer: Peer, opens: string): readonly Danger[] {
  if (peer.kind === 'addresses') {
    return [
      ...(peer.cidr.endsWith('/0')
        ? [
            refused(
              'network-any-address',
              `${opens} every address (${peer.cidr}): name the range that is needed`,
            ),
          ]
        : []),
      ...(peer.except.length > 0
        ? [
            flagged(
              'medium',
              'network-except',
              `${opens} ${peer.cidr} with exceptions, which leave more than they seem to: its whole range is counted`,
            ),
          ]
        : []),
    ];
  }
  const { namespaces, pods } = peer;
  return [
    ...(namespaces !== null && isUnbounded(namespaces)
      ? [
          refused(
            'network-every-namespace',
            `${opens} ${wideWords(namespaces, 'namespace')}, those of tomorrow too: name it by ${namespaceNameLabel}`,
          ),
        ]
      : []),
    ...(isUnbounded(pods)
      ? [refused('network-every-peer-pod', `${opens} ${wideWords(pods)} there: name the pods by a label`)]
      : []),
    ...(namespaces !== null && !isUnbounded(namespaces) && !isPinned(namespaces)
      ? [
          flagged(
            'medium',
            'network-mutable-label',
            `${opens} namespaces with ${describeSelector(namespaces)}, a label that whoever may change a namespace can set; ${namespaceNameLabel} cannot be changed`,
          ),
        ]
      : []),
  ];
}

function guardPorts({ ports }: Rule, where: string): readonly Danger[] {
  if (ports === null) {
    return [refused('network-every-port', `${where} opens every port, for it has no "ports": name them`)];
  }
  const whole = ports
    .filter(({ kind }) => kind === 'every')
    .map(({ protocol }) =>
      refused(
        'network-every-port',
        `${where} opens every ${protocol} port, for an entry has no "port": name it`,
      ),
    );
  const numbered = ports
    .flatMap((port) => (port.kind === 'range' ? [portRange(port)] : []))
    .reduce(unite, noPorts);
  const number = countPorts(numbered);
  if (number <= mostPorts) return whole;
  return [
    ...whole,
    refused(
      'network-port-range',
      `${where} opens ${number} ports; a temporary path opens ${mostPorts} at most`,
    ),
  ];
}

/** Counted as written and united, so that neither exceptions nor two halves of a range make it look narrow. */
function guardAddresses(policies: readonly NetworkPolicy[], most: number): readonly Danger[] {
  const blocks = policies.flatMap(peersOf).filter((peer) => peer.kind === 'addresses');
  const opened = uniteAddresses(blocks.map(({ block }) => addressRange(block)));
  const number = countAddresses(opened);
  if (number <= BigInt(most)) return [];
  const cidrs = [...new Set(blocks.map(({ cidr }) => cidr))].join(', ');
  return [
    refused(
      'network-address-range',
      `opens ${count(number, 'address', 'addresses')} (${cidrs}); at most ${most} are allowed here (limits[].network.maxAddresses)`,
    ),
  ];
}

/** Whether a selector selects whatever does not exist yet: nothing in it asks for a value. */
function isUnbounded(selector: Selector): boolean {
  return !selector.some(({ operator }) => operator === 'In');
}

function isPinned(selector: Selector): boolean {
  return selector.some(({ key, operator }) => key === namespaceNameLabel && operator === 'In');
}

function wideWords(selector: Selector, noun = 'pod'): string {
  return selector.length === 0 ? `every ${noun}` : `every ${noun} with ${describeSelector(selector)}`;
}
