import { expect, test } from 'vitest';
import { createWorldClock } from '../../src/cli/world-clock.ts';
import { manualClock, runningClock } from '../../src/sandbox/clock.ts';

async function wakesAt(clock: ReturnType<typeof createWorldClock>, at: number): Promise<number> {
  // A timer of the clock does not keep the process alive.
  const alive = setTimeout(() => {}, 60_000);
  await new Promise<void>((resolve) => clock.wakeAt(at, resolve));
  clearTimeout(alive);
  return clock.now();
}

test('nobody is forgotten where the clock runs slower than the timers of this machine', async () => {
  const start = Date.now();
  const clock = createWorldClock(runningClock(() => start + (Date.now() - start) * 0.8));
  expect(await wakesAt(clock, start + 100)).toBeGreaterThanOrEqual(start + 100);
});

test('a clock that stands still wakes when it is moved, and not before', async () => {
  const clock = createWorldClock(manualClock(0));
  const woken = wakesAt(clock, 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  clock.advance(5);
  expect(await woken).toBe(5);
});
