/** The sandbox's clock as the app sees it: who moves time in the page moves it for the app as well. */
import type { Clock } from '../app/clock.ts';
import type { SandboxClock } from '../sandbox/clock.ts';

/** How soon a move is noticed, in milliseconds. */
const noticing = 250;

/** A clock that follows the sandbox's, also when that is moved while somebody waits. */
export function followClock(clock: SandboxClock): Clock {
  return {
    now: () => clock.now(),
    wakeAt: (at, wake) => {
      let timer: NodeJS.Timeout;
      const look = (): void => {
        const remaining = at - clock.now();
        if (remaining <= 0) wake();
        else timer = setTimeout(look, Math.min(remaining, noticing)).unref();
      };
      timer = setTimeout(look, 0).unref();
      return () => clearTimeout(timer);
    },
  };
}
