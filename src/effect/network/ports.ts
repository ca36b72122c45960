/**
 * Sets of ports. All protocols lie one after the other on one line of 3 × 65,536 points, so that a set of ports of
 * several protocols is one set of integers. Port 0 is in no set, which keeps the protocols apart.
 */
import { combine, combineAll, runs, valueAt, type Steps } from './steps.ts';
import { joinWords } from './words.ts';

/** The protocols of NetworkPolicy, in the order of every list. ICMP and others are undefined there. */
export const protocols = ['SCTP', 'TCP', 'UDP'] as const;

export type Protocol = (typeof protocols)[number];

export type PortSet = Steps<number, boolean>;

/** A stretch of ports of one protocol, both ends included. */
export interface PortRange {
  readonly protocol: Protocol;
  readonly from: number;
  readonly to: number;
}

export const lastPort = 65_535;

const span = lastPort + 1;

export const noPorts: PortSet = [{ from: 0, value: false }];

/** Every port of every protocol: what a rule without `ports` allows, and what a pod that nothing isolates has. */
export const allPorts: PortSet = protocols
  .map((protocol) => portRange({ protocol, from: 1, to: lastPort }))
  .reduce(unite);

/** The ports `from` to `to`, 1 to 65,535, both included. */
export function portRange({ protocol, from, to }: PortRange): PortSet {
  const start = protocols.indexOf(protocol) * span;
  return [
    { from: 0, value: false },
    { from: start + from, value: true },
    { from: start + to + 1, value: false },
  ];
}

/** The ports of any of the sets. */
export function uniteAll(sets: readonly PortSet[]): PortSet {
  return combineAll(sets, (inA, inB) => inA || inB, noPorts);
}

export function unite(a: PortSet, b: PortSet): PortSet {
  return combine(a, b, (inA, inB) => inA || inB);
}

export function intersect(a: PortSet, b: PortSet): PortSet {
  return combine(a, b, (inA, inB) => inA && inB);
}

/** The ports of `a` that are not in `b`. */
export function subtract(a: PortSet, b: PortSet): PortSet {
  return combine(a, b, (inA, inB) => inA && !inB);
}

export function isEmpty(set: PortSet): boolean {
  return set.length === 1;
}

export function hasPort(set: PortSet, protocol: Protocol, port: number): boolean {
  return valueAt(set, protocols.indexOf(protocol) * span + port, false);
}

/** One text for one set, to compare sets by. */
export function portKey(set: PortSet): string {
  return set.map(({ from }) => from).join();
}

/** The set as sorted, disjoint, maximal ranges: what JSON output holds. */
export function portRanges(set: PortSet): readonly PortRange[] {
  return runs(set).flatMap(({ from, to, value }) => {
    const protocol = protocols[Math.floor(from / span)];
    if (!value || to === null || protocol === undefined) return [];
    return [{ protocol, from: from % span, to: (to - 1) % span }];
  });
}

/** How many ports the set holds, over all protocols. */
export function countPorts(set: PortSet): number {
  return portRanges(set).reduce((count, { from, to }) => count + to - from + 1, 0);
}

/** `TCP 80, 8000-8010 and UDP 53`, `every TCP port`, `every port but TCP 53`, `every port`, `no port`. */
export function formatPorts(set: PortSet): string {
  if (isEmpty(set)) return 'no port';
  const missing = subtract(allPorts, set);
  if (isEmpty(missing)) return 'every port';
  // Whatever is shorter.
  return portRanges(missing).length < portRanges(set).length
    ? `every port but ${listPorts(missing)}`
    : listPorts(set);
}

function listPorts(set: PortSet): string {
  const ranges = portRanges(set);
  const parts = protocols.flatMap((protocol) => {
    const own = ranges.filter((range) => range.protocol === protocol);
    if (own.length === 0) return [];
    if (own[0]?.from === 1 && own[0].to === lastPort) return [`every ${protocol} port`];
    const texts = own.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
    return [`${protocol} ${texts.join(', ')}`];
  });
  return joinWords(parts);
}
