/** Whether a name fits a segment with `*` and `?`. */
import type { GlobPart } from './pattern.ts';

/** A segment made ready: what it begins and ends with, and what stands between. */
export interface Glob {
  readonly start: string;
  readonly end: string;
  /** All parts; null where any run of characters between start and end will do. */
  readonly parts: readonly GlobPart[] | null;
}

/** Makes the parts of a segment ready. */
export function compileGlob(parts: readonly GlobPart[]): Glob {
  const first = parts.at(0);
  const last = parts.at(-1);
  const start = first?.kind === 'text' ? first.text : '';
  const end = last?.kind === 'text' ? last.text : '';
  const inner = parts.slice(start === '' ? 0 : 1, end === '' ? undefined : -1);
  const isPlain = inner.length === 1 && inner[0]?.kind === 'run';
  return { start, end, parts: isPlain ? null : parts };
}

/** Whether a name fits the whole segment. */
export function matchesGlob({ start, end, parts }: Glob, name: string): boolean {
  if (name.length < start.length + end.length) return false;
  if (!name.startsWith(start) || !name.endsWith(end)) return false;
  return parts === null || matchesParts(parts, name);
}

/**
 * Whether a name is made of these parts. Only the latest `*` needs another try when the rest does not fit, so the
 * time is bounded by the product of the lengths.
 */
function matchesParts(parts: readonly GlobPart[], name: string): boolean {
  let at = 0;
  let number = 0;
  let afterRun = -1;
  let runEnd = 0;
  while (at < name.length || number < parts.length) {
    const part = parts[number];
    const taken = codeUnitsTaken(part, name, at);
    if (part?.kind === 'run') {
      number += 1;
      afterRun = number;
      runEnd = at;
    } else if (taken > 0) {
      at += taken;
      number += 1;
    } else if (afterRun !== -1 && runEnd < name.length) {
      runEnd += 1;
      at = runEnd;
      number = afterRun;
    } else {
      return false;
    }
  }
  return true;
}

/** How many code units of the name a part takes; 0 where it does not fit, and for a run, which takes what it must. */
function codeUnitsTaken(part: GlobPart | undefined, name: string, at: number): number {
  if (part?.kind === 'text') return name.startsWith(part.text, at) ? part.text.length : 0;
  if (part?.kind !== 'one' || at >= name.length) return 0;
  return (name.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
