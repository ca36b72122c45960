import type { Instant } from '../../src/base/instant.ts';
import type { Clock } from '../../src/app/clock.ts';

/** A clock that stands still until it is moved; then it wakes who is due, in the order of their times. */
export interface ManualClock extends Clock {
  advance(milliseconds: number): void;
  /** The times for which somebody waits, earliest first. */
  pending(): readonly Instant[];
}

export function manualClock(start: Instant = Date.UTC(2026, 11, 1)): ManualClock {
  let now = start;
  let alarms: { readonly at: Instant; readonly wake: () => void }[] = [];
  const earliest = (): (typeof alarms)[number] | undefined => alarms.toSorted((a, b) => a.at - b.at)[0];
  return {
    now: () => now,
    wakeAt: (at, wake) => {
      const alarm = { at, wake };
      alarms.push(alarm);
      return () => {
        alarms = alarms.filter((each) => each !== alarm);
      };
    },
    advance: (milliseconds) => {
      const end = now + milliseconds;
      for (let next = earliest(); next !== undefined && next.at <= end; next = earliest()) {
        const { at, wake } = next;
        alarms = alarms.filter((each) => each !== next);
        now = Math.max(now, at);
        wake();
      }
      now = end;
    },
    pending: () => alarms.map(({ at }) => at).toSorted((a, b) => a - b),
  };
}
