/** Work that is done so many pieces at a time, the urgent before the less urgent. */

/** In order of urgency. */
export const lanes = ['binding', 'other', 'again'] as const;
export type Lane = (typeof lanes)[number];

export class Lanes {
  readonly #waiting: Readonly<Record<Lane, (() => Promise<void>)[]>> = { binding: [], other: [], again: [] };
  readonly #width: number;
  #running = 0;

  constructor(width: number) {
    this.#width = width;
  }

  /** Does the work when its turn comes. It must not reject. */
  add(lane: Lane, work: () => Promise<void>): void {
    this.#waiting[lane].push(work);
    this.#next();
  }

  /** Whether nothing waits and nothing runs. */
  get idle(): boolean {
    return this.#running === 0 && lanes.every((lane) => this.#waiting[lane].length === 0);
  }

  #next(): void {
    while (this.#running < this.#width) {
      const work = this.#take();
      if (work === undefined) return;
      this.#running += 1;
      void work().finally(() => {
        this.#running -= 1;
        this.#next();
      });
    }
  }

  /**
   * Within a lane by chance: two replicas that start on the same thousand objects at the same moment meet in the
   * middle, each having seen what the other did, and do not ask for everything twice.
   */
  #take(): (() => Promise<void>) | undefined {
    const lane = lanes.find((each) => this.#waiting[each].length > 0);
    if (lane === undefined) return undefined;
    const waiting = this.#waiting[lane];
    const index = Math.floor(Math.random() * waiting.length);
    const chosen = waiting[index];
    const last = waiting.pop();
    if (last !== undefined && index < waiting.length) waiting[index] = last;
    return chosen;
  }
}
