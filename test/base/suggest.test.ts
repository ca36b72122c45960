import { describe, expect, it } from 'vitest';
import { didYouMean, suggest } from '../../src/base/suggest.ts';

const fields = ['template', 'parameters', 'duration', 'reason', 'ticket', 'notBefore', 'for'];

describe('suggest', () => {
  it.each([
    ['tempalte', 'template'],
    ['Duration', 'duration'],
    ['durration', 'duration'],
    ['notbefore', 'notBefore'],
    ['fro', 'for'],
    ['before', 'notBefore'],
    ['params', null],
    ['', null],
    ['x'.repeat(10_000), null],
  ])('%j gives %s', (word, expected) => {
    expect(suggest(word, fields)).toBe(expected);
  });
});

describe('didYouMean', () => {
  it.each([
    ['tickets', fields, 'did you mean "ticket"?'],
    ['colour', ['a', 'b'], 'known are a, b'],
    ['colour', [], 'there is none'],
  ])('%s', (word, candidates, expected) => {
    expect(didYouMean(word, candidates)).toBe(expected);
  });

  it('does not list a hundred names', () => {
    expect(
      didYouMean(
        'zzzzzzzz',
        Array.from({ length: 100 }, (_, i) => `name-${i}`),
      ).length,
    ).toBeLessThan(140);
  });
});
