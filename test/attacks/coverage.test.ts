import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { attackNames, coverage, coverageDocument } from './coverage.ts';

const root = resolve(import.meta.dirname, '../..');
const phrases = coverage.flatMap((section) => section.phrases);

describe('the list of attacks', () => {
  test('names no attack twice', () => {
    expect(attackNames.length).toBe(new Set(attackNames).size);
  });

  test.each(phrases)('$says', ({ played, cluster = {} }) => {
    expect(attackNames).toEqual(expect.arrayContaining(played));
    expect(played.length + Object.keys(cluster).length).toBeGreaterThan(0);
    for (const [file, says] of Object.entries(cluster))
      expect(readFileSync(join(root, file), 'utf8'), file).toContain(says);
  });

  test('README.md says what it says; "npm run generate" writes it', () => {
    expect(readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')).toBe(coverageDocument());
  });
});
