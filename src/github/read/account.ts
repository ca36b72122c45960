import { z } from 'zod';
import type { AccountFacts } from '../../lifecycle/facts.ts';
import type { RepositoryContext } from '../context.ts';
import { NotFound } from '../errors.ts';
import { id } from '../schema.ts';

/** The fields of an account in REST. */
const accountShape = z.object({
  id,
  login: z.string(),
  type: z.enum(['User', 'Bot', 'Mannequin', 'Organization']),
});

/** What GitHub could have as a login, bots' brackets and the `_` of managed users included. */
const loginPattern = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98})(?:\[bot\])?$/;

/** The account behind a login; null where there is none. */
export async function readAccount(context: RepositoryContext, login: string): Promise<AccountFacts | null> {
  if (!loginPattern.test(login)) return null;
  try {
    const task = `read the account ${login}`;
    return await context.client.get(task, 'GET /users/{username}', { username: login }, accountShape);
  } catch (error) {
    if (error instanceof NotFound) return null;
    throw error;
  }
}
