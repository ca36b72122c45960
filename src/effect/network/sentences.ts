/** Changes of the network in a person's words. */
import type { Change, IsolationChange } from './difference.ts';
import type { Group } from './groups.ts';
import { formatPorts, isEmpty } from './ports.ts';
import { joinSome } from './words.ts';

/** More ends than this are counted and not named. */
const mostNamed = 3;

/** `opens TCP 5432 from pod payments/curfew-… to payments/postgres`. */
export function sayGroup({ kind, ports, sources, destinations }: Group): string {
  const verb = kind === 'opened' ? 'opens' : 'closes';
  return `${verb} ${formatPorts(ports)} from ${sayEnds(sources)} to ${sayEnds(destinations)}`;
}

/** `payments/web`, `pod payments/web-0`, `any IPv4 address outside the cluster`, `addresses 10.0.0.0-10.0.0.255`. */
export function sayEnd(name: string): string {
  const [, place, kind] = /^(.*)\[(\w+)\]$/.exec(name) ?? [];
  if (place !== undefined) return kind === 'Pod' ? `pod ${place}` : place;
  if (name === '0.0.0.0-255.255.255.255') return 'any IPv4 address outside the cluster';
  if (name === '::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff') return 'any IPv6 address outside the cluster';
  const [from, to] = name.split('-');
  return from === to ? `address ${from}` : `addresses ${name}`;
}

/** The first few ends, and how many more there are. */
export function sayEnds(names: readonly string[]): string {
  return joinSome(names.map(sayEnd), mostNamed);
}

/** `isolates payments/db for ingress`, `no longer isolates …`; one sentence for each direction. */
export function sayIsolation(changes: readonly IsolationChange[]): readonly string[] {
  const same = Map.groupBy(
    changes,
    ({ isolated, direction }) => `${isolated ? 'isolates' : 'no longer isolates'} ${direction}`,
  );
  return [...same].map(([key, members]) => {
    const direction = members[0]?.direction === 'egress' ? 'egress' : 'ingress';
    const verb = key.slice(0, -direction.length - 1);
    return `${verb} ${sayEnds(members.map(({ name }) => name))} for ${direction}`;
  });
}

/** `+ a -> b: TCP 80` and `- a -> b: every port`, for the folded part. */
export function exactLines({ src, dst, opened, closed }: Change): readonly string[] {
  return [
    ...(isEmpty(opened) ? [] : [`+ ${src} -> ${dst}: ${formatPorts(opened)}`]),
    ...(isEmpty(closed) ? [] : [`- ${src} -> ${dst}: ${formatPorts(closed)}`]),
  ];
}
