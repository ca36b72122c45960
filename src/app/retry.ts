/** When to look again after a run that failed. */
import type { Instant } from '../base/instant.ts';
import { Denied, NotFound, RetryLater, Truncated } from '../github/errors.ts';

const firstDelay = 2_000;
const longestDelay = 5 * 60_000;

/** When a run failed, and how often before. */
export interface RetryContext {
  readonly now: Instant;
  /** How many runs in a row have failed, this one included. */
  readonly failures: number;
  /** Between 0 and 1: spreads retries, so that what failed together does not come back together. */
  readonly random: () => number;
}

/**
 * The earliest time for another run; null where repeating is of no use until a person acts or something changes, which
 * an event or the sweep tells. GitHub's own word on when to come back is kept to.
 */
export function retryAt(error: unknown, context: RetryContext): Instant | null {
  if (error instanceof NotFound || error instanceof Denied || error instanceof Truncated) return null;
  const { now, failures, random } = context;
  if (error instanceof RetryLater && error.retryAt !== null) {
    return Math.max(error.retryAt, now) + firstDelay * random();
  }
  const backoff = Math.min(longestDelay, firstDelay * 2 ** (failures - 1));
  return now + (backoff / 2) * (1 + random());
}
