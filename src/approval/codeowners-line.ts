/** One line of a CODEOWNERS file: a pattern, then owners, then perhaps a comment. */
import { quote } from '../base/text.ts';
import type { Owner } from './approval.ts';
import { parsePattern, type Pattern } from './pattern.ts';

/** What one line says. */
export type CodeownersLine =
  /** Blank, or a comment alone. */
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'rule';
      readonly text: string;
      readonly pattern: Pattern;
      readonly owners: readonly Owner[];
      /** The owners as they are written. */
      readonly written: readonly string[];
    }
  /** GitHub skips the whole line. */
  | {
      readonly kind: 'skipped';
      /** 1-based. */
      readonly column: number;
      readonly message: string;
      readonly remedy: string;
      /** What the line could have been meant to match. */
      readonly meant: Pattern;
    };

/** Reads one line, without its line end. */
export function parseLine(line: string): CodeownersLine {
  const tokens = tokenize(line);
  const [first, ...rest] = tokens;
  if (first === undefined) return { kind: 'empty' };
  const parsed = parsePattern(first.text);
  if (!parsed.ok) {
    const { offset, message, remedy, meant } = parsed.fault;
    return { kind: 'skipped', column: first.at + offset + 1, message, remedy, meant };
  }
  const owners: Owner[] = [];
  for (const token of rest) {
    const owner = parseOwner(token.text);
    if (owner === null) {
      const message = `${quote(token.text)} is not an owner, so GitHub skips the whole line`;
      return {
        kind: 'skipped',
        column: token.at + 1,
        message,
        remedy: ownerRemedy(token.text),
        meant: parsed.pattern,
      };
    }
    owners.push(owner);
  }
  return {
    kind: 'rule',
    text: first.text,
    pattern: parsed.pattern,
    owners,
    written: rest.map(({ text }) => text),
  };
}

interface Token {
  readonly at: number;
  readonly text: string;
}

/** The pattern and the owners: up to the end, or to a `#` that begins a word. */
function tokenize(line: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    while (isBlank(line.charAt(at))) at += 1;
    if (at >= line.length || line[at] === '#') return tokens;
    const end = endOfToken(line, at, tokens.length === 0);
    tokens.push({ at, text: line.slice(at, end) });
    at = end;
  }
}

/** In the pattern a backslash takes the next character along, white space too. */
function endOfToken(line: string, start: number, isPattern: boolean): number {
  let at = start;
  while (at < line.length && !isBlank(line.charAt(at))) at += isPattern && line[at] === '\\' ? 2 : 1;
  return Math.min(at, line.length);
}

function isBlank(character: string): boolean {
  return (
    character === ' ' || character === '\t' || character === '\r' || character === '\f' || character === '\v'
  );
}

/**
 * A login (with `_` for managed users), a team, or an e-mail address; null where it is none. Whether somebody exists
 * under that name is another question.
 */
function parseOwner(token: string): Owner | null {
  const name = token.toLowerCase();
  if (/^@[a-z0-9][a-z0-9_-]*$/.test(name)) return { kind: 'user', login: name.slice(1) };
  if (/^@[a-z0-9][a-z0-9_-]*\/[a-z0-9_][a-z0-9_.-]*$/.test(name))
    return { kind: 'team', team: name.slice(1) };
  if (/^[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(name)) return { kind: 'email', email: name };
  return null;
}

function ownerRemedy(token: string): string {
  if (token.endsWith(',')) return 'part owners by spaces alone';
  if (parseOwner(`@${token}`) !== null) return `write "@${token}"`;
  return 'write @user, @organization/team, or an e-mail address';
}
