/** Untrusted text in GitHub's Markdown: shown as it is, never acted on. */
import { visible, visibleLines } from './text.ts';

/** Everything that GitHub's Markdown or its mentions, references, tables or HTML could act on. */
const markdownSyntax = /[\\`*_{}[\]()#+\-.!|<>~$&:=@]/g;

/**
 * Untrusted text for the inside of a line of GitHub's Markdown: shown as it is, never acted on. ASCII punctuation
 * becomes a character reference, which Markdown's own syntax does not see; `@` and `#` are also parted from what
 * follows by an empty comment, for mentions and references are looked for in the text that is shown.
 */
export function escapeMarkdown(text: string): string {
  return visible(text).replace(markdownSyntax, (character) => {
    const reference = `&#${character.charCodeAt(0)};`;
    return character === '@' || character === '#' ? `${reference}<!-- -->` : reference;
  });
}

/** Untrusted text as a code span: the fence is longer than any run of backticks inside. */
export function codeSpan(text: string): string {
  const shown = visible(text);
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padding =
    shown === '' || shown.startsWith('`') || shown.endsWith('`') || /^ .* $/.test(shown) ? ' ' : '';
  return `${fence}${padding}${shown}${padding}${fence}`;
}

/** Untrusted text of several lines as a fenced code block; `language` is ours, not a person's. */
export function codeBlock(text: string, language: string): string {
  const shown = visibleLines(text).replace(/\n+$/, '');
  const longest = Math.max(2, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${shown}\n${fence}`;
}
