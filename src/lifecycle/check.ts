/**
 * The check run: the authority for what was shown to the approvers. People with write access can edit comments, but
 * only the App can edit its check run.
 */
import type { Instant } from '../base/instant.ts';
import type { CheckRunFacts } from './facts.ts';

/** The name of the required check. */
export const checkName = 'curfew';

const prefix = 'curfew/1:';

/** What the check run carries in `external_id`: the digest of the plan that it shows, if it shows one. */
export function checkExternalId(digest: string | null): string {
  return `${prefix}${digest ?? 'none'}`;
}

/**
 * Since when the plan with this digest has been shown on the head, without another in between; null where it is not
 * shown. Approvals that are older approved something else, be it the plan that stood there for a while.
 */
export function shownSince(checkRuns: readonly CheckRunFacts[], digest: string): Instant | null {
  const [newest] = checkRuns;
  return newest?.externalId === checkExternalId(digest) ? newest.startedAt : null;
}
