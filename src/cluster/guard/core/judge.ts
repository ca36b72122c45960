/**
 * What becomes of the objects of one grant. A function of what was observed of them and of the time: no object of
 * another grant has a say in it.
 */
import type { Instant } from '../../../base/instant.ts';
import { stages } from './kinds.ts';
import type { GuardedObject } from './observed.ts';

/** Why an object has to go. */
export type EndReason =
  /** Its time is up. */
  | 'expired'
  /** It says no end that can be read: it is no object that Curfew wrote, or somebody changed it. */
  | 'no-end'
  /** Git, as far as the GitOps engine has fetched it, does not grant it, or no longer. */
  | 'not-in-git';

/** That access is over. */
export interface Ending {
  readonly reason: EndReason;
  /** Since when; null where nothing says so. */
  readonly at: Instant | null;
}

/** An object of the grant, with what is known about it. */
export interface Case {
  readonly object: GuardedObject;
  /** Null while access goes on. */
  readonly ending: Ending | null;
  /** When it ends by time; null where it says no end. */
  readonly end: Instant | null;
  /** Whether the API server has already answered a request to delete it, with success or not. */
  readonly tried: boolean;
}

export type Verdict = { readonly object: GuardedObject } & (
  | { readonly action: 'keep'; readonly until: Instant }
  | { readonly action: 'remove'; readonly ending: Ending }
  /** Its turn comes after others of the same grant. */
  | { readonly action: 'wait'; readonly ending: Ending }
  /** Deletion was asked for; it is there until its finalizers or its grace period are gone. Nobody can hurry that. */
  | { readonly action: 'terminating'; readonly ending: Ending; readonly stuckFrom: Instant }
);

/**
 * How long after the end of its grace period an object may still be there. Deletion is immediate but for pods, which
 * their node has to report as stopped; finalizers hold up both.
 */
const patience = { binding: 0, pod: 10_000, 'network-policy': 0, rest: 0 } as const;

/**
 * The longest grace period that is put up with, in milliseconds; the default of a Pod. Whoever may delete a Pod may give
 * it a day to stop, and it would run on: then it is deleted once more, which can only shorten that.
 */
export const longestGrace = 30_000;

/** A verdict on each object, in their order. */
export function judge(cases: readonly Case[], now: Instant): readonly Verdict[] {
  return cases.map((each) => {
    const { object, ending } = each;
    if (ending === null) return { object, action: 'keep', until: each.end ?? Infinity };
    if (object.terminatingAt !== null && object.terminatingAt - now <= longestGrace) {
      const stuckFrom = object.terminatingAt + patience[object.kind.stage];
      return { object, action: 'terminating', ending, stuckFrom };
    }
    return { object, ending, action: hasTurn(each, cases) ? 'remove' : 'wait' };
  });
}

/**
 * Whether nothing of the same grant has to go first. An earlier stage has had its turn when deletion was tried: a
 * binding that cannot be deleted does not save the pod. Only for pods it takes more: a policy, and the service account,
 * go when they are gone, for a pod that is still stopping would be freed by the removal of what isolates it.
 */
function hasTurn(asked: Case, cases: readonly Case[]): boolean {
  const stage = stages.indexOf(asked.object.kind.stage);
  return cases.every((other) => {
    if (other.ending === null || stages.indexOf(other.object.kind.stage) >= stage) return true;
    if (other.object.kind.stage === 'pod') return false;
    return other.tried || other.object.terminatingAt !== null;
  });
}
