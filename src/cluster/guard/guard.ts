/** The guard: it sees the objects of grants, and removes each when its access is over. */
import type { Instant } from '../../base/instant.ts';
import { isJsonObject } from '../../base/json-type.ts';
import type { Json } from '../../base/json.ts';
import { Alarms } from './alarms.ts';
import { metadataListOnly, metadataOnly, type Api, type ApiAnswer } from './api.ts';
import { retryDelay } from './core/backoff.ts';
import type { GitView } from './core/git-view.ts';
import { longestGrace, type Ending } from './core/judge.ts';
import { guardedKinds, collectionPath, type GuardedKind } from './core/kinds.ts';
import { objectPath, readObserved, type GuardedObject } from './core/observed.ts';
import { GuardState } from './core/state.ts';
import type { GitSink } from './git.ts';
import type { Lane, Lanes } from './lanes.ts';
import type { Sink } from './reflector.ts';
import type { Reports } from './reports.ts';

/** How the removal of one object is going. */
interface Attempt {
  failures: number;
  /** The last request was not answered: the next may take as long. */
  hung: boolean;
  notBefore: Instant;
  /** A request is queued, or on its way. */
  busy: boolean;
  /** Set when deletion was accepted: what is reported once the object is gone. */
  accepted: Ending | null;
}

/** An alert beyond it; a grant is shortest at a minute, and the API server's time is only known to the second. */
const mostSkew = 5_000;

export interface GuardParts {
  readonly api: Api;
  readonly lanes: Lanes;
  readonly reports: Reports;
  /** See `GuardClock`. */
  readonly now: () => Instant;
  readonly skew: () => number | null;
}

export class Guard implements Sink, GitSink {
  readonly #parts: GuardParts;
  readonly #state = new GuardState();
  readonly #attempts = new Map<string, Attempt>();
  readonly #alarms: Alarms;
  readonly #listedAt = new Map<GuardedKind, number>();

  constructor(parts: GuardParts) {
    this.#parts = parts;
    this.#alarms = new Alarms(parts.now, (grant) => this.#look(grant));
  }

  listed(kind: GuardedKind, objects: readonly GuardedObject[]): void {
    const now = this.#parts.now();
    const isFirst = !this.#listedAt.has(kind);
    this.#listedAt.set(kind, performance.now());
    const { returned, missing } = this.#state.replace(kind, objects, now);
    for (const object of missing) this.#depart(object, now);
    for (const [object, { times }] of returned) this.#parts.reports.returned(object, times, now);
    // The API server answers: what failed while it did not is kept waiting no longer.
    for (const attempt of this.#attempts.values()) attempt.notBefore = 0;
    const concerned = isFirst ? this.#state.objects() : [...missing, ...objects];
    for (const grant of new Set(concerned.map((object) => object.grant))) this.#look(grant);
  }

  changed(object: GuardedObject): void {
    const now = this.#parts.now();
    const returned = this.#state.observe(object, now);
    if (returned !== null) this.#parts.reports.returned(object, returned.times, now);
    this.#look(object.grant);
  }

  left(object: GuardedObject): void {
    const { uid, grant } = object;
    if (!this.#state.has(uid)) return;
    const now = this.#parts.now();
    const attempt = this.#attempts.get(uid);
    this.#state.left(uid, now);
    this.#look(grant);
    // Most likely it is gone. Or somebody took the label off, and a watch tells both alike. What was only waiting to be
    // gone may have finalizers, and goes on to give access.
    if (attempt !== undefined && object.terminatingAt === null) this.#depart(object, now);
    else
      this.#parts.lanes.add('again', async () => {
        if (!(await this.#lookByName(object))) this.#depart(object, this.#parts.now());
      });
  }

  failed(kind: GuardedKind, error: unknown): void {
    this.#parts.reports.cannotSee(kind, error, this.#parts.now());
  }

  sequence(): number {
    return this.#state.sequence;
  }

  sawGit(view: GitView, observedUpTo: number): void {
    for (const grant of this.#state.judgeByGit(view, observedUpTo)) this.#look(grant);
  }

  cannotSeeGit(error: unknown): void {
    this.#parts.reports.cannotSeeGit(error, this.#parts.now());
  }

  /** To be called every second: for what is due, and for what no event tells. */
  beat(): void {
    const { now, skew, reports } = this.#parts;
    this.#alarms.beat();
    const ahead = skew();
    if (ahead !== null && Math.abs(ahead) > mostSkew) reports.clockSkew(ahead, now());
    this.#state.tidy(now());
    reports.tidy(now());
  }

  /** No timer wakes it any more. */
  stop(): void {
    this.#alarms.clear();
  }

  objects(): readonly GuardedObject[] {
    return this.#state.objects();
  }

  /** Seconds since the end of each object that is still there after it. */
  leftovers(): readonly number[] {
    const now = this.#parts.now();
    return this.#state
      .leftovers(now)
      .map(({ object, ending }) => Math.max(0, now - (ending.at ?? object.createdAt)) / 1000);
  }

  /** Seconds since the kind was listed about which least is known; null before all were. */
  age(): number | null {
    const listed = guardedKinds.map((kind) => this.#listedAt.get(kind) ?? -Infinity);
    const oldest = Math.min(...listed);
    return oldest === -Infinity ? null : (performance.now() - oldest) / 1000;
  }

  /** Does for a grant what is to be done now, and sees to being woken for the rest. */
  #look(grant: string): void {
    const now = this.#parts.now();
    let wakeAt = Infinity;
    for (const verdict of this.#state.verdicts(grant, now)) {
      const { object } = verdict;
      if (verdict.action === 'keep') wakeAt = Math.min(wakeAt, verdict.until);
      else if (verdict.action === 'remove' && this.#knowsEnough(object))
        wakeAt = Math.min(wakeAt, this.#remove(object, verdict.ending));
      else if (verdict.action === 'terminating') {
        if (now >= verdict.stuckFrom) this.#parts.reports.stuck(object, now);
        else wakeAt = Math.min(wakeAt, verdict.stuckFrom);
        wakeAt = Math.min(wakeAt, this.#confirm(object));
      }
    }
    this.#alarms.set(grant, wakeAt);
  }

  /**
   * Whether what would have to go first is known. Only pods matter: one that nobody has listed yet may be running behind
   * the policy. A pod, and a binding, may go at any time.
   */
  #knowsEnough({ kind }: GuardedObject): boolean {
    return kind.stage === 'binding' || kind.stage === 'pod' || [...this.#listedAt.keys()].some(isPod);
  }

  /** Has an object removed as soon as it may be; gives when to look again. */
  #remove(object: GuardedObject, ending: Ending): Instant {
    const first = object.kind.stage === 'binding' ? 'binding' : 'other';
    return this.#try(object, first, async (attempt) => this.#delete(object, ending, attempt));
  }

  /** Has it looked whether an object is still there that is being deleted; gives when to look again. */
  #confirm(object: GuardedObject): Instant {
    return this.#try(object, 'again', async (attempt) => {
      await this.#lookByName(object);
      attempt.failures += 1;
      attempt.notBefore = this.#parts.now() + retryDelay(attempt.failures, Math.random());
    });
  }

  #try(object: GuardedObject, lane: Lane, work: (attempt: Attempt) => Promise<void>): Instant {
    const { lanes, now } = this.#parts;
    const attempt = this.#attemptOf(object.uid);
    if (attempt.busy) return Infinity;
    const notBefore = Math.max(attempt.notBefore, this.#state.removeFrom(object.uid));
    if (now() < notBefore) return notBefore;
    attempt.busy = true;
    lanes.add(attempt.hung ? 'again' : lane, async () => {
      // In the meantime somebody else may have removed it.
      if (this.#state.has(object.uid)) await work(attempt);
      attempt.busy = false;
      if (!this.#state.has(object.uid)) this.#depart(object, this.#parts.now());
      this.#look(object.grant);
    });
    return Infinity;
  }

  async #delete(object: GuardedObject, ending: Ending, attempt: Attempt): Promise<void> {
    const { api, reports, now } = this.#parts;
    const request = {
      method: 'DELETE',
      path: objectPath(object),
      accept: metadataOnly,
      // Not another one that has taken the name in between.
      body: {
        ...deleteOptions,
        preconditions: { uid: object.uid },
        ...(object.terminatingAt === null ? {} : { gracePeriodSeconds: longestGrace / 1000 }),
      },
    } as const;
    const answer = await api.ask(request).catch((error: unknown) => String(error));
    this.#state.tried(object.uid);
    if (typeof answer !== 'string' && this.#accepted(object, ending, attempt, answer)) return;
    attempt.failures += 1;
    attempt.hung = typeof answer === 'string';
    const [why, status, retryAfter] =
      typeof answer === 'string' ? [answer, 0, null] : [messageOf(answer), answer.status, answer.retryAfter];
    reports.failed(object, why, status === 403 || status === 422, now());
    attempt.notBefore = now() + retryDelay(attempt.failures, Math.random(), retryAfter);
  }

  /** Takes note of what the answer says, unless it says that nothing was done. */
  #accepted(object: GuardedObject, ending: Ending, attempt: Attempt, { status, body }: ApiAnswer): boolean {
    if (status === 404) {
      this.#gone(object);
      return true;
    }
    if (status === 409 && messageOf({ status, body }).includes(object.uid)) {
      this.#gone(object);
      // Another object has taken the name. What it is, is not left to the watch to tell.
      this.#parts.lanes.add('again', async () => void (await this.#lookByName(object)));
      return true;
    }
    if (status !== 200 && status !== 202) return false;
    // A pod stays until its node has stopped it, anything with a finalizer until that is taken off; then the answer is
    // the object. So it is for some that are gone: for those the watch may have told of it already.
    const deleted = readObserved(object.kind, body);
    if (deleted === null && uidOf(body) === object.uid) {
      this.#parts.lanes.add('again', async () => void (await this.#lookByName(object)));
      return true;
    }
    attempt.accepted = ending;
    attempt.notBefore = this.#parts.now() + retryDelay(1, Math.random());
    if (deleted === null || deleted.terminatingAt === null) this.#gone(object);
    else if (this.#state.has(object.uid)) this.#state.observe(deleted, this.#parts.now());
    return true;
  }

  /** Looks what is there under the name of an object, with the label or without; gives whether it is that very object. */
  async #lookByName(object: GuardedObject): Promise<boolean> {
    const { kind, namespace, name, uid } = object;
    const query = new URLSearchParams({ fieldSelector: `metadata.name=${escapeField(name)}` });
    const path = `${collectionPath(kind, namespace)}?${query.toString()}`;
    const answer = await this.#parts.api
      .ask({ method: 'GET', path, accept: metadataListOnly })
      .catch(() => null);
    const items = isJsonObject(answer?.body) ? answer.body['items'] : undefined;
    // Where it cannot be told now, the next list tells of whatever has the label.
    if (!Array.isArray(items)) return false;
    const [item = null] = items;
    const isThere = uidOf(item) === uid;
    if (!isThere) this.#gone(object);
    const found = readObserved(kind, item);
    if (found !== null) this.changed(found);
    else if (isThere) {
      this.#attempts.delete(uid);
      this.#parts.reports.labelLost(object, this.#parts.now());
    }
    return isThere;
  }

  #gone(object: GuardedObject): void {
    const now = this.#parts.now();
    this.#state.gone(object.uid, now);
    this.#depart(object, now);
    this.#look(object.grant);
  }

  #depart(object: GuardedObject, now: Instant): void {
    const attempt = this.#attempts.get(object.uid);
    // A watch may be faster than the answer to the request, which tells whether it was this guard's doing.
    if (attempt === undefined || (attempt.busy && attempt.accepted === null)) return;
    this.#attempts.delete(object.uid);
    if (attempt.accepted !== null) this.#parts.reports.removed(object, attempt.accepted, now);
  }

  #attemptOf(uid: string): Attempt {
    const known = this.#attempts.get(uid);
    if (known !== undefined) return known;
    const attempt: Attempt = { failures: 0, hung: false, notBefore: 0, busy: false, accepted: null };
    this.#attempts.set(uid, attempt);
    return attempt;
  }
}

function isPod({ stage }: GuardedKind): boolean {
  return stage === 'pod';
}

const deleteOptions = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' } as const;

/** As Kubernetes' own clients do: the name of a binding may hold what separates selectors. */
function escapeField(value: string): string {
  return value.replace(/[\\,=]/g, String.raw`\$&`);
}

function uidOf(object: Json): Json | undefined {
  const metadata = isJsonObject(object) ? object['metadata'] : undefined;
  return isJsonObject(metadata) ? metadata['uid'] : undefined;
}

function messageOf({ status, body }: Pick<ApiAnswer, 'status' | 'body'>): string {
  const message = isJsonObject(body) ? body['message'] : undefined;
  return typeof message === 'string' ? message : `status ${status}`;
}
