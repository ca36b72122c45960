/**
 * Receiving webhooks: Probot checks the signature and hands the event over. Its client is never used, for all
 * installations would share one throttle; the engine has clients of its own.
 */
import type { Logger } from 'pino';
import { Probot } from 'probot';
import { z } from 'zod';
import { eventNames, isEventName, placesOf, type Ourselves, type Place } from './events.ts';
import type { DeliveryResult } from './metrics.ts';

/** A delivery as it came in. Only the body is covered by the signature. */
interface Delivery {
  readonly id: string;
  readonly event: string;
  /** `x-hub-signature-256`. */
  readonly signature: string;
  readonly body: string;
}

/** How deliveries are proved genuine, and what they lead to. */
export interface WebhookOptions {
  readonly appId: number;
  readonly privateKey: string;
  readonly secret: string;
  readonly log: Logger;
  readonly ourselves: () => Ourselves;
  /** Called for each place that a genuine delivery points at. */
  readonly look: (place: Place, delivery: string) => void;
}

/** Takes deliveries. */
export interface WebhookReceiver {
  receive(
    delivery: Delivery,
  ): Promise<Extract<DeliveryResult, 'accepted' | 'ignored' | 'malformed' | 'bad-signature'>>;
}

/** Builds the receiver; resolves once Probot is ready. */
export async function createWebhookReceiver(options: WebhookOptions): Promise<WebhookReceiver> {
  const { appId, ourselves, look, log } = options;
  const probot = new Probot({
    appId,
    privateKey: options.privateKey,
    secret: options.secret,
    log,
    request: { fetch: refuseToCall },
  });
  await probot.ready();
  probot.on([...eventNames], ({ id, name, payload }) => {
    if (!isEventName(name)) return;
    for (const place of placesOf(name, payload, ourselves())) look(place, id);
  });
  return {
    receive: async ({ id, event, signature, body }) => {
      // First of all, and apart: a failure within verifyAndReceive would log what a stranger sent.
      const genuine = body !== '' && signature !== '' && (await probot.webhooks.verify(body, signature));
      if (!genuine) return 'bad-signature';
      if (!isEventName(event)) return 'ignored';
      try {
        await probot.webhooks.verifyAndReceive({ id, name: event, payload: body, signature });
        return 'accepted';
      } catch (error) {
        if (!isMalformed(error)) throw error;
        log.warn({ delivery: id, event, err: error }, 'a delivery has another shape than GitHub documents');
        return 'malformed';
      }
    },
  };
}

function isMalformed(error: unknown): boolean {
  const causes: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  return causes.every((cause) => cause instanceof z.ZodError || cause instanceof SyntaxError);
}

async function refuseToCall(): Promise<never> {
  throw new Error('the receiver of webhooks calls nobody');
}
