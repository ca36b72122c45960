/** What became of a pull request that is not to be decided any more. */
import { readMergedRequest } from '../app/merged-request.ts';
import { formatInstant } from '../base/instant.ts';
import type { RepositoryPort } from '../github/port.ts';
import { purposeOf } from '../lifecycle/candidate.ts';
import type { PullRequestWorld } from '../lifecycle/facts.ts';

/** One sentence without a full stop, safe as Markdown. */
export async function tellStory(
  port: RepositoryPort,
  { repository, pullRequest }: PullRequestWorld,
): Promise<string> {
  const { number, state, baseRef } = pullRequest;
  if (baseRef !== repository.defaultBranch)
    return 'It is not against the default branch, so Curfew does not look at it';
  if (state !== 'merged') return 'It is closed, so nothing comes of it';
  const purpose = purposeOf(pullRequest, repository);
  if (purpose.kind !== 'request') return 'It is merged, and asked for no access';
  const became = await readMergedRequest(port, repository, purpose.path, number);
  if (became.kind === 'waiting')
    return 'It is merged, and Curfew has not decided about the grant yet; its comment says what it waits for';
  const { evidence, by } = became;
  if (became.kind === 'in-force')
    return `It is granted, by commit ${by}, until ${formatInstant(became.evidence.expiresAt)}`;
  if (evidence === null) return 'It is merged, and nothing was granted; its comment says why';
  return `It was granted at ${formatInstant(evidence.grantedAt)}, and has ended by commit ${by}: ${became.finding.message}`;
}
