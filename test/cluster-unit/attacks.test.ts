import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { attacks } from '../cluster/attacks.ts';

test.each(attacks)('$file plays: $test', ({ file, test: name }) => {
  const source = readFileSync(join(import.meta.dirname, '../cluster', file), 'utf8');
  expect(source).toContain(`'${name}'`);
});
