/** Webhooks that are forged, replayed, reordered or lost, and a GitHub that fails at every call. */
import { createHmac } from 'node:crypto';
import { webhookPath } from '../../src/app/http.ts';
import type { FaultEffect, RequestSummary } from '../../src/sandbox/faults.ts';
import type { Attack } from './attack.ts';
import { repo, requestPath, type Field } from './field.ts';
import { play } from './runner.ts';

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

const webhooks: readonly Attack[] = [
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

/** From the request to the end of the access, whatever happens on the way. */
async function live(field: Field, name: string): Promise<number> {
  const number = await field.ask(name);
  // An approval before the plan is shown would not count.
  await sweepUntil(field, async () => (await field.check(number)) !== null);
  await field.as('bob').review(number, 'APPROVE');
  await sweepUntil(field, async () => (await field.grants()).includes(grantOf(name)));
  await field.pass(61);
  await sweepUntil(field, async () => !(await field.paths()).includes(requestPath(name)));
  field.sandbox.faults.clear();
  await sweepUntil(field, async () => (await field.comment(number)).includes('**Ended: '));
  await expectOneLife(field, name);
  return number;
}

/** Sweeps as the App does by itself, a minute apart: what was refused in between has to come about at last. */
async function sweepUntil(field: Field, done: () => Promise<boolean>): Promise<void> {
  for (let minutes = 0; minutes < 50 && !(await done()); minutes += 1) await field.pass(1);
}

/** The history of the grant file is one grant and its end. */
async function expectOneLife(field: Field, name: string): Promise<void> {
  const { data } = await field.as('erin').octokit.repos.listCommits({ ...repo, path: grantOf(name) });
  if (data.length !== 2) throw new Error(`${data.length} commits instead of a grant and its end`);
}

function grantOf(name: string): string {
  return requestPath(name).replace('access-requests/', 'grants/');
}

/** Hits each kind of call of the App once. */
function eachCallOnce(): (request: RequestSummary) => boolean {
  const hit = new Set<string>();
  return ({ actor, method, route, operation }) => {
    const kind = `${method} ${route} ${operation ?? ''}`;
    if (actor?.startsWith('curfew') !== true || hit.has(kind)) return false;
    hit.add(kind);
    return true;
  };
}

/** Hits every n-th call of the App. */
function everyNth(n: number): (request: RequestSummary) => boolean {
  let calls = 0;
  return ({ actor }) => {
    if (actor?.startsWith('curfew') !== true) return false;
    calls += 1;
    return calls % n === 0;
  };
}

function failing(
  name: string,
  when: () => (request: RequestSummary) => boolean,
  effect: FaultEffect,
): Attack {
  return {
    name,
    refused: 'a second grant, and access beyond its end',
    reason: 'expired',
    says: /\*\*Ended: the time is up/,
    alone: true,
    play: async (field) => {
      field.sandbox.faults.inject({ when: when(), effect });
      return { pullRequest: await live(field, 'life') };
    },
  };
}

const statuses = [401, 403, 404, 409, 422, 429, 500, 502];

const failures: readonly Attack[] = [
  ...statuses.map((status) =>
    failing(`GitHub answers ${status} to each kind of call once`, eachCallOnce, { kind: 'status', status }),
  ),
  ...statuses.map((status) =>
    failing(`GitHub does what it is told and answers ${status}, each kind of call once`, eachCallOnce, {
      kind: 'status-after-effect',
      status,
    }),
  ),
  failing('GitHub answers nothing to each kind of call once', eachCallOnce, { kind: 'drop' }),
  failing('GitHub does what it is told and answers nothing, each kind of call once', eachCallOnce, {
    kind: 'drop-after-effect',
  }),
  failing('GitHub answers a part and an error to each kind of call once', eachCallOnce, {
    kind: 'partial',
    answer: { path: ['repository'], type: 'SERVICE_UNAVAILABLE', message: 'Something went wrong' },
  }),
  failing('GitHub fails at every third call', () => everyNth(3), { kind: 'status', status: 502 }),
  failing('GitHub fails after every fourth call', () => everyNth(4), { kind: 'drop-after-effect' }),
];

function delivered(name: string, fate: 'drop' | 'duplicate'): Attack {
  return {
    name,
    refused: 'a second grant, and access beyond its end',
    reason: 'expired',
    says: /\*\*Ended: the time is up/,
    alone: true,
    play: async (field) => {
      field.sandbox.faults.onDelivery(() => fate);
      const number = await field.ask('delivered');
      await field.calm();
      await field.as('bob').review(number, 'APPROVE');
      await field.calm();
      await field.pass(61);
      await field.calm();
      return { pullRequest: number };
    },
  };
}

const order: readonly Attack[] = [
  delivered('every delivery is lost', 'drop'),
  delivered('every delivery comes twice', 'duplicate'),
  {
    name: 'every delivery comes late, the last first',
    refused: 'a grant out of old events',
    reason: 'revoked',
    says: /revoked by alice/,
    alone: true,
    play: async (field) => {
      field.sandbox.faults.onDelivery(() => 'hold');
      const number = await field.ask('late');
      await field.calm();
      await field.as('bob').review(number, 'APPROVE');
      await field.calm();
      await field.as('alice').comment(number, '/revoke');
      await field.calm();
      field.sandbox.faults.onDelivery(() => 'deliver');
      field.sandbox.deliveries.release((held) => held.toReversed());
      await field.settle();
      return { pullRequest: number };
    },
  },
  {
    name: 'two replicas do everything at once',
    refused: 'a second grant, a second comment, a second revert',
    reason: 'revoked',
    says: /revoked by alice/,
    alone: true,
    play: async (field) => {
      await both(field);
      const number = await field.grant('replicas');
      await field.as('alice').comment(number, '/revoke');
      await expectOneLife(field, 'replicas');
      return { pullRequest: number };
    },
  },
];

/** From now on a second process of the App hears everything too. */
async function both(field: Field): Promise<void> {
  const second = await field.replica();
  field.sandbox.world.setWebhook(field.app, async ({ headers, payload: body }) => {
    const send = async (to: typeof second): Promise<number> => {
      const request = new Request(`http://127.0.0.1${webhookPath}`, { method: 'POST', headers, body });
      return (await to.handle(request)).status;
    };
    const [status] = await Promise.all([send(field.curfew), send(second)]);
    return status;
  });
}

play('delivery', [...webhooks, ...failures, ...order]);
