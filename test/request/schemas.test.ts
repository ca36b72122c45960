import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { schemaFiles } from '../../scripts/generate-schemas.ts';

/** Every file of this repository that names a JSON Schema for editors. */
const files = globSync(['.github/*.yaml', 'templates/**/*.yaml', 'docs/examples/**/*.yaml']).toSorted();

/** The validator of a schema file. */
function validatorOf(path: string): ValidateFunction {
  const schema: AnySchemaObject = JSON.parse(readFileSync(path, 'utf8'));
  return new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
}

function schemaOf(file: string): string {
  const [, path = ''] = /^# yaml-language-server: \$schema=(\S+)/.exec(readFileSync(file, 'utf8')) ?? [];
  return join(dirname(file), path);
}

describe('schemas/', () => {
  it.each([...schemaFiles()])('%s is what the reader checks with', (path, text) => {
    expect(readFileSync(path, 'utf8'), 'run: node scripts/generate-schemas.ts').toBe(text);
  });

  it.each(files)('%s fits the schema that it names', (file) => {
    expect(existsSync(schemaOf(file))).toBe(true);
    const validate = validatorOf(schemaOf(file));
    validate(parse(readFileSync(file, 'utf8')));
    expect(validate.errors).toBeNull();
  });

  it('refuses what the reader refuses by shape alone', () => {
    const validate = validatorOf('schemas/access-request.schema.json');
    const request = {
      apiVersion: 'curfew.dev/v1',
      kind: 'AccessRequest',
      spec: { template: 'a', reason: 'b' },
    };
    expect(validate(request)).toBe(true);
    for (const spec of [
      { reason: 'b' },
      { template: 'A', reason: 'b' },
      { template: 'a', reason: 'b', duration: '3 hours' },
      { template: 'a', reason: 'b', x: 1 },
    ]) {
      expect(validate({ ...request, spec })).toBe(false);
    }
  });
});
