/**
 * Plots: short stories in which something is about to go wrong. Chance alone would seldom tell them; a history tells one or
 * two, with other things happening in between.
 */
import type { ActionName } from './actions.ts';
import type { Crash, Weather } from './steps.ts';

/** One step of a plot; what is left out is left to chance. */
export interface Scene {
  readonly action: ActionName;
  readonly weather?: Weather | null;
  readonly crash?: Crash;
  readonly deliveries?: 'drop';
}

export interface Plot {
  readonly weight: number;
  readonly replicas?: 2;
  readonly scenes: readonly Scene[];
}

/** Nothing gets through to GitHub. */
const outage: Weather = { probability: 1, kinds: ['drop'] };

function calmly(...names: readonly ActionName[]): readonly Scene[] {
  return names.map((action) => ({ action, weather: null }));
}

function away(...names: readonly ActionName[]): readonly Scene[] {
  return names.map((action) => ({ action, weather: outage }));
}

export const plots = {
  'a plain life': { weight: 4, scenes: calmly('open', 'approve all', 'open', 'approve all') },
  'approved before anybody saw the plan': {
    weight: 2,
    scenes: calmly('open an approved one', 'calm', 'open an approved one'),
  },
  'the plan changes under the approval': {
    weight: 3,
    scenes: [
      ...calmly('open a plain one', 'calm'),
      { action: 'change the template', weather: null, deliveries: 'drop' },
      ...calmly('approve all', 'calm'),
    ],
  },
  'a push after the approval': {
    weight: 3,
    scenes: [
      ...calmly('open a plain one', 'calm'),
      { action: 'approve all', weather: outage },
      { action: 'push', weather: outage },
      ...calmly('calm'),
    ],
  },
  'approved after the merge': {
    weight: 3,
    scenes: calmly(
      'open a plain one',
      'open a plain one',
      'merge, then approve',
      'merge, then approve',
      'calm',
    ),
  },
  'merged too late to be granted': {
    weight: 2,
    scenes: [
      ...calmly('open a plain one', 'calm'),
      ...away('approve everything', 'merge past the rules', 'wait for an hour'),
      ...calmly('calm'),
    ],
  },
  'approved too late': {
    weight: 1,
    scenes: [
      ...calmly('open a plain one', 'calm'),
      ...away('wait for half a day', 'wait for half a day'),
      ...calmly('approve everything', 'calm'),
    ],
  },
  'who pushed last approves': {
    weight: 3,
    scenes: calmly('open a plain one', 'push for another', 'calm', 'approve by the pusher', 'calm'),
  },
  'a clock jumps back while access ends': {
    weight: 2,
    scenes: calmly(
      'open a plain one',
      'calm',
      'approve everything',
      'clock behind',
      'wait for an hour',
      'calm',
    ),
  },
  'a grant deleted by hand': {
    weight: 3,
    scenes: calmly('open a plain one', 'calm', 'approve everything', 'delete a grant', 'calm'),
  },
  'no pull request of ours gets through': {
    weight: 2,
    scenes: calmly(
      'open a plain one',
      'calm',
      'approve everything',
      'change branch rules',
      'wait for an hour',
      'calm',
    ),
  },
  'a path used again': {
    weight: 3,
    scenes: calmly('open a plain one', 'calm', 'approve everything', 'use a path again', 'calm'),
  },
  'many at once': {
    weight: 3,
    replicas: 2,
    scenes: calmly(
      'open a plain one',
      'open a plain one',
      'open a plain one',
      'calm',
      'approve everything',
      'calm',
    ),
  },
  'a role grows under a grant': {
    weight: 2,
    scenes: calmly('open a plain one', 'calm', 'approve everything', 'widen the role', 'calm'),
  },
  'dead in the middle of an end': {
    weight: 2,
    scenes: [
      ...calmly('open a plain one', 'calm', 'approve everything'),
      { action: 'wait for an hour', weather: null, crash: { write: 3, when: 'after' } },
    ],
  },
  'the protection is taken away': {
    weight: 2,
    scenes: calmly('open a plain one', 'calm', 'change the protection', 'approve everything', 'calm'),
  },
  'the branch is renamed': {
    weight: 2,
    scenes: calmly('open a plain one', 'calm', 'rename the branch', 'approve everything', 'calm'),
  },
  'more commits than anybody reads': { weight: 1, scenes: calmly('open an endless one', 'approve all') },
} as const satisfies Record<string, Plot>;

/** Every plot as often as its weight says. */
export const weightedPlots: readonly Plot[] = Object.values<Plot>(plots).flatMap((plot) =>
  Array.from({ length: plot.weight }, () => plot),
);
