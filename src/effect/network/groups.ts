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
  const bySource = Map.groupBy(rows, sourceKey);
  const byDestination = Map.groupBy(rows, destinationKey);
  const isBySource = (row: Row): boolean =>
    (bySource.get(sourceKey(row))?.length ?? 0) >= (byDestination.get(destinationKey(row))?.length ?? 0);
  const chosen = Map.groupBy(rows, (row) => (isBySource(row) ? sourceKey(row) : destinationKey(row)));
  const groups = [...chosen.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const sources = [...new Set(same.map(({ src }) => src))];
    const destinations = [...new Set(same.map(({ dst }) => dst))];
    return [{ kind: first.kind, ports: first.ports, sources, destinations }];
  });
  return groups.toSorted((a, b) => rank(a) - rank(b));
}

/** What leaves the cluster, then other paths, then name lookups, then what is closed. */
function rank({ kind, ports, sources, destinations }: Group): number {
  if (kind === 'closed') return 3;
  if ([...sources, ...destinations].some((name) => !name.endsWith(']'))) return 0;
  return portRanges(ports).every(({ from, to }) => from === 53 && to === 53) ? 2 : 1;
}

function sourceKey({ kind, ports, src }: Row): string {
  return `from ${kind} ${src} ${portKey(ports)}`;
}

function destinationKey({ kind, ports, dst }: Row): string {
  return `to ${kind} ${dst} ${portKey(ports)}`;
}
