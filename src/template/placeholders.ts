/**
 * Placeholders stand inside the string scalars of a parsed tree and are substituted there, once: a value is never
 * parsed again, so it can end up as text or as a scalar, and never as a key, a list or another placeholder.
 */
import type { Json, JsonObject } from '../base/json.ts';
import { isJsonList } from '../base/json-type.ts';
import type { Scalar } from '../request/request.ts';

/** `${parameters.app}` or `${grant.id}`. */
export type Placeholder =
  | { readonly kind: 'parameter'; readonly name: string }
  | { readonly kind: 'grant'; readonly field: 'id' | 'user' | 'namespace' };

const pattern = /\$\{(?:([^{}]*)\})?/g;

/** One `${…}` of a text; `placeholder` is null where it is none that exists. */
export interface Occurrence {
  readonly source: string;
  readonly placeholder: Placeholder | null;
}

/** Every `${` of a text. */
export function placeholdersIn(text: string): readonly Occurrence[] {
  return [...text.matchAll(pattern)].map(([source, name]) => ({ source, placeholder: read(name ?? '') }));
}

function read(name: string): Placeholder | null {
  if (name === 'grant.id') return { kind: 'grant', field: 'id' };
  if (name === 'grant.user') return { kind: 'grant', field: 'user' };
  if (name === 'grant.namespace') return { kind: 'grant', field: 'namespace' };
  const parameter = /^parameters\.([A-Za-z0-9]+)$/.exec(name)?.[1];
  return parameter === undefined ? null : { kind: 'parameter', name: parameter };
}

/** The object with every placeholder replaced; one that is a whole scalar takes the type of its value. */
export function substitute(object: JsonObject, valueOf: (placeholder: Placeholder) => Scalar): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, substituteIn(value, valueOf)]),
  );
}

function substituteIn(tree: Json, valueOf: (placeholder: Placeholder) => Scalar): Json {
  if (typeof tree === 'string') return substituteText(tree, valueOf);
  if (tree === null || typeof tree !== 'object') return tree;
  if (isJsonList(tree)) return tree.map((item) => substituteIn(item, valueOf));
  return substitute(tree, valueOf);
}

function substituteText(text: string, valueOf: (placeholder: Placeholder) => Scalar): Scalar {
  const [first] = placeholdersIn(text);
  if (first === undefined) return text;
  if (first.source === text && first.placeholder !== null) return valueOf(first.placeholder);
  return text.replace(pattern, (source, name: string | undefined) => {
    const placeholder = read(name ?? '');
    return placeholder === null ? source : String(valueOf(placeholder));
  });
}
