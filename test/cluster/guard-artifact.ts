/** What Flux shows of a fetched revision, made by hand: a tarball over HTTP, and a GitRepository that names it. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { fluxBinaries } from './binaries.ts';
import type { TestCluster } from './cluster.ts';

export interface Source {
  /** Publishes a revision of these files, fetched at that time, as the current one. */
  publish(
    files: Readonly<Record<string, string>>,
    how?: { readonly fetchedAt?: Date; readonly digest?: string; readonly served?: Buffer },
  ): Promise<void>;
  close(): void;
}

export const repository = { namespace: 'curfew-system', name: 'curfew-access' };

/** The text of a grant file. */
export function grantText(...objects: readonly object[]): string {
  return objects.map((object) => stringify(object)).join('---\n');
}

/** Installs Flux's resource definitions and an empty GitRepository, and serves what is published. */
export async function createSource(cluster: TestCluster): Promise<Source> {
  const definitions = join(await fluxBinaries(), 'crds');
  const { code, stderr } = await cluster.kubectl(['apply', '--server-side', '-f', definitions]);
  if (code !== 0) throw new Error(stderr);
  await cluster.kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
  await cluster.apply([
    {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: repository,
      spec: { url: 'https://example.com/acme/access', interval: '1m' },
    },
  ]);
  const tarballs = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const tarball = tarballs.get(request.url ?? '');
    response.writeHead(tarball === undefined ? 404 : 200).end(tarball);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const api = await cluster.api();
  let count = 0;
  return {
    publish: async (files, { fetchedAt = new Date(), digest, served } = {}) => {
      const tarball = await pack(cluster.folder, files);
      count += 1;
      tarballs.set(`/${count}.tar.gz`, served ?? tarball);
      const artifact = {
        url: `http://127.0.0.1:${port}/${count}.tar.gz`,
        path: `${count}.tar.gz`,
        digest: digest ?? `sha256:${createHash('sha256').update(tarball).digest('hex')}`,
        revision: `main@sha1:${String(count).padStart(40, '0')}`,
        lastUpdateTime: fetchedAt.toISOString().replace(/\.\d+/, ''),
        size: tarball.length,
      };
      const path = `/apis/source.toolkit.fluxcd.io/v1/namespaces/${repository.namespace}/gitrepositories/${repository.name}/status`;
      const answer = await api('PATCH', path, { status: { artifact } }, 'application/merge-patch+json');
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    },
    close: () => server.close(),
  };
}

async function pack(parent: string, files: Readonly<Record<string, string>>): Promise<Buffer> {
  const folder = await mkdtemp(join(parent, 'revision-'));
  await mkdir(join(folder, 'tree'));
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, 'tree', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const tarball = join(folder, 'revision.tar.gz');
  await promisify(execFile)('tar', ['--format=pax', '-czf', tarball, '-C', join(folder, 'tree'), '.']);
  return await readFile(tarball);
}
