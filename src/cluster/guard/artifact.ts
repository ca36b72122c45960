/** Fetching a revision from where Flux keeps it. */
import { createHash, type Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { manifestLimits } from '../../request/yaml-limits.ts';
import { readGrantFile, type Artifact, type GrantFile } from './core/git-view.ts';
import { readTar } from './tar.ts';

/** The revision cannot be had, or is not what Flux says it is: nothing is concluded from it. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** Bytes of the tarball. An access repository has a few megabytes; a GitRepository may leave out folders. */
const largest = 64 * 1024 * 1024;

/** Bytes of what it unpacks to; nothing is kept of it but the grants of one cluster. */
const largestUnpacked = 1024 * 1024 * 1024;

/**
 * What the grants of one cluster may come to, in characters: room for thousands. Who took over the repository is not to
 * use up the memory of the process that ends their access.
 */
const largestFolder = 32 * 1024 * 1024;

/** What a file counts beside its text; so many empty ones take memory, too. */
const costOfFile = 512;

const timeout = 10_000;

/** What was read of a file, by the digest of its path and text: a new revision changes few of a thousand grants. */
export type ReadFiles = ReadonlyMap<string, GrantFile['objects']>;

export interface Revision {
  readonly files: readonly GrantFile[];
  readonly read: ReadFiles;
}

/** Fetches a revision and reads what lies below `grants/<cluster>/`. `known` saves reading again. @throws Unreadable */
export async function fetchRevision(
  artifact: Artifact,
  cluster: string,
  known: ReadFiles,
): Promise<Revision> {
  const tarball = await download(artifact);
  const folder = `grants/${cluster}/`;
  const unpacked = Readable.from([tarball]).pipe(createGunzip());
  const files = new Map<string, GrantFile>();
  const read = new Map<string, GrantFile['objects']>();
  let room = largestFolder;
  try {
    const limits = { file: manifestLimits.bytes, total: largestUnpacked };
    for await (const { path, text } of readTar(unpacked, (each) => each.startsWith(folder), limits)) {
      if (files.has(path)) throw new Unreadable(`${path} is there twice`);
      room -= costOfFile + (text?.length ?? 0);
      if (room < 0) throw new Unreadable(`${folder} holds more than ${largestFolder} characters`);
      const key = createHash('sha256').update(`${path}\n${text}`).digest('hex');
      const objects = text === null ? null : (known.get(key) ?? readGrantFile(path, text));
      files.set(path, { path, objects });
      read.set(key, objects);
    }
  } catch (error) {
    throw new Unreadable(`the tarball cannot be read: ${String(error)}`, { cause: error });
  } finally {
    unpacked.destroy();
  }
  return { files: [...files.values()], read };
}

/** The bytes, only if they are those that the GitRepository names: by its digest, not by its address. */
async function download({ url, digest }: Artifact): Promise<Buffer> {
  const { hash, expected } = readDigest(digest);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeout) });
    if (!response.ok || response.body === null) throw new Unreadable(`${url} answers ${response.status}`);
    for await (const chunk of response.body) {
      size += chunk.length;
      if (size > largest) throw new Unreadable(`the tarball has more than ${largest} bytes`);
      hash.update(chunk);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw new Unreadable(`${url} does not answer: ${String(error)}`, { cause: error });
  }
  if (hash.digest('hex') !== expected)
    throw new Unreadable(`what ${url} answers has not the digest ${digest}`);
  return Buffer.concat(chunks);
}

function readDigest(digest: string): { readonly hash: Hash; readonly expected: string } {
  const [, algorithm, expected] = /^(sha256|sha384|sha512):([0-9a-f]{64,128})$/.exec(digest) ?? [];
  if (algorithm === undefined || expected === undefined) {
    throw new Unreadable(`the digest ${JSON.stringify(digest)} is none of sha256, sha384 or sha512`);
  }
  return { hash: createHash(algorithm), expected };
}
