import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../src/base/duration.ts';

describe('parseDuration', () => {
  it.each([
    ['1m', 60],
    ['45m', 2700],
    ['90m', 5400],
    ['2h', 7200],
    ['1h30m', 5400],
    ['1d', 86_400],
    ['1d2h3m', 93_780],
    ['30d', 2_592_000],
    ['007h', 25_200],
  ])('reads %s as %i seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each([
    '',
    '0',
    '0m',
    '0h0m',
    '1',
    '60',
    '30s',
    '1.5h',
    '-1h',
    '+1h',
    '1h ',
    ' 1h',
    '1h\n',
    '1 h',
    '1H',
    '1h1h',
    '30m1h',
    'h',
    '1w',
    '.inf',
    'inf',
    'NaN',
    '9999d',
    '31d',
    '999999999999999999999d',
    '1e3m',
    '0x1m',
    '１h',
    '٣h',
    '1h30',
    '1д',
  ])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeNull();
  });

  it('refuses any text that is not made of digits and units', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!/^[0-9dhm]+$/.test(text));
        expect(parseDuration(text)).toBeNull();
      }),
    );
  });
});

describe('formatDuration', () => {
  it('writes what parseDuration reads', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 * 1440 }), (minutes) => {
        expect(parseDuration(formatDuration(minutes * 60))).toBe(minutes * 60);
      }),
    );
  });

  it.each([
    [60, '1m'],
    [5400, '1h30m'],
    [86_400, '1d'],
    [90_060, '1d1h1m'],
    [119, '1m'],
    [0, '0m'],
  ])('writes %i seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});
