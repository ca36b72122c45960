/** What one end's policies in one direction let through: to or from which classes and addresses, on which ports. */
import { everywhere, type Address, type Family } from './addresses.ts';
import { Bits } from './bits.ts';
import type { Classes } from './classes.ts';
import type { Direction, NetworkPolicy, PortRule, Rule } from './policy.ts';
import { none, type PortId, type PortTable } from './port-table.ts';
import { allPorts, lastPort, noPorts, portRange, unite, type PortSet } from './ports.ts';
import { combine, type Steps } from './steps.ts';
import type { NamedPort, Pod } from './world.ts';

/** Classes that share one set of ports. */
export interface Part {
  readonly ports: PortId;
  readonly classes: Bits;
}

export interface Reach {
  /** Disjoint; a class in none of them is not reached. */
  readonly parts: readonly Part[];
  /** The ports of every address outside the cluster. */
  readonly external: Steps<Address, PortId>;
}

/** Works out reaches for the pods of one world, by their addresses of one family. */
export class ReachMaker {
  readonly #classes: Classes;
  readonly #family: Family;
  readonly #table: PortTable;
  readonly #named = new Map<Rule, readonly Part[]>();

  constructor(classes: Classes, family: Family, table: PortTable) {
    this.#classes = classes;
    this.#family = family;
    this.#table = table;
  }

  /**
   * The union of what all rules of the policies allow. They are those that isolate the pod in this direction: at least
   * one.
   */
  make(policies: readonly NetworkPolicy[], direction: Direction, pod: Pod): Reach {
    const parts: Part[] = [];
    let external = everywhere<PortId>(none, none);
    for (const policy of policies) {
      for (const rule of policy[direction] ?? []) {
        const named = direction === 'ingress' ? pod.namedPorts : [];
        const ports = this.#table.id(portsOf(rule, named));
        parts.push(...this.#parts(rule, policy.namespace, direction, ports));
        external = this.#addAddresses(external, rule, ports);
      }
    }
    return { parts: disjoint(parts, this.#table), external };
  }

  /** `ports` are those that are the same for every peer. */
  #parts(rule: Rule, namespace: string, direction: Direction, ports: PortId): readonly Part[] {
    const peers = rule.peers ?? [null];
    const hasNames = rule.ports?.some(({ kind }) => kind === 'named') === true;
    return peers.flatMap((peer) => {
      const classes =
        peer === null
          ? Bits.all(this.#classes.pods.length)
          : this.#classes.selectPeer(peer, namespace, this.#family);
      if (classes.isEmpty()) return [];
      // For egress a name is looked up on the pod at the other end, which an address block never is.
      if (direction === 'ingress' || !hasNames || peer?.kind === 'addresses') return [{ ports, classes }];
      return this.#portsByClass(rule).map((part) => ({ ...part, classes: part.classes.intersect(classes) }));
    });
  }

  /** Every class with the ports that the rule's names mean there. */
  #portsByClass(rule: Rule): readonly Part[] {
    const known = this.#named.get(rule);
    if (known !== undefined) return known;
    const byPorts = new Map<PortId, Bits>();
    for (const [id, { namedPorts }] of this.#classes.pods.entries()) {
      const ports = this.#table.id(portsOf(rule, namedPorts));
      const classes = byPorts.get(ports) ?? Bits.none(this.#classes.pods.length);
      byPorts.set(ports, classes);
      classes.add(id);
    }
    const parts = [...byPorts].map(([ports, classes]) => ({ ports, classes }));
    this.#named.set(rule, parts);
    return parts;
  }

  #addAddresses(sum: Steps<Address, PortId>, { peers }: Rule, ports: PortId): Steps<Address, PortId> {
    if (peers === null) return combine(sum, everywhere(ports, none), (a, b) => this.#table.unite(a, b));
    return peers.reduce((added, peer) => {
      if (peer.kind !== 'addresses') return added;
      return combine(added, peer.addresses, (before, isInside) =>
        isInside ? this.#table.unite(before, ports) : before,
      );
    }, sum);
  }
}

/** The same, with every class in one part at most. */
function disjoint(parts: readonly Part[], table: PortTable): readonly Part[] {
  const byPorts = new Map<PortId, Bits>();
  const add = (ports: PortId, classes: Bits): void => {
    if (ports === none || classes.isEmpty()) return;
    const before = byPorts.get(ports);
    byPorts.set(ports, before === undefined ? classes : before.unite(classes));
  };
  for (const part of parts) {
    let rest = part.classes;
    for (const [ports, classes] of Array.from(byPorts)) {
      const both = classes.intersect(rest);
      const united = table.unite(ports, part.ports);
      rest = rest.subtract(both);
      if (united === ports || both.isEmpty()) continue;
      byPorts.set(ports, classes.subtract(both));
      add(united, both);
    }
    add(part.ports, rest);
  }
  return [...byPorts].map(([ports, classes]) => ({ ports, classes }));
}

/** The ports of a rule, with names looked up among the receiver's. */
function portsOf({ ports }: Rule, named: readonly NamedPort[]): PortSet {
  if (ports === null) return allPorts;
  return ports.map((port) => portsOfOne(port, named)).reduce(unite, noPorts);
}

function portsOfOne(rule: PortRule, named: readonly NamedPort[]): PortSet {
  const { protocol } = rule;
  if (rule.kind === 'every') return portRange({ protocol, from: 1, to: lastPort });
  if (rule.kind === 'range') return portRange(rule);
  return named
    .filter((port) => port.name === rule.name && port.protocol === protocol)
    .map(({ port }) => portRange({ protocol, from: port, to: port }))
    .reduce(unite, noPorts);
}
