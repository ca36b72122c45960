/** What a history consists of: steps that are chosen before anything happens, so that any of them can be left out. */
import { weightedNames, type ActionName } from './actions.ts';
import { faultKinds, type FaultKind } from './faults.ts';
import { weightedPlots, type Plot, type Scene } from './plots.ts';
import { createDice, type Dice } from './random.ts';
import type { Protection } from './stage.ts';

export interface Weather {
  /** For each request of the app, how likely one of these faults is. */
  readonly probability: number;
  readonly kinds: readonly FaultKind[];
  /** Only where the app opens pull requests; everywhere where left out. */
  readonly only?: 'pull requests';
}

export interface Crash {
  /** The process dies at its write with this number, counted from the start of the step. */
  readonly write: number;
  readonly when: 'before' | 'after';
}

export interface Step {
  /** Its place in the history as it was chosen; stays when others are left out. */
  readonly number: number;
  readonly action: ActionName;
  /** Everything within the step that is left to chance. */
  readonly dice: number;
  readonly weather: Weather | null;
  readonly deliveries: 'deliver' | 'drop' | 'duplicate' | 'hold' | 'mixed';
  readonly crash: Crash | null;
}

export interface History {
  readonly seed: number;
  readonly replicas: 1 | 2;
  readonly protection: Protection;
  readonly steps: readonly Step[];
}

/** Chooses a history: one plot or two, and other things in between. Equal seeds choose equal histories. */
export function chooseHistory(seed: number): History {
  const dice = createDice(seed);
  // Every other history tells its plots undisturbed, for much of what may go wrong does so only then.
  const rough = dice.pick([0, 0, 0, 0.1, 0.3, 0.5]);
  const told = [dice.pick(weightedPlots), ...(dice.chance(0.4) ? [dice.pick(weightedPlots)] : [])];
  const scenes = told.flatMap((plot) => plot.scenes.flatMap((scene) => [...between(dice), scene]));
  const after = Array.from({ length: dice.below(7) }, (): Scene => ({ action: dice.pick(weightedNames) }));
  const twice = told.some(({ replicas }) => replicas === 2) || dice.chance(0.2);
  return {
    seed,
    replicas: twice ? 2 : 1,
    protection: dice.chance(0.35) ? 'full' : 'least',
    steps: [...scenes, ...after].map((scene, number) => ({
      ...chooseStep(dice, number, scene.action, rough),
      ...scene,
    })),
  };
}

/** A plot alone, without anything in between. */
export function historyOf({ scenes, replicas }: Plot, protection: Protection): History {
  const dice = createDice(1);
  const steps = scenes.map((scene, number) => ({ ...chooseStep(dice, number, scene.action, 0), ...scene }));
  return { seed: 0, replicas: replicas ?? 1, protection, steps };
}

function between(dice: Dice): readonly Scene[] {
  return dice.chance(0.2) ? [{ action: dice.pick(weightedNames) }] : [];
}

function chooseStep(dice: Dice, number: number, action: ActionName, rough: number): Step {
  const weather = dice.chance(rough)
    ? {
        probability: dice.pick([0.05, 0.15, 0.3, 0.6]),
        kinds: dice.chance(0.5) ? faultKinds : [dice.pick(faultKinds)],
      }
    : null;
  const deliveries = dice.chance(rough)
    ? dice.pick(['drop', 'duplicate', 'hold', 'mixed'] as const)
    : ('deliver' as const);
  const crash = dice.chance(rough)
    ? { write: 1 + dice.below(5), when: dice.pick(['before', 'after'] as const) }
    : null;
  return { number, action, dice: dice.below(2 ** 31), weather, deliveries, crash };
}

/** One step in one line. */
export function describeStep(step: Step): string {
  const { number, action, weather, deliveries, crash } = step;
  const notes = [
    weather === null ? [] : [`faults ${weather.probability} of ${weather.kinds.join(' ')}`],
    deliveries === 'deliver' ? [] : [`deliveries: ${deliveries}`],
    crash === null ? [] : [`crash ${crash.when} write ${crash.write}`],
  ].flat();
  return `${number}. ${action}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`;
}
