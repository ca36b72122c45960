/** Changes brought together, so that a sentence says them once: the same ports, and one end in common. */
import type { Change } from './difference.ts';
import { isEmpty, portKey, portRanges, type PortSet } from './ports.ts';

export interface Group {
  readonly kind: 'opened' | 'closed';
  readonly ports: PortSet;
  /** One of the two has a single member. Ends are named as in lists. */
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
}

export interface Grouped {
  /** The most important first. */
  readonly groups: readonly Group[];
  /** The changes that were looked at. */
  readonly changes: readonly Change[];
  /** Whether there are more than that. */
  readonly cut: boolean;
}

/** More changes than this no person reads, and a plan must stay small. */
const mostChanges = 20_000;

interface Row {
  readonly kind: Group['kind'];
  readonly ports: PortSet;
  readonly src: string;
  readonly dst: string;
}

/** Groups changes, each with the larger of the two groups that it could belong to. */
export function groupChanges(changes: Iterable<Change>): Grouped {
  const seen: Change[] = [];
  for (const change of changes) {
    if (seen.length === mostChanges) return { groups: group(seen.flatMap(rowsOf)), changes: seen, cut: true };
    seen.push(change);
  }
  return { groups: group(seen.flatMap(rowsOf)), changes: seen, cut: false };
}

function rowsOf({ src, dst, opened, closed }: Change): readonly Row[] {
  const rows: readonly Row[] = [
    { kind: 'opened', ports: opened, src, dst },
    { kind: 'closed', ports: closed, src, dst },
  ];
  return rows.filter(({ ports }) => !isEmpty(ports));
}

function group(rows: readonly Row[]): readonly Group[] {
  const keyOf = keysOf(rows);
  const source = (row: Row): string => `from ${row.kind} ${row.src} ${keyOf(row)}`;
  const destination = (row: Row): string => `to ${row.kind} ${row.dst} ${keyOf(row)}`;
  const bySource = Map.groupBy(rows, source);
  const byDestination = Map.groupBy(rows, destination);
  const isBySource = (row: Row): boolean =>
    (bySource.get(source(row))?.length ?? 0) >= (byDestination.get(destination(row))?.length ?? 0);
  const chosen = Map.groupBy(rows, (row) => (isBySource(row) ? source(row) : destination(row)));
  const groups = [...chosen.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const sources = [...new Set(same.map(({ src }) => src))];
    const destinations = [...new Set(same.map(({ dst }) => dst))];
    return [{ kind: first.kind, ports: first.ports, sources, destinations }];
  });
  return groups.toSorted((a, b) => rank(a) - rank(b));
}

/** A number for each set of ports: rows share few sets, and their texts may be long. */
function keysOf(rows: readonly Row[]): (row: Row) => number {
  const numbers = new Map<string, number>();
  const known = new Map<PortSet, number>();
  for (const { ports } of rows) {
    if (known.has(ports)) continue;
    const text = portKey(ports);
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    known.set(ports, number);
  }
  return ({ ports }) => known.get(ports) ?? -1;
}

/** What leaves the cluster, then other paths, then name lookups, then what is closed. */
function rank({ kind, ports, sources, destinations }: Group): number {
  if (kind === 'closed') return 3;
  if ([...sources, ...destinations].some((name) => !name.endsWith(']'))) return 0;
  return portRanges(ports).every(({ from, to }) => from === 53 && to === 53) ? 2 : 1;
}
