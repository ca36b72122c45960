/**
 * What GitHub can add to what git proves: an author in plain git is only a name that anybody can write. Reviews and
 * accounts may be deleted later, so what GitHub no longer has corroborates nothing, and what it has must agree.
 */
import { formatInstant, type Instant } from '../base/instant.ts';
import type { AccountFacts } from './facts.ts';
import type { Difference, VerifiedGrant } from './verify.ts';

/** What GitHub has about one grant. */
export interface GitHubRecord {
  /** The grant commit; null where GitHub does not have it. */
  readonly commit: { readonly authorId: number | null; readonly signed: boolean } | null;
  /** Null where GitHub does not have it. */
  readonly pullRequest: PullRequestRecord | null;
}

/** What GitHub has about the pull request of a grant. */
export interface PullRequestRecord {
  /** Null for a deleted account, as everywhere here. */
  readonly author: AccountFacts | null;
  readonly createdAt: Instant;
  /** Null where it was never merged. */
  readonly mergedAt: Instant | null;
  readonly mergeCommit: string | null;
  readonly head: string;
  readonly reviews: readonly ReviewRecord[];
}

/** One of its reviews. */
export interface ReviewRecord {
  readonly id: number;
  readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';
  readonly author: AccountFacts | null;
  readonly commit: string | null;
  readonly submittedAt: Instant | null;
}

/**
 * What GitHub contradicts about a grant.
 *
 * @param signs whether this GitHub signs what an App commits: Enterprise Server may not
 */
export function corroborate(
  grant: VerifiedGrant,
  record: GitHubRecord,
  signs: boolean,
): readonly Difference[] {
  const { path, commit } = grant.life;
  return [...judgeCommit(grant, record.commit, signs), ...judgePullRequest(grant, record.pullRequest)].map(
    (message) => ({ commit: commit.sha, path, message }),
  );
}

function judgeCommit(
  { life: { adoption } }: VerifiedGrant,
  commit: GitHubRecord['commit'],
  signs: boolean,
): readonly string[] {
  if (commit === null) return ['GitHub does not have this commit'];
  const { bot } = adoption;
  return [
    ...(signs && !commit.signed
      ? ['GitHub did not sign this commit, so it is not proved that Curfew made it']
      : []),
    ...(commit.authorId === null || commit.authorId === bot.id
      ? []
      : [`for GitHub its author is account ${commit.authorId}, not ${bot.login} (${bot.id})`]),
  ];
}

function judgePullRequest(
  { life: { evidence }, plan }: VerifiedGrant,
  pullRequest: PullRequestRecord | null,
): readonly string[] {
  const number = `pull request #${evidence.pullRequest}`;
  if (pullRequest === null) return [`GitHub does not have ${number}`];
  const { mergedAt, mergeCommit, head, author, createdAt } = pullRequest;
  if (mergedAt === null || mergeCommit === null) return [`for GitHub ${number} was never merged`];
  const compared: readonly (readonly [string, string, string])[] = [
    ['merge commit', evidence.mergeCommit, mergeCommit],
    ['time of the merge', formatInstant(evidence.mergedAt), formatInstant(mergedAt)],
    ['head', evidence.head, head],
    ['author', String(evidence.requester.id), String(author?.id ?? evidence.requester.id)],
  ];
  const latest = plan === null ? Infinity : createdAt + plan.limits.approveWithin * 1000;
  const notBefore = plan?.request.notBefore ?? null;
  return [
    ...compared
      .filter(([, said, there]) => said !== there)
      .map(
        ([what, said, there]) =>
          `its evidence says ${said} for the ${what} of ${number}, and GitHub says ${there}`,
      ),
    ...(mergedAt <= latest
      ? []
      : [
          `${number} was merged at ${formatInstant(mergedAt)}, and the time to approve it was over at ${formatInstant(latest)}`,
        ]),
    ...(notBefore === null || notBefore >= createdAt
      ? []
      : [`its start at ${formatInstant(notBefore)} was past when ${number} was opened`]),
    ...evidence.approvals.flatMap((approval) => {
      const review = pullRequest.reviews.find(({ id }) => id === approval.review);
      const said = `review ${approval.review} by ${approval.login}`;
      if (review === undefined) return [`GitHub has no ${said}`];
      const same =
        review.state === 'APPROVED' &&
        (review.author === null || review.author.id === approval.id) &&
        review.commit === approval.commit &&
        review.submittedAt === approval.submittedAt;
      return same ? [] : [`for GitHub ${said} is ${describe(review)}`];
    }),
  ];
}

function describe({ state, author, commit, submittedAt }: ReviewRecord): string {
  const when = submittedAt === null ? 'at no time' : `at ${formatInstant(submittedAt)}`;
  return `${state} by ${author?.login ?? 'a deleted account'} of ${commit ?? 'no commit'} ${when}`;
}
