import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { reasonsDocument } from '../../scripts/reasons-document.ts';
import { reasons } from '../../src/base/reasons.ts';

const root = resolve(import.meta.dirname, '../..');

describe('the closed list of reasons', () => {
  test('docs/reasons.md says what the list says; "npm run generate" writes it', () => {
    expect(readFileSync(join(root, 'docs/reasons.md'), 'utf8')).toBe(reasonsDocument());
  });

  test('every code is given by some decision', () => {
    const source = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && file !== 'base/reasons.ts')
      .map((file) => readFileSync(join(root, 'src', file), 'utf8'))
      .join('\n');
    expect(Object.keys(reasons).filter((code) => !source.includes(`'${code}'`))).toEqual([]);
  });
});
