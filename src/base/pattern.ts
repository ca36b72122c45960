/**
 * Patterns that a policy or a template gives and that a request's text is matched against. Both sides may come from
 * somebody who means harm, so they are RE2's: no backreferences, no lookaround, and matching in time linear in the
 * text, where a backtracking engine could hang on `(a+)+b`.
 */
import { RE2JS, RE2JSException } from 're2js';

/** Longer patterns are refused: the time to match grows with pattern times text. */
const longestPattern = 200;

/** A pattern that was checked. Anchored at both ends. */
export interface Pattern {
  readonly source: string;
  matches(text: string): boolean;
}

/** Compiles a pattern in RE2's syntax; null where it is none, or is too long. */
export function compilePattern(source: string): Pattern | null {
  if (source.length > longestPattern) return null;
  try {
    const compiled = RE2JS.compile(source);
    return { source, matches: (text) => compiled.testExact(text) };
  } catch (error) {
    if (error instanceof RE2JSException) return null;
    throw error;
  }
}
