/** How a grant ended: in time, by Curfew, and for a reason that the tree bears out. */
import { formatInstant, type Instant } from '../base/instant.ts';
import { reasons, type ReasonCode } from '../base/reasons.ts';
import { formatPerson, type AccessLife, type LifeEnd, type MainlineCommit } from './access-history.ts';
import type { GrantEvidence } from './evidence.ts';
import type { TipFacts } from './facts.ts';
import { readTrusted } from './trusted.ts';
import { tolerance } from './verify-grant.ts';

/** When a grant has to be gone, and why. */
export interface Due {
  readonly at: Instant;
  readonly why: string;
}

/**
 * The first thing that ends a grant and that git shows: its time, or its request being removed or changed.
 *
 * @param later the history after the grant commit, for as long as the grant was there, oldest first
 */
export function dueOf({ evidence }: AccessLife, later: readonly MainlineCommit[]): Due {
  const expiry: Due = { at: evidence.expiresAt, why: 'its time was up' };
  let due = expiry;
  for (const { sha, committedAt, changes } of later) {
    const change = changes.find(({ path }) => path === evidence.request);
    if (change === undefined) continue;
    const asGranted = change.after?.sha === evidence.requestBlob && change.after.mode === '100644';
    if (asGranted) due = expiry;
    else if (due === expiry && committedAt < expiry.at)
      due = { at: committedAt, why: `${sha} removed or changed its request` };
  }
  return due;
}

/** Why a grant of Curfew may end; every other reason ends something else. */
const endingCodes = [
  'expired',
  'request-removed',
  'request-edited',
  'revoked',
  'not-entitled',
  'role-widened',
  'cluster-refused',
] as const satisfies readonly ReasonCode[];

type EndingCode = (typeof endingCodes)[number];

/**
 * What is wrong with the end of a grant, in sentences about it.
 *
 * @param tip the tree before the commit that ended it
 */
export function judgeEnd(
  life: AccessLife,
  end: LifeEnd,
  due: Due,
  tip: TipFacts | undefined,
): readonly string[] {
  const { commit, byCurfew, code } = end;
  const late =
    commit.committedAt > due.at + tolerance
      ? [`it ended at ${formatInstant(commit.committedAt)}, though ${due.why} at ${formatInstant(due.at)}`]
      : [];
  if (!byCurfew)
    return [...late, `it was removed or changed by ${formatPerson(commit.author)}, who is not Curfew`];
  if (code === null) return [...late, 'the commit of Curfew that ended it does not say why'];
  const ending = endingCodes.find((known) => known === code);
  if (ending === undefined) return [...late, `it ended for the reason "${code}", which ends no grant`];
  const untrue = tip === undefined ? null : contradiction(ending, life.evidence, commit.committedAt, tip);
  return untrue === null ? late : [...late, `it ended because "${reasons[code].text}", but ${untrue}`];
}

/** What in the tree belies a reason; null where nothing does, or git cannot know. */
function contradiction(
  code: EndingCode,
  evidence: GrantEvidence,
  endedAt: Instant,
  tip: TipFacts,
): string | null {
  const request = tip.requests.find(({ path }) => path === evidence.request);
  const unchanged = request?.sha === evidence.requestBlob && request.mode === '100644';
  switch (code) {
    case 'expired': {
      const { expiresAt } = evidence;
      return endedAt >= expiresAt - tolerance ? null : `its time was up only at ${formatInstant(expiresAt)}`;
    }
    case 'request-removed':
      return request === undefined ? null : 'its request was still there';
    case 'request-edited':
      return unchanged ? 'its request was as it had been granted' : null;
    case 'role-widened': {
      const { roles } = readTrusted(tip);
      const changed = evidence.roleBlobs.some(({ name, sha }) => roles.get(name)?.sha !== sha);
      return changed ? null : 'no role that it bound had changed';
    }
    case 'revoked':
    case 'not-entitled':
    case 'cluster-refused':
      return null;
  }
}
