/** When access ends: the earliest time that was ever said, whatever is said later. */
import type { Instant } from '../../../base/instant.ts';
import type { GuardedObject } from './observed.ts';

/** So much is remembered; beyond, what came first is forgotten. A few megabytes. */
const most = 100_000;

/**
 * The memory of ends. It only ever makes an end earlier. A guard that starts anew knows what the objects say then;
 * that nobody writes a later end is the admission's work, and this is the second lock on the same door.
 */
export class Ends {
  readonly #byGrant = new Map<string, Instant>();
  readonly #byUid = new Map<string, Instant>();
  readonly #over = new Set<string>();

  /** Takes note of what an object says. */
  learn({ uid, grant, end }: GuardedObject): void {
    if (end === null) return;
    // A grant id is unique for ever and its end never moves, so an object that was deleted and made again with a
    // later end, under another uid, is still past it.
    this.#byGrant.set(grant, Math.min(this.#byGrant.get(grant) ?? end, end));
    // And one that was given another grant's label is past its own.
    this.#byUid.set(uid, Math.min(this.#byUid.get(uid) ?? end, end));
    forgetFirst(this.#byGrant);
    forgetFirst(this.#byUid);
  }

  /**
   * The end of an object. Null where the object says none that can be read, even though its grant has one: whoever
   * took it away had a reason.
   */
  of({ uid, grant, end }: GuardedObject): Instant | null {
    if (end === null) return null;
    return Math.min(end, this.#byGrant.get(grant) ?? end, this.#byUid.get(uid) ?? end);
  }

  /** Whether the end of an object has come. Once it has, a clock that is set back does not bring access back. */
  isOver({ uid, grant, end }: GuardedObject, now: Instant): boolean {
    const ends = [
      [`grant ${grant}`, this.#byGrant.get(grant)],
      [`uid ${uid}`, this.#byUid.get(uid) ?? end],
    ] as const;
    for (const [what, at] of ends) {
      if (at === null || at === undefined || now < at) continue;
      this.#over.add(what);
      forgetFirst(this.#over);
    }
    return ends.some(([what]) => this.#over.has(what));
  }

  /** The object is no more, and a uid is never given again. */
  forgetUid(uid: string): void {
    this.#byUid.delete(uid);
  }
}

function forgetFirst(memory: {
  readonly size: number;
  keys(): Iterable<string>;
  delete(key: string): unknown;
}): void {
  if (memory.size <= most) return;
  const [first] = memory.keys();
  if (first !== undefined) memory.delete(first);
}
