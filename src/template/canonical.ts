/**
 * Manifests as YAML, one text for one value. The bytes of a grant file have to be the same today, after an update of
 * any library, and when `curfew verify` renders them again in years; so the few lines that write them are ours.
 *
 * The text means the same to YAML 1.1 (which Kubernetes' own tools read) and 1.2: a string is plain only where no
 * reader could take it for anything else, and nothing is folded.
 */
import { isJsonList } from '../base/json-type.ts';
import type { Json, JsonObject, KubernetesObject } from '../base/json.ts';

/** Keys that people look for first; the others follow by code unit. */
const first = ['apiVersion', 'kind', 'metadata', 'name', 'namespace'];

/** Words that some reader of YAML takes for a boolean, null or a number. */
const reserved = /^(?:e-?\d+|y|n|yes|no|on|off|true|false|null|nan|inf|infinity)$/i;

/** Text that is text to every reader: starts with a letter, and holds nothing that could be an indicator there. */
const plain = /^[A-Za-z](?:[A-Za-z0-9._/@:-]*[A-Za-z0-9._/-])?$/;

/** Line breaks of YAML 1.1 and whatever else does not show: escaped, so that they survive every reader. */
const hidden = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** Documents in the order given, each after `---` but the first. */
export function canonicalYaml(objects: readonly KubernetesObject[]): string {
  return objects.map((object) => `${block(object, '')}\n`).join('---\n');
}

function scalar(value: Exclude<Json, object>): string {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new RangeError(`YAML cannot say ${value} plainly`);
  return JSON.stringify(value);
}

function text(value: string): string {
  if (plain.test(value) && !reserved.test(value)) return value;
  return JSON.stringify(value).replace(
    hidden,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A value at an indentation: a scalar or an empty collection in place, or lines that begin at `indent`. */
function block(value: Json, indent: string): string {
  if (isJsonList(value))
    return value.map((item) => `- ${block(item, `${indent}  `)}`).join(`\n${indent}`) || '[]';
  if (value === null || typeof value !== 'object') return scalar(value);
  return (
    sorted(value)
      .map(([key, item]) => `${text(key)}:${below(item, indent)}`)
      .join(`\n${indent}`) || '{}'
  );
}

/** What stands behind a key: collections on lines of their own, one level deeper. */
function below(value: Json, indent: string): string {
  const deeper = `${indent}  `;
  const inPlace = value === null || typeof value !== 'object' || Object.keys(value).length === 0;
  return inPlace ? ` ${block(value, deeper)}` : `\n${deeper}${block(value, deeper)}`;
}

function sorted(object: JsonObject): readonly (readonly [string, Json])[] {
  return Object.entries(object).sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

function rank(key: string): number {
  return first.includes(key) ? first.indexOf(key) : first.length;
}
