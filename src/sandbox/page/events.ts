/** What happened to a pull request beside comments, commits and reviews, in words. */
import type { PullRequest, TimelineEvent } from '../state.ts';
import { html } from './html.ts';
import type { Child, Html } from './html.ts';
import type { IconName } from './icons.ts';
import { commitPath, shortSha } from './links.ts';

export interface EventWords {
  readonly icon: IconName;
  readonly tone: 'ok' | 'bad' | 'neutral' | 'done';
  readonly text: Child;
}

/** What happened, in words; null for what another entry says already. */
export function eventWords({ repository, mergedAt }: PullRequest, event: TimelineEvent): EventWords | null {
  const sha = (commit: string): Html =>
    html`<a class="sha" href="${commitPath(repository, commit)}">${shortSha(commit)}</a>`;
  switch (event.event) {
    case 'merged':
      return {
        icon: 'merged',
        tone: 'done',
        text: html`merged this into <code>${event.mergeRefName}</code> by ${sha(event.commitId)}`,
      };
    case 'closed':
      return mergedAt === null ? { icon: 'closed', tone: 'bad', text: 'closed this' } : null;
    case 'reopened':
      return { icon: 'open', tone: 'ok', text: 'reopened this' };
    case 'renamed':
      return {
        icon: 'pencil',
        tone: 'neutral',
        text: html`changed the title from <s>${event.previousTitle}</s> to
          <strong>${event.currentTitle}</strong>`,
      };
    case 'ready_for_review':
      return { icon: 'eye', tone: 'neutral', text: 'marked this as ready for review' };
    case 'convert_to_draft':
      return { icon: 'pencil', tone: 'neutral', text: 'made this a draft' };
    case 'review_requested':
      return {
        icon: 'eye',
        tone: 'neutral',
        text: html`asked <strong>${reviewerName(event.reviewer)}</strong> to review`,
      };
    case 'review_dismissed':
      return {
        icon: 'cross',
        tone: 'neutral',
        text: html`dismissed the review of
          <strong>${event.review.author.login}</strong>${event.message !== '' && html`: ${event.message}`}`,
      };
    case 'base_ref_changed':
      return {
        icon: 'branch',
        tone: 'neutral',
        text: html`changed the base from <code>${event.previousRefName}</code> to
          <code>${event.currentRefName}</code>`,
      };
    case 'head_ref_force_pushed':
      return {
        icon: 'commit',
        tone: 'bad',
        text: html`force-pushed from ${sha(event.beforeCommit)} to ${sha(event.afterCommit)}`,
      };
    case 'head_ref_deleted':
      return {
        icon: 'branch',
        tone: 'neutral',
        text: html`deleted the branch <code>${event.headRefName}</code>`,
      };
    case 'added_to_merge_queue':
      return { icon: 'waiting', tone: 'neutral', text: 'added this to the merge queue' };
    case 'removed_from_merge_queue':
      return { icon: 'cross', tone: 'neutral', text: `took this out of the merge queue: ${event.reason}` };
    default:
      return event satisfies never;
  }
}

function reviewerName(reviewer: Extract<TimelineEvent, { event: 'review_requested' }>['reviewer']): string {
  return 'slug' in reviewer ? `${reviewer.organization.login}/${reviewer.slug}` : reviewer.login;
}
