/** What a history consists of: steps that are chosen before anything happens, so that any of them can be left out. */
import { weightedNames, type ActionName } from './actions.ts';
import { faultKinds, type FaultKind } from './faults.ts';
import { createDice, type Dice } from './random.ts';

export interface Weather {
  /** For each request of the app, how likely one of these faults is. */
  readonly probability: number;
  readonly kinds: readonly FaultKind[];
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
  readonly steps: readonly Step[];
}

/** Chooses a history; equal seeds choose equal histories. */
export function chooseHistory(seed: number): History {
  const dice = createDice(seed);
  const rough = dice.pick([0.1, 0.3, 0.5]);
  const count = 8 + dice.below(9);
  // A request that is approved comes first: a history without access has little to lose.
  const opening: readonly ActionName[] = ['open', 'approve all', 'open', 'approve all'];
  return {
    seed,
    replicas: dice.chance(0.25) ? 2 : 1,
    steps: Array.from({ length: count }, (_, number) => {
      const action = opening[number] ?? dice.pick(weightedNames);
      return chooseStep(dice, number, action, action === 'open' ? 0 : rough);
    }),
  };
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
