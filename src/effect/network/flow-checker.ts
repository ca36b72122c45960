/** The flows of a world that a statement forbids. */
import { selects } from '../rbac/selector.ts';
import {
  allAddresses,
  noAddresses,
  parseAddress,
  subtractAddresses,
  uniteAddresses,
  type Address,
  type AddressSet,
} from './addresses.ts';
import { Bits } from './bits.ts';
import { Classes } from './classes.ts';
import { familiesOf } from './endpoints.ts';
import { Evaluation } from './evaluation.ts';
import { explain } from './explain.ts';
import type { FlowStatement, Party } from './invariant.ts';
import { none, PortTable, type PortId } from './port-table.ts';
import { portRanges, type PortSet } from './ports.ts';
import { addressRanges } from './rows.ts';
import { combine, type Steps } from './steps.ts';
import { verdict, type End } from './verdict.ts';
import { workloadText, type NetworkWorld, type Pod } from './world.ts';

/** A flow that is possible and that a statement forbids. */
export interface ForbiddenFlow {
  /** Named as in lists: workloads, or ranges of addresses. */
  readonly src: string;
  readonly dst: string;
  readonly ports: PortSet;
  /** What allows it: policies with the number of their rule, or that nothing isolates an end. */
  readonly because: readonly string[];
}

/** More flows of one statement than these are not looked for: nobody reads them. */
export const mostFlows = 100;

/** What breaks one statement. */
export interface Forbidden {
  readonly flows: readonly ForbiddenFlow[];
  /** Whether there are more than `mostFlows`: which ones is not known. */
  readonly hasMore: boolean;
}

/** One side of a statement, looked up. */
interface Meant {
  readonly classes: Bits;
  readonly addresses: AddressSet;
}

/** One end of a flow with its name in lists. */
interface NamedEnd {
  readonly name: string;
  readonly end: End;
}

interface Flow {
  readonly source: NamedEnd;
  readonly destination: NamedEnd;
  readonly ports: PortId;
}

/** Looks flows up for statements that were given at the start. */
export class FlowChecker {
  readonly #world: NetworkWorld;
  readonly #table = new PortTable();
  readonly #classes: Classes;
  readonly #evaluation: Evaluation;
  /** Of each class one pod of each workload. */
  readonly #members: readonly (readonly NamedEnd[])[];

  constructor(world: NetworkWorld, statements: readonly FlowStatement[]) {
    const parties = statements.flatMap(({ from, to }) => [...from, ...to]);
    const selectors = parties.flatMap((party) => (party.kind === 'pods' ? [party.pods] : []));
    this.#world = world;
    this.#classes = Classes.of(world, selectors);
    this.#evaluation = new Evaluation(world, this.#classes, this.#table);
    this.#members = membersOf(this.#classes);
  }

  /**
   * The first hundred of the forbidden flows, one for each pair of workloads or addresses. Flows between the pods of
   * one workload are left out, as in every list.
   */
  forbidden(statement: FlowStatement): Forbidden {
    const found = new Map<string, Flow>();
    let hasMore = false;
    for (const flow of this.#flows(statement)) {
      const key = JSON.stringify([flow.source.name, flow.destination.name]);
      const before = found.get(key);
      if (flow.source.name === flow.destination.name) continue;
      hasMore = before === undefined && found.size === mostFlows;
      if (hasMore) break;
      // Pods of one workload may differ in their ports.
      const ports = this.#table.unite(before?.ports ?? none, flow.ports);
      found.set(key, { ...(before ?? flow), ports });
    }
    return { flows: [...found.values()].map((flow) => this.#describe(flow)), hasMore };
  }

  #describe({ source, destination, ports }: Flow): ForbiddenFlow {
    const set = this.#table.set(ports);
    const [first] = portRanges(set);
    const port = first === undefined ? null : { protocol: first.protocol, number: first.from };
    const judged = port === null ? null : verdict(this.#world, source.end, destination.end, port);
    const because = judged === null ? [] : explain(judged, source.end, destination.end);
    return { src: source.name, dst: destination.name, ports: set, because };
  }

  *#flows({ kind, from, to, ports }: FlowStatement): Generator<Flow> {
    const wanted = this.#table.id(ports);
    const named = this.#lookUp(from);
    const sources = kind === 'never' ? named : this.#others(named);
    const destinations = this.#lookUp(to);
    for (const id of sources.classes.items()) {
      const row = this.#evaluation.row(id);
      for (const source of this.#members[id] ?? []) {
        for (const other of destinations.classes.items()) {
          const open = this.#table.intersect(row[other] ?? none, wanted);
          if (open === none) continue;
          for (const destination of this.#members[other] ?? []) yield { source, destination, ports: open };
        }
        for (const { end, open } of this.#outside(id, 'egress', destinations.addresses, wanted)) {
          yield { source, destination: end, ports: open };
        }
      }
    }
    for (const id of destinations.classes.items()) {
      for (const { end, open } of this.#outside(id, 'ingress', sources.addresses, wanted)) {
        for (const destination of this.#members[id] ?? []) yield { source: end, destination, ports: open };
      }
    }
  }

  /** The addresses of the set with which the class connects on wanted ports. */
  #outside(
    id: number,
    direction: 'ingress' | 'egress',
    addresses: AddressSet,
    wanted: PortId,
  ): readonly { readonly end: NamedEnd; readonly open: PortId }[] {
    const open: Steps<Address, PortId> = combine(
      this.#evaluation.external(id, direction),
      addresses,
      (ports, isMeant) => (isMeant ? this.#table.intersect(ports, wanted) : none),
    );
    return addressRanges(open, none, familiesOf(this.#world)).flatMap(({ name, value }) => {
      const address = parseAddress(name.slice(0, name.indexOf('-')));
      return address === null ? [] : [{ end: { name, end: { kind: 'address', address } }, open: value }];
    });
  }

  #lookUp(parties: readonly Party[]): Meant {
    return parties.reduce<Meant>(
      (sum, party) =>
        party.kind === 'addresses'
          ? { ...sum, addresses: uniteAddresses([sum.addresses, party.addresses]) }
          : { ...sum, classes: sum.classes.unite(this.#select(party)) },
      { classes: Bits.none(this.#classes.pods.length), addresses: noAddresses },
    );
  }

  #select({ namespaces, pods }: Extract<Party, { kind: 'pods' }>): Bits {
    const there = [...this.#world.namespaces].filter(([, labels]) => selects(namespaces, labels));
    return there
      .map(([name]) => this.#classes.select(name, pods))
      .reduce((a, b) => a.unite(b), Bits.none(this.#classes.pods.length));
  }

  #others({ classes, addresses }: Meant): Meant {
    return {
      classes: Bits.all(this.#classes.pods.length).subtract(classes),
      addresses: subtractAddresses(allAddresses, addresses),
    };
  }
}

function membersOf({ pods, of }: Classes): readonly (readonly NamedEnd[])[] {
  const members = pods.map(() => new Map<string, Pod>());
  for (const [pod, id] of of) members[id]?.set(workloadText(pod.workload), pod);
  return members.map((byName) => [...byName].map(([name, pod]) => ({ name, end: { kind: 'pod', pod } })));
}
