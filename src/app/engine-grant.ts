/** Making grants: one commit each, on the very tip at which it was decided. */
import type { Instant } from '../base/instant.ts';
import { finding } from '../base/reasons.ts';
import type { RepositoryPort } from '../github/port.ts';
import type { BranchDecision } from '../lifecycle/branch.ts';
import type { BranchWorld } from '../lifecycle/facts.ts';
import { grantCommit, type GrantCommit } from '../lifecycle/grant-commit.ts';
import { grantedComment, waitingComment } from '../lifecycle/story.ts';
import { requestPath } from '../request/path.ts';
import type { Memory } from './engine-facts.ts';
import { tell } from './engine-tell.ts';
import type { ReconcileContext } from './reconcile.ts';

/** How many grants that GitHub refuses a run offers: each costs as much of the budgets as one that it takes. */
const mostRefused = 3;

/** What applying came to: whether to decide anew, and when a grant that was just made ends. */
export interface Applied {
  readonly again: boolean;
  readonly grantEndsAt: Instant | null;
}

/** Makes the first grant that GitHub takes, and offers last what it did not take last; null where it takes none. */
export async function grantOne(
  port: RepositoryPort,
  world: BranchWorld,
  grants: BranchDecision['grants'],
  context: ReconcileContext,
  { refused }: Memory,
): Promise<Applied | null> {
  const wanted = new Map(grants.map((verdict) => [requestPath(verdict.plan.path), verdict]));
  for (const path of refused) if (!wanted.has(path)) refused.delete(path);
  const before = [...refused];
  const inOrder = [...wanted].sort(([a], [b]) => before.indexOf(a) - before.indexOf(b));
  for (const [path, verdict] of inOrder.slice(0, mostRefused)) {
    // Until it is taken: whatever error comes of it, the next run offers another one first.
    refused.delete(path);
    refused.add(path);
    const applied = await grant(port, world, grantCommit(world, verdict), context);
    if (applied === null) continue;
    refused.delete(path);
    return applied;
  }
  return null;
}

/** Null where GitHub refuses it. */
async function grant(
  port: RepositoryPort,
  world: BranchWorld,
  commit: GrantCommit,
  context: ReconcileContext,
): Promise<Applied | null> {
  const { path, text, headline, body, evidence, verdict } = commit;
  const outcome = await port.withPurpose('deciding').commit({
    branch: world.repository.defaultBranch,
    expectedHead: world.tip.sha,
    headline,
    body,
    additions: [{ path, text }],
    deletions: [],
  });
  switch (outcome.kind) {
    case 'lost-race':
      return { again: true, grantEndsAt: null };
    case 'refused': {
      const why = outcome.message.replaceAll(/\s+/g, ' ').replace(/[. ]+$/, '');
      const refused = finding('merge-refused', `GitHub refuses the commit that would grant this: ${why}`);
      context.log.error({ path, reason: refused.code, outcome }, 'the grant could not be committed');
      context.observe.alerted(refused.code);
      await tell(
        port,
        evidence.pullRequest,
        waitingComment({ finding: refused, plan: verdict.plan }),
        context,
      );
      return null;
    }
    case 'committed': {
      context.log.info({ path, sha: outcome.sha, pullRequest: evidence.pullRequest }, headline);
      await tell(port, evidence.pullRequest, grantedComment(verdict, evidence, outcome.sha), context);
      const more = [...world.landings.values()].filter(({ pullRequest }) => pullRequest !== null).length > 1;
      return { again: more, grantEndsAt: evidence.expiresAt };
    }
  }
}
