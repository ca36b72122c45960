/** CODEOWNERS as GitHub reads it: who owns a path, and by which line. docs/codeowners.md holds the rules. */
import type { Fault } from '../base/fault.ts';
import type { Owner } from './approval.ts';
import { parseLine } from './codeowners-line.ts';
import { indexPatterns, lastMatch, matches, type PatternIndex } from './match.ts';
import { everything, type Pattern } from './pattern.ts';

/** Where GitHub looks, in this order; only the first file that exists counts. */
export const codeownersPaths = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;

/** A file that reaches this size, in bytes, is not loaded by GitHub. */
const sizeLimit = 3_000_000;

/** A line that is in force. */
interface Rule {
  /** 1-based. */
  readonly line: number;
  /** As it is written. */
  readonly pattern: string;
  readonly owners: readonly Owner[];
  /** The owners as they are written. */
  readonly written: readonly string[];
}

/** A line that GitHub skips. */
interface SkippedLine {
  readonly fault: Fault;
  /** What it could have been meant to match. */
  readonly meant: Pattern;
}

/** A whole file, made ready for many questions. */
export interface Codeowners {
  /** Relative to the root of the repository. */
  readonly file: string;
  readonly rules: readonly Rule[];
  /** Everything wrong with the file: a fault for each line that GitHub skips, or one for a file that is too large. */
  readonly faults: readonly Fault[];
  readonly skipped: readonly SkippedLine[];
  readonly index: PatternIndex;
}

/** What GitHub says of a path. */
export interface Ownership {
  /** The last line that matches, 1-based; null where none does. */
  readonly line: number | null;
  /** Empty too where the line clears ownership by naming nobody. */
  readonly owners: readonly Owner[];
  /** The owners as they are written. */
  readonly written: readonly string[];
}

/** Reads a whole file; never fails, for GitHub takes the lines that it can read. */
export function parseCodeowners(file: string, text: string): Codeowners {
  if (byteLength(text) >= sizeLimit) return tooLarge(file);
  const rules: Rule[] = [];
  const patterns: Pattern[] = [];
  const skipped: SkippedLine[] = [];
  for (const [number, content] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = number + 1;
    const parsed = parseLine(content);
    if (parsed.kind === 'rule') {
      rules.push({ line, pattern: parsed.text, owners: parsed.owners, written: parsed.written });
      patterns.push(parsed.pattern);
    } else if (parsed.kind === 'skipped') {
      const { column, message, remedy, meant } = parsed;
      skipped.push({ fault: { file, line, column, message, remedy }, meant });
    }
  }
  return { file, rules, faults: skipped.map(({ fault }) => fault), skipped, index: indexPatterns(patterns) };
}

function tooLarge(file: string): Codeowners {
  const fault: Fault = {
    file,
    line: 1,
    column: 1,
    message: 'GitHub does not load a CODEOWNERS file of 3 MB or more, so nothing has an owner',
    remedy: 'use fewer lines with wider patterns',
  };
  return {
    file,
    rules: [],
    faults: [fault],
    skipped: [{ fault, meant: everything }],
    index: indexPatterns([]),
  };
}

/** In UTF-8. */
function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Who owns a path, relative to the root of the repository and case-sensitive. */
export function ownersOf(codeowners: Codeowners, path: string): Ownership {
  const rule = codeowners.rules[lastMatch(codeowners.index, path)];
  return rule ?? { line: null, owners: [], written: [] };
}

/**
 * The skipped lines that could have been meant for a path. GitHub looks at the other lines alone; a decision that
 * must not rest on a misprint refuses instead.
 */
export function skippedLinesFor(codeowners: Codeowners, path: string): readonly Fault[] {
  return codeowners.skipped.filter(({ meant }) => matches(meant, path)).map(({ fault }) => fault);
}
