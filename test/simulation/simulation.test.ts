/** Every plot once, and some histories by chance; `npm run simulate` plays thousands. */
import { describe, expect, test } from 'vitest';
import { play, type Outcome } from './history.ts';
import { plots, type Plot } from './plots.ts';
import { chooseHistory, historyOf, type History } from './steps.ts';
import { Totals } from './totals.ts';

const seeds = Array.from({ length: 12 }, (_, seed) => 1 + seed);

describe('what is promised holds, whatever happens', () => {
  const totals = new Totals();
  const playOne = async (history: History): Promise<Outcome['violation']> => {
    const outcome = await play(history);
    totals.add(outcome);
    return outcome.violation;
  };

  test.each(Object.entries<Plot>(plots))('in the plot %s', async (_, plot) => {
    // What the rules do not see Curfew has to see for itself.
    expect(await playOne(historyOf(plot, 'least'))).toBeNull();
  });

  test.each(seeds)('from seed %i', async (seed) => {
    const again = `npm run simulate -- --seed ${seed} --histories 1`;
    expect(await playOne(chooseHistory(seed)), again).toBeNull();
  });

  test('and things did happen', () => {
    expect(totals.histories).toBe(Object.keys(plots).length + seeds.length);
    expect(totals.grants).toBeGreaterThan(totals.histories);
    expect(totals.crashes).toBeGreaterThan(0);
    expect(totals.faults).toBeGreaterThan(20);
    expect(totals.unreached.length).toBeLessThan(35);
  });

  test('the same seed tells the same story', async () => {
    const [one, other] = [await play(chooseHistory(3)), await play(chooseHistory(3))];
    expect(one).toEqual(other);
  });
});
