import { cacheOf } from '../base/cache.ts';
import type { Instant } from '../base/instant.ts';

/** So many looks at one thing may follow each other at once; */
const burst = 30;

/** after these, one in so many milliseconds. */
const distance = 10_000;

const mostKeys = 20_000;

/**
 * How often webhooks may have one thing looked at. Whoever may push, comment or set a status causes as many webhooks as
 * they like, and every look costs of the budgets that ending access lives on. What is held back is one look, a little
 * later; sweeps and timers are not held back.
 */
export class Pace {
  /** By key, when everything would be free again if looks had been made at the steady distance only. */
  readonly #freeAt = cacheOf<string, Instant>(mostKeys);

  /** The earliest time for another look. */
  earliest(key: string, now: Instant): Instant {
    const freeAt = this.#freeAt.get(key) ?? now;
    // What was noted before the clock was set back says no more than that the burst is used up.
    return Math.max(now, Math.min(freeAt, now + burst * distance) - (burst - 1) * distance);
  }

  /** A look was made. */
  count(key: string, now: Instant): void {
    const freeAt = Math.min(this.#freeAt.get(key) ?? now, now + burst * distance);
    this.#freeAt.set(key, Math.max(freeAt, now) + distance);
  }
}
