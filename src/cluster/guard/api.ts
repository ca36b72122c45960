/**
 * Asking the API server, over HTTP alone.
 *
 * Not by the informers of the official client: they end for good at the first error that is no timeout, drop what they
 * cannot parse, cannot page or ask for metadata alone, and its API classes open a connection for each request. See
 * kubernetes-client/javascript#596, #2127, #1933 and #3020 for a history of watches that stall or spin.
 */
import { Agent as PlainAgent, request as plainRequest, type IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { isJsonObject } from '../../base/json-type.ts';
import type { Json } from '../../base/json.ts';
import type { Connection, Credentials } from './connection.ts';

export interface ApiAnswer {
  readonly status: number;
  /** Null where it is no JSON. */
  readonly body: Json;
  /** Milliseconds that the API server asks to wait; null where it says nothing. */
  readonly retryAfter: number | null;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  readonly body?: Json;
  readonly accept?: string;
}

/** The API server was not reached, or broke off. Ask again. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** The API server answered, and did not do it. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;

  constructor(what: string, { status, body }: Pick<ApiAnswer, 'status' | 'body'>) {
    const message =
      isJsonObject(body) && typeof body['message'] === 'string' ? body['message'] : `status ${status}`;
    super(`${what}: ${message}`);
    this.status = status;
  }
}

/** Metadata alone: the guard never sees a spec. See KEP-2334 for the header. */
export const metadataOnly = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
export const metadataListOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/**
 * An answer takes no longer, in milliseconds: a deletion is soon tried again, a list of very much may take its time. The
 * API server's own limit is a minute.
 */
const answerTimeout = { GET: 30_000, POST: 5_000, DELETE: 5_000 } as const;

/** A kubelet replaces a token when a fifth of its life is left: ten minutes or more. */
const credentialsAge = 10_000;

/**
 * So many requests run at once, beside the watches, which have connections of their own. A deletion takes an API server
 * some 10 ms, most of it waiting for etcd; far more at once only queue up there.
 */
export const parallelRequests = 40;

export class Api {
  readonly #connection: Connection;
  readonly #heard: (serverTime: number) => void;
  #session: { readonly credentials: Credentials; readonly agents: Agents; readonly at: number } | null = null;

  #closed = false;

  /** `heard` is told what the `Date` header of each answer says. */
  constructor(connection: Connection, heard: (serverTime: number) => void) {
    this.#connection = connection;
    this.#heard = heard;
  }

  /** Any answer with a status is an answer. @throws Unreachable */
  async ask({ body, ...request }: ApiRequest): Promise<ApiAnswer> {
    const response = await this.#send(
      request,
      'requests',
      AbortSignal.timeout(answerTimeout[request.method]),
      body,
    );
    const content = await text(response).catch((error: unknown) => {
      throw new Unreachable(`${request.method} ${request.path}: ${String(error)}`, { cause: error });
    });
    const retryAfter = Number(response.headers['retry-after']);
    return {
      status: response.statusCode ?? 0,
      body: parse(content),
      retryAfter: retryAfter > 0 ? retryAfter * 1000 : null,
    };
  }

  /** The lines of a watch as they come, until the API server ends it or `signal` does. @throws Unreachable, Refused */
  async *watch(path: string, signal: AbortSignal): AsyncGenerator<Json> {
    const response = await this.#send({ method: 'GET', path, accept: metadataOnly }, 'watches', signal);
    response.setEncoding('utf8');
    try {
      if (response.statusCode !== 200) {
        const body = parse(await text(response));
        throw new Refused(path, { status: response.statusCode ?? 0, body });
      }
      let rest = '';
      for await (const chunk of response) {
        const lines = (rest + String(chunk)).split('\n');
        rest = lines.pop() ?? '';
        // A line that cannot be parsed is an event that was missed: whoever watches lists again.
        for (const line of lines) if (line !== '') yield parseStrictly(line);
      }
    } catch (error) {
      if (error instanceof Refused) throw error;
      throw new Unreachable(`${path}: ${String(error)}`, { cause: error });
    } finally {
      response.destroy();
    }
  }

  /** Closes every connection; what is asked from now on is not. */
  close(): void {
    this.#closed = true;
    if (this.#session !== null) destroy(this.#session.agents);
    this.#session = null;
  }

  async #send(
    asked: Omit<ApiRequest, 'body'>,
    use: keyof Agents,
    signal: AbortSignal,
    body?: Json,
  ): Promise<IncomingMessage> {
    const { method, path, accept = 'application/json' } = asked;
    const { credentials, agents } = await this.#currentSession();
    const content = body === undefined ? '' : JSON.stringify(body);
    const headers = {
      ...credentials.headers,
      accept,
      'user-agent': 'curfew-guard',
      // Said in so many words: for DELETE, Node sends a body without saying how long it is.
      ...(content === ''
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) }),
    };
    const url = new URL(`${this.#connection.server}${path}`);
    const open = url.protocol === 'http:' ? plainRequest : request;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = open(url, { method, headers, signal, agent: agents[use] }, resolve);
      sent.on('error', (error) =>
        reject(new Unreachable(`${method} ${path}: ${String(error)}`, { cause: error })),
      );
      sent.end(content);
    });
    const date = Date.parse(response.headers.date ?? '');
    if (!Number.isNaN(date)) this.#heard(date);
    if (response.statusCode === 401 && this.#session !== null)
      this.#session = { ...this.#session, at: -Infinity };
    return response;
  }

  async #currentSession(): Promise<{ readonly credentials: Credentials; readonly agents: Agents }> {
    if (this.#closed) throw new Unreachable('the guard is shutting down');
    const session = this.#session;
    if (session !== null && performance.now() - session.at < credentialsAge) return session;
    const credentials = await this.#connection.credentials();
    const same = JSON.stringify(credentials.tls) === JSON.stringify(session?.credentials.tls);
    const plain = this.#connection.server.startsWith('http:');
    const agents = session !== null && same ? session.agents : createAgents(credentials, plain);
    // Requests on their way go on: connections that are in use close by themselves when they become idle.
    this.#session = { credentials, agents, at: performance.now() };
    return this.#session;
  }
}

/** Connections for requests are kept; each watch has one. */
interface Agents {
  readonly requests: Agent | PlainAgent;
  readonly watches: Agent | PlainAgent;
}

function createAgents({ tls }: Credentials, plain: boolean): Agents {
  // Node asks again after ten seconds of silence, and gives a peer up that does not answer ten times in a row.
  const kept = { keepAlive: true, keepAliveMsecs: 10_000, maxSockets: parallelRequests };
  const single = { keepAlive: true, keepAliveMsecs: 10_000 };
  return plain
    ? { requests: new PlainAgent(kept), watches: new PlainAgent(single) }
    : { requests: new Agent({ ...tls, ...kept }), watches: new Agent({ ...tls, ...single }) };
}

function destroy({ requests, watches }: Agents): void {
  requests.destroy();
  watches.destroy();
}

function parseStrictly(content: string): Json {
  const value: Json = JSON.parse(content);
  return value;
}

function parse(content: string): Json {
  try {
    return parseStrictly(content);
  } catch {
    return null;
  }
}
