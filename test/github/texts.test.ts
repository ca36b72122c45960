import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  annotationsDigest,
  contentDigest,
  readExternalId,
  writeExternalId,
} from '../../src/github/check-content.ts';
import type { CheckContent } from '../../src/github/port.ts';
import { fit, fitLine, sameText } from '../../src/github/texts.ts';

describe('fit', () => {
  it('leaves alone what fits, and never exceeds the bytes or cuts a character in two', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 400 }),
        fc.integer({ min: 60, max: 500 }),
        (text, bytes) => {
          const fitted = fit(text, bytes);
          expect(Buffer.byteLength(fitted)).toBeLessThanOrEqual(bytes);
          if (Buffer.byteLength(text) <= bytes) expect(fitted).toBe(text);
          else expect(text.startsWith(fitted.split('\n\n*The rest')[0] ?? '')).toBe(true);
          expect(fitted.isWellFormed()).toBe(text.isWellFormed());
        },
      ),
    );
  });

  it('says that something is missing', () => {
    expect(fit('x'.repeat(70_000), 65_535)).toMatch(/too long for GitHub/);
  });
});

describe('fitLine', () => {
  it('ends a line that is too long with an ellipsis', () => {
    expect(fitLine('😀😀😀', 2)).toBe('😀…');
    expect(fitLine('ab', 2)).toBe('ab');
  });
});

describe('sameText', () => {
  it('takes the line ends that GitHub may change for the same', () => {
    expect(sameText('a\r\nb\n\n', 'a\nb')).toBe(true);
    expect(sameText('a b', 'a  b')).toBe(false);
  });
});

describe('what a check run carries', () => {
  const content: CheckContent = {
    head: '1'.repeat(40),
    externalId: 'curfew/1:abc',
    conclusion: 'success',
    startedAt: Date.parse('2026-12-01T09:00:00Z'),
    title: 'Ready',
    summary: 'It is',
    text: '',
    annotations: [],
  };

  it('gives back the id of the caller', () => {
    expect(readExternalId(writeExternalId(content))).toEqual({
      externalId: 'curfew/1:abc',
      contentDigest: contentDigest(content),
    });
  });

  it.each([
    ['head', { head: '2'.repeat(40) }],
    ['externalId', { externalId: 'curfew/1:abd' }],
    ['conclusion', { conclusion: 'failure' }],
    ['startedAt', { startedAt: content.startedAt + 1000 }],
    ['title', { title: 'Not ready' }],
    ['summary', { summary: 'It is not' }],
    ['text', { text: ' ' }],
    ['annotations', { annotations: [{ path: 'a', line: 1, level: 'failure', title: '', message: '' }] }],
  ] as const)('changes with %s', (_, change) => {
    expect(contentDigest({ ...content, ...change })).not.toBe(contentDigest(content));
  });

  it('does not change with fractions of a second, which GitHub drops', () => {
    expect(contentDigest({ ...content, startedAt: content.startedAt + 999 })).toBe(contentDigest(content));
  });

  it('tells annotations apart from the rest', () => {
    expect(contentDigest(content).split('.')[1]).toBe(annotationsDigest({ annotations: [] }));
    expect(contentDigest({ ...content, text: 'x' }).split('.')[1]).toBe(contentDigest(content).split('.')[1]);
  });

  it('is nothing of ours without a digest', () => {
    expect(readExternalId('curfew/1:abc')).toEqual({ externalId: 'curfew/1:abc', contentDigest: '' });
  });
});
