/**
 * Reading YAML that somebody else wrote: one document, core schema, no duplicate keys, no directives, tags, anchors,
 * aliases or merge keys, nothing invisible, nothing too large. Every fault, and every later one, has a position.
 */
import { Composer, type ParsedNode } from 'yaml';
import type { Json } from '../base/json.ts';
import { failure, success, type Result } from '../base/result.ts';
import { shorten } from '../base/text.ts';
import { passGate, positions, type Position } from './yaml-gate.ts';
import { mostFaults, type YamlLimits } from './yaml-limits.ts';
import { locate, toJson, type YamlPath } from './yaml-value.ts';

/** A document that was read. */
export interface YamlDocument {
  readonly value: Json;
  /** Where the value at a path stands; where there is none, the nearest thing above it. */
  readonly at: (path: YamlPath) => Position;
  /** Where the key at a path stands; where there is none, the nearest thing above it. */
  readonly keyAt: (path: YamlPath) => Position;
}

/** Reads a file of one document. */
export function readYaml(file: string, text: string, limits: YamlLimits): Result<YamlDocument> {
  const documents = readYamlStream(file, text, { ...limits, documents: 1 });
  if (!documents.ok) return documents;
  const [document] = documents.value;
  if (document !== undefined) return success(document);
  return failure({ file, line: 1, column: 1, message: 'the file is empty', remedy: 'write the document' });
}

/** Reads a file of any number of documents; empty ones are left out. */
export function readYamlStream(
  file: string,
  text: string,
  limits: YamlLimits,
): Result<readonly YamlDocument[]> {
  const positionOf = positions(text);
  const tokens = passGate(file, text, limits, positionOf);
  if (!tokens.ok) return tokens;
  // Duplicate keys are found while the values are taken out: the library's own search is quadratic.
  const composer = new Composer({ version: '1.2', schema: 'core', strict: true, uniqueKeys: false });
  const documents: YamlDocument[] = [];
  for (const document of composer.compose(tokens.value, true, text.length)) {
    // The first objection of the parser is the one that is meant; what follows are its echoes.
    const [objection] = [...document.errors, ...document.warnings];
    if (objection !== undefined) {
      const at = positionOf(Math.min(objection.pos[0], text.length));
      return failure({
        file,
        ...at,
        message: shorten(objection.message, 200),
        remedy: 'correct the YAML, or quote the value',
      });
    }
    const root: ParsedNode | null = document.contents;
    if (root === null) continue;
    const { value, faults } = toJson(file, root, positionOf, limits.foreign);
    if (faults.length > 0) return failure(...faults.slice(0, mostFaults));
    if (value === null) continue;
    documents.push({
      value,
      at: (path) => positionOf(locate(root, path).value),
      keyAt: (path) => positionOf(locate(root, path).key),
    });
  }
  return success(documents);
}
