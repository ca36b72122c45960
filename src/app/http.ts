/** The app's few addresses, whichever way a request comes in: by a socket, or handed over in process. */
import type { Logger } from 'pino';
import { BodyReader, largestBody } from './body.ts';
import type { DeliveryResult, Metrics } from './metrics.ts';
import type { Readiness } from './readiness.ts';
import type { WebhookReceiver } from './webhooks.ts';

/** Where GitHub delivers: Probot's own default. */
export const webhookPath = '/api/github/webhooks';

/** A request, as far as it matters here. */
export interface Incoming {
  readonly method: string;
  /** Path alone, without a query. */
  readonly path: string;
  /** Names in lower case; null where there is none. */
  header(name: string): string | null;
  readonly body: AsyncIterable<Uint8Array>;
}

/** What goes out on a request. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the answers are made from. */
export interface HttpOptions {
  readonly receiver: WebhookReceiver;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly readiness: Readiness;
}

/** A function that answers requests; it never rejects. */
export function createHttp(options: HttpOptions): (incoming: Incoming) => Promise<Answer> {
  const bodies = new BodyReader();
  return async (incoming) => {
    try {
      return await route(incoming, options, bodies);
    } catch (error) {
      options.log.error({ err: error, path: incoming.path }, 'a request could not be answered');
      return text(500, 'internal error');
    }
  };
}

async function route(incoming: Incoming, options: HttpOptions, bodies: BodyReader): Promise<Answer> {
  const { method, path } = incoming;
  if (path === webhookPath) {
    return method === 'POST' ? receiveWebhook(incoming, options, bodies) : notAllowed('POST');
  }
  const page = pages.get(path);
  if (page === undefined) return text(404, 'not found');
  return method === 'GET' || method === 'HEAD' ? page(options) : notAllowed('GET, HEAD');
}

type Page = (options: HttpOptions) => Answer | Promise<Answer>;

const pages: ReadonlyMap<string, Page> = new Map<string, Page>([
  // The process is alive. That GitHub is away is no reason to restart it.
  ['/healthz', () => text(200, 'ok')],
  ['/readyz', showReadiness],
  ['/metrics', showMetrics],
]);

/** Whether this path is one of the app's. */
export function servesPath(path: string): boolean {
  return path === webhookPath || pages.has(path);
}

function showReadiness({ readiness }: HttpOptions): Answer {
  const missing = readiness.missing();
  return missing.length === 0 ? text(200, 'ok') : text(503, missing.join('\n'));
}

async function showMetrics({ metrics: { registry } }: HttpOptions): Promise<Answer> {
  const answer = text(200, await registry.metrics());
  return { ...answer, headers: { ...answer.headers, 'content-type': registry.contentType } };
}

async function receiveWebhook(incoming: Incoming, options: HttpOptions, bodies: BodyReader): Promise<Answer> {
  const { metrics, log, receiver, readiness } = options;
  // Better failed than accepted and forgotten: who starts next has it delivered again.
  if (readiness.draining) return text(503, 'shutting down');
  const contentType = incoming.header('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(contentType)) {
    return text(415, 'set the content type of the webhook to application/json');
  }
  const id = incoming.header('x-github-delivery') ?? '';
  const event = incoming.header('x-github-event') ?? '';
  // Neither is covered by the signature, and both go into the log.
  if (!/^[\w-]{1,64}$/.test(id) || !/^[a-z_]{1,64}$/.test(event)) {
    return text(400, 'x-github-delivery and x-github-event are needed');
  }
  const declared = incoming.header('content-length');
  const body = await bodies.read(incoming.body, declared === null ? null : Number(declared));
  const signature = incoming.header('x-hub-signature-256') ?? '';
  const result =
    body.kind === 'read' ? await receiver.receive({ id, event, signature, body: body.text }) : body.kind;
  metrics.delivered(result);
  const level = result === 'accepted' || result === 'ignored' ? 'debug' : 'warn';
  log[level]({ delivery: id, event, result }, 'webhook delivery');
  return answers[result];
}

const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

const answers: Readonly<Record<DeliveryResult, Answer>> = {
  // Queued, not done: GitHub waits no longer than ten seconds.
  accepted: text(202, 'queued'),
  ignored: text(202, 'not an event that Curfew uses'),
  malformed: text(422, 'the payload has another shape than GitHub documents'),
  'bad-signature': text(401, 'the signature does not match'),
  'too-large': text(413, `larger than ${largestBody} bytes`),
  'broken-off': text(400, 'the body is incomplete'),
  overloaded: text(503, 'too much at once'),
};

function notAllowed(methods: string): Answer {
  const answer = text(405, 'method not allowed');
  return { ...answer, headers: { ...answer.headers, allow: methods } };
}

function text(status: number, line: string): Answer {
  const headers = { ...securityHeaders, 'content-type': 'text/plain; charset=utf-8' };
  return { status, headers, body: line.endsWith('\n') ? line : `${line}\n` };
}

/** Answers a request of the fetch API, for use in process. */
export async function answerFetch(
  request: Request,
  answer: (incoming: Incoming) => Promise<Answer>,
): Promise<Response> {
  const { status, headers, body } = await answer({
    method: request.method,
    path: new URL(request.url).pathname,
    header: (name) => request.headers.get(name),
    body: request.body ?? noBody(),
  });
  return new Response(request.method === 'HEAD' ? null : body, { status, headers });
}

async function* noBody(): AsyncIterable<Uint8Array> {}
