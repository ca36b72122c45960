import type * as GitHub from '@octokit/graphql-schema';
import type { PullRequest } from '../state.ts';
import { given } from './given.ts';

type Selection = Pick<
  GitHub.RepositoryPullRequestsArgs,
  'states' | 'baseRefName' | 'headRefName' | 'labels' | 'orderBy'
>;

/** Pull requests that fit a connection's filters, in its order: by creation, oldest first, unless it says else. */
export function selectPullRequests(
  all: readonly PullRequest[],
  { states, baseRefName, headRefName, labels, orderBy }: Selection,
): PullRequest[] {
  const direction = orderBy?.direction === 'DESC' ? -1 : 1;
  const rank = ({ createdAt, updatedAt, comments }: PullRequest): number => {
    if (orderBy?.field === 'UPDATED_AT') return updatedAt;
    return orderBy?.field === 'COMMENTS' ? comments.length : createdAt;
  };
  return all
    .filter(
      (pullRequest) =>
        (!given(states) || states.includes(stateOf(pullRequest))) &&
        (!given(baseRefName) || pullRequest.baseRef === baseRefName) &&
        (!given(headRefName) || pullRequest.headRef === headRefName) &&
        // There are no labels in the sandbox.
        (!given(labels) || labels.length === 0),
    )
    .sort((a, b) => direction * (rank(a) - rank(b) || a.number - b.number));
}

/** GraphQL has three states where REST has two and `merged`. */
export function stateOf({ state, mergedAt }: PullRequest): GitHub.PullRequestState {
  if (mergedAt !== null) return 'MERGED';
  return state === 'open' ? 'OPEN' : 'CLOSED';
}
