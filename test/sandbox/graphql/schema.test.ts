import { isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { resolvers } from '../../../src/sandbox/graphql/resolvers/index.ts';
import { loadSchema } from '../../../src/sandbox/graphql/schema.ts';

test('every resolver is for a field that the published schema has', () => {
  const unknown = Object.entries(resolvers).flatMap(([name, fields]) => {
    const type = loadSchema().getType(name);
    const known = isObjectType(type) ? type.getFields() : {};
    return Object.keys(fields ?? {}).flatMap((field) => (field in known ? [] : [`${name}.${field}`]));
  });
  expect(unknown).toEqual([]);
});
