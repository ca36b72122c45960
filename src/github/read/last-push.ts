import { z } from 'zod';
import type { Instant } from '../../base/instant.ts';
import type { AccountFacts, LastPush } from '../../lifecycle/facts.ts';
import { repositoryParameters, type RepositoryContext } from '../context.ts';
import { id, instant } from '../schema.ts';

const activity = z.array(
  z.object({
    after: z.string(),
    timestamp: instant,
    actor: z
      .object({ id, login: z.string(), type: z.enum(['User', 'Bot', 'Mannequin', 'Organization']) })
      .nullable(),
  }),
);

/** Pages of a hundred moves of one branch: of one that was moved more often nobody says who pushed. */
const mostPages = 10;

/**
 * Who last moved a branch to a commit, and who did before; null where GitHub does not know, and where one of them is no
 * person: a workflow pushes whatever anybody tells it to.
 * @param ref the branch's name, without `refs/heads/`.
 * @param until moves after this do not count: a merged branch can be deleted and made again.
 */
export async function readLastPush(
  context: RepositoryContext,
  ref: string,
  head: string,
  until: Instant | null = null,
): Promise<LastPush | null> {
  const moves = context.client.pages(
    `read who pushed ${ref} of ${context.fullName}`,
    'GET /repos/{owner}/{repo}/activity',
    { ...repositoryParameters(context), ref: `refs/heads/${ref}` },
    activity,
  );
  const pushers: AccountFacts[] = [];
  let at: Instant | null = null;
  let read = 0;
  for await (const page of moves) {
    read += 1;
    if (read > mostPages) return null;
    for (const { after, timestamp, actor } of page) {
      if (after !== head || (until !== null && timestamp > until)) continue;
      if (actor === null || actor.type !== 'User') return null;
      at ??= timestamp;
      pushers.push(actor);
    }
  }
  const [account, ...earlier] = pushers;
  return account === undefined || at === null ? null : { account, at, earlier };
}
