import { createHash } from 'node:crypto';

/**
 * JSON with sorted keys and no white space: one text for one value, so that it can be hashed and compared. Takes
 * plain data; throws a TypeError on what JSON cannot say (undefined, functions, infinities), for leaving it out
 * would give two different values one text.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  const text = typeof value === 'number' && !Number.isFinite(value) ? undefined : JSON.stringify(value);
  if (text === undefined) throw new TypeError(`JSON cannot say ${String(value)}`);
  return text;
}

/** SHA-256 over the canonical JSON of plain data, as 64 hexadecimal digits. */
export function sha256(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
