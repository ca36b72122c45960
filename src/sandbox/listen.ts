/** The sandbox on a socket. Loopback only, and only for requests that mean it. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ConnectionDropped } from './faults.ts';

export interface ListenOptions {
  /** `127.0.0.1`, `::1` or `localhost`. */
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
}

export interface Listening {
  /** `http://127.0.0.1:3000`. */
  readonly url: string;
  close(): Promise<void>;
}

const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

/**
 * Answers on a loopback address. A request whose `Host` is another name (DNS rebinding) or whose `Origin` is another
 * site (a page elsewhere that posts here) is refused.
 */
export async function listen(
  handle: (request: Request) => Promise<Response>,
  { host, port }: ListenOptions,
): Promise<Listening> {
  if (!loopback.has(host)) throw new Error(`the sandbox listens on loopback addresses only, not on ${host}`);
  const server = createServer((incoming, outgoing) => {
    void respond(handle, incoming, outgoing);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: urlOf(host, address),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function urlOf(host: string, { port }: AddressInfo): string {
  return `http://${host === '::1' ? '[::1]' : host}:${port}`;
}

async function respond(
  handle: (request: Request) => Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  try {
    const refused = refusal(incoming);
    if (refused !== null) {
      outgoing.writeHead(403, { 'content-type': 'text/plain' }).end(refused);
      return;
    }
    const response = await handle(toRequest(incoming));
    outgoing.writeHead(response.status, [...response.headers].flat());
    if (response.body === null) outgoing.end();
    else await pipeline(Readable.fromWeb(response.body), outgoing);
  } catch (error) {
    // The client is gone, or a fault wants it to think that the server is.
    if (error instanceof ConnectionDropped || outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
  }
}

function refusal({ headers, socket }: IncomingMessage): string | null {
  const host = headers.host ?? '';
  const name = host.replace(/:\d+$/, '').replaceAll(/[[\]]/g, '');
  if (!loopback.has(name) || !host.endsWith(`:${socket.localPort ?? 0}`)) return `unexpected Host: ${host}`;
  const { origin } = headers;
  return origin === undefined || origin === `http://${host}` ? null : `unexpected Origin: ${origin}`;
}

function toRequest(incoming: IncomingMessage): Request {
  const headers = new Headers();
  for (let at = 0; at + 1 < incoming.rawHeaders.length; at += 2) {
    headers.append(incoming.rawHeaders[at] ?? '', incoming.rawHeaders[at + 1] ?? '');
  }
  const method = incoming.method ?? 'GET';
  const url = `http://${incoming.headers.host ?? 'localhost'}${incoming.url ?? '/'}`;
  const hasBody = method !== 'GET' && method !== 'HEAD';
  if (!hasBody) return new Request(url, { method, headers });
  return new Request(url, { method, headers, body: Readable.toWeb(incoming), duplex: 'half' });
}
