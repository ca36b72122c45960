/** What one end's policies in one direction let through: to or from which classes and addresses, on which ports. */
import {
  allAddresses,
  everywhere,
  uniteAddresses,
  type Address,
  type AddressSet,
  type Family,
} from './addresses.ts';
import { Bits } from './bits.ts';
import type { Classes } from './classes.ts';
import type { Direction, NetworkPolicy, PortRule, Rule } from './policy.ts';
import { none, type PortId, type PortTable } from './port-table.ts';
import { allPorts, lastPort, portKey, portRange, uniteAll, type PortSet } from './ports.ts';
import { combineAll, mapSteps, type Steps } from './steps.ts';
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

/** Classes that a rule means, with the ports that it means there. */
interface Meant {
  readonly ports: PortSet;
  readonly classes: Bits;
}

/** Works out reaches for the pods of one world, by their addresses of one family. */
export class ReachMaker {
  readonly #classes: Classes;
  readonly #family: Family;
  readonly #table: PortTable;
  readonly #all: Bits;
  readonly #named = new Map<Rule, readonly Meant[]>();
  readonly #addresses = new Map<Rule, AddressSet | null>();

  constructor(classes: Classes, family: Family, table: PortTable) {
    this.#classes = classes;
    this.#all = Bits.all(classes.pods.length);
    this.#family = family;
    this.#table = table;
  }

  /**
   * The union of what all rules of the policies allow. They are those that isolate the pod in this direction: at least
   * one.
   */
  make(policies: readonly NetworkPolicy[], direction: Direction, pod: Pod): Reach {
    // Rules for the same peers are united before anything else: there may be thousands of them.
    const byClasses = new Map<Bits, PortSet[]>();
    const external: Steps<Address, PortId>[] = [];
    for (const policy of policies) {
      for (const rule of policy[direction] ?? []) {
        const named = direction === 'ingress' ? pod.namedPorts : [];
        const ports = portsOf(rule, named);
        for (const part of this.#parts(rule, policy.namespace, direction, ports)) {
          const sets = byClasses.get(part.classes);
          if (sets === undefined) byClasses.set(part.classes, [part.ports]);
          else sets.push(part.ports);
        }
        const addresses = this.#addressesOf(rule);
        const id = this.#table.id(ports);
        if (addresses !== null) external.push(mapSteps(addresses, (isInside) => (isInside ? id : none)));
      }
    }
    const parts = [...byClasses].map(([classes, sets]) => ({
      classes,
      ports: this.#table.id(uniteAll(sets)),
    }));
    return {
      parts: disjoint(parts, this.#classes.pods.length, this.#table),
      external: combineAll(external, (a, b) => this.#table.unite(a, b), everywhere<PortId>(none, none)),
    };
  }

  /** `ports` are those that are the same for every peer. */
  #parts(rule: Rule, namespace: string, direction: Direction, ports: PortSet): readonly Meant[] {
    const hasNames = rule.ports?.some(({ kind }) => kind === 'named') === true;
    return (rule.peers ?? [null]).flatMap((peer) => {
      const classes = peer === null ? this.#all : this.#classes.selectPeer(peer, namespace, this.#family);
      // For egress a name is looked up on the pod at the other end, which an address block never is.
      if (direction === 'ingress' || !hasNames || peer?.kind === 'addresses') return [{ ports, classes }];
      return this.#portsByClass(rule).map((part) => ({ ...part, classes: part.classes.intersect(classes) }));
    });
  }

  /** Every class with the ports that the rule's names mean there. */
  #portsByClass(rule: Rule): readonly Meant[] {
    const known = this.#named.get(rule);
    if (known !== undefined) return known;
    const byKey = new Map<string, Meant>();
    for (const [id, { namedPorts }] of this.#classes.pods.entries()) {
      const ports = portsOf(rule, namedPorts);
      const key = portKey(ports);
      const meant = byKey.get(key) ?? { ports, classes: Bits.none(this.#classes.pods.length) };
      byKey.set(key, meant);
      meant.classes.add(id);
    }
    const all = [...byKey.values()];
    this.#named.set(rule, all);
    return all;
  }

  /** Null where the rule means no address outside the cluster. */
  #addressesOf(rule: Rule): AddressSet | null {
    if (rule.peers === null) return allAddresses;
    const known = this.#addresses.get(rule);
    if (known !== undefined) return known;
    const sets = rule.peers.flatMap((peer) => (peer.kind === 'addresses' ? [peer.addresses] : []));
    const united = sets.length === 0 ? null : uniteAddresses(sets);
    this.#addresses.set(rule, united);
    return united;
  }
}

/** The same, with every class in one part at most. */
function disjoint(parts: readonly Part[], size: number, table: PortTable): readonly Part[] {
  const byPorts = new Map<PortId, Bits>();
  const add = (ports: PortId, classes: Bits): void => {
    if (ports === none || classes.isEmpty()) return;
    const before = byPorts.get(ports);
    byPorts.set(ports, before === undefined ? classes : before.unite(classes));
  };
  const covered = Bits.none(size);
  for (const part of parts) {
    let rest = part.classes;
    for (const [ports, classes] of covered.meets(rest) ? Array.from(byPorts) : []) {
      if (!classes.meets(rest)) continue;
      const both = classes.intersect(rest);
      const united = table.unite(ports, part.ports);
      rest = rest.subtract(both);
      // What was added to a set in this turn stays: the set holds all of the part's ports already.
      if (united === ports) continue;
      byPorts.set(ports, classes.subtract(both));
      add(united, both);
    }
    add(part.ports, rest);
    covered.addAll(part.classes);
  }
  return [...byPorts].map(([ports, classes]) => ({ ports, classes }));
}

/** The ports of a rule, with names looked up among the receiver's. */
function portsOf({ ports }: Rule, named: readonly NamedPort[]): PortSet {
  return ports === null ? allPorts : uniteAll(ports.map((port) => portsOfOne(port, named)));
}

function portsOfOne(rule: PortRule, named: readonly NamedPort[]): PortSet {
  const { protocol } = rule;
  if (rule.kind === 'every') return portRange({ protocol, from: 1, to: lastPort });
  if (rule.kind === 'range') return portRange(rule);
  const meant = named.filter((port) => port.name === rule.name && port.protocol === protocol);
  return uniteAll(meant.map(({ port }) => portRange({ protocol, from: port, to: port })));
}
