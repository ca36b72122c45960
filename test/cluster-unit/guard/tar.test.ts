import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BadTarball, readTar, type TarFile } from '../../../src/cluster/guard/tar.ts';

const limits = { file: 10_000, total: 1_000_000 };

async function* pieces(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

async function read(content: Buffer, size = 4096, most = limits): Promise<readonly TarFile[]> {
  const files: TarFile[] = [];
  for await (const file of readTar(pieces(content, size), () => true, most)) files.push(file);
  return files;
}

let folder: string;
const long = `grants/${'deep/'.repeat(30)}${'x'.repeat(120)}.yaml`;
const contents: Readonly<Record<string, string>> = {
  'README.md': '# Access\n',
  'empty.yaml': '',
  'grants/prod-eu/payments/zwölf.yaml': 'a: ü\n',
  'block.yaml': 'x'.repeat(512),
  [long]: 'long\n',
};

async function pack(format: string): Promise<Buffer> {
  const file = join(folder, `${format}.tar`);
  await promisify(execFile)('tar', [`--format=${format}`, '-cf', file, '-C', join(folder, 'tree'), '.']);
  return readFile(file);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'curfew-tar-'));
  for (const [path, text] of Object.entries(contents)) {
    const file = join(folder, 'tree', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  await symlink('/etc/passwd', join(folder, 'tree', 'link.yaml'));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

describe('a tarball', () => {
  test.each([1, 7, 511, 512, 4096, 1_000_000])('is read in chunks of %i bytes', async (size) => {
    const files = await read(await pack('pax'), size);
    expect(Object.fromEntries(files.map(({ path, text }) => [path, text]))).toEqual(contents);
  });

  test('gives only what is wanted, and names what is too large without its text', async () => {
    const files: TarFile[] = [];
    const wanted = (path: string): boolean => path.startsWith('b') || path.startsWith('R');
    for await (const file of readTar(pieces(await pack('pax'), 512), wanted, { ...limits, file: 100 }))
      files.push(file);
    expect(files.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
      { path: 'README.md', text: '# Access\n' },
      { path: 'block.yaml', text: null },
    ]);
  });

  test.each<readonly [string, (content: Buffer) => Buffer]>([
    ['that ends in the middle', (content) => content.subarray(0, 700)],
    ['with a damaged header', (content) => Buffer.from(content).fill('x', 100, 108)],
    ['that is none', () => Buffer.alloc(2048, 'x')],
    ['that is empty', () => Buffer.alloc(0)],
  ])('%s is refused', async (_, damage) => {
    await expect(read(damage(await pack('pax')))).rejects.toBeInstanceOf(BadTarball);
  });

  test('that is too large, unpacked, is refused', async () => {
    await expect(read(await pack('pax'), 512, { file: 10, total: 2000 })).rejects.toThrow('too large');
  });

  test('with names in the way of GNU is refused, as is a path that leads out of it', async () => {
    await expect(read(await pack('gnu'))).rejects.toThrow('unknown type');
    const header = (name: string): Buffer => {
      const block = Buffer.alloc(1024);
      block.write(name, 0);
      block.write('00000000000', 124);
      block.write('0', 156);
      block.write('ustar\0', 257);
      block.fill(' ', 148, 156);
      const sum = block.subarray(0, 512).reduce((total, byte) => total + byte, 0);
      block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
      return block;
    };
    expect(await read(header('./a//b'))).toEqual([{ path: 'a/b', text: '' }]);
    for (const name of ['../a', 'a/../../b', '/etc/passwd']) {
      await expect(read(header(name))).rejects.toThrow('leads out');
    }
  });

  test('whatever it holds is read or refused, and nothing else', async () => {
    const good = await pack('ustar').catch(async () => pack('pax'));
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length - 1),
        fc.uint8Array({ minLength: 1, maxLength: 20 }),
        async (at, bytes) => {
          const broken = Buffer.from(good);
          broken.set(bytes.slice(0, good.length - at), at);
          await read(broken).catch((error: unknown) => expect(error).toBeInstanceOf(BadTarball));
        },
      ),
      { numRuns: 200 },
    );
  });
});
