/**
 * Writes `schemas/*.schema.json` from the schemas that the readers check with, so that editors complete and check the
 * files: `node scripts/generate-schemas.ts`. A test fails when they drift.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { policySchema } from '../src/policy/schema.ts';
import { accessRequestSchema } from '../src/request/schema.ts';
import { catalogRoleSchema } from '../src/template/catalog.ts';
import { templateSchema } from '../src/template/schema.ts';

const schemas = {
  'access-request': accessRequestSchema,
  'catalog-role': catalogRoleSchema,
  policy: policySchema,
  template: templateSchema,
};

/** The text of each file, by its path from the root. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(schemas).map(([name, schema]) => {
      const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
      return [`schemas/${name}.schema.json`, `${JSON.stringify(json, null, 2)}\n`];
    }),
  );
}

if (import.meta.main) {
  const root = new URL('../', import.meta.url);
  mkdirSync(new URL('schemas/', root), { recursive: true });
  for (const [path, text] of schemaFiles()) writeFileSync(new URL(path, root), text);
}
