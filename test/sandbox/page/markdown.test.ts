import * as fc from 'fast-check';
import sanitizeHtml from 'sanitize-html';
import { beforeAll, describe, expect, test } from 'vitest';
import { renderComment, renderFile, renderReferences } from '../../../src/sandbox/page/markdown.ts';
import type { MarkdownScope } from '../../../src/sandbox/page/markdown.ts';
import { openPullRequest, startAcme } from '../support.ts';

let scope: MarkdownScope;
let commit: string;

beforeAll(async () => {
  const world = await startAcme();
  await openPullRequest(world, 'alice', 'change');
  commit = world.repository.git.branch('main') ?? '';
  scope = { state: world.sandbox.state, repository: world.repository };
  return async () => await world.sandbox.close();
});

/** Every tag and attribute that a parser finds and that may not be there. */
function offences(document: string): string[] {
  const found: string[] = [];
  sanitizeHtml(document, {
    allowedTags: false,
    allowedAttributes: false,
    allowVulnerableTags: true,
    onOpenTag: (name, attributes) => {
      if (!allowedTag.test(name)) found.push(name);
      for (const [key, value] of Object.entries(attributes)) {
        const harmless = name === 'a' && key === 'href' && isHarmless(value);
        if (!harmless && !allowedAttribute.test(`${name}.${key}=${value}`))
          found.push(`${name}.${key}=${value}`);
      }
    },
  });
  return found;
}

/** An address that runs nothing. */
function isHarmless(address: string): boolean {
  return ['http:', 'https:', 'mailto:'].includes(
    URL.parse(address, 'http://127.0.0.1/acme/access')?.protocol ?? 'http:',
  );
}

const allowedTag =
  /^(?:h[1-6]|p|br|hr|div|blockquote|pre|details|summary|a|b|strong|i|em|s|strike|del|ins|sub|sup|span|code|kbd|samp|tt|var|q|ul|ol|li|dl|dt|dd|table|caption|thead|tbody|tfoot|tr|th|td)$/;

const allowedAttribute =
  /^(?:a\.(?:title|rel)=.*|a\.class=sha|code\.class=language-.*|span\.class=mention|details\.open=|ol\.start=.*|t[hd]\.(?:colspan|rowspan|scope)=.*)$/s;

const hostile = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '![x](https://evil.example/x.png)',
  '[x](javascript:alert(1))',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="//evil.example">x</a>',
  '<a href="data:text/html,x">x</a>',
  '<b onclick="x" style="position:fixed">x</b>',
  '<style>*{display:none}</style>',
  '<iframe src="https://evil.example"></iframe>',
  '<form action="/-/clock" method="post"><button>x</button></form>',
  '<input name="csrf_token"><textarea>',
  '<svg onload=x><use href="x"/></svg>',
  '<math><mtext><a xlink:href="javascript:x">',
  '<details ontoggle=x open><summary>x</summary></details>',
  '<base href="https://evil.example"><meta http-equiv="refresh" content="0">',
  '<main id="main" data-version="x"></main>',
  '<a class="button primary skip" id="changed">x</a>',
  '</article></main><header>',
  '`<script>`',
  '```html\n<script>\n```',
  '<!-- a comment --><!--',
  '[a]: javascript:x\n[a]',
  '<https://evil.example/"onmouseover=x>',
];

describe('Markdown', () => {
  test.each(hostile)('lets nothing through that acts: %s', (text) => {
    expect(offences(renderComment(text, scope).text)).toEqual([]);
    expect(offences(renderFile(text, { ...scope, folder: '/' }).text)).toEqual([]);
  });

  test('neither does any mixture of these', () => {
    const pieces = fc.array(
      fc.oneof(fc.constantFrom(...hostile, '\n', '*', '`', '#1', '@alice', '|', '>'), fc.string()),
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        expect(offences(renderComment(parts.join(''), scope).text)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['tables', '| a |\n| --- |\n| b |', '<td>b</td>'],
    ['struck text', '~~x~~', '<s>x</s>'],
    ['folded parts', '<details><summary>More</summary>\n\n**x**\n\n</details>', '<summary>More</summary>'],
    ['diagrams as code', '```mermaid\ngraph LR\n```', '<code class="language-mermaid">graph LR'],
    ['addresses as links', 'see https://example.com/x', 'href="https://example.com/x"'],
    ['line ends as such', 'a\nb', '<br />'],
  ])('shows %s', (_, text, expected) => {
    expect(renderComment(text, scope).text).toContain(expected);
  });

  test('in a file a line end is a space', () => {
    expect(renderFile('a\nb', { ...scope, folder: '/' }).text).not.toContain('<br');
  });

  test.each([
    ['templates/', '/acme/access/blob/main/docs/templates/'],
    ['../README.md#top', '/acme/access/blob/main/README.md#top'],
    ['/acme/access', '/acme/access'],
    ['https://example.com/x', 'https://example.com/x'],
    ['#here', '#here'],
  ])('in a file the link %s leads to %s', (link, expected) => {
    const file = { ...scope, folder: '/acme/access/blob/main/docs/' };
    expect(renderFile(`[x](${link})`, file).text).toContain(`href="${expected}"`);
  });

  test('a comment of HTML leaves nothing', () => {
    expect(renderComment('<!-- curfew -->\n**x**', scope).text.trim()).toBe('<p><strong>x</strong></p>');
  });
});

describe('references', () => {
  test('to what there is become links', () => {
    const { text } = renderComment(`#1, @alice and @acme/sre, ${commit}`, scope);
    expect(text).toContain('href="/acme/access/pull/1"');
    expect(text).toContain('<span class="mention">@alice</span>');
    expect(text).toContain('<span class="mention">@acme/sre</span>');
    expect(text).toContain(`href="/acme/access/commit/${commit}"`);
    expect(text).toContain(`>${commit.slice(0, 7)}</a>`);
  });

  test.each([
    '#99',
    '@nobody',
    '@acme/nobody',
    'x#1',
    'bob@alice',
    '`#1`',
    '[#1](https://example.com)',
    'a'.repeat(40),
  ])('to nothing stay text: %s', (text) => {
    const { text: rendered } = renderComment(text, scope);
    expect(rendered).not.toContain('/acme/access');
    expect(rendered).not.toContain('mention');
  });

  test('in plain text the rest is escaped', () => {
    expect(renderReferences('<b> (#1) & #2', scope).text).toBe(
      '&lt;b&gt; (<a href="/acme/access/pull/1">#1</a>) &amp; #2',
    );
  });
});
