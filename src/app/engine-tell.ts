/** What the branch loop says on pull requests. */
import { GitHubError } from '../github/errors.ts';
import type { RepositoryPort } from '../github/port.ts';
import type { Tell } from '../lifecycle/branch.ts';
import { saysAlready } from '../lifecycle/comments.ts';
import type { BranchWorld } from '../lifecycle/facts.ts';
import { waitingComment } from '../lifecycle/story.ts';
import type { ReconcileContext } from './reconcile.ts';

/** Says on a pull request what was done. It is done, which is what counts: that it cannot be said undoes nothing. */
export async function tell(
  port: RepositoryPort,
  pullRequest: number,
  body: string,
  context: ReconcileContext,
): Promise<boolean> {
  try {
    await port.withPurpose('display').publishComment(pullRequest, body);
    return true;
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    context.log.warn({ err: error, pullRequest }, 'the comment could not be written');
    return false;
  }
}

/** Edits our comment where it says something else. */
export async function say(
  port: RepositoryPort,
  world: BranchWorld,
  { pullRequest, landing }: Tell,
): Promise<void> {
  if (landing.kind !== 'wait') return;
  const body = waitingComment(landing);
  const said = saysAlready(landing.pullRequest?.comments ?? [], world.repository.botId, body);
  if (!said) await port.withPurpose('display').publishComment(pullRequest, body);
}
