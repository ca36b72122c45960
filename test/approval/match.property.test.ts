import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ownersOf, parseCodeowners } from '../../src/approval/codeowners.ts';
import { fileCases, patternCases } from './corpus.ts';
import { naiveOwners } from './oracle.ts';

const names = ['a', 'b', 'ab', 'ba', 'aab', 'a.js', 'b.c.js', 'a b', '*', '?', 'x[y]', '😀', 'A'];

const segment = fc.oneof(
  fc.constantFrom('a', 'b', 'ab', 'a.js', 'A', '*', '**', '?', '??'),
  fc.constantFrom('a*', '*a', '*b*', '*.js', '*.c.*', 'a?', '?b', '*?', '**a', 'a**', 'a*b*', '?*.js'),
  fc.constantFrom(
    String.raw`a\ b`,
    String.raw`\*`,
    String.raw`\?`,
    String.raw`x\[y\]`,
    String.raw`a\b`,
    '😀',
    '?😀',
  ),
);

const pattern = fc
  .tuple(
    fc.constantFrom('', '/'),
    fc.array(segment, { minLength: 1, maxLength: 5 }),
    fc.constantFrom('', '/'),
  )
  .map(([start, segments, end]) => `${start}${segments.join('/')}${end}`);

const path = fc
  .array(fc.constantFrom(...names), { minLength: 1, maxLength: 6 })
  .map((segments) => segments.join('/'));

const owners = fc.array(
  fc.constantFrom('@alice', '@acme/sre', 'bob@example.com', 'bad', '@', '#', '# @carol'),
  {
    maxLength: 3,
  },
);

const line = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(pattern, owners).map(([text, list]) => [text, ...list].join(' ')) },
  {
    weight: 1,
    arbitrary: fc
      .array(
        fc.constantFrom('a', 'b', '*', '**', '?', '/', '\\', ' ', '\t', '#', '@', '!', '[', ']', '.', 'js'),
        {
          maxLength: 12,
        },
      )
      .map((parts) => parts.join('')),
  },
);

const file = fc
  .tuple(fc.constantFrom('\n', '\r\n'), fc.array(line, { maxLength: 12 }))
  .map(([end, all]) => all.join(end));

/** The real answer in the form of the oracle's. */
function answer(text: string, of: string): ReturnType<typeof naiveOwners> {
  const { line: number, written } = ownersOf(parseCodeowners('CODEOWNERS', text), of);
  return number === null ? null : { line: number, owners: [...written] };
}

describe('the matcher agrees with a naive one', () => {
  test('on one pattern', () => {
    fc.assert(
      fc.property(pattern, path, (text, of) => {
        expect(answer(`${text} @alice`, of)).toEqual(naiveOwners(`${text} @alice`, of));
      }),
      { numRuns: 20_000 },
    );
  });

  test('on whole files', () => {
    fc.assert(
      fc.property(file, fc.array(path, { minLength: 1, maxLength: 4 }), (text, paths) => {
        for (const of of paths) expect(answer(text, of)).toEqual(naiveOwners(text, of));
      }),
      { numRuns: 5000 },
    );
  });

  test('on the corpus, which the naive one must get right as well', () => {
    for (const { pattern: text, owns, not } of patternCases) {
      expect({ text, missed: owns.filter((of) => naiveOwners(`${text} @a`, of) === null) }).toEqual({
        text,
        missed: [],
      });
      expect({ text, wrong: not.filter((of) => naiveOwners(`${text} @a`, of) !== null) }).toEqual({
        text,
        wrong: [],
      });
    }
    for (const { text, answers } of fileCases) {
      for (const [of, { line: number, owners: written }] of Object.entries(answers)) {
        expect(naiveOwners(text, of)).toEqual(number === null ? null : { line: number, owners: written });
      }
    }
  });
});

describe('lines', () => {
  test('above the last match decide nothing', () => {
    fc.assert(
      fc.property(file, line, path, (above, last, of) => {
        fc.pre(answer(last, of) !== null);
        expect(answer(`${above}\n${last}`, of)?.owners).toEqual(answer(last, of)?.owners);
      }),
    );
  });

  test('that match nothing change nothing', () => {
    fc.assert(
      fc.property(file, line, path, (above, last, of) => {
        fc.pre(answer(last, of) === null);
        expect(answer(`${above}\n${last}`, of)).toEqual(answer(above, of));
      }),
    );
  });
});
