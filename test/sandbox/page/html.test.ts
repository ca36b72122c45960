import * as fc from 'fast-check';
import sanitizeHtml from 'sanitize-html';
import { describe, expect, test } from 'vitest';
import { escapeHtml, html, trusted } from '../../../src/sandbox/page/html.ts';

/** What a parser of HTML that is not ours finds: every attribute and all text. */
function parse(document: string): { readonly attributes: readonly string[]; readonly text: string } {
  const attributes: string[] = [];
  let text = '';
  sanitizeHtml(document, {
    allowedTags: false,
    allowedAttributes: false,
    allowVulnerableTags: true,
    onOpenTag: (_, found) => attributes.push(...Object.entries(found).flat()),
    textFilter: (found) => {
      text += found;
      return found;
    },
  });
  return { attributes, text };
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '"><script>alert(1)</script>',
    "' onclick='x",
    '</p><img src=x onerror=y>',
    '&quot;',
    '<!--',
    '${x}',
  ),
);

describe('html', () => {
  test('text stays text, wherever it stands', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        // A parser turns carriage returns and NUL into something else; that is not what this is about.
        fc.pre(!/[\r\0]/.test(text));
        const { attributes, text: found } = parse(html`<p title="${text}">${text}</p>`.text);
        expect(attributes).toEqual(['title', text]);
        expect(unescape(found)).toBe(text);
      }),
    );
  });

  test('no character of HTML is left', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
      }),
    );
  });

  test('what is HTML already stays so, lists are joined, what is absent leaves nothing', () => {
    const items = ['a', '<b>'].map((item) => html`<li>${item}</li>`);
    expect(
      html`<ul>
        ${items}
      </ul>`.text.replaceAll(/\s/g, ''),
    ).toBe('<ul><li>a</li><li>&lt;b&gt;</li></ul>');
    expect(html`${null}${undefined}${false}${0}${['', trusted('<hr>')]}`.text).toBe('0<hr>');
  });
});

function unescape(text: string): string {
  const characters: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&', '#39': "'" };
  return text.replaceAll(/&(lt|gt|quot|amp|#39);/g, (_, name: string) => characters[name] ?? '');
}
