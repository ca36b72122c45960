/** HTML as a tagged template: whatever is put into it is text, unless it is HTML that was built the same way. */

/** HTML that may be put into a page as it is. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand between the parts of a template; what is absent leaves nothing behind. */
export type Child = Html | string | number | null | undefined | false | readonly Child[];

/**
 * Builds HTML. Values are escaped for text and for attributes in double quotes, the only two places where they may
 * stand.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Child[]): Html {
  return new Html(
    strings.map((literal, index) => (index === 0 ? literal : render(values[index - 1]) + literal)).join(''),
  );
}

/** HTML of our own making that did not come out of `html`: what the sanitizer let pass, an icon. */
export function trusted(text: string): Html {
  return new Html(text);
}

function render(child: Child): string {
  if (child === null || child === undefined || child === false) return '';
  if (child instanceof Html) return child.text;
  if (typeof child === 'string') return escapeHtml(child);
  if (typeof child === 'number') return String(child);
  return child.map(render).join('');
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in HTML and in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => references[character] ?? '');
}
