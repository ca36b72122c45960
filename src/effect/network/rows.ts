/** Rows of lists in their order, made one after the other: a large cluster has more of them than memory. */
import { familyOf, formatRange, type Address, type Family } from './addresses.ts';
import { compareText } from './endpoints.ts';
import { runs, type Steps } from './steps.ts';

interface Named {
  readonly name: string;
}

/** Addresses with the same value. */
export interface AddressRange<V> {
  /** `10.0.0.0-10.255.255.255`. */
  readonly name: string;
  readonly value: V;
}

/** The ranges of these families in the order of their names; those of no value are left out. */
export function addressRanges<V>(
  steps: Steps<Address, V>,
  nothing: V,
  families: readonly Family[],
): readonly AddressRange<V>[] {
  return runs(steps)
    .flatMap(({ from, to, value }) =>
      value === nothing || to === null || !families.includes(familyOf(from))
        ? []
        : [{ name: formatRange(from, to), value }],
    )
    .sort((a, b) => compareText(a.name, b.name));
}

/** Works out the ranges of an end, once for all ends that share them. */
export class RangeMemory<E extends Named, V> {
  readonly #keyOf: (end: E) => string;
  readonly #make: (end: E) => readonly AddressRange<V>[];
  readonly #known = new Map<string, readonly AddressRange<V>[]>();

  /** Ends with the same key have the same ranges. */
  constructor(keyOf: (end: E) => string, make: (end: E) => readonly AddressRange<V>[]) {
    this.#keyOf = keyOf;
    this.#make = make;
  }

  of(end: E): readonly AddressRange<V>[] {
    const key = this.#keyOf(end);
    const ranges = this.#known.get(key) ?? this.#make(end);
    this.#known.set(key, ranges);
    return ranges;
  }

  /** Every range with every end that has it: in the order of the ranges' names, then of the ends. */
  *all(ends: readonly E[]): Generator<AddressRange<V> & { readonly end: E }> {
    const sharing = new Map<readonly AddressRange<V>[], E[]>();
    for (const end of ends) {
      const ranges = this.of(end);
      const members = sharing.get(ranges);
      if (members === undefined) sharing.set(ranges, [end]);
      else members.push(end);
    }
    const found = [...sharing].flatMap(([ranges, members]) => ranges.map((range) => ({ ...range, members })));
    const byName = [...Map.groupBy(found, ({ name }) => name)].sort(([a], [b]) => compareText(a, b));
    for (const [name, same] of byName) {
      const rows = same.flatMap(({ value, members }) => members.map((end) => ({ name, value, end })));
      yield* rows.sort((a, b) => compareText(a.end.name, b.end.name));
    }
  }
}

/** Rows in the order of `src`: those of ends in the cluster, made when their turn comes, among those from addresses. */
export function* inOrder<E extends Named, Row extends { readonly src: string }>(
  ends: readonly E[],
  incoming: Iterator<Row>,
  outgoing: (end: E) => readonly Row[],
): Generator<Row> {
  let next = incoming.next();
  for (const end of ends) {
    for (; next.done !== true && next.value.src < end.name; next = incoming.next()) yield next.value;
    yield* outgoing(end);
  }
  for (; next.done !== true; next = incoming.next()) yield next.value;
}

/** Two sorted lists of rows as one, in the order of `dst`. */
export function mergeByDestination<Row extends { readonly dst: string }>(
  a: readonly Row[],
  b: readonly Row[],
): readonly Row[] {
  if (b.length === 0) return a;
  return [...a, ...b].sort((x, y) => compareText(x.dst, y.dst));
}
