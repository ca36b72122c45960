/** The clock of a world of its own: GitHub, the app and its timers live by it, and whoever plays the world moves it. */
import { systemClock, type Clock } from '../app/clock.ts';
import type { Instant } from '../base/instant.ts';
import type { SandboxClock } from '../sandbox/clock.ts';

export type WorldClock = Clock & SandboxClock;

/** Milliseconds; on a clock that stands still, what is due a moment later must not keep this machine busy. */
const shortestNap = 50;

/** Joins the sandbox's clock and the app's: moving it wakes what has become due. */
export function createWorldClock(clock: SandboxClock): WorldClock {
  const sleepers = new Set<{ readonly at: Instant; readonly wake: () => void }>();
  const wakeDue = (): void => {
    const due = [...sleepers].filter(({ at }) => at <= clock.now()).sort((a, b) => a.at - b.at);
    for (const sleeper of due) {
      if (sleepers.delete(sleeper)) sleeper.wake();
    }
  };
  return {
    now: () => clock.now(),
    advance: (milliseconds) => {
      clock.advance(milliseconds);
      wakeDue();
    },
    set: (instant) => {
      clock.set(instant);
      wakeDue();
    },
    wakeAt: (at, wake) => {
      const sleeper = { at, wake };
      sleepers.add(sleeper);
      // A clock that runs comes to the time by itself; one that stands still is moved there.
      const sleep = (milliseconds: number): (() => void) =>
        systemClock.wakeAt(Date.now() + milliseconds, () => {
          wakeDue();
          // Timers count other milliseconds than the clock does, and one may fire before it is due.
          if (sleepers.has(sleeper)) cancel = sleep(Math.max(shortestNap, at - clock.now()));
        });
      let cancel = sleep(Math.max(0, at - clock.now()));
      return () => {
        sleepers.delete(sleeper);
        cancel();
      };
    },
  };
}
