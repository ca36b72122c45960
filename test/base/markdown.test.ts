import * as fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { codeBlock, codeSpan, escapeMarkdown } from '../../src/base/markdown.ts';
import { visible, visibleLines } from '../../src/base/text.ts';

describe('escapeMarkdown', () => {
  const markdown = new MarkdownIt({ html: true, linkify: true });

  it('is shown as it was written, in any renderer of Markdown', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const shown = visible(text).trim();
        fc.pre(shown !== '' && !/^\s|\s$/u.test(shown));
        const html = markdown.renderInline(escapeMarkdown(shown)).replaceAll('<!-- -->', '');
        expect(html).not.toMatch(/<(?!!-- -->)/);
        const text2 = html.replace(
          /&(lt|gt|amp|quot);/g,
          (_, name: string) => ({ lt: '<', gt: '>', amp: '&', quot: '"' })[name] ?? '',
        );
        expect(text2).toBe(shown);
      }),
    );
  });

  it.each([
    '<!-- curfew -->',
    '@acme/sre',
    '#12',
    '[x](https://example.com)',
    '```',
    '| a |',
    '<img src=x>',
    '$a$',
    'https://example.com',
    'a@example.com',
  ])('takes the power out of %s', (text) => {
    expect(escapeMarkdown(text)).not.toMatch(
      /[<>[\]|`@:]/.test(text) ? new RegExp(`[[\\]|\`@]|<(?!!-- -->)|://`) : /^#/,
    );
  });
});

describe('codeSpan', () => {
  it('holds any text', () => {
    const markdown = new MarkdownIt();
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(text.trim() !== '');
        const tokens = markdown.parseInline(codeSpan(text), {})[0]?.children ?? [];
        expect(tokens.map((token) => [token.type, token.content])).toEqual([['code_inline', visible(text)]]);
      }),
    );
  });
});

describe('codeBlock', () => {
  it('holds any text', () => {
    const markdown = new MarkdownIt();
    fc.assert(
      fc.property(fc.array(fc.string().map((line) => line.replaceAll('\n', ''))), (lines) => {
        const text = lines.join('\n').replace(/\n+$/, '');
        const tokens = markdown.parse(codeBlock(text, 'yaml'), {});
        expect(tokens.map((token) => [token.type, token.content])).toEqual([
          ['fence', `${visibleLines(text)}\n`],
        ]);
      }),
    );
  });

  it.each(['```\n**out**', '~~~\n', '    ````'])('cannot be left by %j', (text) => {
    const tokens = new MarkdownIt().parse(`${codeBlock(text, '')}\n`, {});
    expect(tokens.map((token) => token.type)).toEqual(['fence']);
  });
});
