/** What became of a pull request that is not to be decided any more. */
import { formatInstant } from '../base/instant.ts';
import { reasons } from '../base/reasons.ts';
import type { RepositoryPort } from '../github/port.ts';
import { purposeOf } from '../lifecycle/candidate.ts';
import { readEndings, readEvidence } from '../lifecycle/evidence.ts';
import type { PullRequestWorld } from '../lifecycle/facts.ts';
import { requestPathOfGrant } from '../lifecycle/grant-state.ts';
import { spentOn } from '../lifecycle/landing.ts';

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
  const branch = await port.readBranch();
  const landings = await port.readLandings(branch, { granted: [purpose.path], pending: [] });
  const history = landings.get(purpose.path)?.grantHistory ?? [];
  const evidence = spentOn(history, repository, number)?.evidence;
  if (evidence === undefined) {
    const waits = branch.tip.requests.some(({ path }) => path === purpose.path);
    return waits
      ? 'It is merged, and Curfew has not decided about the grant yet; its comment says what it waits for'
      : 'It is merged, and nothing was granted; its comment says why';
  }
  const standing = branch.tip.grants.some(({ path }) => requestPathOfGrant(path) === purpose.path);
  const [newest] = history;
  if (standing && readEvidence(newest?.message ?? '')?.grant === evidence.grant)
    return `It is granted, by commit ${newest?.sha}, until ${formatInstant(evidence.expiresAt)}`;
  const ending = history.find(({ message }) => readEndings(message).has(evidence.grant));
  const code = readEndings(ending?.message ?? '').get(evidence.grant) ?? 'grant-removed';
  return `It was granted at ${formatInstant(evidence.grantedAt)}, and has ended by commit ${(ending ?? newest)?.sha}: ${reasons[code].text}`;
}
