/**
 * Checks a document against its schema, and says what is wrong the way a person would: the field, what stands there,
 * what is allowed, and where.
 *
 * A message of our own in a schema is a predicate and a remedy, parted by the first `; `: `is not a duration; write
 * it as 90m`. It is put behind the field and the value.
 */
import { z } from 'zod';
import type { Fault } from '../base/fault.ts';
import { failure, success, type Result } from '../base/result.ts';
import { didYouMean, suggest } from '../base/suggest.ts';
import { quote } from '../base/text.ts';
import { mostFaults } from './yaml-limits.ts';
import type { YamlDocument } from './yaml.ts';
import type { YamlPath } from './yaml-value.ts';

type Issue = z.core.$ZodIssue;

/** The document as its schema types it, or every fault. */
export function checkSchema<T>(file: string, document: YamlDocument, schema: z.ZodType<T>): Result<T> {
  const parsed = schema.safeParse(document.value);
  if (parsed.success) return success(parsed.data);
  const faults = parsed.error.issues
    .slice(0, mostFaults)
    .flatMap((issue) => faultsOf(file, document, schema, issue));
  return failure(...faults.sort((a, b) => a.line - b.line || a.column - b.column));
}

/** `spec.allow[2].maxDuration`; the document itself is `the document`. */
export function formatPath(path: YamlPath): string {
  const text = path
    .map((segment) => {
      if (typeof segment === 'number') return `[${segment}]`;
      return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(segment) ? `.${segment}` : `[${quote(segment)}]`;
    })
    .join('');
  return text === '' ? 'the document' : text.replace(/^\./, '');
}

/** `"3 hours" is not a duration; write it as 90m` as message and remedy about the field at a path. */
export function describeField(
  path: YamlPath,
  value: unknown,
  text: string,
): Pick<Fault, 'message' | 'remedy'> {
  const [predicate = '', ...remedy] = text.split('; ');
  // The inside of a large value says less than where it stands.
  const isLarge = value !== null && typeof value === 'object' && JSON.stringify(value).length > 40;
  const shown = isLarge ? '' : `: ${quote(value)}`;
  return { message: `${formatPath(path)}${shown} ${predicate}`, remedy: remedy.join('; ') };
}

function faultsOf(file: string, document: YamlDocument, schema: z.ZodType, issue: Issue): readonly Fault[] {
  const path = issue.path.map((segment) => (typeof segment === 'symbol' ? String(segment) : segment));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, mostFaults).map((key) => ({
      file,
      ...document.keyAt([...path, key]),
      message: `${formatPath([...path, key])} is not allowed here`,
      remedy: didYouMean(key, knownKeys(schema, path)),
    }));
  }
  if (issue.code === 'invalid_union') {
    const nearest = nearestBranch(issue.errors);
    // A branch that failed only as a whole says nothing that the union's own message does not.
    if (nearest !== null) {
      return nearest.flatMap((inner) =>
        faultsOf(file, document, schema, { ...inner, path: [...issue.path, ...inner.path] }),
      );
    }
  }
  if (issue.code === 'invalid_key') {
    const key = path.at(-1);
    return [
      {
        file,
        ...document.keyAt(path),
        ...describeField(path.slice(0, -1), key, issue.issues[0]?.message ?? issue.message),
      },
    ];
  }
  const { found, value } = valueAt(document.value, path);
  if (!found) {
    const message = `${formatPath(path)} is missing`;
    return [{ file, ...document.keyAt(path), message, remedy: `add it: ${expectation(issue)}` }];
  }
  if (value === null) {
    const remedy = 'give it a value, or remove the line';
    return [{ file, ...document.keyAt(path), message: `${formatPath(path)} is empty`, remedy }];
  }
  return [{ file, ...document.at(path), ...describeField(path, value, complaint(issue, value)) }];
}

/** The branch of a union that got furthest; null where none got past its own type. */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const past = branches.filter((issues) =>
    issues.some(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'),
  );
  const own = branches.filter((issues) =>
    issues.every(({ code }) => code !== 'invalid_type' && code !== 'invalid_value'),
  );
  return past[0] ?? own[0] ?? null;
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

/** What would be right: `a list`, `"none"`, `one of "cluster", "namespace"`. */
function expectation(issue: Issue): string {
  if (isOwn(issue.message)) return issue.message.split('; ').slice(1).join('; ');
  if (issue.code === 'invalid_type') return kinds[issue.expected] ?? issue.expected;
  return issue.code === 'invalid_value' ? allowed(issue.values) : 'it is needed';
}

/** Whether a message is written by our schema; the library's own all begin alike. */
function isOwn(message: string): boolean {
  return !/^(Invalid|Too|Unrecognized)/.test(message);
}

function allowed(values: readonly unknown[]): string {
  const shown = values.map((value) => quote(value)).join(', ');
  return values.length === 1 ? shown : `one of ${shown}`;
}

/** Predicate and remedy for a value that stands there and is wrong. */
function complaint(issue: Issue, value: unknown): string {
  if (isOwn(issue.message)) return issue.message;
  if (issue.code === 'invalid_type') {
    return `is not ${kinds[issue.expected] ?? issue.expected}${issue.expected === 'string' ? '; quote it' : ''}`;
  }
  if (issue.code === 'invalid_value') {
    const near = typeof value === 'string' ? suggest(value, issue.values.map(String)) : null;
    return `is not allowed; ${near === null ? `write ${allowed(issue.values)}` : `did you mean "${near}"?`}`;
  }
  if (issue.code === 'too_small')
    return `is too ${small(issue.origin)}; give at least ${amount(issue.minimum, issue.origin)}`;
  if (issue.code === 'too_big')
    return `is too ${big(issue.origin)}; give at most ${amount(issue.maximum, issue.origin)}`;
  return 'is not allowed';
}

function small(origin: string): string {
  return origin === 'number' || origin === 'int' ? 'small' : 'short';
}

function big(origin: string): string {
  return origin === 'number' || origin === 'int' ? 'large' : 'long';
}

function amount(count: number | bigint, origin: string): string {
  const units: Readonly<Record<string, string>> = { string: ' character', array: ' item' };
  const unit = units[origin];
  return unit === undefined ? String(count) : `${count}${unit}${Number(count) === 1 ? '' : 's'}`;
}

function valueAt(value: unknown, path: YamlPath): { readonly found: boolean; readonly value: unknown } {
  let current = value;
  for (const segment of path) {
    if (current === null || typeof current !== 'object' || !Object.hasOwn(current, segment))
      return { found: false, value: null };
    current = Reflect.get(current, segment);
  }
  return { found: true, value: current };
}

type JsonSchema = z.core.JSONSchema.JSONSchema;

const jsonSchemas = new WeakMap<z.ZodType, JsonSchema>();

/** The schema as data, made once: zod's own way to look into it. */
function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const known = jsonSchemas.get(schema) ?? z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  jsonSchemas.set(schema, known);
  return known;
}

/** The fields that the schema knows at a path. */
function knownKeys(schema: z.ZodType, path: YamlPath): readonly string[] {
  let reached = branches(jsonSchemaOf(schema));
  for (const segment of path) {
    reached = reached.flatMap((at) =>
      branches(
        typeof segment === 'number' ? at.items : (at.properties?.[segment] ?? at.additionalProperties),
      ),
    );
  }
  return reached.flatMap((at) => Object.keys(at.properties ?? {}));
}

function branches(schema: JsonSchema['items'] | JsonSchema['additionalProperties']): readonly JsonSchema[] {
  if (schema === undefined || typeof schema === 'boolean') return [];
  if (Array.isArray(schema)) return schema.flatMap(branches);
  return schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap(branches);
}
