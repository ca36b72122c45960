import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeLine } from '../../../src/sandbox/page/code.ts';
import { parseMessage } from '../../../src/sandbox/page/commit-message.ts';
import { parsePatch } from '../../../src/sandbox/page/diff.ts';
import { localPath } from '../../../src/sandbox/page/form.ts';
import { formatRelative, formatSpan } from '../../../src/sandbox/page/time.ts';

const minute = 60_000;

describe('time', () => {
  test.each([
    [-1, '0 s'],
    [59_999, '59 s'],
    [minute, '1 min'],
    [59 * minute, '59 min'],
    [60 * minute, '1 h'],
    [102 * minute, '1 h 42 min'],
    [24 * 60 * minute, '1 d'],
    [(24 * 60 + 61) * minute, '1 d 1 h'],
  ])('a span of %d is %s', (span, expected) => expect(formatSpan(span)).toBe(expected));

  test.each([
    [0, 'just now'],
    [-5 * minute, '5 min ago'],
    [90 * minute, 'in 1 h 30 min'],
    [-8 * 24 * 60 * minute, 'on 23 Nov 2026'],
  ])('%d from now is %s', (distance, expected) => {
    const now = Date.UTC(2026, 11, 1, 9);
    expect(formatRelative(now + distance, now)).toBe(expected);
  });
});

describe('the path to go back to', () => {
  test.each([
    ['/acme/access/pull/1?x=1#y', '/acme/access/pull/1?x=1#y'],
    ['', '/'],
    ['https://evil.example/', '/'],
    ['//evil.example/', '/'],
    ['/\\evil.example/', '/'],
    ['/.//evil.example/', '/evil.example/'],
    ['javascript:alert(1)', '/'],
    ['acme', '/'],
  ])('%j leads to %s', (text, expected) => expect(localPath(text)).toBe(expected));

  test('never leads elsewhere', () => {
    const pieces = fc.array(
      fc.constantFrom('/', '\\', '.', '..', '@', ':', '?', '#', 'evil.example', '\t', '\n', 'http'),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          pieces.map((each) => each.join('')),
        ),
        (text) => {
          const origin = 'http://127.0.0.1:3000';
          expect(new URL(localPath(text), origin).origin).toBe(origin);
          expect(localPath(text)).toMatch(/^\/(?![/\\])/);
        },
      ),
    );
  });
});

describe('a commit message', () => {
  test('is subject, text and trailers', () => {
    expect(parseMessage('Grant\n\nAsked for by alice.\nApproved.\n\nA-Key: 1\nB: x: y\n')).toEqual({
      subject: 'Grant',
      text: 'Asked for by alice.\nApproved.',
      trailers: [
        { key: 'A-Key', value: '1' },
        { key: 'B', value: 'x: y' },
      ],
    });
  });

  test.each([
    ['a subject alone', 'Key: value', 'Key: value', '', 0],
    ['a last paragraph that is not all trailers', 'S\n\nA: 1\nand more', 'S', 'A: 1\nand more', 0],
    ['trailers without text', 'S\n\nA: 1', 'S', '', 1],
    ['nothing', '', '', '', 0],
  ])('may be %s', (_, message, subject, text, trailers) => {
    const parsed = parseMessage(message);
    expect([parsed.subject, parsed.text, parsed.trailers.length]).toEqual([subject, text, trailers]);
  });
});

describe('a patch', () => {
  test('numbers its lines', () => {
    const patch =
      '@@ -3,3 +3,3 @@ spec:\n same\n-old\n+new\n\\ No newline at end of file\n@@ -9 +9,0 @@\n-gone';
    expect(parsePatch(patch)).toEqual([
      { kind: 'hunk', text: '@@ -3,3 +3,3 @@ spec:' },
      { kind: 'same', text: 'same', before: 3, after: 3 },
      { kind: 'removed', text: 'old', before: 4 },
      { kind: 'added', text: 'new', after: 4 },
      { kind: 'note', text: 'No newline at end of file' },
      { kind: 'hunk', text: '@@ -9 +9,0 @@' },
      { kind: 'removed', text: 'gone', before: 9 },
    ]);
  });
});

describe('a line of a file', () => {
  test('shows what cannot be seen', () => {
    expect(codeLine('a\u202Eb\tc\u200B', 'x.txt').text).toBe('a\\u{202e}b\tc\\u{200b}');
  });

  test('colours change no character', () => {
    const pieces = fc.array(
      fc.constantFrom('- ', ' ', 'key', ':', '"', "'", '#', '<', '&', '${x}', '[', '1'),
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const line = parts.join('');
        const shown = codeLine(line, 'a.yaml').text.replaceAll(/<\/?span[^>]*>/g, '');
        expect(shown).toBe(codeLine(line, 'a.txt').text);
      }),
    );
  });
});
