/** Some histories of the simulation; `npm run simulate` plays thousands. */
import { describe, expect, test } from 'vitest';
import { play } from './history.ts';
import { chooseHistory } from './steps.ts';
import { Totals } from './totals.ts';

const batches = 10;
const each = 3;

describe('what is promised holds, whatever happens', () => {
  const totals = new Totals();

  test.each(Array.from({ length: batches }, (_, batch) => 1 + batch * each))(
    'from seed %i on',
    async (first) => {
      for (let seed = first; seed < first + each; seed++) {
        const outcome = await play(chooseHistory(seed));
        totals.add(outcome);
        expect(outcome.violation, `npm run simulate -- --seed ${seed} --histories 1`).toBeNull();
      }
    },
  );

  test('and things did happen', () => {
    expect(totals.histories).toBe(batches * each);
    expect(totals.grants).toBeGreaterThan(totals.histories);
    expect(totals.crashes).toBeGreaterThan(5);
    expect(totals.faults).toBeGreaterThan(50);
  });

  test('the same seed tells the same story', async () => {
    const [one, other] = [await play(chooseHistory(3)), await play(chooseHistory(3))];
    expect(one).toEqual(other);
  });
});
