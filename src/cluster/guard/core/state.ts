/** What the guard knows. Nothing is kept but in memory: a guard that starts anew lists what there is, and goes on. */
import type { Instant } from '../../../base/instant.ts';
import { returnDelay } from './backoff.ts';
import { Ends } from './ends.ts';
import { isGranted, type GitView } from './git-view.ts';
import { judge, type Ending, type Verdict } from './judge.ts';
import type { GuardedKind } from './kinds.ts';
import { identity, type GuardedObject } from './observed.ts';

interface Known {
  object: GuardedObject;
  /** The place of its first observation among all. */
  readonly sequence: number;
  tried: boolean;
  /** Since when git does not grant it; null while it does, or nothing is known. */
  revokedAt: Instant | null;
  readonly returned: Return | null;
}

/** An object that came back after it had been removed. */
export interface Return {
  /** How often its like came back, this time included. */
  readonly times: number;
  /** Removed no sooner, so that a contest stays cheap. */
  readonly removeFrom: Instant;
}

/** What a list told. */
export interface Replacement {
  readonly missing: readonly GuardedObject[];
  readonly returned: readonly (readonly [GuardedObject, Return])[];
}

interface Departure {
  readonly grant: string;
  readonly returns: number;
  readonly at: Instant;
}

/** An object that stayed away so long is no longer expected back. */
const memoryOfDepartures = 60 * 60_000;

/** A uid that is gone may still turn up in an answer that was on its way. */
const memoryOfGone = 10 * 60_000;

export class GuardState {
  readonly #known = new Map<string, Known>();
  readonly #byGrant = new Map<string, Set<string>>();
  readonly #ends = new Ends();
  /** Uids that are no more, and since when. */
  readonly #gone = new Map<string, Instant>();
  /** By identity: what went after its access was over. */
  readonly #departures = new Map<string, Departure>();
  #sequence = 0;

  /** Takes note of an object. Gives what is to be said of it: that it came back, or nothing new. */
  observe(object: GuardedObject, now: Instant): Return | null {
    if (this.#gone.has(object.uid)) return null;
    const known = this.#known.get(object.uid);
    this.#ends.learn(object);
    if (known !== undefined) {
      if (known.object.grant !== object.grant) this.#unlist(known.object);
      known.object = object;
      this.#list(object);
      return null;
    }
    const returned = this.#returnOf(object, now);
    this.#sequence += 1;
    this.#known.set(object.uid, {
      object,
      sequence: this.#sequence,
      tried: false,
      revokedAt: null,
      returned,
    });
    this.#list(object);
    return returned;
  }

  /** Takes note of all objects of a kind: what is not among them is gone. */
  replace(kind: GuardedKind, objects: readonly GuardedObject[], now: Instant): Replacement {
    const listed = new Set(objects.map(({ uid }) => uid));
    const missing = this.objects().filter((object) => object.kind === kind && !listed.has(object.uid));
    for (const { uid } of missing) this.left(uid, now);
    const returned = objects.flatMap((object) => {
      const back = this.observe(object, now);
      return back === null ? [] : [[object, back] as const];
    });
    return { missing, returned };
  }

  /** The object is there no more, or carries the label no more. */
  left(uid: string, now: Instant): void {
    const known = this.#known.get(uid);
    if (known === undefined) return;
    const { object } = known;
    const over = this.#endingOf(known, now) !== null;
    this.#unlist(object);
    this.#known.delete(uid);
    if (!over) return;
    const returns = known.returned?.times ?? 0;
    this.#departures.set(identity(object), { grant: object.grant, returns, at: now });
  }

  /** The API server says that there is no such object: what still tells of it was on its way. */
  gone(uid: string, now: Instant): void {
    this.left(uid, now);
    this.#gone.set(uid, now);
    this.#ends.forgetUid(uid);
  }

  /** A request to delete it was answered, whatever the answer. */
  tried(uid: string): void {
    const known = this.#known.get(uid);
    if (known !== undefined) known.tried = true;
  }

  /** How many observations there were: what was first observed later is newer than anything read before. */
  get sequence(): number {
    return this.#sequence;
  }

  /**
   * Judges by git every object that was observed before the revision was seen to be the current one. What brought such
   * an object cannot be newer than that revision, so what the revision does not grant, git does not grant any more; no
   * clock is asked. What was observed later waits for the next look. Gives the grants concerned.
   */
  judgeByGit(view: GitView, observedUpTo: number): ReadonlySet<string> {
    const touched = new Set<string>();
    for (const known of this.#known.values()) {
      if (known.sequence > observedUpTo || known.revokedAt !== null || isGranted(view, known.object))
        continue;
      known.revokedAt = view.artifact.fetchedAt;
      touched.add(known.object.grant);
    }
    return touched;
  }

  /** What becomes of the objects of a grant. */
  verdicts(grant: string, now: Instant): readonly Verdict[] {
    const cases = [...(this.#byGrant.get(grant) ?? [])].flatMap((uid) => {
      const known = this.#known.get(uid);
      if (known === undefined) return [];
      const { object, tried } = known;
      return [{ object, tried, end: this.#ends.of(object), ending: this.#endingOf(known, now) }];
    });
    return judge(cases, now);
  }

  /** When the object may be removed at the earliest, for it came back; 0 where it did not. */
  removeFrom(uid: string): Instant {
    return this.#known.get(uid)?.returned?.removeFrom ?? 0;
  }

  has(uid: string): boolean {
    return this.#known.has(uid);
  }

  objects(): readonly GuardedObject[] {
    return [...this.#known.values()].map(({ object }) => object);
  }

  /** The objects whose access is over and which are still there. */
  leftovers(now: Instant): readonly { readonly object: GuardedObject; readonly ending: Ending }[] {
    return [...this.#known.values()].flatMap((known) => {
      const ending = this.#endingOf(known, now);
      return ending === null ? [] : [{ object: known.object, ending }];
    });
  }

  /** Forgets what is no longer of use. To be called now and then. */
  tidy(now: Instant): void {
    for (const [uid, at] of this.#gone) if (now - at > memoryOfGone) this.#gone.delete(uid);
    for (const [key, { at }] of this.#departures)
      if (now - at > memoryOfDepartures) this.#departures.delete(key);
  }

  #endingOf({ object, revokedAt }: Known, now: Instant): Ending | null {
    const end = this.#ends.of(object);
    if (end === null) return { reason: 'no-end', at: null };
    if (this.#ends.isOver(object, now)) return { reason: 'expired', at: end };
    return revokedAt === null ? null : { reason: 'not-in-git', at: revokedAt };
  }

  #returnOf(object: GuardedObject, now: Instant): Return | null {
    const departure = this.#departures.get(identity(object));
    if (departure === undefined || departure.grant !== object.grant) return null;
    const times = departure.returns + 1;
    return { times, removeFrom: now + returnDelay(times) };
  }

  #list({ grant, uid }: GuardedObject): void {
    this.#byGrant.set(grant, (this.#byGrant.get(grant) ?? new Set()).add(uid));
  }

  #unlist({ grant, uid }: GuardedObject): void {
    const uids = this.#byGrant.get(grant);
    uids?.delete(uid);
    if (uids?.size === 0) this.#byGrant.delete(grant);
  }
}
