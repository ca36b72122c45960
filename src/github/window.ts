import type { Instant } from '../base/instant.ts';

/** How much of a capacity was used in the last `span` milliseconds. */
export class SlidingWindow {
  readonly #span: number;
  readonly #capacity: number;
  #entries: { readonly at: Instant; readonly cost: number }[] = [];
  #used = 0;

  constructor(span: number, capacity: number) {
    this.#span = span;
    this.#capacity = capacity;
  }

  used(now: Instant): number {
    this.#forget(now);
    return this.#used;
  }

  add(now: Instant, cost: number): void {
    this.#entries.push({ at: now, cost });
    this.#used += cost;
  }

  /** When `cost` more fits while `reserve`, a share of the capacity, stays free: `now`, or some time within a span. */
  fitsAt(now: Instant, cost: number, reserve: number): Instant {
    this.#forget(now);
    let excess = this.#used + cost - this.#capacity * (1 - reserve);
    if (excess <= 0) return now;
    for (const entry of this.#entries) {
      excess -= entry.cost;
      if (excess <= 0) return entry.at + this.#span;
    }
    return now + this.#span;
  }

  #forget(now: Instant): void {
    // What was noted at a later time was noted before the clock was set back.
    while ((this.#entries.at(-1)?.at ?? now) > now) this.#used -= this.#entries.pop()?.cost ?? 0;
    const kept = this.#entries.findIndex((entry) => entry.at + this.#span > now);
    const gone = this.#entries.splice(0, kept === -1 ? this.#entries.length : kept);
    for (const entry of gone) this.#used -= entry.cost;
  }
}
