/** The catalog: the ClusterRoles that templates bind, applied to clusters by their administrators. */
import { z } from 'zod';
import { failure, success, type Result } from '../base/result.ts';
import { isKubernetesObject } from '../request/manifests.ts';
import { line } from '../request/schema.ts';
import { checkSchema } from '../request/schema-faults.ts';
import type { YamlDocument } from '../request/yaml.ts';
import type { CatalogRole } from './template.ts';

const words = z.array(line(253)).min(1);

// How dangerous a rule is, is judged by its effect; here it only has to mean what it seems to mean. Rules for URLs
// outside of the API's resources are left out: only some bindings would apply them.
const rule = z.strictObject({
  apiGroups: z.array(z.string()).min(1),
  resources: words,
  verbs: words,
  resourceNames: z
    .array(line(253))
    .min(1, 'is empty, and so means every name; name some, or remove it')
    .optional(),
});

/** A role of the catalog. No labels: by them a role could be aggregated into `view`, `edit` or `admin`. */
function roleSchema(name: string) {
  return z.strictObject({
    apiVersion: z.literal('rbac.authorization.k8s.io/v1'),
    kind: z.literal('ClusterRole'),
    metadata: z.strictObject({
      name: z.literal(name, `is not the name of this file; write ${name}`),
      annotations: z.strictObject({ 'curfew.dev/description': line(500) }),
    }),
    rules: z.array(rule).min(1),
  });
}

/** The JSON Schema for editors is of any role. */
export const catalogRoleSchema = roleSchema('curfew:name')
  .extend({
    metadata: z.strictObject({
      name: z.string().startsWith('curfew:'),
      annotations: z.strictObject({ 'curfew.dev/description': line(500) }),
    }),
  })
  .meta({ title: 'Role of the Curfew catalog' });

/** The role of a file `<name>.yaml`. An aggregated role is refused: its rules are whatever others make them. */
export function readRole(file: string, name: string, document: YamlDocument): Result<CatalogRole> {
  const checked = checkSchema(file, document, roleSchema(`curfew:${name}`));
  if (!checked.ok) return checked;
  const object = document.value;
  // The schema demands more than every Kubernetes object has.
  if (!isKubernetesObject(object))
    return failure({ file, line: 1, column: 1, message: 'this is not a ClusterRole', remedy: '' });
  const description = checked.value.metadata.annotations['curfew.dev/description'];
  return success({ name: checked.value.metadata.name, description, object });
}
