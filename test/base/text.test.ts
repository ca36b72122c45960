import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findControl,
  findUnsafe,
  findUnsafeInLines,
  quote,
  shorten,
  visible,
  visibleLines,
} from '../../src/base/text.ts';

const hidden = [
  '\0',
  '\u001b',
  '\u007f',
  '\u0085',
  '\u00ad',
  '\u061c',
  '\u180e',
  '\u200b',
  '\u200d',
  '\u200e',
  '\u2028',
  '\u2029',
  '\u202e',
  '\u2060',
  '\u2066',
  '\u2069',
  '\u3164',
  '\ufe0f',
  '\ufeff',
  '\ufffd',
  '\uffff',
  '\ud800',
  '\udc00',
  '\u{e0041}',
  '\u{e0100}',
  '\u{f0000}',
];

describe('findUnsafe', () => {
  it.each(hidden)('finds %j', (character) => {
    const codePoint = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
    expect(findUnsafe(`ab${character}c`)).toEqual({ offset: 2, codePoint });
    expect(findUnsafeInLines(`a\n${character}c`)).toEqual({ offset: 2, codePoint });
  });

  it.each(['plain', 'Grüße', '日本語', 'Ω ≠ ω', '🚀', "it's 100 % <b>&amp;</b>", ''])(
    'lets %j pass',
    (text) => {
      expect(findUnsafe(text)).toBeNull();
    },
  );

  it('takes line breaks and tabs for layout only where lines are expected', () => {
    expect(findUnsafe('a\nb')?.codePoint).toBe('U+000A');
    expect(findUnsafe('a\tb')?.codePoint).toBe('U+0009');
    expect(findUnsafeInLines('a\nb\tc\r\nd')).toBeNull();
    expect(findUnsafeInLines('a\rb')).toEqual({ offset: 1, codePoint: 'U+000D' });
    expect(findUnsafeInLines('a\r')?.codePoint).toBe('U+000D');
  });
});

it.each([
  ['a\u200b\ue000\u202e', null],
  ['a\u0000', 'U+0000'],
  ['a\u0085', 'U+0085'],
  ['\ufeffa', 'U+FEFF'],
  ['a\ud800', 'U+D800'],
  ['a\r\n\tb', null],
  ['a\rb', 'U+000D'],
])('findControl(%j) is %j', (text, expected) => {
  expect(findControl(text)?.codePoint ?? null).toBe(expected);
});

describe('visible', () => {
  it('leaves nothing unsafe, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(findUnsafe(visible(text))).toBeNull();
      }),
    );
  });
});

it('visibleLines keeps lines and tabs, and nothing else that is hidden', () => {
  expect(visibleLines('a\tb\r\nc\u202e\n')).toBe('a\tb\\u{d}\nc\\u{202e}\n');
});

describe('quote', () => {
  it.each([
    ['a', '"a"'],
    [3, '3'],
    [null, 'null'],
    [undefined, 'undefined'],
    [{ a: [1] }, '{"a":[1]}'],
    ['a\nb\u202e', '"a\\nb\\u{202e}"'],
  ])('shows %j as %s', (value, shown) => {
    expect(quote(value)).toBe(shown);
  });

  it('stays short', () => {
    expect(Array.from(quote('🚀'.repeat(500))).length).toBe(60);
  });
});

it('shorten cuts between code points', () => {
  expect(shorten('🚀🚀🚀', 2)).toBe('🚀…');
  expect(shorten('🚀🚀', 2)).toBe('🚀🚀');
});
