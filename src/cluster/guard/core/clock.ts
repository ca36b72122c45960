/**
 * The guard's time: the latest of its own clock and the API server's. A clock that is behind would let access live on;
 * one that is ahead ends it early, which is the safe side.
 */
import type { Instant } from '../../../base/instant.ts';

/** What the API server said last, and how its clock was furthest ahead, in the last minute or two. */
export class GuardClock {
  readonly #wall: () => Instant;
  readonly #monotonic: () => number;
  /** The API server's time minus the monotonic one, at least: the `Date` header drops fractions, the way takes time. */
  #ahead: { readonly offset: number; readonly since: number } | null = null;
  #aheadBefore: number | null = null;
  #skew: number | null = null;

  /** `monotonic` is milliseconds since any moment, never set: a step of the own clock must not look like skew. */
  constructor(wall: () => Instant, monotonic: () => number) {
    this.#wall = wall;
    this.#monotonic = monotonic;
  }

  /** Never earlier than the own clock. */
  now(): Instant {
    const offsets = [this.#ahead?.offset, this.#aheadBefore].filter((offset) => typeof offset === 'number');
    return Math.max(this.#wall(), ...offsets.map((offset) => offset + this.#monotonic()));
  }

  /** Takes note of a `Date` header that just arrived. */
  heard(serverTime: Instant): void {
    const monotonic = this.#monotonic();
    const offset = serverTime - monotonic;
    this.#skew = this.#wall() - serverTime;
    // Whole seconds give a bound that is up to a second too low, so the best of many is kept; for a while only, for
    // the API server's clock may be set back.
    if (this.#ahead === null || monotonic - this.#ahead.since > window) {
      this.#aheadBefore = this.#ahead?.offset ?? null;
      this.#ahead = { offset, since: monotonic };
    } else if (offset > this.#ahead.offset) this.#ahead = { ...this.#ahead, offset };
  }

  /** How far the own clock is ahead of the API server's, to the second, in milliseconds; null before it was heard. */
  get skew(): number | null {
    return this.#skew;
  }
}

const window = 60_000;
