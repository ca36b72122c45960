/**
 * Untrusted text for the places where GitHub renders Markdown: comments, check runs, pull requests. It is shown as
 * it is and never acted on: no mention, link, reference, image, HTML, table or heading comes out of it.
 */
import { visible, visibleLines } from './text.ts';

/**
 * A zero-width space: parts a character from what follows. GitHub looks for mentions in the text as it is shown, so
 * a character reference or a backslash does not stop it.
 */
const joint = '&#8203;';

/**
 * What looks like a commit (from seven digits on), and what mentions, links, references and emoji begin with. The
 * first is parted every six digits, the others behind what is matched.
 */
const linkLike = String.raw`(\b[0-9a-f]{7,40}\b)|([@#]|:(?=\S)|\bwww(?=\.)|\bGH-(?=\d))`;

/** What opens a block at the start of a line, white space at either end, and the syntax within a line. */
const syntax = '^[-+=\\s]|(?<=^\\d{1,9})[.)]|\\s$|[&<>`*_~[\\]\\\\|$^]';

const active = new RegExp(`${linkLike}|${syntax}`, 'giu');

/**
 * For the inside of a line: a paragraph, a list item, a table cell, or the text of an HTML element (not an
 * attribute). Control characters, line ends and invisible characters are shown as `\u{202e}`.
 */
export function escapeMarkdown(text: string): string {
  return visible(text).replace(active, (found, commit: string | undefined, prefix: string | undefined) => {
    if (commit !== undefined) return commit.replace(/.{6}(?=.)/g, `$&${joint}`);
    if (prefix !== undefined) return `${prefix}${joint}`;
    // A pair of dollar signs is mathematics to GitHub, also where it is written as a reference.
    return found === '$' ? `${reference(found)}${joint}` : reference(found);
  });
}

/** A character reference: no part of Markdown's own syntax, and good in tables and HTML elements too. */
function reference(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}

/** As code within a line; nothing for the empty text, for there is no empty code span. */
export function codeSpan(text: string): string {
  const shown = withoutMarker(visible(text));
  if (shown === '') return '';
  const fence = '`'.repeat(longestRun(shown) + 1);
  // Markdown takes one space off both ends where both have one: so a span can begin and end with a backtick.
  const padding = /^`|`$|^ .*[^ ].* $/.test(shown) ? ' ' : '';
  return `${fence}${padding}${shown}${padding}${fence}`;
}

/**
 * As a block of code, line by line. `language`, for the colours, is one word of ours, or empty. It stands on lines of
 * its own; the caller puts an empty line before it.
 */
export function codeBlock(text: string, language: string): string {
  const shown = withoutMarker(visibleLines(text.replaceAll('\r\n', '\n').replace(/\n$/, '')));
  const fence = '`'.repeat(Math.max(3, longestRun(shown) + 1));
  return `${fence}${language}\n${shown}\n${fence}`;
}

/** Markdown that is safe already, made fit for one cell of a table. */
export function tableCell(markdown: string): string {
  return markdown.replaceAll('|', String.raw`\|`);
}

/** Our own comment is found by a marker that is an HTML comment: nobody smuggles in another one inside code. */
function withoutMarker(text: string): string {
  return text.replaceAll('<!--', String.raw`<\u{21}--`);
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
