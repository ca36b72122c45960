/** The timeline of a pull request: its events, comments, reviews and commits in order of time. */
import type * as GitHub from '@octokit/graphql-schema';
import { formatInstant } from '../../base/instant.ts';
import type { PullRequest, TimelineEvent } from '../state.ts';
import type { PullRequestCommit } from './context.ts';
import { commitWith } from './git-objects.ts';
import { given } from './given.ts';
import { commitsOf } from './pull-request-commits.ts';

/** Type of the schema for each event that the sandbox records. */
const eventTypes = {
  base_ref_changed: 'BaseRefChangedEvent',
  head_ref_force_pushed: 'HeadRefForcePushedEvent',
  head_ref_deleted: 'HeadRefDeletedEvent',
  closed: 'ClosedEvent',
  reopened: 'ReopenedEvent',
  merged: 'MergedEvent',
  renamed: 'RenamedTitleEvent',
  ready_for_review: 'ReadyForReviewEvent',
  convert_to_draft: 'ConvertToDraftEvent',
  review_requested: 'ReviewRequestedEvent',
  review_dismissed: 'ReviewDismissedEvent',
  added_to_merge_queue: 'AddedToMergeQueueEvent',
  removed_from_merge_queue: 'RemovedFromMergeQueueEvent',
} as const satisfies Record<TimelineEvent['event'], string>;

interface Dated {
  /** Names the item for ever, for cursors. */
  readonly key: string;
  readonly type: string;
  readonly at: number;
  /** Orders what happened in the same moment; commits come first. */
  readonly id: number;
  readonly item: unknown;
}

/** The items of the types asked for, oldest first. */
export function timelineOf(
  pullRequest: PullRequest,
  { itemTypes, since, skip }: GitHub.PullRequestTimelineItemsArgs,
): readonly Dated[] {
  const wanted = !given(itemTypes) ? null : new Set(itemTypes.map(typeOfItem));
  const from = !given(since) ? -Infinity : Date.parse(String(since));
  return allItems(pullRequest)
    .filter(({ type, at }) => (wanted === null || wanted.has(type)) && at >= from)
    .sort((a, b) => a.at - b.at || a.id - b.id)
    .slice(skip ?? 0);
}

function allItems(pullRequest: PullRequest): Dated[] {
  const commits = commitsOf(pullRequest).map((commit): Dated => {
    const item: PullRequestCommit = { __typename: 'PullRequestCommit', pullRequest, commit };
    return { key: commit.sha, type: 'PullRequestCommit', at: commit.committer.date, id: 0, item };
  });
  const comments = pullRequest.comments.map((item): Dated => {
    return { key: item.nodeId, type: 'IssueComment', at: item.createdAt, id: item.id, item };
  });
  const reviews = pullRequest.reviews.flatMap((item): Dated[] => {
    const { submittedAt: at } = item;
    return at === null ? [] : [{ key: item.nodeId, type: 'PullRequestReview', at, id: item.id, item }];
  });
  const events = pullRequest.timeline.map((event): Dated => {
    const item = eventNode(pullRequest, event);
    return { key: event.nodeId, type: eventTypes[event.event], at: event.createdAt, id: event.id, item };
  });
  return [...commits, ...comments, ...reviews, ...events];
}

/** `BASE_REF_CHANGED_EVENT` → `BaseRefChangedEvent`. */
function typeOfItem(itemType: string): string {
  return itemType
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');
}

/** An event in the schema's words. */
function eventNode(pullRequest: PullRequest, event: TimelineEvent): object {
  const { nodeId: id, id: databaseId, actor, createdAt } = event;
  const common = {
    __typename: eventTypes[event.event],
    id,
    databaseId,
    actor,
    pullRequest,
    createdAt: formatInstant(createdAt),
  };
  return { ...common, ...detailsOf(pullRequest, event) };
}

function detailsOf({ repository }: PullRequest, event: TimelineEvent): object {
  switch (event.event) {
    case 'base_ref_changed':
      return { previousRefName: event.previousRefName, currentRefName: event.currentRefName };
    case 'head_ref_force_pushed':
      return {
        beforeCommit: commitWith(repository, event.beforeCommit),
        afterCommit: commitWith(repository, event.afterCommit),
      };
    case 'head_ref_deleted':
      return { headRefName: event.headRefName };
    case 'merged':
      return { commit: commitWith(repository, event.commitId), mergeRefName: event.mergeRefName };
    case 'renamed':
      return { previousTitle: event.previousTitle, currentTitle: event.currentTitle };
    case 'review_dismissed':
      return {
        review: event.review,
        previousReviewState: event.previousState,
        dismissalMessage: event.message,
      };
    case 'removed_from_merge_queue':
      return { reason: event.reason };
    case 'review_requested':
    case 'closed':
    case 'reopened':
    case 'ready_for_review':
    case 'convert_to_draft':
    case 'added_to_merge_queue':
      break;
  }
  return {};
}
