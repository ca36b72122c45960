import { z } from 'zod';
import type { Instant } from '../../base/instant.ts';
import type { LastPush } from '../../lifecycle/facts.ts';
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

/** Pages of a hundred moves of one branch; whoever moved it further back than that is not found. */
const pages = 10;

/**
 * Who last moved a branch to a commit; null where GitHub does not know.
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
  let read = 0;
  for await (const page of moves) {
    const move = page.find((entry) => entry.after === head && (until === null || entry.timestamp <= until));
    if (move !== undefined) return move.actor === null ? null : { account: move.actor, at: move.timestamp };
    read += 1;
    if (read >= pages) break;
  }
  return null;
}
