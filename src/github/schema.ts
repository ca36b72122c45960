/** The schemas that several answers share. Whatever GitHub says passes one on its way in. */
import { z } from 'zod';
import { parseInstant } from '../base/instant.ts';
import type { AccountFacts } from '../lifecycle/facts.ts';

/** `DateTime` and `GitTimestamp`, read as an instant. */
export const instant = z.string().transform((text, context) => {
  const parsed = parseInstant(text);
  if (parsed === null) context.addIssue({ code: 'custom', message: `${text} is not a time` });
  return parsed ?? 0;
});

/** An object id, of SHA-1 or SHA-256. */
export const oid = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/);

/** A numeric id; `BigInt` comes as a string. */
export const id = z.union([
  z.int().positive(),
  z
    .string()
    .regex(/^[1-9]\d{0,15}$/)
    .transform(Number),
]);

/** Where a list goes on. */
export const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() });

const bot = z.object({ type: z.literal('Bot'), login: z.string(), databaseId: id });
const account = z.discriminatedUnion('type', [
  z.object({ type: z.literal('User'), login: z.string(), databaseId: id }),
  z.object({ type: z.literal('Mannequin'), login: z.string(), databaseId: id }),
  z.object({ type: z.literal('Organization'), login: z.string(), databaseId: id }),
  z.object({
    type: z.literal('EnterpriseUserAccount'),
    login: z.string(),
    user: z.object({ databaseId: id }).nullable(),
  }),
  bot,
]);

/** Whoever acted; null for a deleted account, and for one of a kind that we do not know: it counts for nobody. */
export const actor = account
  .or(z.object({ type: z.string() }).transform(() => null))
  .nullable()
  .transform((raw): AccountFacts | null => {
    if (raw === null) return null;
    if (raw.type === 'EnterpriseUserAccount') {
      return raw.user === null ? null : { id: raw.user.databaseId, login: raw.login, type: raw.type };
    }
    const login = raw.type === 'Bot' ? botLogin(raw.login) : raw.login;
    return { id: raw.databaseId, login, type: raw.type };
  });

/** Author or committer of a commit. The user of a bot's commit has the bot's id and its login with `[bot]`. */
export const gitActor = z
  .object({
    email: z.string().nullable(),
    user: z.object({ databaseId: id, login: z.string() }).nullable(),
  })
  .transform(({ email, user }): { readonly email: string; readonly account: AccountFacts | null } => ({
    email: email ?? '',
    account:
      user === null
        ? null
        : { id: user.databaseId, login: user.login, type: user.login.endsWith('[bot]') ? 'Bot' : 'User' },
  }));

/** REST shows a bot as `curfew[bot]`, GraphQL as `curfew`. */
function botLogin(login: string): string {
  return login.endsWith('[bot]') ? login : `${login}[bot]`;
}

/** Whether GitHub itself signed a commit; what is not signed is false. */
export const signature = z
  .object({ isValid: z.boolean(), wasSignedByGitHub: z.boolean() })
  .nullable()
  .transform((raw) => raw !== null && raw.isValid && raw.wasSignedByGitHub);
