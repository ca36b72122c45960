/** Rows of JSON as text, written in pieces: a large cluster has more of them than memory. */
import { portRanges, type PortSet } from '../../effect/network/ports.ts';
import type { Output } from '../command.ts';

/** Long enough that writing costs nothing, short enough to stay small. */
const pieceLength = 2 ** 16;

/** Writes lines as they come, a piece at a time. */
export function writeLines(lines: Iterable<string>, output: Output): void {
  let piece = '';
  for (const line of lines) {
    piece += line;
    if (piece.length < pieceLength) continue;
    output.write(piece);
    piece = '';
  }
  if (piece !== '') output.write(piece);
}

/** The items changed, one after the other. */
export function* mapEach<A, B>(items: Iterable<A>, change: (item: A) => B): Generator<B> {
  for (const item of items) yield change(item);
}

/** A JSON array, one item a line. */
export function* jsonArray(items: Iterable<string>): Generator<string> {
  let separator = '[\n';
  for (const item of items) {
    yield separator;
    yield item;
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]' : '\n]';
}

/** `{"src": …, "dst": …, "connections": […]}` for many rows that share few names and few sets of ports. */
export function rowWriter(): (row: {
  readonly src: string;
  readonly dst: string;
  readonly ports: PortSet;
}) => string {
  const names = new Map<string, string>();
  const sets = new Map<PortSet, string>();
  const name = (text: string): string => remember(names, text, () => JSON.stringify(text));
  return ({ src, dst, ports }) =>
    `{"src":${name(src)},"dst":${name(dst)},"connections":${remember(sets, ports, () => JSON.stringify(portRanges(ports)))}}`;
}

function remember<K>(memory: Map<K, string>, key: K, make: () => string): string {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const made = make();
  memory.set(key, made);
  return made;
}
