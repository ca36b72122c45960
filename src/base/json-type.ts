import type { Json, JsonObject } from './json.ts';

/** Whether a value of plain data is a mapping. */
export function isJsonObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Whether a value of plain data is a list; `Array.isArray` forgets that it is read-only. */
export function isJsonList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
