import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { fetchRevision, type Revision } from '../../../src/cluster/guard/artifact.ts';

const megabyte = 1024 * 1024;

/** One line of a comment, short enough to be read as a manifest. */
const comment = `#${'x'.repeat(490_000)}\n`;

const many = Array.from({ length: 70 }, (_, index) => String(index));

test('a folder of grants that would use up the memory of the guard is not read', async () => {
  const files = new Map(many.map((name) => [`grants/prod-eu/${name}.yaml`, comment]));
  await expect(fetched(files)).rejects.toThrow(`grants/prod-eu/ holds more than ${32 * megabyte} characters`);
});

test('the folders of others may be as large as they are', async () => {
  const files = new Map(many.map((name) => [`grants/staging/${name}.yaml`, comment]));
  const { files: read } = await fetched(files.set('grants/prod-eu/README.md', '# Grants\n'));
  expect(read).toEqual([{ path: 'grants/prod-eu/README.md', objects: [] }]);
});

async function fetched(files: ReadonlyMap<string, string>): Promise<Revision> {
  const tarball = gzipSync(
    Buffer.concat([...[...files].map(([path, text]) => entry(path, text)), Buffer.alloc(1024)]),
    { level: 1 },
  );
  const server = createServer((_, response) => response.end(tarball)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;
  const digest = `sha256:${createHash('sha256').update(tarball).digest('hex')}`;
  try {
    return await fetchRevision({ url, digest, revision: 'main', fetchedAt: 0 }, 'prod-eu', new Map());
  } finally {
    server.close();
  }
}

/** A regular file as `ustar` writes it. */
function entry(path: string, text: string): Buffer {
  const content = Buffer.from(text);
  const header = Buffer.alloc(512);
  header.write(path);
  header.write(content.length.toString(8).padStart(11, '0'), 124);
  header.write('        0', 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0`, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
