/**
 * One limiter for each installation. It knows GitHub's real budgets, counts before it sends, believes what GitHub's
 * headers say afterwards, and keeps a reserve: deciding and display leave a part of every budget alone, so that
 * ending access finds it. Where a budget is short it throws `RetryLater` at once and never sleeps.
 *
 * Source of the figures: "Rate limits for the REST API" and "Rate limits and query limits for the GraphQL API".
 */
import type { Instant } from '../base/instant.ts';
import { RetryLater } from './errors.ts';
import type { Purpose } from './port.ts';
import type { Headers } from './transport.ts';
import { SlidingWindow } from './window.ts';

/** What GitHub counts apart. */
export type Resource = 'rest' | 'graphql';

/** What a request takes of the budgets. */
export interface Cost {
  readonly resource: Resource;
  /** A write creates content, which GitHub counts apart, together with what people do in the page. */
  readonly write: boolean;
}

/** One of the budgets of an hour, as the last answer told it. */
export interface PrimaryFigures {
  readonly limit: number;
  readonly remaining: number;
  /** By the local clock. */
  readonly resetAt: Instant;
}

/** What is left of an installation's budgets, for the metrics. */
export interface BudgetFigures {
  /** Null until GitHub has answered once. */
  readonly rest: PrimaryFigures | null;
  readonly graphql: PrimaryFigures | null;
  /** Content created by this process in the last minute (of 80) and in the last hour (of 500). */
  readonly created: { readonly lastMinute: number; readonly lastHour: number };
  readonly inFlight: number;
}

const minute = 60_000;
const hour = 60 * minute;

/** The share of every budget that a purpose leaves alone. */
const reserve: Readonly<Record<Purpose, number>> = { ending: 0, record: 0, deciding: 0.2, display: 0.4 };
/**
 * The same of what may be created in a minute, which is so little that access which ends every second would soon find
 * nothing left: the most of it is for commits that end access, one each, and what is said of them comes later.
 */
const createdReserve: Readonly<Record<Purpose, number>> = { ...reserve, record: 0.6, display: 0.6 };

const concurrent = 100;
/** What GitHub asks to wait for after a secondary limit where it names no time itself. */
const secondaryPause = minute;
/** An answer without a sensible time of reset must not stop an installation for ever. */
const longestPause = hour;

/** The budgets of one installation. */
export class Limiter {
  readonly #now: () => Instant;
  readonly #points = { rest: new SlidingWindow(minute, 900), graphql: new SlidingWindow(minute, 2000) };
  readonly #created = { lastMinute: new SlidingWindow(minute, 80), lastHour: new SlidingWindow(hour, 500) };
  readonly #primary = new Map<Resource, PrimaryFigures>();
  readonly #pausedUntil = new Map<Resource, Instant>();
  readonly #waiting: { readonly purpose: Purpose; readonly start: () => void }[] = [];
  #inFlight = 0;

  constructor(now: () => Instant) {
    this.#now = now;
  }

  /**
   * Sends as soon as there is a place among the concurrent requests.
   * @throws RetryLater where the budget is used up for this purpose.
   */
  async run<T>(cost: Cost, purpose: Purpose, send: () => Promise<T>): Promise<T> {
    await this.#place(purpose);
    try {
      this.#spend(cost, purpose);
      return await send();
    } finally {
      this.#release();
    }
  }

  /** Takes in what an answer says of the budgets. */
  observe(resource: Resource, headers: Headers): void {
    const limit = Number(headers['x-ratelimit-limit']);
    const remaining = Number(headers['x-ratelimit-remaining']);
    if (!Number.isFinite(limit) || !Number.isFinite(remaining)) return;
    this.#primary.set(resource, { limit, remaining, resetAt: this.#resetAt(headers) });
  }

  /** Stops sending after GitHub refused to answer for a limit; gives the time at which to come back. */
  pause(resource: Resource, headers: Headers): Instant {
    const now = this.#now();
    const retryAfter = Number(headers['retry-after']);
    const exhausted = headers['x-ratelimit-remaining'] === '0';
    const until = Number.isFinite(retryAfter)
      ? now + Math.min(retryAfter * 1000, longestPause)
      : exhausted
        ? Math.max(this.#resetAt(headers), now + 1000)
        : now + secondaryPause;
    // A primary limit is about one resource, a secondary one about all that the installation does.
    for (const each of exhausted ? [resource] : (['rest', 'graphql'] as const))
      this.#pausedUntil.set(each, until);
    return until;
  }

  figures(): BudgetFigures {
    const now = this.#now();
    return {
      rest: this.#primary.get('rest') ?? null,
      graphql: this.#primary.get('graphql') ?? null,
      created: {
        lastMinute: this.#created.lastMinute.used(now),
        lastHour: this.#created.lastHour.used(now),
      },
      inFlight: this.#inFlight,
    };
  }

  /** The time of reset by the local clock, which may differ from GitHub's: what counts is the distance from `date`. */
  #resetAt(headers: Headers): Instant {
    const now = this.#now();
    const date = Date.parse(headers['date'] ?? '');
    const distance = Number(headers['x-ratelimit-reset']) * 1000 - (Number.isNaN(date) ? now : date);
    return now + (Number.isFinite(distance) ? Math.min(Math.max(distance, 0), longestPause) : 0);
  }

  #spend({ resource, write }: Cost, purpose: Purpose): void {
    const now = this.#now();
    const points = write ? 5 : 1;
    const left = reserve[purpose];
    const windows: readonly (readonly [window: SlidingWindow, cost: number, reserve: number])[] = [
      [this.#points[resource], points, left],
      ...(write
        ? ([
            [this.#created.lastMinute, 1, createdReserve[purpose]],
            [this.#created.lastHour, 1, left],
          ] as const)
        : []),
    ];
    const free = Math.max(
      this.#believable(this.#pausedUntil.get(resource) ?? 0, now),
      this.#primaryFreeAt(resource, purpose),
      ...windows.map(([window, cost, kept]) => window.fitsAt(now, cost, kept)),
    );
    if (free > now) {
      throw new RetryLater(
        `The ${resource} budget of this installation is used up for now (${purpose})`,
        free,
      );
    }
    for (const [window, cost] of windows) window.add(now, cost);
    const primary = this.#primary.get(resource);
    if (primary !== undefined) this.#primary.set(resource, { ...primary, remaining: primary.remaining - 1 });
  }

  #primaryFreeAt(resource: Resource, purpose: Purpose): Instant {
    const primary = this.#primary.get(resource);
    if (primary === undefined || this.#believable(primary.resetAt, this.#now()) <= this.#now()) return 0;
    return primary.remaining - 1 >= primary.limit * reserve[purpose] ? 0 : primary.resetAt;
  }

  /** A time so far ahead was noted before the clock was set back: it says nothing any more. */
  #believable(until: Instant, now: Instant): Instant {
    return until - now > longestPause ? 0 : until;
  }

  async #place(purpose: Purpose): Promise<void> {
    if (this.#inFlight < concurrent) {
      this.#inFlight += 1;
      return;
    }
    await new Promise<void>((start) => {
      this.#waiting.push({ purpose, start });
    });
  }

  /** Hands the place over to whoever waits, to ending first. */
  #release(): void {
    const urgent = this.#waiting.findIndex(({ purpose }) => purpose === 'ending');
    const [next] = this.#waiting.splice(Math.max(urgent, 0), 1);
    if (next === undefined) this.#inFlight -= 1;
    else next.start();
  }
}
