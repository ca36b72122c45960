/** As much of an API server as a snapshot asks of one: lists in pages, and the version. */
import { createServer, type IncomingMessage } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../../src/base/json.ts';

export interface FakeApiServer {
  readonly kubeconfig: string;
  /** What was asked, with its query. */
  readonly asked: string[];
  /** Items by path: `/api/v1/namespaces`. */
  readonly lists: Map<string, readonly JsonObject[]>;
  /** What to answer instead, once: status and message. */
  readonly refusals: Map<string, { readonly status: number; readonly message: string }>;
  pageSize: number;
  close(): Promise<void>;
}

export async function startApiServer(): Promise<FakeApiServer> {
  const folder = await mkdtemp(join(tmpdir(), 'curfew-snapshot-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const fake: Omit<FakeApiServer, 'close'> = {
    kubeconfig,
    asked: [],
    lists: new Map(),
    refusals: new Map(),
    pageSize: 500,
  };
  const server = createServer((request, response) => {
    const { status, body } = answer(fake, request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await writeFile(kubeconfig, JSON.stringify(configFor(port)));
  return Object.assign(fake, {
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  });
}

function configFor(port: number): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'prod-eu', cluster: { server: `http://127.0.0.1:${port}/`, 'insecure-skip-tls-verify': true } },
    ],
    users: [{ name: 'job', user: { token: 'the-token' } }],
    contexts: [{ name: 'prod-eu', context: { cluster: 'prod-eu', user: 'job' } }],
    'current-context': '',
  };
}

function answer(
  fake: Omit<FakeApiServer, 'close'>,
  { url = '', headers }: IncomingMessage,
): { readonly status: number; readonly body: object } {
  const { pathname, search, searchParams } = new URL(url, 'http://127.0.0.1');
  fake.asked.push(`${pathname}${decodeURIComponent(search)}`);
  const refusal = fake.refusals.get(pathname);
  fake.refusals.delete(pathname);
  if (headers.authorization !== 'Bearer the-token') return { status: 401, body: { message: 'Unauthorized' } };
  if (refusal !== undefined)
    return { status: refusal.status, body: { kind: 'Status', message: refusal.message } };
  if (pathname === '/version') return { status: 200, body: { major: '1', gitVersion: 'v1.36.3' } };
  const items = fake.lists.get(pathname) ?? [];
  const from = Number(searchParams.get('continue') ?? 0);
  const to = from + fake.pageSize;
  const metadata = { resourceVersion: '1', ...(to < items.length ? { continue: String(to) } : {}) };
  return { status: 200, body: { kind: 'List', metadata, items: items.slice(from, to) } };
}
