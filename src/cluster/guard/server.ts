/** What monitoring asks over HTTP: three pages, and nothing else. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';

export interface MonitoringServer {
  /** `http://127.0.0.1:8080`. */
  readonly url: string;
  close(): void;
}

export interface MonitoringOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly registry: Registry;
  /** What is missing until the guard can do its work; empty when nothing is. */
  readonly missing: () => readonly string[];
}

/** Rejects where the address is in use or not ours. */
export async function serveMonitoring(options: MonitoringOptions): Promise<MonitoringServer> {
  const server = createServer(
    { headersTimeout: 5_000, requestTimeout: 10_000, keepAliveTimeout: 5_000 },
    (request, response) => void respond(request, response, options),
  );
  server.maxConnections = 64;
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${host}:${address.port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { registry, missing }: MonitoringOptions,
): Promise<void> {
  const say = (status: number, body: string, type = 'text/plain; charset=utf-8'): void => {
    response.writeHead(status, {
      'content-type': type,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  if (request.method !== 'GET' && request.method !== 'HEAD') return say(405, 'method not allowed\n');
  const path = (request.url ?? '').split('?', 1)[0];
  // The process is alive. That the API server is away is no reason to restart it: it would forget the ends it has seen.
  if (path === '/healthz') return say(200, 'ok\n');
  if (path === '/readyz') {
    const lines = missing();
    return lines.length === 0 ? say(200, 'ok\n') : say(503, `${lines.join('\n')}\n`);
  }
  if (path === '/metrics') return say(200, await registry.metrics(), registry.contentType);
  return say(404, 'not found\n');
}
