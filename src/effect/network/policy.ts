/**
 * Reading one networking.k8s.io/v1 NetworkPolicy as an API server does: its defaults, and its refusals
 * (pkg/apis/networking/v1/defaults.go and validation/validation.go of Kubernetes 1.36).
 */
import type { Json, JsonObject } from '../../base/json.ts';
import { quote } from '../../base/text.ts';
import { readSelector, type Selector } from '../rbac/selector.ts';
import { asList, asObject, asStrings } from '../rbac/tree.ts';
import {
  addressRange,
  parseCidr,
  subtractAddresses,
  uniteAddresses,
  type AddressSet,
  type Cidr,
} from './addresses.ts';
import { lastPort, type Protocol } from './ports.ts';

/** As the pods see it that a policy selects. */
export type Direction = 'ingress' | 'egress';

export const directions: readonly Direction[] = ['ingress', 'egress'];

/** A NetworkPolicy as an API server understands it. */
export interface NetworkPolicy {
  readonly namespace: string;
  readonly name: string;
  /** Of the pods that it isolates and opens; empty selects every pod of the namespace. */
  readonly selector: Selector;
  /** Null where the policy does not apply to that direction; an empty list isolates and allows nothing. */
  readonly ingress: readonly Rule[] | null;
  readonly egress: readonly Rule[] | null;
}

/** Traffic must match one of the peers and one of the ports. */
export interface Rule {
  /** Null: everybody, outside the cluster too. */
  readonly peers: readonly Peer[] | null;
  /** Null: every port of every protocol. */
  readonly ports: readonly PortRule[] | null;
}

/** The other end of what a rule allows. */
export type Peer = PodPeer | AddressPeer;

/** Pods, by labels. */
export interface PodPeer {
  readonly kind: 'pods';
  /** Null: the policy's own namespace. Empty: every namespace. */
  readonly namespaces: Selector | null;
  /** Empty: every pod there. */
  readonly pods: Selector;
}

/** Addresses, by a block with holes. */
export interface AddressPeer {
  readonly kind: 'addresses';
  readonly cidr: string;
  readonly except: readonly string[];
  readonly block: Cidr;
  /** The block without what `except` takes out. */
  readonly addresses: AddressSet;
}

/** Ports of one protocol. */
export type PortRule =
  | { readonly kind: 'every'; readonly protocol: Protocol }
  | { readonly kind: 'range'; readonly protocol: Protocol; readonly from: number; readonly to: number }
  | { readonly kind: 'named'; readonly protocol: Protocol; readonly name: string };

/** What an API server would refuse, with the field: `spec.ingress[0].ports[1].endPort: 80 is below port 90`. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** Reads the `spec` of a NetworkPolicy. Throws `Unreadable` where an API server would refuse it. */
export function readPolicy(namespace: string, name: string, spec: Json | undefined): NetworkPolicy {
  const fields = spec === undefined || spec === null ? {} : objectAt(spec, 'spec');
  const ingress = listAt(fields['ingress'], 'spec.ingress');
  const egress = listAt(fields['egress'], 'spec.egress');
  const types = readTypes(fields['policyTypes'], egress.length > 0);
  // Rules of a direction that does not count are read all the same, for an API server checks them too.
  const ingressRules = ingress.map((rule, index) => readRule(rule, `spec.ingress[${index}]`, 'from'));
  const egressRules = egress.map((rule, index) => readRule(rule, `spec.egress[${index}]`, 'to'));
  return {
    namespace,
    name,
    selector: selectorAt(fields['podSelector'], 'spec.podSelector') ?? [],
    ingress: types.has('Ingress') ? ingressRules : null,
    egress: types.has('Egress') ? egressRules : null,
  };
}

/** `payments/allow-web`: how a policy is named wherever it is named. */
export function policyName({ namespace, name }: Pick<NetworkPolicy, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

/** Left out, it means Ingress, and Egress too where `egress` holds at least one rule. */
function readTypes(value: Json | undefined, hasEgress: boolean): ReadonlySet<string> {
  const types = listAt(value, 'spec.policyTypes');
  const unknown = types.find((type) => type !== 'Ingress' && type !== 'Egress');
  if (unknown !== undefined) refuse('spec.policyTypes', `${quote(unknown)} is neither Ingress nor Egress`);
  if (types.length > 2) refuse('spec.policyTypes', 'holds more than two');
  if (types.length === 0) return new Set(hasEgress ? ['Ingress', 'Egress'] : ['Ingress']);
  return new Set(types.map(String));
}

function readRule(value: Json, path: string, peersKey: string): Rule {
  // `- ` alone is null in YAML, which an API server reads as a rule without fields: everything is allowed.
  const fields = value === null ? {} : objectAt(value, path);
  const peers = listAt(fields[peersKey], `${path}.${peersKey}`);
  const ports = listAt(fields['ports'], `${path}.ports`);
  return {
    peers:
      peers.length === 0 ? null : peers.map((peer, index) => readPeer(peer, `${path}.${peersKey}[${index}]`)),
    ports: ports.length === 0 ? null : ports.map((port, index) => readPort(port, `${path}.ports[${index}]`)),
  };
}

function readPeer(value: Json, path: string): Peer {
  const fields = value === null ? {} : objectAt(value, path);
  const pods = selectorAt(fields['podSelector'], `${path}.podSelector`);
  const namespaces = selectorAt(fields['namespaceSelector'], `${path}.namespaceSelector`);
  const block = fields['ipBlock'];
  if (block !== undefined && block !== null) {
    if (pods !== null || namespaces !== null) refuse(path, 'has both ipBlock and a selector');
    return readBlock(objectAt(block, `${path}.ipBlock`), `${path}.ipBlock`);
  }
  if (pods === null && namespaces === null) {
    refuse(path, 'names no peer; write podSelector, namespaceSelector or ipBlock');
  }
  return { kind: 'pods', namespaces, pods: pods ?? [] };
}

function readBlock(fields: JsonObject, path: string): AddressPeer {
  const cidr = fields['cidr'];
  const block = typeof cidr === 'string' ? parseCidr(cidr) : null;
  if (typeof cidr !== 'string' || block === null) {
    return refuse(
      `${path}.cidr`,
      `${quote(cidr ?? null)} is not an address block such as 10.0.0.0/8 or fd00::/8`,
    );
  }
  const except = asStrings(fields['except']);
  if (except === null) return refuse(`${path}.except`, 'is not a list of strings');
  const holes = except.map((text, index) => {
    const hole = parseCidr(text);
    const isInside = hole !== null && block.from <= hole.from && hole.to <= block.to;
    if (isInside && hole.to - hole.from < block.to - block.from) return addressRange(hole);
    return refuse(`${path}.except[${index}]`, `${quote(text)} is not a block strictly inside ${cidr}`);
  });
  const addresses = subtractAddresses(addressRange(block), uniteAddresses(holes));
  return { kind: 'addresses', cidr, except, block, addresses };
}

function readPort(value: Json, path: string): PortRule {
  const fields = value === null ? {} : objectAt(value, path);
  const protocol = fields['protocol'] ?? 'TCP';
  if (protocol !== 'TCP' && protocol !== 'UDP' && protocol !== 'SCTP') {
    return refuse(`${path}.protocol`, `${quote(protocol)} is none of TCP, UDP and SCTP`);
  }
  const port = fields['port'] ?? null;
  const endPort = fields['endPort'] ?? null;
  if (endPort !== null && typeof port !== 'number')
    refuse(`${path}.endPort`, 'needs a port that is a number');
  if (port === null) return { kind: 'every', protocol };
  if (typeof port === 'string') {
    if (!isPortName(port)) refuse(`${path}.port`, `${quote(port)} is not the name of a port`);
    return { kind: 'named', protocol, name: port };
  }
  const from = readPortNumber(port, `${path}.port`);
  const to = endPort === null ? from : readPortNumber(endPort, `${path}.endPort`);
  if (to < from) refuse(`${path}.endPort`, `${to} is below port ${from}`);
  return { kind: 'range', protocol, from, to };
}

function readPortNumber(value: Json, path: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= lastPort) return value;
  return refuse(path, `${quote(value)} is not a port number from 1 to ${lastPort}`);
}

/** IANA_SVC_NAME: at most 15 lower-case letters, digits and single hyphens, with at least one letter. */
function isPortName(text: string): boolean {
  return text.length <= 15 && /[a-z]/.test(text) && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text);
}

function selectorAt(value: Json | undefined, path: string): Selector | null {
  if (value === undefined || value === null) return null;
  return readSelector(value) ?? refuse(path, 'is not a label selector that an API server accepts');
}

function objectAt(value: Json, path: string): JsonObject {
  return asObject(value) ?? refuse(path, `${quote(value)} is not an object`);
}

function listAt(value: Json | undefined, path: string): readonly Json[] {
  return asList(value) ?? refuse(path, `${quote(value)} is not a list`);
}

function refuse(path: string, message: string): never {
  throw new Unreadable(`${path}: ${message}`);
}
