/**
 * A second reading of CODEOWNERS, written from the table in docs/codeowners.md and nothing else: one regular
 * expression for each line, tried from the last line to the first. Slow and simple, to be compared with the real one.
 */

const blank = String.raw`[ \t\r\f\v]`;
const owner =
  /^(?:@[a-z0-9][a-z0-9_-]*(?:\/[a-z0-9_][a-z0-9_.-]*)?|[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+)$/i;

/** The line that decides, and its owners as written; null where no line does. */
export function naiveOwners(text: string, path: string): { line: number; owners: string[] } | null {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  for (let line = lines.length; line > 0; line -= 1) {
    const rule = naiveRule(lines[line - 1] ?? '');
    if (rule?.regex.test(path) === true) return { line, owners: rule.owners };
  }
  return null;
}

function naiveRule(line: string): { regex: RegExp; owners: string[] } | null {
  const match = new RegExp(`^${blank}*(?!#)((?:\\\\[^]|(?!${blank}|\\\\)[^])+\\\\?|\\\\$)([^]*)$`).exec(line);
  if (match === null) return null;
  const [, pattern = '', rest = ''] = match;
  const owners = rest
    .replace(new RegExp(`${blank}#[^]*$`), '')
    .split(new RegExp(blank))
    .filter((token) => token !== '');
  if (!owners.every((token) => owner.test(token)) || !isValid(pattern)) return null;
  return { regex: toRegex(pattern), owners };
}

function isValid(pattern: string): boolean {
  const withoutEscapes = pattern.replace(/\\[^]/g, 'x');
  return !(
    pattern.startsWith('!') ||
    pattern.startsWith(String.raw`\#`) ||
    /[[\]\\]/.test(withoutEscapes) ||
    /^(?:\\[^]|[^\\])*?\\\//.test(pattern) ||
    pattern.includes('***') ||
    pattern === '/' ||
    pattern.includes('//') ||
    pattern.split('/').some((name) => name === '.' || name === '..')
  );
}

function toRegex(pattern: string): RegExp {
  const floats = !pattern.slice(0, -1).includes('/');
  const isDirectory = pattern.endsWith('/');
  const names = pattern.split('/').filter((name) => name !== '');
  let regex = floats ? '(?:[^/]*/)*' : '';
  for (const [i, name] of names.entries()) {
    // `x/**` is everything below x, for the slash stands already; `**` alone is everything.
    if (names.slice(i).every((rest) => rest === '**')) return new RegExp(`^${regex}[^]*$`, 'u');
    if (name === '**') regex += '(?:[^/]*/)*';
    else regex += `${name === '*' ? '[^/]+' : toName(name)}${i === names.length - 1 ? '' : '/'}`;
  }
  if (isDirectory) return new RegExp(`^${regex}/[^]*$`, 'u');
  return new RegExp(`^${regex}${names.at(-1) === '*' ? '' : '(?:/[^]*)?'}$`, 'u');
}

function toName(name: string): string {
  return name.replace(/\\([^])|\*|\?|[^]/gu, (token, escaped: string | undefined) => {
    if (escaped !== undefined) return quote(escaped);
    if (token === '*') return '[^/]*';
    return token === '?' ? '[^/]' : quote(token);
  });
}

function quote(character: string): string {
  return character
    .replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)
    .replace(String.raw`\-`, String.raw`\x2d`);
}
