/** Bindings: a role of the catalog, for the grant's user and nobody else. */
import { z } from 'zod';
import { exactly, metadata, metadataObjections, unless, type KindRules } from './shared.ts';

const rbac = 'rbac.authorization.k8s.io';

const binding = z.strictObject({
  apiVersion: exactly(`${rbac}/v1`, 'there is no other'),
  kind: z.enum(['RoleBinding', 'ClusterRoleBinding']),
  metadata,
  roleRef: z.strictObject({
    apiGroup: exactly(rbac, 'there is no other'),
    kind: exactly('ClusterRole', 'only roles of the catalog are bound, and they are ClusterRoles'),
    name: z
      .string()
      .regex(/^curfew:/, 'is not a role of the catalog; name a file of templates/roles/, as curfew:<name>'),
  }),
  // No ServiceAccount: the Pods of a grant get no token, so a right of theirs would only wait for a thief.
  subjects: z
    .array(
      z.strictObject({
        apiGroup: exactly(rbac, 'there is no other for users'),
        kind: exactly('User', "access is given to the grant's user, not to groups or service accounts"),
        name: z.string(),
      }),
    )
    .min(1)
    .max(1),
});

/** What a RoleBinding and a ClusterRoleBinding of a grant may be. */
export const bindingRules: KindRules<z.infer<typeof binding>> = {
  schema: binding,
  objections: (object, grant) => [
    ...metadataObjections(object.metadata, grant),
    ...object.subjects.flatMap(({ name }, index) =>
      unless(
        name === grant.user,
        ['subjects', index, 'name'],
        name,
        "is not the grant's user; write ${grant.user}",
      ),
    ),
  ],
};
