/**
 * The work queue. Work has a key; at any time at most one run of a key is going on, a key that is queued again
 * meanwhile runs once more, and a key that waits is there only once. So a hundred events about one pull request are
 * two evaluations, and these never overlap.
 *
 * A run settles everything that was asked before it started, also what was asked for a later time: it reads the world
 * as it is. Who needs another run at a certain time asks for it at the end of each run.
 */
import { setImmediate } from 'node:timers/promises';
import type { Instant } from '../base/instant.ts';
import type { Clock } from './clock.ts';
import { Turns } from './turns.ts';

/** Something to look at. A key always has the same tenant and urgency. */
export interface Work {
  readonly key: string;
  /** Whose turn it counts as: an installation. One that has much to do does not keep the others waiting. */
  readonly tenant: number;
  /** Urgent work goes first and has places of its own. */
  readonly urgent: boolean;
}

/** How a queue runs its work. */
export interface QueueOptions<W extends Work> {
  readonly clock: Clock;
  /** How many runs may go on at once. */
  readonly concurrency: number;
  /** How many of these only urgent work may have. */
  readonly reserved: number;
  /** What two pieces of work under one key come to. */
  readonly combine: (earlier: W, later: W) => W;
  /** Aborting `signal` means: stop at the next good place. */
  readonly run: (work: W, signal: AbortSignal) => Promise<void>;
  /**
   * Says when to try again after a run that threw; null to leave it. `failures` counts the failed runs in a row,
   * this one included. Must not throw.
   */
  readonly onFailure: (work: W, error: unknown, failures: number) => Instant | null;
}

/** Why the signal of a run is aborted. */
export class ShuttingDown extends Error {
  override readonly name = 'ShuttingDown';
}

/** How many keys are in which state. */
export interface QueueDepth {
  /** Not due yet. */
  readonly waiting: number;
  /** Due, and waiting for a place. */
  readonly ready: number;
  readonly running: number;
}

interface Entry<W> {
  /** What is to be looked at; null while a run is at it and nothing has been queued since. */
  work: W | null;
  state: 'waiting' | 'ready' | 'running';
  /** When to run; while running, when to run once more. Infinity for not at all. */
  due: Instant;
  failures: number;
}

/** A queue in this process's memory: what it forgets is in GitHub, and found again. */
export class WorkQueue<W extends Work> {
  readonly #options: QueueOptions<W>;
  readonly #entries = new Map<string, Entry<W>>();
  readonly #turns = new Turns();
  readonly #abort = new AbortController();
  #running = 0;
  #runningNormal = 0;
  #draining = false;
  #fillPlanned = false;
  #alarm: { readonly due: Instant; readonly cancel: () => void } | null = null;
  #idleListeners: (() => void)[] = [];

  constructor(options: QueueOptions<W>) {
    this.#options = options;
  }

  /**
   * Queues work for `notBefore`, by default for now. Of two times for one key the earlier stays; a key that is running
   * runs once more. Does nothing once the queue drains.
   */
  enqueue(work: W, notBefore: Instant = this.#options.clock.now()): void {
    if (this.#draining) return;
    const entry = this.#entries.get(work.key);
    if (entry === undefined) {
      const fresh: Entry<W> = { work, state: 'waiting', due: notBefore, failures: 0 };
      this.#entries.set(work.key, fresh);
      this.#schedule(work, fresh);
      return;
    }
    entry.work = entry.work === null ? work : this.#options.combine(entry.work, work);
    entry.due = Math.min(entry.due, notBefore);
    if (entry.state === 'waiting') this.#schedule(entry.work, entry);
  }

  depth(): QueueDepth {
    const depth = { waiting: 0, ready: 0, running: 0 };
    for (const { state } of this.#entries.values()) depth[state] += 1;
    return depth;
  }

  /** Resolves as soon as nothing is running and nothing is due. */
  async whenIdle(): Promise<void> {
    if (this.#isIdle()) return;
    await new Promise<void>((resolve) => this.#idleListeners.push(resolve));
  }

  /**
   * Takes no more work, forgets what has not begun (it is in GitHub, and found again), and waits for what is running.
   * At `deadline` the runs' signal is aborted. Gives whether all of them had come to their end by then.
   */
  async drain(deadline: Instant): Promise<boolean> {
    this.#draining = true;
    this.#turns.clear();
    this.#setAlarm(Infinity);
    for (const [key, entry] of this.#entries) {
      if (entry.state !== 'running') this.#entries.delete(key);
    }
    const finished = this.whenIdle().then(() => true);
    const expired = Promise.withResolvers<false>();
    const cancel = this.#options.clock.wakeAt(deadline, () => {
      this.#abort.abort(new ShuttingDown('the process is about to end'));
      expired.resolve(false);
    });
    try {
      if (await Promise.race([finished, expired.promise])) return true;
      // What can stop at once has stopped, and said so in the log, one turn later.
      await setImmediate();
      return false;
    } finally {
      cancel();
    }
  }

  #schedule(work: W, entry: Entry<W>): void {
    if (entry.due > this.#options.clock.now()) {
      if (entry.due < (this.#alarm?.due ?? Infinity)) this.#setAlarm(entry.due);
      return;
    }
    entry.state = 'ready';
    this.#turns.add(work.key, work.tenant, work.urgent);
    this.#planToFill();
  }

  /** Filling waits for the end of what is going on, so that work queued together is shared out together. */
  #planToFill(): void {
    if (this.#fillPlanned) return;
    this.#fillPlanned = true;
    queueMicrotask(() => {
      this.#fillPlanned = false;
      this.#fill();
    });
  }

  #fill(): void {
    const { concurrency, reserved } = this.#options;
    while (this.#running < concurrency) {
      const key = this.#turns.take(this.#runningNormal < concurrency - reserved ? 'any' : 'urgent');
      if (key === null) break;
      const entry = this.#entries.get(key);
      const work = entry?.work ?? null;
      if (entry !== undefined && work !== null) void this.#run(work, entry);
    }
    this.#announceIdle();
  }

  async #run(work: W, entry: Entry<W>): Promise<void> {
    entry.work = null;
    entry.state = 'running';
    entry.due = Infinity;
    this.#running += 1;
    if (!work.urgent) this.#runningNormal += 1;
    try {
      await this.#options.run(work, this.#abort.signal);
      entry.failures = 0;
    } catch (error) {
      entry.failures += 1;
      this.#planRetry(work, entry, error);
    }
    this.#running -= 1;
    if (!work.urgent) this.#runningNormal -= 1;
    this.#turns.finished(work.tenant);
    this.#settle(work.key, entry);
  }

  #planRetry(work: W, entry: Entry<W>, error: unknown): void {
    const { onFailure, combine } = this.#options;
    const retryAt = onFailure(work, error, entry.failures) ?? Infinity;
    if (retryAt === Infinity && entry.work === null) return;
    entry.work = entry.work === null ? work : combine(work, entry.work);
    entry.due = Math.min(entry.due, retryAt);
  }

  #settle(key: string, entry: Entry<W>): void {
    if (entry.work === null || this.#draining) {
      this.#entries.delete(key);
    } else {
      entry.state = 'waiting';
      this.#schedule(entry.work, entry);
    }
    this.#planToFill();
  }

  #setAlarm(due: Instant): void {
    this.#alarm?.cancel();
    const cancel = due === Infinity ? null : this.#options.clock.wakeAt(due, () => this.#onAlarm());
    this.#alarm = cancel === null ? null : { due, cancel };
  }

  #onAlarm(): void {
    this.#alarm = null;
    for (const entry of this.#entries.values()) {
      if (entry.state === 'waiting' && entry.work !== null) this.#schedule(entry.work, entry);
    }
  }

  #isIdle(): boolean {
    return this.#running === 0 && this.#turns.size === 0 && !this.#fillPlanned;
  }

  #announceIdle(): void {
    if (!this.#isIdle()) return;
    const listeners = this.#idleListeners;
    this.#idleListeners = [];
    for (const listener of listeners) listener();
  }
}
