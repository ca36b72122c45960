/** Looking into a parsed tree whose shape nobody has checked yet. */
import type { Json, JsonObject } from '../../base/json.ts';
import { isJsonList, isJsonObject } from '../../base/json-type.ts';

/** The value as an object; null where it is anything else. */
export function asObject(value: Json | undefined): JsonObject | null {
  return isJsonObject(value) ? value : null;
}

/** The value as a list; an empty one where it is missing or null, null where it is anything else. */
export function asList(value: Json | undefined): readonly Json[] | null {
  if (value === undefined || value === null) return none;
  return isJsonList(value) ? value : null;
}

/** The value as a string without control characters, which no request can carry; null where it is anything else. */
export function asString(value: Json | undefined): string | null {
  return typeof value === 'string' && !/[\0-\x1f\x7f]/.test(value) ? value : null;
}

/** The value as a list of such strings; null where it is anything else. */
export function asStrings(value: Json | undefined): readonly string[] | null {
  const list = asList(value);
  if (list === null) return null;
  const strings = list.map(asString).filter((item) => item !== null);
  return strings.length === list.length ? strings : null;
}

const none: readonly never[] = [];
