import type { Instant } from '../base/instant.ts';

/**
 * The time that the sandbox's GitHub lives in: `Date` headers, timestamps, delays. Tokens and JWTs do not follow it;
 * they expire by the real clock, because the clients that hold them look at theirs.
 */
export interface SandboxClock {
  now(): Instant;
  /** Moves the clock by that many milliseconds; negative to jump back. */
  advance(milliseconds: number): void;
  set(instant: Instant): void;
}

/** A clock that stands still until it is moved: for tests and simulation. */
export function manualClock(start: Instant): SandboxClock {
  let now = start;
  return {
    now: () => now,
    advance: (milliseconds) => {
      now += milliseconds;
    },
    set: (instant) => {
      now = instant;
    },
  };
}

/** A clock that runs with the real one and can be moved against it: for a person at the page. */
export function runningClock(realNow: () => Instant = Date.now): SandboxClock {
  let offset = 0;
  return {
    now: () => realNow() + offset,
    advance: (milliseconds) => {
      offset += milliseconds;
    },
    set: (instant) => {
      offset = instant - realNow();
    },
  };
}
