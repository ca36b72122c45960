/** Sends events to the Apps that listen, signed; keeps what was sent, so that it can be listed and sent again. */
import { createHmac } from 'node:crypto';
import { covers } from '../access.ts';
import type { SandboxContext } from '../context.ts';
import { soleReceiver } from '../events.ts';
import type { SandboxEvent } from '../events.ts';
import type { Faults } from '../faults.ts';
import type { App, Delivery, Installation } from '../state.ts';
import { payloadOf } from './payload.ts';

/** A delivery as the App's server receives it. */
export interface DeliveryRequest {
  /** `X-GitHub-Delivery`. */
  readonly id: string;
  /** `X-GitHub-Event`. */
  readonly name: string;
  /** The raw body. */
  readonly payload: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where an App's deliveries go: over HTTP, or to a function in the same process that gives the status. */
export type WebhookTarget = string | ((delivery: DeliveryRequest) => Promise<number>);

/** GitHub gives up after ten seconds and does not try again by itself (facts §1). */
const timeout = 10_000;
/** GitHub remembers deliveries for three days; so does the sandbox, but never more than this many. */
const remembered = 1_000;
const retention = 3 * 24 * 60 * 60 * 1000;

export class Deliveries {
  readonly #faults: Faults;
  readonly #targets = new Map<App, WebhookTarget>();
  readonly #inFlight = new Set<Promise<void>>();
  #held: Delivery[] = [];

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  setTarget(app: App, target: WebhookTarget): void {
    this.#targets.set(app, target);
  }

  /** Tells every App that has to hear of an event. */
  emit(context: SandboxContext, event: SandboxEvent): void {
    for (const installation of receivers(context, event)) {
      const id = context.state.nextId();
      const delivery: Delivery = {
        id,
        guid: guidOf(id),
        app: installation.app,
        installation,
        repository: 'repository' in event ? event.repository : null,
        event: event.event,
        action: 'action' in event ? event.action : null,
        body: JSON.stringify(payloadOf(context, event, installation)),
        deliveredAt: context.clock.now(),
        redelivery: false,
        statusCode: null,
        status: 'pending',
      };
      remember(context, delivery);
      this.#dispatch(delivery);
    }
  }

  /** Sends a delivery again under its old id, as `POST /app/hook/deliveries/{id}/attempts` does. */
  redeliver(context: SandboxContext, delivery: Delivery): Delivery {
    const again: Delivery = {
      ...delivery,
      id: context.state.nextId(),
      deliveredAt: context.clock.now(),
      redelivery: true,
      statusCode: null,
      status: 'pending',
    };
    remember(context, again);
    this.#dispatch(again);
    return again;
  }

  /** Deliveries that a fault keeps back, oldest first. */
  get held(): readonly Delivery[] {
    return this.#held;
  }

  /** Lets go what was held back, in the order that the caller makes of it. */
  release(order: (held: readonly Delivery[]) => readonly Delivery[] = (held) => held): void {
    const released = order(this.#held);
    this.#held = [];
    for (const delivery of released) this.#send(delivery);
  }

  /** Resolves once nothing is on its way; what is held back does not count. */
  async settle(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
  }

  #dispatch(delivery: Delivery): void {
    switch (this.#faults.fateOf(delivery)) {
      case 'deliver':
        this.#send(delivery);
        return;
      case 'duplicate':
        this.#send(delivery);
        this.#send(delivery);
        return;
      case 'hold':
        this.#held.push(delivery);
        return;
      case 'drop':
        Object.assign(delivery, {
          statusCode: 0,
          status: 'failed to connect to host',
        } satisfies Partial<Delivery>);
    }
  }

  #send(delivery: Delivery): void {
    const sent = this.#attempt(delivery).finally(() => this.#inFlight.delete(sent));
    this.#inFlight.add(sent);
  }

  async #attempt(delivery: Delivery): Promise<void> {
    // Whoever caused the event is answered first.
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    try {
      delivery.statusCode = await this.#post(delivery);
      delivery.status = delivery.statusCode < 300 ? 'OK' : `Invalid HTTP Response: ${delivery.statusCode}`;
    } catch (error) {
      delivery.statusCode = 0;
      delivery.status = error instanceof Error ? error.message : String(error);
    }
  }

  async #post(delivery: Delivery): Promise<number> {
    const target = this.#targets.get(delivery.app);
    if (target === undefined) throw new Error('the App has no webhook URL');
    const request = toRequest(delivery);
    if (typeof target === 'function') return await target(request);
    const response = await fetch(target, {
      method: 'POST',
      headers: request.headers,
      body: request.payload,
      signal: AbortSignal.timeout(timeout),
    });
    await response.arrayBuffer();
    return response.status;
  }
}

function receivers(context: SandboxContext, event: SandboxEvent): Installation[] {
  const only = soleReceiver(event);
  // An installation that was just deleted is told so, although it is no longer there.
  if ('installation' in event) return [event.installation];
  return [...context.state.installations.values()].filter(
    (installation) =>
      installation.suspendedAt === null &&
      installation.app.events.includes(event.event) &&
      (only === undefined || only === installation.app) &&
      concerns(installation, event),
  );
}

function concerns(installation: Installation, event: SandboxEvent): boolean {
  if ('repository' in event) return covers(installation, event.repository);
  if ('organization' in event) return installation.account === event.organization;
  return 'team' in event && installation.account === event.team.organization;
}

function remember(context: SandboxContext, delivery: Delivery): void {
  const { deliveries } = context.state;
  deliveries.push(delivery);
  const oldest = context.clock.now() - retention;
  while (deliveries.length > remembered || (deliveries[0]?.deliveredAt ?? oldest) < oldest)
    deliveries.shift();
}

function guidOf(id: number): string {
  return `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`;
}

function toRequest(delivery: Delivery): DeliveryRequest {
  const { app, body, event, guid } = delivery;
  const sign = (algorithm: string): string =>
    createHmac(algorithm, app.webhookSecret).update(body).digest('hex');
  return {
    id: guid,
    name: event,
    payload: body,
    headers: {
      accept: '*/*',
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/sandbox',
      'x-github-delivery': guid,
      'x-github-event': event,
      'x-github-hook-id': String(app.id),
      'x-github-hook-installation-target-id': String(app.id),
      'x-github-hook-installation-target-type': 'integration',
      'x-hub-signature': `sha1=${sign('sha1')}`,
      'x-hub-signature-256': `sha256=${sign('sha256')}`,
    },
  };
}
