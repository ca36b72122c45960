/** Deliveries of webhooks that did not get through: GitHub does not repeat them by itself. */
import { z } from 'zod';
import type { Instant } from '../base/instant.ts';
import { errorFor } from './answer.ts';
import type { Client } from './client.ts';
import { id, instant } from './schema.ts';

/** A delivery that did not get through. */
export interface FailedDelivery {
  /** Of the delivery, for `redeliver`. */
  readonly id: number;
  /** Of the event, the same for every attempt. */
  readonly guid: string;
  readonly event: string;
  readonly deliveredAt: Instant;
}

const page = z.array(
  z.object({ id, guid: z.string(), delivered_at: instant, status_code: z.int(), event: z.string() }),
);

/** The last attempt of every event since then of which no attempt succeeded. */
export async function readFailedDeliveries(app: Client, since: Instant): Promise<readonly FailedDelivery[]> {
  const succeeded = new Set<string>();
  const failed = new Map<string, FailedDelivery>();
  for await (const all of app.pages('list the deliveries', 'GET /app/hook/deliveries', {}, page)) {
    const recent = all.filter((each) => each.delivered_at >= since);
    for (const { id: delivery, guid, event, delivered_at: deliveredAt, status_code: status } of recent) {
      if (status >= 200 && status < 300) succeeded.add(guid);
      else if (!failed.has(guid)) failed.set(guid, { id: delivery, guid, event, deliveredAt });
    }
    // Newest first: what is older than asked for ends the search.
    if (recent.length < all.length) break;
  }
  return [...failed.values()].filter(({ guid }) => !succeeded.has(guid));
}

/** Asks GitHub to deliver again. Asking twice delivers twice, which changes nothing in the end. */
export async function redeliver(app: Client, delivery: number): Promise<void> {
  const task = `have delivery ${delivery} repeated`;
  const written = await app.write(task, 'POST /app/hook/deliveries/{delivery_id}/attempts', {
    delivery_id: delivery,
  });
  if (written.kind !== 'done') throw errorFor(task, written.answer);
}
