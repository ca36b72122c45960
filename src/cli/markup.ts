/** Our own Markdown, for a terminal. */
import type { Output } from './command.ts';
import { paint } from './paint.ts';

/** Comments are Markdown for GitHub's page: in a terminal the marker, the folded part and the escapes only disturb. */
export function withoutMarkup(text: string): string {
  return text
    .replace(/<!--[\s\S]*?-->\n?/g, '')
    .replace(/<details>[\s\S]*<\/details>/g, '')
    .replace(/&#8203;/g, '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/\*\*|`/g, '');
}

/** Each line that holds something, four spaces to the right. */
export function indented(text: string): string {
  return text.trimEnd().replace(/^(?=.)/gm, '    ');
}

/** The text of a report as `describeReport` writes it. Blocks are indented; a graph that only a page can draw is left out. */
export function plainText(markdown: string, output: Output): string {
  const lines: string[] = [];
  let fence: string | null = null;
  let drawn = false;
  for (const line of markdown.split('\n')) {
    const [, ticks = '', language = ''] = /^(`{3,})(\w*)$/.exec(line) ?? [];
    if (fence === null && ticks !== '') {
      fence = ticks;
      drawn = language === 'mermaid';
    } else if (fence !== null && ticks === fence) fence = null;
    else if (fence === null) lines.push(inline(line, output));
    else if (!drawn) lines.push(line === '' ? '' : `    ${line}`);
  }
  const text = lines.join('\n').replace(/\n{3,}/g, '\n\n');
  return `${text.replace(/^\n+|\n+$/g, '')}\n`;
}

/** Code spans, bold and character references; whatever else looks like markup was escaped by whoever wrote it. */
function inline(line: string, output: Output): string {
  return line.replace(
    /(`+) ?(.*?) ?\1(?!`)|\*\*(.+?)\*\*|&#(\d+);/g,
    (_, ticks: string | undefined, code: string, bold: string | undefined, reference: string) => {
      if (ticks !== undefined) return code;
      if (bold !== undefined) return paint(output, 'bold', inline(bold, output));
      // The zero-width space only keeps GitHub from making links.
      return reference === '8203' ? '' : String.fromCodePoint(Number(reference));
    },
  );
}
