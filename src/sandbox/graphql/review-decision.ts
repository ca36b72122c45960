import { effectiveRules } from '../rules.ts';
import { canPush, latestOpinionatedReviews, missingReviews } from '../reviews.ts';
import type { PullRequest, State } from '../state.ts';

export type ReviewDecision = 'APPROVED' | 'CHANGES_REQUESTED' | 'REVIEW_REQUIRED';

/** GitHub's own opinion of the reviews, by the rules of the base branch; null where none requires a review. */
export function reviewDecision(state: State, pullRequest: PullRequest): ReviewDecision | null {
  const rules = effectiveRules(pullRequest.repository, `refs/heads/${pullRequest.baseRef}`).flatMap(
    ({ rule }) => (rule.type === 'pull_request' ? [rule.parameters] : []),
  );
  const required = rules.some(
    (rule) => rule.required_approving_review_count > 0 || rule.require_code_owner_review,
  );
  if (!required) return null;
  const refused = latestOpinionatedReviews(pullRequest).some(
    (review) => review.state === 'CHANGES_REQUESTED' && canPush(state, pullRequest, review.author),
  );
  if (refused) return 'CHANGES_REQUESTED';
  return rules.every((rule) => missingReviews(state, pullRequest, rule).length === 0)
    ? 'APPROVED'
    : 'REVIEW_REQUIRED';
}
