/** The whole connection list of a world. */
import { everywhere, type Family } from './addresses.ts';
import { Classes } from './classes.ts';
import { familiesOf, podsByEndpoint, type Grouping } from './endpoints.ts';
import { Evaluation } from './evaluation.ts';
import type { Direction } from './policy.ts';
import { none, PortTable, type PortId } from './port-table.ts';
import type { PortSet } from './ports.ts';
import { addressRanges, inOrder, mergeByDestination, RangeMemory } from './rows.ts';
import { combine } from './steps.ts';
import type { NetworkWorld, Pod } from './world.ts';

/** What one end may open to another. Ends are named as in `payments/web[Deployment]` and `10.0.0.0-10.0.0.255`. */
export interface Connection {
  readonly src: string;
  readonly dst: string;
  /** Not empty. */
  readonly ports: PortSet;
}

/**
 * Every connection that the policies allow, sorted by `src` and then `dst`: one for each pair of ends that has any, at
 * least one of them in the cluster, pairs of an end with itself left out. Addresses are disjoint ranges, each as long
 * as its ports are the same. They come one after the other, for a large cluster has millions. Throws `TooComplex`.
 */
export function connections(world: NetworkWorld, { by }: { readonly by: Grouping }): Generator<Connection> {
  return new Connections(world, by).all();
}

/** What any of these pods may open, by workload, their own workloads among the destinations; `src` is empty. */
export function connectionsFrom(world: NetworkWorld, pods: readonly Pod[]): readonly Connection[] {
  return new Connections(world, 'workload').from('', pods);
}

/** An end of the cluster with the classes of its pods. */
interface Endpoint {
  readonly name: string;
  readonly classes: readonly number[];
}

class Connections {
  readonly #table = new PortTable();
  readonly #evaluation: Evaluation;
  readonly #families: readonly Family[];
  readonly #endpoints: readonly Endpoint[];
  readonly #ranges: Readonly<Record<Direction, RangeMemory<Endpoint, PortId>>>;

  constructor(world: NetworkWorld, by: Grouping) {
    this.#evaluation = new Evaluation(world, Classes.of(world), this.#table);
    this.#families = familiesOf(world);
    this.#endpoints = podsByEndpoint(world.pods, by).map(([name, pods]) => this.#endpoint(name, pods));
    this.#ranges = { ingress: this.#rangeMemory('ingress'), egress: this.#rangeMemory('egress') };
  }

  all(): Generator<Connection> {
    return inOrder(this.#endpoints, this.#incoming(), (endpoint) => this.#outgoing(endpoint));
  }

  from(name: string, pods: readonly Pod[]): readonly Connection[] {
    return pods.length === 0 ? [] : this.#outgoing(this.#endpoint(name, pods));
  }

  #endpoint(name: string, pods: readonly Pod[]): Endpoint {
    return { name, classes: [...new Set(pods.map((pod) => this.#evaluation.classes.of.get(pod) ?? none))] };
  }

  *#incoming(): Generator<Connection> {
    for (const { name, value, end } of this.#ranges.ingress.all(this.#endpoints)) {
      yield { src: name, dst: end.name, ports: this.#table.set(value) };
    }
  }

  #outgoing(endpoint: Endpoint): readonly Connection[] {
    const row = this.#rowOf(endpoint);
    const inside: Connection[] = [];
    for (const other of this.#endpoints) {
      const ports = this.#unionOver(row, other);
      if (ports === none || other === endpoint) continue;
      inside.push({ src: endpoint.name, dst: other.name, ports: this.#table.set(ports) });
    }
    const outside = this.#ranges.egress.of(endpoint).map(({ name, value }) => ({
      src: endpoint.name,
      dst: name,
      ports: this.#table.set(value),
    }));
    return mergeByDestination(inside, outside);
  }

  #rangeMemory(direction: Direction): RangeMemory<Endpoint, PortId> {
    const evaluation = this.#evaluation;
    const keyOf = ({ classes }: Endpoint): string =>
      [...new Set(classes.map((id) => evaluation.externalKey(id, direction)))].sort().join(' ');
    return new RangeMemory(keyOf, ({ classes }) => {
      const ports = classes
        .map((id) => evaluation.external(id, direction))
        .reduce((a, b) => combine(a, b, (x, y) => this.#table.unite(x, y)), everywhere<PortId>(none, none));
      return addressRanges(ports, none, this.#families);
    });
  }

  /** What any pod of the end reaches, by class. */
  #rowOf({ classes }: Endpoint): Int32Array {
    const [first = none, ...others] = classes;
    const row = this.#evaluation.row(first);
    for (const other of others) {
      const further = this.#evaluation.row(other);
      for (const [id, ports] of further.entries()) row[id] = this.#table.unite(row[id] ?? none, ports);
    }
    return row;
  }

  /** What of a row reaches any pod of the end. */
  #unionOver(row: Int32Array, { classes }: Endpoint): PortId {
    let ports = none;
    for (const id of classes) ports = this.#table.unite(ports, row[id] ?? none);
    return ports;
  }
}
