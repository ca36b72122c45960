/**
 * Text that a person wrote and that others will read: in a message, a commit, a log line, a comment. What cannot
 * be seen, or moves what can be seen, is kept out of files and made visible wherever it still turns up.
 */

/**
 * Control characters, line and paragraph separators, bidirectional and other format characters, everything that is
 * invisible by definition (zero width, fillers, variation selectors, tags), surrogates, private use, non-characters,
 * and U+FFFD, which is what a lossy decoder leaves of bytes that are no UTF-8.
 */
const unsafe =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\ufffd]/u;

const unsafeEverywhere = new RegExp(unsafe.source, 'gu');

/** Line feed, tab, and a carriage return before a line feed: what an editor may rightly put into a text file. */
const unsafeButLayout = new RegExp(`(?![\\n\\t]|\\r\\n)${unsafe.source}`, 'u');

/** A character that must not stand where it does. */
export interface UnsafeCharacter {
  /** Offset in UTF-16 code units. */
  readonly offset: number;
  /** `U+202E`. */
  readonly codePoint: string;
}

function find(text: string, pattern: RegExp): UnsafeCharacter | null {
  const match = pattern.exec(text);
  return match === null ? null : { offset: match.index, codePoint: codePointName(match[0]) };
}

function codePointName(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The first character that must not stand in one line of text; null where there is none. */
export function findUnsafe(text: string): UnsafeCharacter | null {
  return find(text, unsafe);
}

/** Control characters but layout, halves of characters, and the byte order mark: what no text file holds rightly. */
const control = /(?![\n\t]|\r\n)[\p{Cc}\p{Cs}\ufeff]/u;

/** The first character that must not stand in any text file, whoever wrote it. */
export function findControl(text: string): UnsafeCharacter | null {
  return find(text, control);
}

/** As `findUnsafe`, for text of several lines: line feed, CRLF and tab may stand. */
export function findUnsafeInLines(text: string): UnsafeCharacter | null {
  return find(text, unsafeButLayout);
}

/** One line in which every unsafe character is shown as `\u{202e}`: for logs, terminals and commit messages. */
export function visible(text: string): string {
  return text.replace(
    unsafeEverywhere,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** As `visible`, for text of several lines: line feeds and tabs stay. */
export function visibleLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.split('\t').map(visible).join('\t'))
    .join('\n');
}

/** At most `length` code points, with `…` in place of the rest. */
export function shorten(text: string, length: number): string {
  const characters = Array.from(text.slice(0, 2 * length + 2));
  return characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : text;
}

/** A value as a message shows it: strings quoted, one line, nothing invisible, at most 60 characters. */
export function quote(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? String(value));
  return shorten(visible(text), 60);
}
