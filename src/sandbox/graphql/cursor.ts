/** Cursors: opaque to clients, they name an item and where it stood in its list. */
import { GraphQLFailure } from './errors.ts';

/** What names an item within its list for ever. */
export type Key = string | number;

export function encodeCursor(position: number, key: Key): string {
  return Buffer.from(`cursor:v2:${position}:${key}`).toString('base64');
}

/** Where the pages before and after a cursor meet it now; where its item is gone, they meet where it would be. */
export function placeOf<T>(
  cursor: string,
  items: readonly T[],
  key: (item: T) => Key,
): { readonly before: number; readonly after: number } {
  const match = /^cursor:v2:(\d+):(.*)$/s.exec(Buffer.from(cursor, 'base64').toString());
  if (match === null) {
    throw new GraphQLFailure(
      'INVALID_CURSOR_ARGUMENTS',
      `\`${cursor}\` does not appear to be a valid cursor.`,
    );
  }
  const [, position, wanted = ''] = match;
  const stood = Math.min(Number(position), items.length);
  const named = (item: T | undefined): boolean => item !== undefined && String(key(item)) === wanted;
  const now = named(items[stood]) ? stood : items.findIndex(named);
  if (now !== -1) return { before: now, after: now + 1 };
  const gap = gapFor(wanted, items.map(key)) ?? stood;
  return { before: gap, after: gap };
}

/** Where a key belongs in a list that is in the order of its keys, up or down; undefined in any other list. */
function gapFor(wanted: string, keys: readonly Key[]): number | undefined {
  const direction = [1, -1].find((sign) =>
    keys.every((key, at) => at === 0 || sign * compare(keys[at - 1] ?? key, key) < 0),
  );
  if (direction === undefined) return undefined;
  const gap = keys.findIndex(
    (key) => direction * compare(key, typeof key === 'number' ? Number(wanted) : wanted) > 0,
  );
  return gap === -1 ? keys.length : gap;
}

function compare(a: Key, b: Key): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
