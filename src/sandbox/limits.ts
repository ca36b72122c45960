/**
 * GitHub's budgets (facts §5), counted per account by the sandbox's clock: requests an hour, points a minute, and
 * content-creating requests a minute and an hour.
 */
import type { Instant } from '../base/instant.ts';
import { ApiError } from './errors.ts';

export type Resource = 'core' | 'graphql';

const minute = 60_000;
const hour = 60 * minute;

/** How much of each is allowed in one window. */
const budgets = {
  core: { allowed: 5_000, window: hour },
  graphql: { allowed: 5_000, window: hour },
  /** Secondary: REST points, a read 1 and a write 5. */
  restPoints: { allowed: 900, window: minute },
  graphqlPoints: { allowed: 2_000, window: minute },
  contentPerMinute: { allowed: 80, window: minute },
  contentPerHour: { allowed: 500, window: hour },
} as const;

type Budget = keyof typeof budgets;

interface Window {
  readonly resetAt: Instant;
  used: number;
}

/** What is left of a primary budget. */
export interface RateStatus {
  readonly limit: number;
  readonly used: number;
  readonly resetAt: Instant;
}

/** A refusal for having asked too much; `retryAfter` in seconds for secondary limits. */
export class RateLimited extends ApiError {
  readonly retryAfter: number | null;

  constructor(message: string, retryAfter: number | null) {
    super(403, message, { type: 'RATE_LIMITED' });
    this.retryAfter = retryAfter;
  }
}

export class Limits {
  readonly #enforced: () => boolean;
  readonly #windows = new Map<string, Window>();

  constructor(enforced: () => boolean) {
    this.#enforced = enforced;
  }

  status(account: string, resource: Resource, now: Instant): RateStatus {
    const { used, resetAt } = this.#window(account, resource, now);
    return { limit: budgets[resource].allowed, used, resetAt };
  }

  /**
   * Takes a request out of the budgets.
   * @throws RateLimited where one is exhausted
   */
  charge(account: string, resource: Resource, request: { readonly writes: boolean }, now: Instant): void {
    this.#take(account, resource, 1, now, 'API rate limit exceeded', false);
    const points = request.writes ? 5 : 1;
    const secondary =
      'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
    this.#take(account, resource === 'core' ? 'restPoints' : 'graphqlPoints', points, now, secondary, true);
    if (!request.writes) return;
    const content = `${secondary} Too much content was created.`;
    this.#take(account, 'contentPerMinute', 1, now, content, true);
    this.#take(account, 'contentPerHour', 1, now, content, true);
  }

  /** Takes the further points that a GraphQL query turned out to cost. */
  addGraphqlCost(account: string, points: number, now: Instant): void {
    this.#window(account, 'graphql', now).used += points - 1;
  }

  /** Gives a request back to the budget: a 304 is free. */
  refund(account: string, now: Instant): void {
    this.#window(account, 'core', now).used -= 1;
  }

  #take(
    account: string,
    budget: Budget,
    points: number,
    now: Instant,
    message: string,
    secondary: boolean,
  ): void {
    const window = this.#window(account, budget, now);
    if (this.#enforced() && window.used + points > budgets[budget].allowed) {
      throw new RateLimited(
        message,
        secondary ? Math.max(1, Math.ceil((window.resetAt - now) / 1000)) : null,
      );
    }
    window.used += points;
  }

  #window(account: string, budget: Budget, now: Instant): Window {
    const key = `${budget} ${account}`;
    const current = this.#windows.get(key);
    const { window } = budgets[budget];
    // A clock that was moved back must not leave a window open for longer than it is wide.
    if (current !== undefined && now < current.resetAt && current.resetAt - now <= window) return current;
    const fresh = { resetAt: now + window, used: 0 };
    this.#windows.set(key, fresh);
    return fresh;
  }
}
