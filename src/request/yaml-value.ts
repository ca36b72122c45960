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

/** What Kubernetes' own tools, which read YAML 1.1, take for octal. */
const octalNumber = /^([-+]?)0([0-7]+)$/;

/** Names that every JavaScript object inherits: a mapping that holds them could pass for something else. */
const inherited = new Set(Object.getOwnPropertyNames(Object.prototype));

interface Reading {
  readonly report: (offset: number, message: string, remedy: string) => void;
  /** See `YamlLimits`. */
  readonly foreign: boolean;
}

/** The plain value of a document. Faults are collected; the value means nothing where there is one. */
export function toJson(
  file: string,
  root: ParsedNode,
  positionOf: (offset: number) => Position,
  foreign: boolean,
): { readonly value: Json; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const report: Reading['report'] = (offset, message, remedy) => {
    faults.push({ file, ...positionOf(offset), message, remedy });
  };
  return { value: valueOf(root, { report, foreign }), faults };
}

/** Offset of the first character of a node. */
function start(node: unknown): number {
  const range = isMap(node) || isSeq(node) || isScalar(node) ? node.range : null;
  return range?.[0] ?? 0;
}

function valueOf(node: unknown, reading: Reading): Json {
  if (node === null) return null;
  if (isScalar(node)) return scalarValue(node, reading);
  if (isSeq(node)) return node.items.map((item) => valueOf(item, reading));
  if (!isMap(node)) {
    reading.report(
      0,
      'this is not a mapping, a list, text, a number, true, false or null',
      'write plain YAML',
    );
    return null;
  }
  const record: Record<string, Json> = {};
  for (const { key, value } of node.items) {
    const name = keyOf(key, reading);
    if (name === null) continue;
    if (Object.hasOwn(record, name))
      reading.report(start(key), `the key ${quote(name)} stands twice`, 'remove one');
    record[name] = valueOf(value, reading);
  }
  return record;
}

function keyOf(key: unknown, reading: Reading): string | null {
  const value = isScalar(key) ? scalarValue(key, reading) : null;
  if (typeof value !== 'string') {
    reading.report(start(key), 'a key must be text', 'quote it');
    return null;
  }
  if (value === '<<') {
    reading.report(start(key), 'merge keys (<<) are not allowed', 'write the values out');
    return null;
  }
  // Manifests have keys that are anybody's, such as labels; read as data, only one of those names is more than a name.
  if (reading.foreign ? value === '__proto__' : inherited.has(value)) {
    reading.report(start(key), `the key ${quote(value)} is not allowed`, 'use another name');
    return null;
  }
  return value;
}

function scalarValue(scalar: Scalar, reading: Reading): Json {
  const { value } = scalar;
  if (typeof value === 'string') {
    // Escapes in double quotes can say what the gate did not let stand as it is.
    const unsafe = reading.foreign ? null : findUnsafeInLines(value);
    if (unsafe !== null) {
      const { message, remedy } = unsafeCharacter(unsafe.codePoint);
      reading.report(start(scalar), message, remedy);
    }
    return value;
  }
  if (typeof value === 'number') return numberValue(scalar, value, reading);
  if (typeof value === 'boolean' || value === null) return value;
  reading.report(start(scalar), 'this is not text, a number, true, false or null', 'quote it');
  return null;
}

function numberValue(scalar: Scalar, value: number, reading: Reading): number {
  const exact = Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
  const plain = reading.foreign ? Number.isFinite(value) : exact && jsonNumber.test(scalar.source ?? '');
  if (!plain) {
    reading.report(
      start(scalar),
      `${quote(scalar.source ?? '')} is not a plain number`,
      'write it in decimal, or quote it',
    );
  }
  const [, sign, octal] = octalNumber.exec(scalar.source ?? '') ?? [];
  const meant = octal === undefined ? value : Number.parseInt(`${sign}${octal}`, 8);
  return meant === 0 ? 0 : meant;
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
