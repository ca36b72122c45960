/** Waking up when something is due. */
import type { Instant } from '../../base/instant.ts';

/**
 * How often what is due is looked for, and how far ahead a timer is set. A timer runs on a clock of its own: one that is
 * set for an hour would not notice when the time is corrected in between.
 */
const heartbeat = 1000;

/** One time of waking for each key. */
export class Alarms {
  readonly #now: () => Instant;
  readonly #ring: (key: string) => void;
  readonly #due = new Map<string, Instant>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(now: () => Instant, ring: (key: string) => void) {
    this.#now = now;
    this.#ring = ring;
  }

  /** Wakes at `at`, and no longer at any time that was set before for this key; never where it is infinite. */
  set(key: string, at: Instant): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    if (at === Infinity) this.#due.delete(key);
    else {
      this.#due.set(key, at);
      this.#arm(key, at);
    }
  }

  /** To be called every second. */
  beat(): void {
    for (const [key, at] of this.#due) if (!this.#timers.has(key)) this.#arm(key, at);
  }

  /** Forgets all of them. */
  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#due.clear();
  }

  #arm(key: string, at: Instant): void {
    const wait = Math.ceil(at - this.#now());
    if (wait > heartbeat + 100) return;
    const ring = (): void => {
      this.#timers.delete(key);
      this.#due.delete(key);
      this.#ring(key);
    };
    this.#timers.set(key, setTimeout(ring, Math.max(0, wait)).unref());
  }
}

/** Calls `beat` every second until `signal` says otherwise. */
export function everySecond(beat: () => void, signal: AbortSignal): void {
  const timer = setInterval(beat, heartbeat);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}
