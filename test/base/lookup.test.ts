import { expect, it } from 'vitest';
import { lookup } from '../../src/base/lookup.ts';

it('finds only what the record itself holds', () => {
  const record: Record<string, string> = { a: 'b' };
  expect(lookup(record, 'a')).toBe('b');
  for (const name of ['constructor', '__proto__', 'toString', 'c'])
    expect(lookup(record, name)).toBeUndefined();
});
