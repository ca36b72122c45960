import { expect, test } from 'vitest';
import { each, fields, keep } from '../../../src/cluster/snapshot/keep.ts';

test.each([
  ['text', 'a', 'value', 'a'],
  ['zero and false', [0, false], each('value'), [0, false]],
  ['no object where a value belongs', { a: 1 }, 'value', null],
  ['only text as labels', { a: 'x', b: { c: 'secret' }, d: 1 }, 'labels', { a: 'x' }],
  ['an empty selector, which selects everything', {}, fields({ matchLabels: 'labels' }), {}],
  ['an empty list', [], each('value'), []],
  ['no list where an object belongs', [{ a: 1 }], fields({ a: 'value' }), null],
] as const)('%s', (_, value, shape, kept) => {
  expect(keep(value, shape)).toEqual(kept);
});
