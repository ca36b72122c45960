import { z } from 'zod';
import { exactly, metadata, metadataObjections, type KindRules } from './shared.ts';

const serviceAccount = z.strictObject({
  apiVersion: exactly('v1', 'there is no other'),
  kind: z.literal('ServiceAccount'),
  metadata,
  automountServiceAccountToken: exactly(false, 'it has no token; leave it out, it is filled in'),
});

/** What the ServiceAccount of a grant may be: a name that a Pod runs under, with no token and no right. */
export const serviceAccountRules: KindRules<z.infer<typeof serviceAccount>> = {
  schema: serviceAccount,
  objections: (object, grant) => metadataObjections(object.metadata, grant),
};
