/** What the reviews of a pull request say together, as GitHub sees it. */
import { includes, isTeamMember, repositoryPermission } from './access.ts';
import { ownersOf, readCodeowners } from './codeowners.ts';
import { changedPaths } from './git/changed-paths.ts';
import type { FileChange } from './git/diff.ts';
import type { PullRequest, PullRequestParameters, Review, State, Team, User } from './state.ts';

/** Each reviewer's latest review that approves, requests changes or was dismissed; in order of submission. */
export function latestOpinionatedReviews(pullRequest: PullRequest): Review[] {
  const latest = new Map<number, Review>();
  for (const review of pullRequest.reviews) {
    if (review.state === 'PENDING' || review.state === 'COMMENTED') continue;
    latest.delete(review.author.id);
    latest.set(review.author.id, review);
  }
  return [...latest.values()];
}

/** Whether the reviewer's opinion counts for rules: anyone who can write, bots included (facts §3). */
export function canPush(state: State, pullRequest: PullRequest, user: User): boolean {
  return includes(repositoryPermission(state, pullRequest.repository, user), 'write');
}

/** The difference that a pull request shows: from the merge base to the head. */
export function pullRequestChanges(pullRequest: PullRequest): readonly FileChange[] {
  return pullRequest.repository.git.fileChanges(pullRequestBase(pullRequest), pullRequest.headSha);
}

function pullRequestBase({ repository, baseSha, headSha }: PullRequest): string {
  return repository.git.mergeBase(baseSha, headSha) ?? baseSha;
}

/** The code owners of each changed path (both names of a rename) that has any, by the base branch's CODEOWNERS. */
export function codeOwnersOfChanges(state: State, pullRequest: PullRequest): Map<string, (User | Team)[]> {
  const { repository } = pullRequest;
  const tip = repository.git.branch(pullRequest.baseRef) ?? pullRequest.baseSha;
  const codeowners = readCodeowners(state, repository, tip);
  const owned = new Map<string, (User | Team)[]>();
  if (codeowners === undefined) return owned;
  const { git } = repository;
  const [from, to] = [pullRequestBase(pullRequest), pullRequest.headSha].map((sha) => git.commit(sha).tree);
  for (const { path } of changedPaths(git, from ?? null, to ?? null)) {
    const owners = ownersOf(state, repository, codeowners, path);
    if (owners.length > 0) owned.set(path, owners);
  }
  return owned;
}

/** Whether the user is this owner or an active member of it. */
function isOwner(owner: User | Team, user: User): boolean {
  return 'slug' in owner ? isTeamMember(owner, user) : owner === user;
}

/** What the reviews still lack for a rule that requires pull requests; empty when they suffice. */
export function missingReviews(
  state: State,
  pullRequest: PullRequest,
  rule: PullRequestParameters,
): string[] {
  const counting = latestOpinionatedReviews(pullRequest).filter(
    (review) => review.author !== pullRequest.author && canPush(state, pullRequest, review.author),
  );
  const approvers = counting.filter(({ state }) => state === 'APPROVED').map(({ author }) => author);
  const required = rule.required_approving_review_count;
  const missing: string[] = [];
  if (
    counting.some(({ state }) => state === 'CHANGES_REQUESTED') &&
    (required > 0 || rule.require_code_owner_review)
  ) {
    missing.push('Changes have been requested.');
  }
  if (approvers.length < required) {
    missing.push(
      `At least ${required} approving review${required === 1 ? ' is' : 's are'} required by reviewers with write access.`,
    );
  }
  if (rule.require_code_owner_review) {
    const unapproved = [...codeOwnersOfChanges(state, pullRequest).values()]
      .filter((owners) => !approvers.some((approver) => owners.some((owner) => isOwner(owner, approver))))
      .map((owners) => `Waiting on code owner review from ${ownerNames(owners)}.`);
    missing.push(...new Set(unapproved));
  }
  if (
    rule.require_last_push_approval &&
    !approvers.some((approver) => approver !== lastPusher(pullRequest))
  ) {
    missing.push('New changes require approval from someone other than the last pusher.');
  }
  return missing;
}

function ownerNames(owners: readonly (User | Team)[]): string {
  return owners
    .map((owner) => ('slug' in owner ? `${owner.organization.login}/${owner.slug}` : owner.login))
    .join(', ');
}

function lastPusher(pullRequest: PullRequest): User | undefined {
  const ref = `refs/heads/${pullRequest.headRef}`;
  return pullRequest.headRepository?.activities.findLast((activity) => activity.ref === ref)?.actor;
}
