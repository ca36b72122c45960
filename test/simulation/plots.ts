/**
 * Plots: short stories in which something is about to go wrong. Chance alone would seldom tell them; a history tells one or
 * two, with other things happening in between.
 */
import type { ActionName } from './actions.ts';
import type { Crash, Weather } from './steps.ts';

/** One step of a plot; what is left out is left to chance, or is not there where the plot is told undisturbed. */
export interface Scene {
  readonly action: ActionName;
  readonly weather?: Weather;
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

function play(...names: readonly ActionName[]): readonly Scene[] {
  return names.map((action) => ({ action }));
}

/** While the app reaches nobody. */
function away(...names: readonly ActionName[]): readonly Scene[] {
  return names.map((action) => ({ action, weather: outage }));
}

export const plots = {
  'a plain life': { weight: 4, scenes: play('open', 'approve all', 'open', 'approve all') },
  'approved before anybody saw the plan': {
    weight: 2,
    scenes: play('open an approved one', 'calm', 'open an approved one'),
  },
  'the plan changes under the approval': {
    weight: 3,
    scenes: [
      ...play('open a plain one', 'calm'),
      { action: 'change the template', deliveries: 'drop' },
      ...play('approve all', 'calm'),
    ],
  },
  'a push after the approval': {
    weight: 3,
    scenes: [
      ...play('open a plain one', 'calm'),
      { action: 'approve all', weather: outage },
      { action: 'push', weather: outage },
      ...play('calm'),
    ],
  },
  'an approval of what stood there before': {
    weight: 4,
    scenes: play('open a plain one', 'push', 'calm', 'approve an older commit', 'calm'),
  },
  'approved after the merge': {
    weight: 3,
    scenes: play(
      'open a plain one',
      'open a plain one',
      'merge, then approve',
      'merge, then approve',
      'calm',
    ),
  },
  'merged too late to be granted': {
    weight: 3,
    scenes: [
      ...play('open a plain one', 'calm'),
      ...away('approve everything', 'merge past the rules', 'wait for an hour'),
      ...play('calm'),
    ],
  },
  'approved too late': {
    weight: 1,
    scenes: [
      ...play('open a plain one', 'calm'),
      ...away('wait for half a day', 'wait for half a day'),
      ...play('approve everything', 'calm'),
    ],
  },
  'who pushed last approves': {
    weight: 6,
    scenes: play('open a plain one', 'push for another', 'calm', 'approve by the pusher', 'calm'),
  },
  'a clock jumps back while access ends': {
    weight: 2,
    scenes: play(
      'open a plain one',
      'calm',
      'approve everything',
      'clock behind',
      'wait for an hour',
      'calm',
    ),
  },
  'a grant deleted by hand': {
    weight: 4,
    scenes: play('open a plain one', 'calm', 'approve everything', 'delete a grant', 'calm'),
  },
  'no pull request of ours gets through': {
    weight: 3,
    scenes: play(
      'open a plain one',
      'calm',
      'approve everything',
      'change branch rules',
      'wait for an hour',
      'calm',
    ),
  },
  'a path used again': {
    weight: 4,
    scenes: play('open a plain one', 'calm', 'approve everything', 'use a path again', 'calm'),
  },
  'many at once': {
    weight: 5,
    replicas: 2,
    scenes: play(
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
    scenes: play('open a plain one', 'calm', 'approve everything', 'widen the role', 'calm'),
  },
  'dead in the middle of an end': {
    weight: 2,
    scenes: [
      ...play('open a plain one', 'calm', 'approve everything'),
      { action: 'wait for an hour', crash: { write: 3, when: 'after' } },
    ],
  },
  'the protection is taken away': {
    weight: 2,
    scenes: play('open a plain one', 'calm', 'change the protection', 'approve everything', 'calm'),
  },
  'the branch is renamed': {
    weight: 2,
    scenes: play('open a plain one', 'calm', 'rename the branch', 'approve everything', 'calm'),
  },
  'a grant that the cluster refuses': {
    weight: 2,
    scenes: play(
      'take the tip',
      'open a plain one',
      'calm',
      'approve everything',
      'refuse the tip',
      'calm',
      'open a plain one',
      'approve all',
    ),
  },
  'too many at once': {
    weight: 3,
    scenes: [
      ...play('restrict everybody', 'open a plain one', 'open a plain one', 'calm'),
      ...away('approve everything', 'merge past the rules', 'merge past the rules'),
      ...play('calm'),
    ],
  },
  'no pull request of ours is taken for now': {
    weight: 3,
    scenes: [
      ...play('open a plain one', 'calm', 'approve everything'),
      { action: 'wait for an hour', weather: { probability: 1, kinds: ['500'], only: 'pull requests' } },
      ...play('calm'),
    ],
  },
  'a stranger revokes': {
    weight: 3,
    scenes: play('open a plain one', 'calm', 'approve everything', 'revoke as a stranger', 'calm'),
  },
  'no way to merge': {
    weight: 2,
    scenes: play('open a plain one', 'change merge methods', 'calm', 'approve everything', 'calm'),
  },
  'somebody else has to check': {
    weight: 2,
    scenes: play(
      'change foreign checks',
      'open a plain one',
      'calm',
      'approve everything',
      'set a status',
      'calm',
    ),
  },
  'who asked loses the right to write': {
    weight: 1,
    scenes: play('open by mallory', 'change a writer', 'calm', 'approve everything', 'calm'),
  },
  'who asked withdraws': {
    weight: 1,
    scenes: play('open a plain one', 'revoke', 'calm', 'approve everything', 'calm'),
  },
  'who has access leaves': {
    weight: 2,
    scenes: play('open a plain one', 'calm', 'approve everything', 'let alice go', 'calm', 'open'),
  },
  'access is handed back': {
    weight: 2,
    scenes: play('open a plain one', 'calm', 'approve everything', 'open removal', 'revoke', 'calm'),
  },
  'all grants pause': {
    weight: 1,
    scenes: play('open a plain one', 'calm', 'pause', 'approve everything', 'calm'),
  },
  'a role that is refused': {
    weight: 1,
    scenes: play(
      'let the role make Secrets',
      'open a plain one',

      'approve everything',
      'calm',
    ),
  },
  'landed by another way': {
    weight: 2,
    scenes: play(
      'open a spoiled one',
      'open a spoiled one',
      'merge past the rules',
      'merge past the rules',
      'calm',
    ),
  },
  'dead between the pull request of ours and its merge': {
    weight: 2,
    scenes: [
      ...play('open a plain one', 'calm', 'approve everything'),
      { action: 'wait for an hour', weather: { probability: 0.5, kinds: ['405', '409', '500'] } },
      { action: 'restart', weather: { probability: 0.3, kinds: ['405', '500'] } },
      ...play('calm'),
    ],
  },
  'more commits than anybody reads': { weight: 1, scenes: play('open an endless one', 'approve all') },
} as const satisfies Record<string, Plot>;

/** Every plot as often as its weight says. */
export const weightedPlots: readonly Plot[] = Object.values<Plot>(plots).flatMap((plot) =>
  Array.from({ length: plot.weight }, () => plot),
);
