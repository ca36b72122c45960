/** From the nodes of the YAML library to plain values, with every way refused in which a value could be misread. */
import { isMap, isScalar, isSeq, type ParsedNode, type Scalar } from 'yaml';
import type { Fault } from '../base/fault.ts';
import type { Json } from '../base/json.ts';
import { findUnsafeInLines, quote } from '../base/text.ts';
import { unsafeCharacter, type Position } from './yaml-gate.ts';

/** Where in a document: keys of mappings and indices of sequences, from the root. */
export type YamlPath = readonly (string | number)[];

/** Numbers as JSON has them. `010` is eight to some readers of YAML and ten to others, `0x1f` is text to some. */
const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** Names that every JavaScript object inherits: a mapping that holds them could pass for something else. */
const inherited = new Set(Object.getOwnPropertyNames(Object.prototype));

type Report = (offset: number, message: string, remedy: string) => void;

/** The plain value of a document. Faults are collected; the value means nothing where there is one. */
export function toJson(
  file: string,
  root: ParsedNode,
  positionOf: (offset: number) => Position,
): { readonly value: Json; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const report: Report = (offset, message, remedy) => {
    faults.push({ file, ...positionOf(offset), message, remedy });
  };
  return { value: valueOf(root, report), faults };
}

/** Offset of the first character of a node. */
function start(node: unknown): number {
  const range = isMap(node) || isSeq(node) || isScalar(node) ? node.range : null;
  return range?.[0] ?? 0;
}

function valueOf(node: unknown, report: Report): Json {
  if (node === null) return null;
  if (isScalar(node)) return scalarValue(node, report);
  if (isSeq(node)) return node.items.map((item) => valueOf(item, report));
  if (!isMap(node)) {
    report(0, 'this is not a mapping, a list, text, a number, true, false or null', 'write plain YAML');
    return null;
  }
  const record: Record<string, Json> = {};
  for (const { key, value } of node.items) {
    const name = keyOf(key, report);
    if (name === null) continue;
    if (Object.hasOwn(record, name)) report(start(key), `the key ${quote(name)} stands twice`, 'remove one');
    record[name] = valueOf(value, report);
  }
  return record;
}

function keyOf(key: unknown, report: Report): string | null {
  const value = isScalar(key) ? scalarValue(key, report) : null;
  if (typeof value !== 'string') {
    report(start(key), 'a key must be text', 'quote it');
    return null;
  }
  if (value === '<<') {
    report(start(key), 'merge keys (<<) are not allowed', 'write the values out');
    return null;
  }
  if (inherited.has(value)) {
    report(start(key), `the key ${quote(value)} is not allowed`, 'use another name');
    return null;
  }
  return value;
}

function scalarValue(scalar: Scalar, report: Report): Json {
  const { value } = scalar;
  if (typeof value === 'string') {
    // Escapes in double quotes can say what the gate did not let stand as it is.
    const unsafe = findUnsafeInLines(value);
    if (unsafe !== null) {
      const { message, remedy } = unsafeCharacter(unsafe.codePoint);
      report(start(scalar), message, remedy);
    }
    return value;
  }
  if (typeof value === 'number') return numberValue(scalar, value, report);
  if (typeof value === 'boolean' || value === null) return value;
  report(start(scalar), 'this is not text, a number, true, false or null', 'quote it');
  return null;
}

function numberValue(scalar: Scalar, value: number, report: Report): number {
  const exact = Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
  if (!jsonNumber.test(scalar.source ?? '') || !exact) {
    report(
      start(scalar),
      `${quote(scalar.source ?? '')} is not a plain number`,
      'write it in decimal, or quote it',
    );
  }
  return value === 0 ? 0 : value;
}

/** Where the value at a path stands, and its key; where there is none, the nearest thing above. */
export function locate(root: ParsedNode, path: YamlPath): { readonly key: number; readonly value: number } {
  let node: unknown = root;
  let found = { key: start(root), value: start(root) };
  for (const segment of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === segment);
      if (pair === undefined) return found;
      node = pair.value;
      // Of a key without a value there is nothing to point at but the key.
      const empty = isScalar(node) && node.value === null && node.source === '';
      found = { key: start(pair.key), value: node === null || empty ? start(pair.key) : start(node) };
    } else if (isSeq(node) && typeof segment === 'number' && segment in node.items) {
      node = node.items[segment];
      found = { key: start(node), value: start(node) };
    } else return found;
  }
  return found;
}
