/** Kubernetes Events: what `kubectl get events` and `kubectl describe` show a person. */
import { setTimeout as sleep } from 'node:timers/promises';
import { visible, shorten } from '../../base/text.ts';
import type { Api } from './api.ts';
import type { GuardedObject } from './core/observed.ts';

export interface GuardEvent {
  readonly reason: 'Removed' | 'Returned' | 'Stuck';
  readonly object: GuardedObject;
  /** One sentence. */
  readonly message: string;
}

/** More than so many at once help nobody, and the log has them all. */
const mostWaiting = 1000;

/** Milliseconds between two, and while there is something to remove: a record never delays an end. */
const pause = 20;
const pauseForWork = 250;

/** Writes events one after the other, while nothing more urgent is going on. Those that are refused are lost. */
export class EventWriter {
  readonly #api: Api;
  readonly #instance: string;
  readonly #busy: () => boolean;
  readonly #waiting: GuardEvent[] = [];
  #count = 0;

  constructor(api: Api, instance: string, busy: () => boolean) {
    this.#api = api;
    this.#instance = instance;
    this.#busy = busy;
  }

  add(event: GuardEvent): void {
    if (this.#waiting.length < mostWaiting) this.#waiting.push(event);
  }

  /** Goes on until `signal` says otherwise; what waits then is lost. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const event = this.#busy() ? undefined : this.#waiting.shift();
      if (event !== undefined) await this.#write(event).catch(() => undefined);
      await sleep(event === undefined ? pauseForWork : pause, undefined, { signal }).catch(() => undefined);
    }
  }

  /** See https://kubernetes.io/docs/reference/kubernetes-api/core/event-v1/ */
  async #write({ reason, object, message }: GuardEvent): Promise<void> {
    this.#count += 1;
    // Events of what has no namespace are kept in "default", as Kubernetes' own are.
    const namespace = object.namespace ?? 'default';
    const now = new Date();
    const name = `${object.name.slice(0, 200)}.${now.getTime().toString(16)}${this.#count.toString(16)}`;
    await this.#api.ask({
      method: 'POST',
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`,
      body: {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name, namespace },
        involvedObject: {
          apiVersion: object.kind.apiVersion,
          kind: object.kind.kind,
          name: object.name,
          uid: object.uid,
          ...(object.namespace === null ? {} : { namespace: object.namespace }),
        },
        type: reason === 'Removed' ? 'Normal' : 'Warning',
        reason,
        action: reason,
        message: shorten(visible(message), 1000),
        eventTime: now.toISOString().replace('Z', '000Z'),
        reportingComponent: 'curfew-guard',
        reportingInstance: this.#instance,
      },
    });
  }
}
