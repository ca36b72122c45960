/** As much of an API server as the guard asks of it, that can be made to misbehave. Objects are RoleBindings. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { grantAnnotations, grantLabel } from '../../../src/base/grant-marks.ts';
import { formatInstant } from '../../../src/base/instant.ts';
import type { Connection } from '../../../src/cluster/guard/connection.ts';

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FakeApi {
  readonly connection: Connection;
  /** Each request as `GET /path`, without its query. */
  readonly asked: readonly string[];
  /** The bodies of what was deleted. */
  readonly deletions: readonly unknown[];
  add(name: string, end: number): void;
  readonly names: () => readonly string[];
  /** Sends a line to every watch. */
  say(line: string): void;
  /** Watches are opened and never say anything, or end at once. */
  watches: 'well' | 'silent' | 'short';
  /** What is answered instead of doing what is asked; undefined to do it. */
  intercept: (method: string, path: string) => Answer | 'hang' | 'break' | undefined;
  close(): Promise<void>;
}

const deletion = z.object({ preconditions: z.object({ uid: z.string() }) });

export async function startFakeApi(): Promise<FakeApi> {
  const objects = new Map<string, { readonly uid: string; readonly end: number }>();
  const watches = new Set<ServerResponse>();
  const asked: string[] = [];
  const deletions: unknown[] = [];
  let count = 0;
  const represent = (name: string): object => ({
    metadata: {
      name,
      namespace: 'payments',
      uid: objects.get(name)?.uid ?? '',
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { [grantLabel]: name },
      annotations: { [grantAnnotations.expiresAt]: formatInstant(objects.get(name)?.end ?? 0) },
    },
  });
  const say = (line: string): void => {
    for (const watch of watches) watch.write(`${line}\n`);
  };
  const tell = (type: string, object: object): void => {
    if (fake.watches === 'well') say(JSON.stringify({ type, object }));
  };

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://fake');
    const method = request.method ?? '';
    const content = await text(request);
    asked.push(`${method} ${url.pathname}`);
    const instead = fake.intercept(method, url.pathname);
    if (instead === 'hang') return;
    if (instead === 'break') return void request.socket.destroy();
    const send = ({ status, body = {}, headers = {} }: Answer): void =>
      void response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body));
    if (instead !== undefined) return send(instead);
    if (method === 'DELETE') {
      deletions.push(JSON.parse(content));
      const name = url.pathname.split('/').at(-1) ?? '';
      const known = objects.get(name);
      if (known === undefined) return send({ status: 404 });
      const { uid } = deletion.parse(JSON.parse(content)).preconditions;
      if (uid !== known.uid)
        return send({ status: 409, body: { message: `the UID in the precondition (${uid})` } });
      const object = represent(name);
      objects.delete(name);
      tell('DELETED', object);
      return send({ status: 200, body: { kind: 'Status', status: 'Success' } });
    }
    if (method !== 'GET') return send({ status: 201, body: { status: { allowed: true } } });
    const bindings = url.pathname.endsWith('/rolebindings');
    if (url.searchParams.has('watch')) {
      response.writeHead(200).flushHeaders();
      if (bindings && fake.watches === 'short') return void response.end();
      if (bindings) watches.add(response.on('close', () => watches.delete(response)));
      return;
    }
    const wanted = url.searchParams.get('fieldSelector')?.split('=')[1];
    const names = [...objects.keys()].filter((name) => wanted === undefined || name === wanted);
    send({
      status: 200,
      body: { metadata: { resourceVersion: '1' }, items: bindings ? names.map(represent) : [] },
    });
  };

  const server = createServer((request, response) => void respond(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const fake: FakeApi = {
    connection: {
      server: `http://127.0.0.1:${port}`,
      credentials: async () => Promise.resolve({ headers: { authorization: 'Bearer x' }, tls: {} }),
    },
    asked,
    deletions,
    add: (name, end) => {
      count += 1;
      objects.set(name, { uid: `uid-${count}`, end });
      tell('ADDED', represent(name));
    },
    names: () => [...objects.keys()],
    say,
    watches: 'well',
    intercept: () => undefined,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return fake;
}
