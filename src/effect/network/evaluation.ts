/**
 * The whole network of a world: for every class of pods what it reaches. A connection needs the egress of its source
 * and the ingress of its destination; each is worked out once for all pods that share their policies.
 */
import { everywhere, type Address } from './addresses.ts';
import { Classes } from './classes.ts';
import { directions, type Direction, type NetworkPolicy } from './policy.ts';
import { every, none, type PortId, type PortTable } from './port-table.ts';
import { ReachMaker, type Reach } from './reach.ts';
import { combine, type Steps } from './steps.ts';
import type { NetworkWorld, Pod } from './world.ts';

/** Pods of some classes share one reach; index -1 stands for pods that nothing isolates, which reach everything. */
interface Side {
  readonly ofClass: Int32Array;
  readonly reaches: readonly Reach[];
}

type Plane = Readonly<Record<Direction, Side>>;

const notIsolated = -1;

export class Evaluation {
  readonly classes: Classes;
  readonly #table: PortTable;
  /** One for each family of addresses that matters: two pods connect where either lets them. */
  readonly #planes: readonly Plane[];

  constructor(world: NetworkWorld, classes: Classes, table: PortTable) {
    this.classes = classes;
    this.#table = table;
    const isolating = isolatingPolicies(world, classes);
    const families = classes.families();
    this.#planes = (families.length === 0 ? [4 as const] : families).map((family) => {
      const maker = new ReachMaker(classes, family, table);
      return {
        ingress: sideOf('ingress', isolating.ingress, classes, maker),
        egress: sideOf('egress', isolating.egress, classes, maker),
      };
    });
  }

  /** Whether some policy selects the pods of the class for this direction. */
  isIsolated(id: number, direction: Direction): boolean {
    return this.#planes[0]?.[direction].ofClass[id] !== notIsolated;
  }

  /** The ports on which a class reaches each other class, by number. */
  row(source: number): Int32Array {
    const [first, ...others] = this.#planes.map((plane) => this.#rowOf(plane, source));
    if (first === undefined) return new Int32Array(this.classes.pods.length);
    for (const other of others) {
      for (const [id, ports] of other.entries()) first[id] = this.#table.unite(first[id] ?? none, ports);
    }
    return first;
  }

  /** Classes with the same key have the same ports for every address outside the cluster. */
  externalKey(id: number, direction: Direction): string {
    return this.#planes.map((plane) => plane[direction].ofClass[id]).join();
  }

  /** The ports on which a class reaches, or is reached by, every address outside the cluster. */
  external(id: number, direction: Direction): Steps<Address, PortId> {
    return this.#planes.reduce<Steps<Address, PortId>>(
      (sum, plane) => {
        const side = plane[direction];
        const reach = side.reaches[side.ofClass[id] ?? notIsolated];
        return combine(sum, reach?.external ?? everywhere<PortId>(every, none), (a, b) =>
          this.#table.unite(a, b),
        );
      },
      everywhere<PortId>(none, none),
    );
  }

  #rowOf({ egress, ingress }: Plane, source: number): Int32Array {
    const row = new Int32Array(this.classes.pods.length);
    const reach = egress.reaches[egress.ofClass[source] ?? notIsolated];
    if (reach === undefined) row.fill(every);
    else for (const { ports, classes } of reach.parts) classes.forEach((id) => (row[id] = ports));
    const admitted = ingress.reaches.map(
      ({ parts }) => parts.find((part) => part.classes.has(source))?.ports ?? none,
    );
    for (let id = 0; id < row.length; id += 1) {
      const index = ingress.ofClass[id] ?? notIsolated;
      const sent = row[id] ?? none;
      if (sent !== none && index !== notIsolated)
        row[id] = this.#table.intersect(sent, admitted[index] ?? none);
    }
    return row;
  }
}

type Isolating = Readonly<Record<Direction, readonly (readonly NetworkPolicy[])[]>>;

/** For every class the policies that select it, by direction. */
function isolatingPolicies(world: NetworkWorld, classes: Classes): Isolating {
  const ingress: NetworkPolicy[][] = classes.pods.map(() => []);
  const egress: NetworkPolicy[][] = classes.pods.map(() => []);
  const lists = { ingress, egress };
  for (const policy of world.policies) {
    const selected = classes.select(policy.namespace, policy.selector);
    for (const direction of directions) {
      if (policy[direction] !== null) selected.forEach((id) => lists[direction][id]?.push(policy));
    }
  }
  return lists;
}

function sideOf(
  direction: Direction,
  isolating: readonly (readonly NetworkPolicy[])[],
  classes: Classes,
  maker: ReachMaker,
): Side {
  const ids = new Map<string, number>();
  const reaches: Reach[] = [];
  const numbers = new Map<NetworkPolicy, number>();
  const ofClass = Int32Array.from(classes.pods, (pod, id) => {
    const policies = isolating[id] ?? [];
    if (policies.length === 0) return notIsolated;
    const key = reachKey(policies, direction, pod, numbers);
    const known = ids.get(key);
    if (known !== undefined) return known;
    const index = reaches.push(maker.make(policies, direction, pod)) - 1;
    ids.set(key, index);
    return index;
  });
  return { ofClass, reaches };
}

/** What the reach depends on: the policies, and for ingress the names of the pod's own ports. */
function reachKey(
  policies: readonly NetworkPolicy[],
  direction: Direction,
  { namedPorts }: Pod,
  numbers: Map<NetworkPolicy, number>,
): string {
  const list = policies.map((policy) => {
    const number = numbers.get(policy) ?? numbers.size;
    numbers.set(policy, number);
    return number;
  });
  const hasNames = policies.some((policy) =>
    policy[direction]?.some(({ ports }) => ports?.some(({ kind }) => kind === 'named')),
  );
  return JSON.stringify([list, direction === 'ingress' && hasNames ? namedPorts : null]);
}
