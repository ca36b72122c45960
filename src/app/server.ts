/** The HTTP server. Not Probot's: that one buffers any body before it looks at it, and cannot be drained. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Answer, Incoming } from './http.ts';

/** A server that answers on a socket. */
export interface ListeningServer {
  /** `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Accepts no more connections, and resolves when the requests that are being answered are. */
  close(): Promise<void>;
}

/** A sender gets so long for the headers, and for headers and body together. GitHub itself gives up after 10 s. */
const headersTimeout = 5_000;
const requestTimeout = 10_000;

/** Listens on `host` and `port` (0 for any free one). Rejects where the address is in use or not ours. */
export async function listen(
  host: string,
  port: number,
  answer: (incoming: Incoming) => Promise<Answer>,
): Promise<ListeningServer> {
  const server = createServer(
    { headersTimeout, requestTimeout, keepAliveTimeout: 5_000, connectionsCheckingInterval: 1_000 },
    (request, response) => void respond(request, response, answer),
  );
  // More are refused at once instead of being kept waiting: each costs memory before it has proved anything.
  server.maxConnections = 512;
  server.listen(port, host);
  await once(server, 'listening');
  return { url: urlOf(server), close: async () => close(server) };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (incoming: Incoming) => Promise<Answer>,
): Promise<void> {
  const { status, headers, body } = await answer({
    method: request.method ?? '',
    path: (request.url ?? '').split('?', 1)[0] ?? '',
    header: (name) => singleHeader(request, name),
    // Left open when reading stops early, for the answer goes out on the same connection.
    body: request.iterator({ destroyOnReturn: false }),
  });
  if (response.destroyed) return;
  const unread = !request.complete;
  response.writeHead(status, {
    ...headers,
    'content-length': Buffer.byteLength(body),
    ...(unread ? { connection: 'close' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
  // What is still on its way is thrown away, so that the sender comes to reading the answer.
  if (unread) request.resume();
}

/** A header that is there more than once says nothing. */
function singleHeader(request: IncomingMessage, name: string): string | null {
  const values = request.headersDistinct[name] ?? [];
  return values.length === 1 ? (values[0] ?? null) : null;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // A closed server no longer looks after its timeouts.
  const deadline = setTimeout(() => server.closeAllConnections(), requestTimeout);
  await closed;
  clearTimeout(deadline);
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
