/** GraphQL answers errors under HTTP 200, beside whatever data it could give. Any error means: not decided. */
import { z } from 'zod';
import { Denied, GitHubError, NotFound, RetryLater } from './errors.ts';

const errorSchema = z.object({
  type: z.string().optional(),
  message: z.string(),
  path: z.array(z.union([z.string(), z.number()])).optional(),
  extensions: z.object({ code: z.string().optional() }).optional(),
});

/** One of the errors of an answer. */
export type GraphQLErrorItem = z.output<typeof errorSchema>;

/** An answer before its data is checked. */
export const graphqlBody = z.object({
  data: z.unknown().optional(),
  errors: z.array(errorSchema).optional(),
});

/** True for an error that means no more than that one part cannot be seen. */
export type Tolerate = (error: GraphQLErrorItem) => boolean;

/** An error that says "you may not see this" or "there is no such thing". */
export function isUnseen(error: GraphQLErrorItem): boolean {
  return error.type === 'FORBIDDEN' || error.type === 'NOT_FOUND' || error.type === 'INSUFFICIENT_SCOPES';
}

/** An error that says that the points of the hour are used up. */
export function isRateLimit(error: GraphQLErrorItem): boolean {
  return error.type === 'RATE_LIMITED' || error.type === 'RATE_LIMIT';
}

/** The error that a caller gets for the first of GitHub's. */
export function graphqlError(task: string, error: GraphQLErrorItem): GitHubError {
  const where = error.path === undefined ? '' : ` (at ${error.path.join('.')})`;
  const said = `Could not ${task}: ${error.type ?? 'error'}: ${error.message}${where}`;
  if (error.type === 'NOT_FOUND') return new NotFound(said);
  if (error.type === 'FORBIDDEN' || error.type === 'INSUFFICIENT_SCOPES') {
    return new Denied(`${said}; check the permissions that the installation has accepted`);
  }
  // Validation errors carry no type: this server does not know a field of ours.
  if (error.extensions?.code !== undefined) {
    return new Denied(`${said}; this version of Enterprise Server is too old for Curfew`);
  }
  return new RetryLater(said);
}
