/**
 * The pattern of a CODEOWNERS line as GitHub reads it: most of gitignore's rules, with exceptions. See
 * docs/codeowners.md for the table, and `match.ts` for what a pattern matches.
 */

/** A part of a segment: literal text, `*` (any run of characters but `/`), or `?` (one character but `/`). */
export type GlobPart =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'run' } | { readonly kind: 'one' };

/** What stands between two slashes. */
export type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'glob'; readonly parts: readonly GlobPart[] }
  /** `*` alone: any one segment. */
  | { readonly kind: 'any' }
  /** `**` alone: any number of segments, none included. */
  | { readonly kind: 'deep' };

/** What a pattern matches; `match.ts` says how. */
export interface Pattern {
  /** From the root of the repository; a pattern that floats begins with `deep`. */
  readonly segments: readonly Segment[];
  /**
   * What is matched of that to which the segments lead: for `foo` the file foo and everything below the directory
   * foo (`all`), for `foo/` only what is below (`below`), for `foo/*` only what is directly there (`itself`).
   */
  readonly reach: 'all' | 'below' | 'itself';
}

interface PatternFault {
  /** Offset in the pattern, in UTF-16 code units. */
  readonly offset: number;
  readonly message: string;
  readonly remedy: string;
  /** What the line could have been meant to match, read generously. */
  readonly meant: Pattern;
}

/** A pattern, or why GitHub skips its line. */
export type ParsedPattern =
  { readonly ok: true; readonly pattern: Pattern } | { readonly ok: false; readonly fault: PatternFault };

/** Reads a pattern, or says why GitHub skips its line. `text` is not empty and holds no unescaped white space. */
export function parsePattern(text: string): ParsedPattern {
  const found = findFault(text);
  if (found === null) return { ok: true, pattern: buildPattern(text) };
  return { ok: false, fault: { ...found, meant: meantBy(text, found.offset) } };
}

/** Everything: what a line that is hard to read could have meant. */
export const everything: Pattern = { segments: [], reach: 'below' };

const dotSegment = /(?<=^|\/)\.\.?(?=\/|$)/;
const parentSegment = /(?<=^|\/)\.\.(?=\/|$)/;

/** What makes GitHub skip a line, or a pattern match nothing at all, which nobody can have meant. */
const refusals: readonly {
  /** The offset in the pattern, or -1. */
  readonly find: (text: string) => number;
  readonly message: string;
  readonly remedy: string;
}[] = [
  {
    find: (text) => (text.startsWith('!') ? 0 : -1),
    message: 'CODEOWNERS has no negation with "!"',
    remedy: 'give the path a line of its own below, with other owners or with none',
  },
  {
    find: (text) => (text.startsWith(String.raw`\#`) ? 0 : -1),
    message: String.raw`CODEOWNERS does not know "\#" at the start of a pattern`,
    remedy: 'write "?" in place of the "#"',
  },
  {
    find: (text) => findUnescaped(text, (character) => character === '[' || character === ']'),
    message: 'CODEOWNERS has neither ranges nor sections in "[ ]"',
    remedy: String.raw`write a line for each, or "\[" and "\]" for the characters themselves`,
  },
  {
    find: (text) => text.indexOf('***'),
    message: '"***" is not a wildcard',
    remedy: 'write "**" between slashes for any depth, or "*" within a name',
  },
  {
    find: (text) => (text === '/' ? 0 : -1),
    message: '"/" alone matches nothing',
    remedy: 'write "*" for everything',
  },
  {
    find: (text) => text.indexOf('//'),
    message: 'a path with "//" does not exist',
    remedy: 'write one slash',
  },
  {
    find: (text) => text.search(dotSegment),
    message: 'a path with "." or ".." as a segment does not exist',
    remedy: 'write the path from the root of the repository, as "/docs/"',
  },
  {
    find: (text) =>
      findUnescaped(text, (character, next) => character === '\\' && (next === '' || next === '/')),
    message: 'this backslash escapes nothing',
    remedy: 'leave it out',
  },
];

/** The first of the faults in a pattern. */
function findFault(text: string): Omit<PatternFault, 'meant'> | null {
  const found = refusals
    .map(({ find, message, remedy }) => ({ offset: find(text), message, remedy }))
    .filter(({ offset }) => offset !== -1);
  return found.sort((a, b) => a.offset - b.offset)[0] ?? null;
}

function findUnescaped(text: string, test: (character: string, next: string) => boolean): number {
  for (let i = 0; i < text.length; i += 1) {
    if (test(text.charAt(i), text.charAt(i + 1))) return i;
    if (text.charAt(i) === '\\') i += 1;
  }
  return -1;
}

/** What was negated, or else everything below the directory that stands before the fault. */
function meantBy(text: string, faultAt: number): Pattern {
  if (parentSegment.test(text)) return everything;
  const negated = text.replace(/^!+/, '');
  if (negated === '') return everything;
  if (negated !== text) {
    const parsed = parsePattern(negated);
    return parsed.ok ? parsed.pattern : parsed.fault.meant;
  }
  const directory = text.slice(0, text.lastIndexOf('/', faultAt) + 1).replace(/^\//, '');
  return directory === '' ? everything : buildPattern(`/${directory}`);
}

function buildPattern(text: string): Pattern {
  const names = text.split('/');
  const directory = names.length > 1 && names.at(-1) === '';
  if (directory) names.pop();
  const anchored = names.length > 1;
  const segments = names.filter((name) => name !== '').map(parseSegment);
  if (!anchored) segments.unshift({ kind: 'deep' });

  let below = directory;
  while (segments.at(-1)?.kind === 'deep') {
    segments.pop();
    below = true;
  }
  if (below) return { segments, reach: 'below' };
  return { segments, reach: segments.at(-1)?.kind === 'any' ? 'itself' : 'all' };
}

function parseSegment(name: string): Segment {
  if (name === '**') return { kind: 'deep' };
  if (name === '*') return { kind: 'any' };
  const parts = parseGlob(name);
  const [first, ...others] = parts;
  return first?.kind === 'text' && others.length === 0
    ? { kind: 'literal', text: first.text }
    : { kind: 'glob', parts };
}

function parseGlob(name: string): readonly GlobPart[] {
  const parts: GlobPart[] = [];
  let text = '';
  const flush = () => {
    if (text !== '') parts.push({ kind: 'text', text });
    text = '';
  };
  for (let i = 0; i < name.length; i += 1) {
    const character = name.charAt(i);
    if (character === '*' || character === '?') {
      flush();
      // Two asterisks within a name say no more than one.
      if (character === '?') parts.push({ kind: 'one' });
      else if (parts.at(-1)?.kind !== 'run') parts.push({ kind: 'run' });
    } else {
      if (character === '\\') i += 1;
      text += name.charAt(i);
    }
  }
  flush();
  return parts;
}
