/** What changes between two worlds: connections opened and closed, and pods that become isolated or no longer are. */
import { everywhere, type Address, type Family } from './addresses.ts';
import { Classes } from './classes.ts';
import { compareText, familiesOf, podsByEndpoint, type Grouping } from './endpoints.ts';
import { Evaluation } from './evaluation.ts';
import { directions, type Direction } from './policy.ts';
import { none, PortTable, type PortId } from './port-table.ts';
import type { PortSet } from './ports.ts';
import { addressRanges, inOrder, mergeByDestination, RangeMemory } from './rows.ts';
import { combine, type Steps } from './steps.ts';
import type { NetworkWorld, Pod } from './world.ts';

/** A pair of ends between which something changes. One port may be opened for one pod of a workload and closed for another. */
export interface Change {
  readonly src: string;
  readonly dst: string;
  /** May be empty, but not both. */
  readonly opened: PortSet;
  readonly closed: PortSet;
}

/** An end that was there before, some of whose pods come to be isolated in a direction, or no longer are. */
export interface IsolationChange {
  readonly name: string;
  readonly direction: Direction;
  readonly isolated: boolean;
}

export interface Difference {
  /** Sorted by `src` and `dst`; each call works the pairs out again, for there may be millions. */
  changes(): Generator<Change>;
  readonly isolation: readonly IsolationChange[];
}

/**
 * Compares pod by pod. Pods come and go while their workload stays, so a pod without its like in the other world is
 * compared with another pod of the same workload. Throws `TooComplex`, here or in `changes`.
 */
export function difference(
  before: NetworkWorld,
  after: NetworkWorld,
  { by }: { readonly by: Grouping },
): Difference {
  const table = new PortTable();
  const sides = {
    before: new Evaluation(before, Classes.of(before), table),
    after: new Evaluation(after, Classes.of(after), table),
  };
  const families = [before, after].map(familiesOf).sort((a, b) => b.length - a.length)[0] ?? [];
  const comparison = new Comparison(pairUp(before, after, by, sides), families, sides, table);
  return { changes: () => comparison.changes(), isolation: comparison.isolation() };
}

interface Sides {
  readonly before: Evaluation;
  readonly after: Evaluation;
}

/** The class of a pod before and after; null where there is no such pod. */
interface Pair {
  readonly before: number | null;
  readonly after: number | null;
}

interface Endpoint {
  readonly name: string;
  /** Numbers of its pods' pairs. */
  readonly pairs: readonly number[];
}

interface Paired {
  readonly endpoints: readonly Endpoint[];
  /** Each pair once: pods with the same classes before and after change alike. */
  readonly pairs: readonly Pair[];
}

function pairUp(before: NetworkWorld, after: NetworkWorld, by: Grouping, sides: Sides): Paired {
  const old = new Map(podsByEndpoint(before.pods, by));
  const young = new Map(podsByEndpoint(after.pods, by));
  const numbers = new Map<string, number>();
  const pairs: Pair[] = [];
  const numberOf = ([was, is]: readonly [Pod | null, Pod | null]): number => {
    const pair = {
      before: was === null ? null : (sides.before.classes.of.get(was) ?? null),
      after: is === null ? null : (sides.after.classes.of.get(is) ?? null),
    };
    const key = `${pair.before} ${pair.after}`;
    const number = numbers.get(key) ?? pairs.push(pair) - 1;
    numbers.set(key, number);
    return number;
  };
  const names = [...new Set([...old.keys(), ...young.keys()])].sort(compareText);
  const endpoints = names.map((name) => {
    const own = new Set(pairPods(old.get(name) ?? [], young.get(name) ?? []).map(numberOf));
    return { name, pairs: [...own] };
  });
  return { endpoints, pairs };
}

function pairPods(
  before: readonly Pod[],
  after: readonly Pod[],
): readonly (readonly [Pod | null, Pod | null])[] {
  const old = new Map(before.map((pod) => [pod.name, pod]));
  const young = new Set(after.map(({ name }) => name));
  return [
    ...after.map((pod) => [old.get(pod.name) ?? before[0] ?? null, pod] as const),
    ...before.filter(({ name }) => !young.has(name)).map((pod) => [pod, after[0] ?? null] as const),
  ];
}

/** Ports opened and ports closed as one number, so that equal changes are equal numbers; 0 is no change. */
type ChangeId = number;

const unchanged: ChangeId = 0;
const openedUnit = 2 ** 26;

/** The connections of both worlds side by side. */
class Comparison {
  readonly #endpoints: readonly Endpoint[];
  readonly #pairs: readonly Pair[];
  readonly #families: readonly Family[];
  readonly #sides: Sides;
  readonly #table: PortTable;
  readonly #ranges: Readonly<Record<Direction, RangeMemory<Endpoint, ChangeId>>>;

  constructor(paired: Paired, families: readonly Family[], sides: Sides, table: PortTable) {
    this.#endpoints = paired.endpoints;
    this.#pairs = paired.pairs;
    this.#families = families;
    this.#sides = sides;
    this.#table = table;
    this.#ranges = { ingress: this.#rangeMemory('ingress'), egress: this.#rangeMemory('egress') };
  }

  changes(): Generator<Change> {
    return inOrder(this.#endpoints, this.#incoming(), (endpoint) => this.#outgoing(endpoint));
  }

  *#incoming(): Generator<Change> {
    for (const { name, value, end } of this.#ranges.ingress.all(this.#endpoints)) {
      yield this.#change(name, end.name, value);
    }
  }

  isolation(): readonly IsolationChange[] {
    const turned = ({ before, after }: Pair, direction: Direction): boolean | null => {
      if (before === null || after === null) return null;
      const isolated = this.#sides.after.isIsolated(after, direction);
      return isolated === this.#sides.before.isIsolated(before, direction) ? null : isolated;
    };
    return this.#endpoints.flatMap(({ name, pairs }) =>
      directions.flatMap((direction) => {
        const turns = new Set(pairs.map((number) => turned(this.#pairs[number] ?? nobody, direction)));
        return [...turns].flatMap((isolated) => (isolated === null ? [] : [{ name, direction, isolated }]));
      }),
    );
  }

  #outgoing(endpoint: Endpoint): readonly Change[] {
    const outside = this.#ranges.egress
      .of(endpoint)
      .map(({ name, value }) => this.#change(endpoint.name, name, value));
    const row = this.#rowOf(endpoint);
    if (row === null) return outside;
    const inside: Change[] = [];
    for (const other of this.#endpoints) {
      const change = other.pairs.reduce(
        (sum, number) => this.#unite(sum, row[number] ?? unchanged),
        unchanged,
      );
      if (change !== unchanged && other !== endpoint)
        inside.push(this.#change(endpoint.name, other.name, change));
    }
    return mergeByDestination(inside, outside);
  }

  /** What changes from any pod of the end to each pair; null where nothing does. */
  #rowOf({ pairs }: Endpoint): readonly ChangeId[] | null {
    const rows = pairs.map((number) => {
      const source = this.#pairs[number] ?? nobody;
      const before = source.before === null ? null : this.#sides.before.row(source.before);
      const after = source.after === null ? null : this.#sides.after.row(source.after);
      return this.#pairs.map((pair) =>
        this.#compare(
          pair.before === null ? none : (before?.[pair.before] ?? none),
          pair.after === null ? none : (after?.[pair.after] ?? none),
        ),
      );
    });
    const [first, ...others] = rows.filter((row) => row.some((change) => change !== unchanged));
    if (first === undefined) return null;
    return others.reduce(
      (sum, row) => sum.map((change, number) => this.#unite(change, row[number] ?? unchanged)),
      first,
    );
  }

  #rangeMemory(direction: Direction): RangeMemory<Endpoint, ChangeId> {
    const { before, after } = this.#sides;
    const keyOf = ({ pairs }: Endpoint): string => {
      const keys = pairs.map((number) => {
        const pair = this.#pairs[number] ?? nobody;
        const was = pair.before === null ? '' : before.externalKey(pair.before, direction);
        return `${was}>${pair.after === null ? '' : after.externalKey(pair.after, direction)}`;
      });
      return [...new Set(keys)].sort().join(' ');
    };
    return new RangeMemory(keyOf, ({ pairs }) => {
      const changes = pairs.map((number) => this.#externalChange(this.#pairs[number] ?? nobody, direction));
      const nowhere = everywhere<ChangeId>(unchanged, unchanged);
      const union = changes.reduce((sum, steps) => combine(sum, steps, (a, b) => this.#unite(a, b)), nowhere);
      return addressRanges(union, unchanged, this.#families);
    });
  }

  #externalChange(pair: Pair, direction: Direction): Steps<Address, ChangeId> {
    const nothing = everywhere<PortId>(none, none);
    const was = pair.before === null ? nothing : this.#sides.before.external(pair.before, direction);
    const is = pair.after === null ? nothing : this.#sides.after.external(pair.after, direction);
    return combine(was, is, (a, b) => this.#compare(a, b));
  }

  #compare(before: PortId, after: PortId): ChangeId {
    if (before === after) return unchanged;
    return this.#table.subtract(after, before) * openedUnit + this.#table.subtract(before, after);
  }

  #unite(a: ChangeId, b: ChangeId): ChangeId {
    if (a === b || b === unchanged) return a;
    if (a === unchanged) return b;
    const opened = this.#table.unite(Math.floor(a / openedUnit), Math.floor(b / openedUnit));
    return opened * openedUnit + this.#table.unite(a % openedUnit, b % openedUnit);
  }

  #change(src: string, dst: string, change: ChangeId): Change {
    const opened = this.#table.set(Math.floor(change / openedUnit));
    return { src, dst, opened, closed: this.#table.set(change % openedUnit) };
  }
}

const nobody: Pair = { before: null, after: null };
