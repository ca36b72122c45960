/** What is taken over from an object: only what a shape names. Whatever nobody thought of stays out. */
import { isJsonList, isJsonObject } from '../../base/json-type.ts';
import type { Json } from '../../base/json.ts';

/** `value` is text, a number or a boolean; `labels` any keys with text as values. */
export type Shape =
  'value' | 'labels' | { readonly each: Shape } | { readonly fields: Readonly<Record<string, Shape>> };

/** A list of which each item has that shape. */
export function each(shape: Shape): Shape {
  return { each: shape };
}

/** An object of which these fields are kept. */
export function fields(named: Readonly<Record<string, Shape>>): Shape {
  return { fields: named };
}

/** The part of a value that fits the shape; null where nothing does. */
export function keep(value: Json | undefined, shape: Shape): Json {
  if (value === undefined || value === null) return null;
  if (shape === 'value') return typeof value === 'object' ? null : value;
  if (shape === 'labels') return isJsonObject(value) ? keepLabels(value) : null;
  if ('each' in shape) {
    if (!isJsonList(value)) return null;
    return value.map((item) => keep(item, shape.each)).filter((item) => item !== null);
  }
  if (!isJsonObject(value)) return null;
  const kept = Object.entries(shape.fields).map(([key, inner]) => [key, keep(value[key], inner)] as const);
  return Object.fromEntries(kept.filter(([, item]) => item !== null));
}

function keepLabels(labels: Readonly<Record<string, Json>>): Json {
  return Object.fromEntries(Object.entries(labels).filter(([, label]) => typeof label === 'string'));
}
