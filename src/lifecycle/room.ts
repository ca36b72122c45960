/** Text that has to fit: GitHub refuses what is too long, and what is refused nobody can read, nor approve. */
import { shorten } from '../base/text.ts';

/**
 * As many items as there is room for, in characters, each of them whole unless it alone is too long. `whereAll` says
 * where the others are.
 */
export function fitItems(
  items: readonly string[],
  room: number,
  whereAll = '“curfew plan” prints it all',
): readonly string[] {
  const short = items.map((item) => shorten(item, room / 2));
  const fitting = countFitting(short, room);
  if (fitting === items.length) return short;
  return [...short.slice(0, fitting), `… and ${items.length - fitting} more; ${whereAll}`];
}

/** The same for lines of code. */
export function fitLines(text: string, room: number): string {
  return text.length <= room ? text : fitItems(text.split('\n'), room).join('\n');
}

function countFitting(texts: readonly string[], room: number): number {
  let used = 0;
  for (const [index, { length }] of texts.entries()) {
    used += length + 1;
    if (used > room) return index;
  }
  return texts.length;
}
