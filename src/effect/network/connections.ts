/** The whole connection list of a world. */
import { everywhere } from './addresses.ts';
import { Classes } from './classes.ts';
import {
  addressRanges,
  compareText,
  familiesOf,
  inOrder,
  mergeByDestination,
  podsByEndpoint,
  type Grouping,
} from './endpoints.ts';
import { Evaluation } from './evaluation.ts';
import type { Direction } from './policy.ts';
import { none, PortTable, type PortId } from './port-table.ts';
import type { PortSet } from './ports.ts';
import { combine } from './steps.ts';
import type { NetworkWorld } from './world.ts';

/** What one end may open to another. Ends are named as in `payments/web[Deployment]` and `10.0.0.0-10.0.0.255`. */
export interface Connection {
  readonly src: string;
  readonly dst: string;
  /** Not empty. */
  readonly ports: PortSet;
}

/** An end of the cluster with the classes of its pods. */
interface Endpoint {
  readonly name: string;
  readonly classes: readonly number[];
}

/**
 * Every connection that the policies allow, sorted by `src` and then `dst`: one for each pair of ends that has any, at
 * least one of them in the cluster, pairs of an end with itself left out. Addresses are disjoint ranges, each as long
 * as its ports are the same. They come one after the other, for a large cluster has millions.
 */
export function connections(world: NetworkWorld, { by }: { readonly by: Grouping }): Generator<Connection> {
  const table = new PortTable();
  const evaluation = new Evaluation(world, Classes.of(world), table);
  const families = familiesOf(world);
  const endpoints = podsByEndpoint(world.pods, by).map(([name, pods]) => {
    const classes = new Set(pods.map((pod) => evaluation.classes.of.get(pod) ?? none));
    return { name, classes: [...classes] };
  });

  const external = ({ classes }: Endpoint, direction: Direction) => {
    const ports = classes
      .map((id) => evaluation.external(id, direction))
      .reduce((a, b) => combine(a, b, (x, y) => table.unite(x, y)), everywhere<PortId>(none, none));
    return addressRanges(ports, none, families);
  };
  const outgoing = (endpoint: Endpoint): readonly Connection[] => {
    const row = rowOf(endpoint, evaluation, table);
    const rows: Connection[] = [];
    for (const other of endpoints) {
      const ports = unionOver(row, other, table);
      if (ports !== none && other !== endpoint)
        rows.push({ src: endpoint.name, dst: other.name, ports: table.set(ports) });
    }
    const outside = external(endpoint, 'egress').map(({ name, value }) => ({
      src: endpoint.name,
      dst: name,
      ports: table.set(value),
    }));
    return mergeByDestination(rows, outside);
  };
  const incoming = endpoints.flatMap((endpoint) =>
    external(endpoint, 'ingress').map(({ name, value }) => ({
      src: name,
      dst: endpoint.name,
      ports: table.set(value),
    })),
  );
  incoming.sort((a, b) => compareText(a.src, b.src) || compareText(a.dst, b.dst));
  return inOrder(endpoints, incoming, outgoing);
}

/** What any pod of the end reaches, by class. */
function rowOf({ classes }: Endpoint, evaluation: Evaluation, table: PortTable): Int32Array {
  const [first = none, ...others] = classes;
  const row = evaluation.row(first);
  for (const other of others) {
    for (const [id, ports] of evaluation.row(other).entries()) row[id] = table.unite(row[id] ?? none, ports);
  }
  return row;
}

/** What of a row reaches any pod of the end. */
function unionOver(row: Int32Array, { classes }: Endpoint, table: PortTable): PortId {
  let ports = none;
  for (const id of classes) ports = table.unite(ports, row[id] ?? none);
  return ports;
}
