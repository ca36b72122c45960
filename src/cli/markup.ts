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
