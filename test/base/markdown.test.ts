import MarkdownIt, { type Token } from 'markdown-it';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeBlock, codeSpan, escapeMarkdown, tableCell } from '../../src/base/markdown.ts';
import { visible } from '../../src/base/text.ts';

/** More eager than GitHub to turn text into HTML, tables and links. */
const markdown = new MarkdownIt({ html: true, linkify: true });
markdown.linkify.set({ fuzzyLink: false });

const fragments = [
  '@alice',
  '@acme/sre',
  'bob@example.com',
  '#12',
  'GH-7',
  'acme/access#4',
  '9a7e729',
  'https://evil.example/x?y=1',
  'www.evil.example',
  'mailto:x@y.zz',
  '[a](https://evil.example)',
  '![a](https://evil.example/x.png)',
  '[^1]',
  '[x]: https://evil.example',
  '<!-- curfew -->',
  '<!--',
  '-->',
  '<script>',
  '</details>',
  '<b onclick=x>',
  '&amp;',
  '&#64;alice',
  '&lt;',
  '```',
  '~~~',
  '`',
  '``',
  '**',
  '__',
  '~~',
  '*',
  '_',
  '$x$',
  '$$',
  ':tada:',
  '# ',
  '> ',
  '- ',
  '+ ',
  '* ',
  '1. ',
  '12) ',
  '===',
  '---',
  '| a | b |',
  '|',
  String.raw`\|`,
  '\\',
  '---|---',
  '    ',
  '\t',
  '\n',
  '\r\n',
  '\u0085',
  '\u2028',
  '\u202e',
  '\u200b',
  '\ufeff',
  '\u0000',
  '${parameters.app}',
  'ünïcödé',
  '漢字',
  '🔥',
];

const hostile = fc.oneof(
  fc
    .array(fc.oneof(fc.constantFrom(...fragments), fc.string({ unit: 'grapheme', maxLength: 4 })))
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
);

/** Every token, those within lines included. */
function flatten(tokens: readonly Token[]): readonly Token[] {
  return tokens.flatMap((token) => [token, ...flatten(token.children ?? [])]);
}

/** The text that is shown; throws where anything but plain text would be. */
function plainText(tokens: readonly Token[], structure: readonly string[]): string {
  const all = flatten(tokens);
  const unexpected = all.filter(
    ({ type }) => !['inline', 'text', 'text_special', ...structure].includes(type),
  );
  expect(unexpected.map(({ type, content }) => [type, content])).toEqual([]);
  return all
    .filter(({ type }) => type === 'text' || type === 'text_special')
    .map(({ content }) => content)
    .join('')
    .replaceAll('\u200b', '');
}

const paragraph = ['paragraph_open', 'paragraph_close'];

describe('escapeMarkdown', () => {
  test('shows hostile text as it is, alone in a paragraph', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(plainText(markdown.parse(escapeMarkdown(text), {}), paragraph)).toBe(visible(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('shows hostile text as it is, below a line, in a list, a quotation, a table', () => {
    const around: readonly (readonly [string, string, readonly string[]])[] = [
      ['above\n', 'above', [...paragraph, 'softbreak']],
      [
        '- ',
        '',
        [...paragraph, 'bullet_list_open', 'bullet_list_close', 'list_item_open', 'list_item_close'],
      ],
      ['> ', '', [...paragraph, 'blockquote_open', 'blockquote_close']],
    ];
    fc.assert(
      fc.property(hostile, fc.constantFrom(...around), (text, [before, shown, structure]) => {
        fc.pre(text !== '');
        expect(plainText(markdown.parse(before + escapeMarkdown(text), {}), structure)).toBe(
          shown + visible(text),
        );
      }),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const table = `| a | b |\n| - | - |\n| ${tableCell(escapeMarkdown(text))} | end |`;
        const tokens = flatten(markdown.parse(table, {}));
        expect(tokens.filter(({ type }) => type === 'td_open')).toHaveLength(2);
        expect(tokens.some(({ type }) => /html|link|image|code|em_|strong|heading/.test(type))).toBe(false);
        const cells = tokens.filter(({ type }) => type === 'text' || type === 'text_special');
        expect(
          cells
            .map(({ content }) => content)
            .join('')
            .replaceAll('\u200b', ''),
        ).toBe(`ab${visible(text)}end`);
      }),
      { numRuns: 500 },
    );
  });

  test('leaves nothing that GitHub would find in the text that is shown', () => {
    const found = [
      /@[a-z0-9]/i,
      /#\d/,
      /\bgh-\d/i,
      /\b[0-9a-f]{7,40}\b/i,
      /:\/\//,
      /\bwww\./i,
      /:[a-z0-9_+-]+:/i,
      /\$[^\s\u200b]/,
    ];
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = flatten(markdown.parse(escapeMarkdown(text), {}))
          .filter(({ type }) => type === 'text' || type === 'text_special')
          .map(({ content }) => content)
          .join('');
        for (const pattern of found) expect(shown).not.toMatch(pattern);
      }),
      { numRuns: 2000 },
    );
  });

  test('needs no knowledge of Markdown inside an HTML element', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(escapeMarkdown(text)).not.toMatch(/[<>\n\r]/);
      }),
    );
  });

  test('shows what cannot be seen', () => {
    expect(escapeMarkdown('a\nb\u0085\u2028\u202ec\u200b')).toBe(
      String.raw`a&#92;u{a}b&#92;u{85}&#92;u{2028}&#92;u{202e}c&#92;u{200b}`,
    );
  });

  test('leaves ordinary words alone', () => {
    const text = "Checkout latency, see INC-4711 (it's bad): 90 % of requests fail!";
    expect(escapeMarkdown(text)).toBe(text);
  });
});

describe('codeSpan', () => {
  test('shows any text as code and nothing else', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        fc.pre(text !== '');
        const [, ...tokens] = flatten(markdown.parse(`x ${codeSpan(text)} y`, {}));
        const inline = tokens.filter(({ type }) => type === 'text' || type === 'code_inline');
        expect(inline.map(({ content }) => content)).toEqual([
          'x ',
          visible(text).replaceAll('<!--', String.raw`<\u{21}--`),
          ' y',
        ]);
        expect(codeSpan(text)).not.toContain('<!--');
      }),
      { numRuns: 2000 },
    );
  });

  test('keeps its text in a cell of a table', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        fc.pre(text !== '');
        const table = `| a | b |\n| - | - |\n| ${tableCell(codeSpan(text))} | end |`;
        const codes = flatten(markdown.parse(table, {})).filter(({ type }) => type === 'code_inline');
        expect(codes.map(({ content }) => content)).toEqual([
          visible(text).replaceAll('<!--', String.raw`<\u{21}--`),
        ]);
      }),
      { numRuns: 1000 },
    );
  });

  test('is nothing for nothing', () => {
    expect(codeSpan('')).toBe('');
  });
});

describe('codeBlock', () => {
  test('shows any text as one block', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const tokens = markdown.parse(`x\n\n${codeBlock(text, 'yaml')}\n\ny`, {});
        expect(tokens.map(({ type }) => type)).toEqual([
          'paragraph_open',
          'inline',
          'paragraph_close',
          'fence',
          'paragraph_open',
          'inline',
          'paragraph_close',
        ]);
        expect(tokens[3]?.info).toBe('yaml');
        expect(codeBlock(text, '')).not.toContain('<!--');
      }),
      { numRuns: 1000 },
    );
  });

  test('keeps lines and tabs and shows other control characters', () => {
    expect(codeBlock('a: 1\n\tb\r\nc\u202e\rd\n', 'yaml')).toBe('```yaml\na: 1\n\tb\nc\\u{202e}\\u{d}d\n```');
  });

  test('fences longer than the fences inside', () => {
    expect(codeBlock('```\n````x', '')).toBe('`````\n```\n````x\n`````');
  });
});
