import { z } from 'zod';
import type { GrantContext } from '../template.ts';
import { exactly, metadata } from './shared.ts';

/** What the ServiceAccount of a grant may be: a name that a Pod runs under, with no token and no right. */
export function serviceAccountRules(context: GrantContext) {
  return z.strictObject({
    apiVersion: exactly('v1', 'there is no other'),
    kind: z.literal('ServiceAccount'),
    metadata: metadata(context),
    automountServiceAccountToken: exactly(false, 'it has no token; leave it out, it is filled in'),
  });
}
