/** Webhooks that are forged, replayed, or none of GitHub's. */
import { createHmac } from 'node:crypto';
import { webhookPath } from '../../../src/app/http.ts';
import type { Attack } from '../attack.ts';
import type { Field } from '../field.ts';

/** Posts to the App like GitHub, or not quite; gives what it answers. */
async function post(
  field: Field,
  body: string | ReadableStream<Uint8Array>,
  headers: Readonly<Record<string, string>>,
): Promise<string> {
  const request = new Request(`http://127.0.0.1${webhookPath}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-delivery': '00000000-0000-4000-8000-000000000000',
      'x-github-event': 'push',
      ...headers,
    },
    body,
    // What is a stream is sent while it is made.
    duplex: 'half',
  });
  const answer = await field.curfew.handle(request);
  await field.settle();
  return `${answer.status} ${await answer.text()}`;
}

function signature(field: Field, body: string): string {
  return `sha256=${createHmac('sha256', field.app.webhookSecret).update(body).digest('hex')}`;
}

/** The newest delivery of an event that GitHub sent. */
function genuine(field: Field, event: string): string {
  const found = field.sandbox.state.deliveries.findLast((delivery) => delivery.event === event);
  if (found === undefined) throw new Error(`there was no ${event}`);
  return found.body;
}

const enough = 6 * 1024 * 1024;

export const webhooks: readonly Attack[] = [
  {
    name: 'a webhook with a signature of another secret',
    refused: 'to look because a stranger says so',
    reason: 'bad-signature',
    says: /^401 the signature does not match/,
    play: async (field) => {
      const body = genuine(field, 'push');
      const forged = `sha256=${createHmac('sha256', 'development').update(body).digest('hex')}`;
      return { told: await post(field, body, { 'x-hub-signature-256': forged }) };
    },
  },
  {
    name: 'a webhook without a signature',
    refused: 'to look because a stranger says so',
    reason: 'bad-signature',
    says: /^401 the signature does not match/,
    play: async (field) => ({ told: await post(field, genuine(field, 'push'), {}) }),
  },
  {
    name: 'a webhook with the signature of another body',
    refused: 'a payload that GitHub did not send',
    reason: 'bad-signature',
    says: /^401 the signature does not match/,
    play: async (field) => {
      const body = genuine(field, 'push');
      const forged = body.replace('"id":500', '"id":501');
      return { told: await post(field, forged, { 'x-hub-signature-256': signature(field, body) }) };
    },
  },
  {
    name: 'a body that says how huge it is',
    refused: 'memory for a stranger',
    reason: 'too-large',
    says: /^413 larger than/,
    play: async (field) => ({ told: await post(field, 'x', { 'content-length': String(enough) }) }),
  },
  {
    name: 'a body that is huge without a word',
    refused: 'memory for a stranger',
    reason: 'too-large',
    says: /^413 larger than/,
    play: async (field) => {
      const stream = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024)),
      });
      return { told: await post(field, stream, {}) };
    },
  },
  {
    name: 'a genuine payload under the name of another event',
    refused: 'a payload that is not what it is said to be',
    reason: 'malformed',
    says: /^422 the payload has another shape/,
    play: async (field) => {
      await field.as('alice').comment(1, 'Thank you');
      const body = genuine(field, 'issue_comment');
      const headers = { 'x-hub-signature-256': signature(field, body) };
      return { told: await post(field, body, headers) };
    },
  },
  {
    name: 'a delivery of an installation that is not there',
    refused: 'work for nobody',
    reason: 'accepted',
    says: /^202 queued/,
    play: async (field) => {
      const body = genuine(field, 'push').replace(/"installation":\{"id":\d+/, '"installation":{"id":99999');
      return { told: await post(field, body, { 'x-hub-signature-256': signature(field, body) }) };
    },
  },
  {
    name: 'everything that GitHub ever delivered, once more after the end',
    refused: 'a grant out of old events',
    reason: 'accepted',
    says: /the access was handed back|revoked by alice/i,
    play: async (field) => {
      const number = await field.grant('replayed');
      await field.as('alice').comment(number, '/revoke');
      const { deliveries, context } = field.sandbox;
      // Each redelivery is a delivery of its own, and joins the list.
      const earlier = field.sandbox.state.deliveries.slice();
      for (const delivery of earlier) deliveries.redeliver(context, delivery);
      await field.settle();
      return { pullRequest: number };
    },
  },
];
