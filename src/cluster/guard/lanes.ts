/** Work that is done so many pieces at a time, the urgent before the less urgent. */

/** In order of urgency. */
const lanes = ['binding', 'other', 'again'] as const;
export type Lane = (typeof lanes)[number];

/**
 * How much of the width a lane may take. So there is always room for a binding that has to go: a request may hang,
 * where the API server asks a webhook that does not answer, and then comes again in the last lane. What was answered with
 * an error comes again in its own.
 */
const share: Readonly<Record<Lane, number>> = { binding: 1, other: 0.5, again: 0.25 };

export class Lanes {
  readonly #waiting: Readonly<Record<Lane, (() => Promise<void>)[]>> = { binding: [], other: [], again: [] };
  readonly #running: Record<Lane, number> = { binding: 0, other: 0, again: 0 };
  readonly #width: number;

  /** `width` is a multiple of four. */
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
    return lanes.every((lane) => this.#running[lane] + this.#waiting[lane].length === 0);
  }

  #next(): void {
    for (const lane of lanes) {
      while (this.#hasRoom(lane)) {
        const work = this.#take(lane);
        if (work === undefined) break;
        this.#running[lane] += 1;
        void work().finally(() => {
          this.#running[lane] -= 1;
          this.#next();
        });
      }
    }
  }

  #hasRoom(lane: Lane): boolean {
    const running = lanes.reduce((sum, each) => sum + this.#running[each], 0);
    return running < this.#width && this.#running[lane] < this.#width * share[lane];
  }

  /**
   * By chance: two replicas that start on the same thousand objects at the same moment meet in the middle, each having
   * seen what the other did, and do not ask for everything twice.
   */
  #take(lane: Lane): (() => Promise<void>) | undefined {
    const waiting = this.#waiting[lane];
    const index = Math.floor(Math.random() * waiting.length);
    const chosen = waiting[index];
    const last = waiting.pop();
    if (last !== undefined && index < waiting.length) waiting[index] = last;
    return chosen;
  }
}
