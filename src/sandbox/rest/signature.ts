/** Custom authors and committers in request bodies. */
import { z } from 'zod';
import { parseInstant } from '../../base/instant.ts';
import { unprocessable } from '../errors.ts';
import type { CustomSignature } from '../operations/commits.ts';

export const signatureBody = z.object({ name: z.string(), email: z.string(), date: z.string().optional() });

/** The author or committer for an operation; undefined where the request names none. */
export function toSignature(body: z.infer<typeof signatureBody> | undefined): CustomSignature | undefined {
  if (body === undefined) return undefined;
  const { name, email, date } = body;
  if (date === undefined) return { name, email };
  const instant = parseInstant(date);
  if (instant === null) throw unprocessable(`${date} is not a timestamp`);
  return { name, email, date: instant };
}
