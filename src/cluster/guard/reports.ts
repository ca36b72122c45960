/** What is said of what the guard did, and of what it could not do: in the log, as a metric, as an event. */
import type { Logger } from 'pino';
import { formatInstant, type Instant } from '../../base/instant.ts';
import { quote } from '../../base/text.ts';
import type { Ending } from './core/judge.ts';
import type { GuardedKind } from './core/kinds.ts';
import { identity, type GuardedObject } from './core/observed.ts';
import type { EventWriter } from './events.ts';
import { alertReasons, type AlertReason, type Metrics } from './metrics.ts';

const saidWhy = {
  expired: 'its time is up',
  'no-end': 'it says no end that can be read',
  'not-in-git': 'git does not grant it',
} as const;

/** What goes on is said again so often, in milliseconds. */
const repetition = 60_000;

export class Reports {
  readonly #log: Logger;
  readonly #metrics: Metrics;
  readonly #events: EventWriter;
  /** By what was said: when. */
  readonly #said = new Map<string, Instant>();

  constructor(log: Logger, metrics: Metrics, events: EventWriter) {
    this.#log = log;
    this.#metrics = metrics;
    this.#events = events;
  }

  /** An object is gone that this guard asked to be deleted. */
  removed(object: GuardedObject, ending: Ending, now: Instant): void {
    // An object that was made after its end was there for no longer than it was there.
    const since = ending.at === null ? null : Math.max(ending.at, object.createdAt);
    const lag = since === null ? null : Math.max(0, now - since) / 1000;
    this.#metrics.removed(object.kind.kind, ending.reason, lag);
    const end = ending.at === null ? {} : { end: formatInstant(ending.at) };
    this.#log.info({ ...fields(object), reason: ending.reason, ...end, lagSeconds: lag }, 'removed');
    const message = `Curfew removed ${identity(object)} of grant ${quote(object.grant)}: ${saidWhy[ending.reason]}`;
    this.#events.add({ reason: 'Removed', object, message });
    if (ending.reason === 'no-end') this.#alert('no-end', object, now);
  }

  /** An object is there again that had gone when its access was over. */
  returned(object: GuardedObject, times: number, now: Instant): void {
    this.#alert('returned', object, now, { times });
    const message = `${identity(object)} came back after access was over; Curfew removes it each time`;
    this.#events.add({ reason: 'Returned', object, message });
  }

  /** An object past its end is being deleted and does not go. */
  stuck(object: GuardedObject, now: Instant): void {
    const { finalizers } = object;
    if (!this.#alert('stuck', object, now, { finalizers })) return;
    const holder = finalizers.length === 0 ? 'its node' : finalizers.map((each) => quote(each)).join(', ');
    const message = `${identity(object)} is past its end and still there, held by ${holder}`;
    this.#events.add({ reason: 'Stuck', object, message });
  }

  /** An object lost the grant label before its end and is still there; the guard may not touch it any more. */
  labelLost(object: GuardedObject, now: Instant): void {
    this.#alert('label-lost', object, now);
  }

  /** An attempt to delete an object failed; it is repeated. */
  failed(object: GuardedObject, why: string, refused: boolean, now: Instant): void {
    this.#metrics.failed(object.kind.kind);
    this.#log.debug({ ...fields(object), why }, 'not removed; trying again');
    if (refused) this.#alert('refused', object, now, { why });
  }

  /** What there is of a kind is not known at the moment. */
  cannotSee(kind: GuardedKind, error: unknown, now: Instant): void {
    if (this.#isNews(`see ${kind.resource}`, now))
      this.#log.warn({ kind: kind.kind, err: error }, 'the API server does not tell; trying again');
  }

  /** One sentence for each thing that the guard may not do. */
  notPermitted(what: readonly string[]): void {
    this.#metrics.alerted('not-permitted');
    this.#log.error({ alert: 'not-permitted', what }, alertReasons['not-permitted']);
  }

  cannotSeeGit(error: unknown, now: Instant): void {
    if (!this.#isNews('git', now)) return;
    this.#metrics.alerted('git-unreadable');
    this.#log.warn({ err: error }, alertReasons['git-unreadable']);
  }

  clockSkew(skew: number, now: Instant): void {
    if (!this.#isNews('skew', now)) return;
    this.#metrics.alerted('clock-skew');
    this.#log.error({ aheadSeconds: skew / 1000 }, alertReasons['clock-skew']);
  }

  /** Forgets what is no longer of use. To be called now and then. */
  tidy(now: Instant): void {
    for (const [what, at] of this.#said) if (now - at > repetition) this.#said.delete(what);
  }

  /** Says it, unless it was said of this object just before. */
  #alert(reason: AlertReason, object: GuardedObject, now: Instant, more: object = {}): boolean {
    if (!this.#isNews(`${reason} ${object.uid}`, now)) return false;
    this.#metrics.alerted(reason);
    this.#log.error({ ...fields(object), alert: reason, ...more }, alertReasons[reason]);
    return true;
  }

  #isNews(what: string, now: Instant): boolean {
    const last = this.#said.get(what);
    if (last !== undefined && now - last < repetition) return false;
    this.#said.set(what, now);
    return true;
  }
}

/** What tells an object from others. The name of a binding may hold anything; the log escapes it. */
function fields({ kind, namespace, name, uid, grant }: GuardedObject): object {
  return { grant, kind: kind.kind, namespace, name, uid };
}
