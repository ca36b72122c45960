import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../src/base/pattern.ts';

describe('compilePattern', () => {
  it.each([
    ['INC-[0-9]+', 'INC-4711', true],
    ['INC-[0-9]+', 'xINC-4711', false],
    ['INC-[0-9]+', 'INC-4711x', false],
    ['INC-[0-9]+', 'INC-4711\n', false],
    ['a|bc', 'bc', true],
    ['a|bc', 'abc', false],
    ['^a$', 'a', true],
    ['(?m)^a$', 'a\nb', false],
    ['[a-z]([-a-z0-9]*[a-z0-9])?', 'payments-api', true],
    ['[^/]+', '😀', true],
    ['', '', true],
    ['', 'a', false],
  ])('%j on %j is %s', (source, text, matches) => {
    expect(compilePattern(source)?.matches(text)).toBe(matches);
  });

  it.each(['[', '(?=a)a', String.raw`(a)\1`, '(a{1,1000}){1,1000}', '(?<!a)b', 'a**', 'a'.repeat(201)])(
    'refuses %j',
    (source) => {
      expect(compilePattern(source)).toBeNull();
    },
  );

  it('answers where a backtracking engine would not in a lifetime', () => {
    const text = 'a'.repeat(253);
    for (const source of ['(a+)+b', '(a|a)*b', '(a*)*(a*)*(a*)*(a*)*(a*)*c', '(.*)*x']) {
      expect(compilePattern(source)?.matches(text)).toBe(false);
    }
  });
});
