import fc from 'fast-check';
import { expect, test } from 'vitest';
import { returnDelay, retryDelay } from '../../../src/cluster/guard/core/backoff.ts';
import { GuardClock } from '../../../src/cluster/guard/core/clock.ts';

/** A guard whose own clock is off, and a truth that passes. */
interface World {
  readonly clock: GuardClock;
  readonly pass: (milliseconds: number) => void;
  readonly truth: () => number;
  /** Sets the own clock. */
  readonly step: (milliseconds: number) => void;
}

function clockWith(skew: number): World {
  let [truth, up, own] = [1_800_000_000_000, 5_000, skew];
  return {
    clock: new GuardClock(
      () => truth + own,
      () => up,
    ),
    pass: (ms) => {
      truth += ms;
      up += ms;
    },
    truth: () => truth,
    step: (ms) => {
      own += ms;
    },
  };
}

const second = (time: number): number => Math.floor(time / 1000) * 1000;

test('by its own clock before the API server was heard', () => {
  const { clock, truth } = clockWith(0);
  expect(clock.now()).toBe(truth());
  expect(clock.skew).toBeNull();
});

test('an own clock that is behind is put right, to the second and never ahead of the truth', () => {
  const { clock, truth, pass } = clockWith(-3_600_000);
  clock.heard(second(truth()));
  expect(truth() - clock.now()).toBeLessThan(1000);
  pass(30_000);
  expect(truth() - clock.now()).toBeLessThan(1000);
  expect(clock.now()).toBeLessThanOrEqual(truth());
  expect(clock.skew).toBeLessThan(-3_599_000);
});

test('an own clock that is ahead counts: access ends early', () => {
  const { clock, truth } = clockWith(60_000);
  clock.heard(second(truth()));
  expect(clock.now()).toBe(truth() + 60_000);
});

test('a step of the own clock is no step of the time', () => {
  const { clock, truth, pass, step } = clockWith(-3_600_000);
  clock.heard(second(truth()));
  step(3_600_000);
  pass(10);
  expect(clock.now()).toBe(truth());
});

test('an API server whose clock was set back is believed after two minutes', () => {
  const { clock, truth, pass } = clockWith(0);
  clock.heard(truth() + 3_600_000);
  for (let each = 0; each < 3; each += 1) {
    pass(60_001);
    clock.heard(second(truth()));
  }
  expect(clock.now()).toBe(truth());
});

test('never before its own clock, and never ahead of both', () => {
  const heard = fc.array(fc.record({ pass: fc.nat(100_000), way: fc.nat(3000) }), { maxLength: 20 });
  fc.assert(
    fc.property(fc.integer({ min: -10_000_000, max: 10_000_000 }), heard, (skew, answers) => {
      const { clock, truth, pass } = clockWith(skew);
      for (const each of answers) {
        pass(each.pass);
        const said = second(truth());
        pass(each.way);
        clock.heard(said);
        expect(clock.now()).toBeGreaterThanOrEqual(truth() + skew);
        expect(clock.now()).toBeLessThanOrEqual(Math.max(truth(), truth() + skew));
      }
    }),
  );
});

test('what failed is tried again within five seconds, for ever', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (failures, chance) => {
        expect(retryDelay(failures, chance, 3_600_000)).toBeLessThanOrEqual(5000);
        expect(retryDelay(failures, chance)).toBeGreaterThan(0);
        expect(returnDelay(failures)).toBeLessThanOrEqual(1000);
      },
    ),
  );
});
