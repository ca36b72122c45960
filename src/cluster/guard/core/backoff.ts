/** When to try again. No attempt is the last one. */

const firstRetry = 100;
const longestRetry = 5_000;
const firstReturn = 50;
const longestReturn = 1_000;

/**
 * Milliseconds until a deletion that failed is tried again: from 100 ms doubling up to 5 s, of which the later half is
 * by chance (`random` between 0 and 1), so that what failed together does not come back together. Not sooner than the
 * API server asks for.
 */
export function retryDelay(failures: number, random: number, retryAfter: number | null = null): number {
  const step = Math.min(longestRetry, firstRetry * 2 ** Math.min(failures - 1, 10));
  return Math.max((step / 2) * (1 + random), Math.min(retryAfter ?? 0, longestRetry));
}

/**
 * Milliseconds until an object that came back for the nth time is removed again: at once, then from 50 ms doubling up to
 * 1 s. So a contest with somebody, or something, that keeps making it costs the API server little, and still leaves
 * them no more than a second at a time.
 */
export function returnDelay(returns: number): number {
  return returns <= 1 ? 0 : Math.min(longestReturn, firstReturn * 2 ** Math.min(returns - 2, 10));
}
