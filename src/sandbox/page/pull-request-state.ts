/** How a pull request stands, in one word and one colour. */
import { latestCheckRuns, latestStatuses } from '../checks.ts';
import type { CheckConclusion, PullRequest } from '../state.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { icon } from './icons.ts';
import type { IconName } from './icons.ts';

type StateWord = 'open' | 'draft' | 'merged' | 'closed';

export function stateOf({ state, draft, mergedAt }: PullRequest): StateWord {
  if (mergedAt !== null) return 'merged';
  if (state === 'closed') return 'closed';
  return draft ? 'draft' : 'open';
}

const words: Readonly<Record<StateWord, string>> = {
  open: 'Open',
  draft: 'Draft',
  merged: 'Merged',
  closed: 'Closed',
};

const stateIcons: Readonly<Record<StateWord, IconName>> = {
  open: 'open',
  draft: 'open',
  merged: 'merged',
  closed: 'closed',
};

export function stateBadge(pullRequest: PullRequest): Html {
  const state = stateOf(pullRequest);
  return html`<span class="state ${state}">${icon(stateIcons[state])} ${words[state]}</span>`;
}

/** What became of a check: `ok` lets a merge pass, `bad` does not, `waiting` may still change. */
export type CheckTone = 'ok' | 'bad' | 'waiting' | 'neutral';

export interface CheckWord {
  readonly tone: CheckTone;
  readonly text: string;
}

const conclusions: Readonly<Record<CheckConclusion, CheckWord>> = {
  success: { tone: 'ok', text: 'passed' },
  failure: { tone: 'bad', text: 'failed' },
  timed_out: { tone: 'bad', text: 'timed out' },
  cancelled: { tone: 'bad', text: 'cancelled' },
  action_required: { tone: 'waiting', text: 'waits for somebody' },
  neutral: { tone: 'neutral', text: 'neutral' },
  skipped: { tone: 'neutral', text: 'skipped' },
};

/** A conclusion in words; null while the check runs. */
export function checkWord(conclusion: CheckConclusion | null): CheckWord {
  return conclusion === null ? { tone: 'waiting', text: 'running' } : conclusions[conclusion];
}

const toneIcons: Readonly<Record<CheckTone, IconName>> = {
  ok: 'check',
  bad: 'cross',
  waiting: 'waiting',
  neutral: 'waiting',
};

export function toneIcon(tone: CheckTone): Html {
  return html`<span class="tone ${tone}">${icon(toneIcons[tone])}</span>`;
}

/** One check of a head, whichever way it was set. */
export interface ListedCheck {
  readonly name: string;
  readonly word: CheckWord;
  readonly title: string;
}

/** The newest check runs and statuses of the head. */
export function checksOf({ repository, headSha }: PullRequest): ListedCheck[] {
  const runs = latestCheckRuns(repository, headSha).map((run): ListedCheck => ({
    name: run.name,
    word: checkWord(run.conclusion),
    title: run.title ?? '',
  }));
  const statuses = latestStatuses(repository, headSha).map(({ context, state, description }): ListedCheck => {
    const tone = state === 'success' ? 'ok' : state === 'pending' ? 'waiting' : 'bad';
    return { name: context, word: { tone, text: state }, title: description ?? '' };
  });
  return [...runs, ...statuses];
}

/** The worst of the checks; null where there are none. */
export function worstTone(checks: readonly ListedCheck[]): CheckTone | null {
  const order = ['bad', 'waiting', 'neutral', 'ok'] as const;
  return order.find((tone) => checks.some(({ word }) => word.tone === tone)) ?? null;
}
