/**
 * How many effects are worked out for one pull request. Whoever may push brings the snapshot that they are worked out
 * on, and ending must not wait for that: the larger it is, the fewer.
 */

/** Objects times effects: about two seconds. */
const mostWork = 20_000;
const fewest = 4;
const most = 100;

/** Counts down while effects are worked out. */
export class Allowance {
  #left: number;
  #passedOver = 0;

  /** @param objects in all snapshots together. */
  constructor(objects: number) {
    this.#left = Math.max(fewest, Math.min(most, Math.floor(mostWork / Math.max(1, objects))));
  }

  /** Whether so many more may be worked out; where not, they are counted as passed over. */
  take(effects: number): boolean {
    const may = this.#left >= effects;
    if (may) this.#left -= effects;
    else this.#passedOver += 1;
    return may;
  }

  /** How often something was not looked at. */
  get passedOver(): number {
    return this.#passedOver;
  }
}
