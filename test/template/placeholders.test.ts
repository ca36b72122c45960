import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Scalar } from '../../src/request/request.ts';
import { placeholdersIn, substitute, type Placeholder } from '../../src/template/placeholders.ts';

const parameters: Readonly<Record<string, Scalar>> = {
  app: 'payments-api',
  port: 8443,
  on: true,
  evil: '${grant.user}: x\n- y',
};

function valueOf(placeholder: Placeholder): Scalar {
  return placeholder.kind === 'grant' ? `the-${placeholder.field}` : (parameters[placeholder.name] ?? 'none');
}

describe('substitute', () => {
  it.each([
    ['${parameters.app}', 'payments-api'],
    ['${parameters.port}', 8443],
    ['${parameters.on}', true],
    ['a-${parameters.port}-${parameters.on}', 'a-8443-true'],
    ['${grant.id}/${grant.user}/${grant.namespace}', 'the-id/the-user/the-namespace'],
    ['${parameters.evil}', '${grant.user}: x\n- y'],
    ['x ${parameters.evil}', 'x ${grant.user}: x\n- y'],
    ['$${parameters.app}', '$payments-api'],
    ['$parameters.app {parameters.app}', '$parameters.app {parameters.app}'],
  ])('%j becomes %j', (text, expected) => {
    expect(substitute({ a: text }, valueOf)).toEqual({ a: expected });
  });

  it('leaves keys and everything but strings alone', () => {
    const object = { '${grant.id}': [1, null, true, { b: '${grant.id}' }] };
    expect(substitute(object, valueOf)).toEqual({ '${grant.id}': [1, null, true, { b: 'the-id' }] });
  });

  it('never changes the shape of a tree, whatever the values', () => {
    const leaf = fc.constantFrom(
      '${parameters.a}',
      'x${parameters.a}y',
      '${parameters.a}${grant.id}',
      'plain',
      1,
      null,
    );
    const tree = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.stringMatching(/^[a-z]$/), tie('value'), { maxKeys: 3 }),
      ),
    })).value;
    const shape = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shape);
      if (value === null || typeof value !== 'object') return 'leaf';
      return Object.entries(value).map(([key, item]) => [key, shape(item)]);
    };
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 0 }), tree, (value, content) => {
        fc.pre(value !== null && typeof value !== 'object');
        const object = { content: JSON.parse(JSON.stringify(content)) };
        expect(shape(substitute(object, () => value))).toEqual(shape(object));
      }),
    );
  });
});

describe('placeholdersIn', () => {
  it.each([
    ['${parameters.app}', 1, 1],
    ['${grant.id}${grant.id}', 2, 2],
    ['${grant.secret}', 1, 0],
    ['${}', 1, 0],
    ['${', 1, 0],
    ['${parameters.a b}', 1, 0],
    ['${parameters.a${grant.id}}', 2, 1],
    ['${ grant.id }', 1, 0],
    ['$ {grant.id}', 0, 0],
    ['$', 0, 0],
  ])('%j holds %i, of which %i exist', (text, count, known) => {
    const found = placeholdersIn(text);
    expect([found.length, found.filter(({ placeholder }) => placeholder !== null).length]).toEqual([
      count,
      known,
    ]);
  });
});
