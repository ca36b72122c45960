/**
 * The gate before the YAML parser. It checks size, characters, nesting and the number of keys, and refuses everything
 * of YAML that these files never need, in linear time and without recursion: text that would abort, stall or trick
 * the parser (a thousand brackets, a hundred thousand keys, `%YAML 1.1`) never reaches it.
 */
import { CST, Lexer, Parser } from 'yaml';
import type { Fault } from '../base/fault.ts';
import { failure, success, type Result } from '../base/result.ts';
import { findControl, findUnsafeInLines } from '../base/text.ts';
import { longestTrivia, type YamlLimits } from './yaml-limits.ts';

/** 1-based, the column in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Turns offsets of a text into positions. Lines are looked for when the first position is asked for. */
export function positions(text: string): (offset: number) => Position {
  let starts: readonly number[] | null = null;
  return (offset) => {
    // Of a text that is refused for its size nobody has to look at more than the beginning.
    if (offset === 0) return { line: 1, column: 1 };
    starts ??= lineStarts(text);
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

interface Objection {
  readonly message: string;
  readonly remedy: string;
}

/** Parts of YAML that are refused wherever they stand. */
const refused: Partial<Record<CST.TokenType, Objection>> = {
  'directive-line': { message: 'YAML directives are not allowed', remedy: 'remove the line' },
  anchor: { message: 'YAML anchors are not allowed', remedy: 'write the value out where it is needed' },
  alias: {
    message: 'YAML aliases are not allowed',
    remedy: 'write the value out, or quote it if it is text',
  },
  tag: { message: 'YAML tags are not allowed', remedy: 'remove the tag, or quote the value if it is text' },
  'explicit-key-ind': { message: 'the "? key" form is not allowed', remedy: 'write "key: value"' },
};

/** Text to CST tokens, ready to be composed; or the first thing that is too much or not allowed. */
export function passGate(
  file: string,
  text: string,
  limits: YamlLimits,
  positionOf: (offset: number) => Position,
): Result<readonly CST.Token[]> {
  const fault = (offset: number, { message, remedy }: Objection): Fault => ({
    file,
    ...positionOf(offset),
    message,
    remedy,
  });
  const tooLarge = checkSize(text, limits);
  if (tooLarge !== null) return failure(fault(0, tooLarge));
  const unsafe = limits.foreign ? findControl(text) : findUnsafeInLines(text);
  if (unsafe !== null) {
    return failure(fault(unsafe.offset, unsafeCharacter(unsafe.codePoint)));
  }
  const meter = new Meter(limits);
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    // The parser is handed one lexeme at a time and is left alone at the first objection: what it builds up for
    // deep nesting, and unwinds by recursion, never gets deeper than the limit.
    const { offset } = parser;
    const objection = meter.count(lexeme);
    if (objection !== null) return failure(fault(offset, objection));
    tokens.push(...parser.next(lexeme));
    if (parser.stack.filter(CST.isCollection).length > limits.depth) {
      const message = `the nesting is deeper than ${limits.depth} levels`;
      return failure(fault(offset, { message, remedy: 'make it flatter' }));
    }
  }
  tokens.push(...parser.end());
  const documents = tokens.filter((token) => token.type === 'document');
  const surplus = documents[limits.documents];
  if (surplus === undefined) return success(tokens);
  return failure(
    fault(surplus.offset, {
      message:
        limits.documents === 1 ? 'this is a second YAML document' : 'this file holds too many documents',
      remedy: limits.documents === 1 ? 'keep one document in a file' : 'split the file',
    }),
  );
}

/** What to say about a character that nobody can see. */
export function unsafeCharacter(codePoint: string): Objection {
  if (codePoint === 'U+FEFF') {
    return {
      message: 'there is a byte order mark or zero-width space (U+FEFF)',
      remedy: 'save as UTF-8 without it',
    };
  }
  if (codePoint === 'U+FFFD') {
    return { message: 'there is a replacement character (U+FFFD)', remedy: 'save the file as UTF-8' };
  }
  return { message: `there is an invisible or control character (${codePoint})`, remedy: 'remove it' };
}

function checkSize(text: string, limits: YamlLimits): Objection | null {
  // The first comparison spares counting the bytes of a huge text: no character has less than one.
  if (text.length <= limits.bytes && Buffer.byteLength(text) <= limits.bytes) return null;
  return { message: `the file is larger than ${limits.bytes} bytes`, remedy: 'make it smaller' };
}

/** Counts lexemes and objects to the first that is too many or not allowed. */
class Meter {
  readonly #limits: YamlLimits;
  #tokens = 0;
  #keys = 0;
  #trivia = 0;
  #scalarFollows = false;

  constructor(limits: YamlLimits) {
    this.#limits = limits;
  }

  count(lexeme: string): Objection | null {
    if (++this.#tokens > this.#limits.tokens) {
      return { message: 'the file holds too many lines and values', remedy: 'make it smaller' };
    }
    // The lexeme behind this mark is the text of a scalar, whatever it looks like.
    if (this.#scalarFollows) {
      this.#scalarFollows = false;
      return null;
    }
    const type = CST.tokenType(lexeme);
    if (type === null) return { message: 'this is not YAML', remedy: 'quote the value' };
    this.#scalarFollows = type === 'scalar';
    if (type === 'map-value-ind' && ++this.#keys > this.#limits.keys) {
      return { message: `the file holds more than ${this.#limits.keys} keys`, remedy: 'make it smaller' };
    }
    const isTrivia = type === 'newline' || type === 'space' || type === 'comment';
    this.#trivia = isTrivia ? this.#trivia + 1 : 0;
    if (this.#trivia > longestTrivia) {
      return { message: 'there are too many comments and blank lines in a row', remedy: 'remove some' };
    }
    return refused[type] ?? null;
  }
}
