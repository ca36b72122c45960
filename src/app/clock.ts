/** Time as the app sees it: injected everywhere, so that tests, the simulation and the demo can move it. */
import type { Instant } from '../base/instant.ts';

/** The time, and who wants to be woken. */
export interface Clock {
  now(): Instant;
  /** Calls `wake` once, when `at` has come. The function that it gives back cancels that. */
  wakeAt(at: Instant, wake: () => void): () => void;
}

/** Longer timeouts overflow a 32-bit integer and fire at once. */
const longestTimeout = 2 ** 31 - 1;

/** The machine's clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  wakeAt: (at, wake) => {
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const remaining = at - Date.now();
      timer = setTimeout(
        remaining > longestTimeout ? wait : wake,
        Math.min(Math.max(remaining, 0), longestTimeout),
      );
      timer.unref();
    };
    wait();
    return () => clearTimeout(timer);
  },
};
