/**
 * Git objects as loose files of a bare repository, written and read in process: no child process per object, and
 * any git can read what is written here. Repositories of the sandbox never hold packs (see `repository.ts`).
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import { cacheOf } from '../../base/cache.ts';
import type { Instant } from '../../base/instant.ts';

const objectTypes = ['blob', 'tree', 'commit', 'tag'] as const;
export type ObjectType = (typeof objectTypes)[number];

/** `100644` file, `100755` executable, `120000` symlink, `040000` directory, `160000` submodule. */
export const modes = ['100644', '100755', '120000', '040000', '160000'] as const;
export type Mode = (typeof modes)[number];

export interface TreeEntry {
  readonly name: string;
  readonly mode: Mode;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly sha: string;
}

/** Who wrote a commit and when; `offset` is git's `+0200`. */
export interface Signature {
  readonly name: string;
  readonly email: string;
  readonly date: Instant;
  readonly offset: string;
}

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
  /** The armoured signature of the header `gpgsig`, if any. */
  readonly gpgsig: string | null;
  /** What `gpgsig` signs: the commit without that header. */
  readonly payload: string;
}

export interface NewCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

interface RawObject {
  readonly type: ObjectType;
  readonly data: Buffer;
}

const cacheSize = 20_000;

/** The objects of one repository; everything that is read is kept by SHA, for objects never change. */
export class ObjectStore {
  readonly #directory: string;
  readonly #folders = new Set<string>();
  readonly #commits = cacheOf<string, Commit>(cacheSize);
  readonly #trees = cacheOf<string, readonly TreeEntry[]>(cacheSize);
  readonly #blobs = new LRUCache<string, Buffer>({
    maxSize: 64 << 20,
    sizeCalculation: (blob) => blob.length + 1,
  });

  /** `directory` is the `objects` folder of a bare repository. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The object with its type; undefined where there is none. */
  read(sha: string): RawObject | undefined {
    const path = this.#path(sha);
    if (!/^[0-9a-f]{40}$/.test(sha) || !existsSync(path)) return undefined;
    const bytes = inflateSync(readFileSync(path));
    const end = bytes.indexOf(0);
    const type = objectTypes.find((name) => bytes.toString('latin1', 0, bytes.indexOf(0x20)) === name);
    if (type === undefined) throw new Error(`${path} is no git object`);
    return { type, data: bytes.subarray(end + 1) };
  }

  has(sha: string): boolean {
    return /^[0-9a-f]{40}$/.test(sha) && existsSync(this.#path(sha));
  }

  /** Undefined where there is no such object or it is of another type. */
  readCommit(sha: string): Commit | undefined {
    return remember(this.#commits, sha, () => this.#readAs(sha, 'commit', (data) => parseCommit(sha, data)));
  }

  /** Entries in git's order; undefined where there is no such tree. */
  readTree(sha: string): readonly TreeEntry[] | undefined {
    return remember(this.#trees, sha, () => this.#readAs(sha, 'tree', parseTree));
  }

  readBlob(sha: string): Buffer | undefined {
    return remember(this.#blobs, sha, () => this.#readAs(sha, 'blob', (data) => data));
  }

  /** Writes a loose object, as `git hash-object -w` does, and gives its SHA. */
  write(type: ObjectType, data: Buffer): string {
    const bytes = Buffer.concat([Buffer.from(`${type} ${data.length}\0`), data]);
    const sha = createHash('sha1').update(bytes).digest('hex');
    const path = this.#path(sha);
    this.#ensureFolder(sha.slice(0, 2));
    try {
      writeFileSync(path, deflateSync(bytes, { level: 1 }), { mode: 0o444, flag: 'wx' });
    } catch (error) {
      // The same content has the same name; it is there already.
      if (!existsSync(path)) throw error;
    }
    return sha;
  }

  #ensureFolder(name: string): void {
    if (this.#folders.has(name)) return;
    mkdirSync(join(this.#directory, name), { recursive: true });
    this.#folders.add(name);
  }

  writeBlob(content: string | Buffer): string {
    return this.write('blob', Buffer.from(content));
  }

  writeTree(entries: readonly TreeEntry[]): string {
    const sorted = [...entries].sort((a, b) => Buffer.compare(sortKey(a), sortKey(b)));
    const parts = sorted.map((entry) =>
      Buffer.concat([
        Buffer.from(`${entry.mode.replace(/^0/, '')} ${entry.name}\0`),
        Buffer.from(entry.sha, 'hex'),
      ]),
    );
    return this.write('tree', Buffer.concat(parts));
  }

  writeCommit(commit: NewCommit): string {
    const lines = [
      `tree ${commit.tree}`,
      ...commit.parents.map((parent) => `parent ${parent}`),
      `author ${formatSignature(commit.author)}`,
      `committer ${formatSignature(commit.committer)}`,
    ];
    return this.write('commit', Buffer.from(`${lines.join('\n')}\n\n${commit.message}`));
  }

  #readAs<T>(sha: string, type: ObjectType, parse: (data: Buffer) => T): T | undefined {
    const object = this.read(sha);
    return object?.type === type ? parse(object.data) : undefined;
  }

  #path(sha: string): string {
    return join(this.#directory, sha.slice(0, 2), sha.slice(2));
  }
}

function remember<T extends object>(
  cache: LRUCache<string, T>,
  sha: string,
  read: () => T | undefined,
): T | undefined {
  const known = cache.get(sha);
  if (known !== undefined) return known;
  const value = read();
  if (value !== undefined) cache.set(sha, value);
  return value;
}

/** Git sorts directories as if their name ended in a slash. */
function sortKey(entry: TreeEntry): Buffer {
  return Buffer.from(entry.type === 'tree' ? `${entry.name}/` : entry.name);
}

function parseTree(data: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < data.length;) {
    const space = data.indexOf(0x20, at);
    const end = data.indexOf(0, space);
    const mode = parseMode(data.toString('latin1', at, space));
    entries.push({
      mode,
      name: data.toString('utf8', space + 1, end),
      type: typeOf(mode),
      sha: data.toString('hex', end + 1, end + 21),
    });
    at = end + 21;
  }
  return entries;
}

/** Modes that git no longer writes (`100664` of its early days) count as plain files, as git itself reads them. */
function parseMode(text: string): Mode {
  return modes.find((mode) => mode === text.padStart(6, '0')) ?? '100644';
}

/** The type of the object behind a mode of a tree entry. */
export function typeOf(mode: string): 'blob' | 'tree' | 'commit' {
  if (mode === '040000') return 'tree';
  return mode === '160000' ? 'commit' : 'blob';
}

function parseCommit(sha: string, data: Buffer): Commit {
  const text = data.toString('utf8');
  const split = text.indexOf('\n\n');
  // Folded lines (as in gpgsig) start with a space and belong to the header before.
  const headers = text.slice(0, split).split(/\n(?! )/);
  const values = (name: string): string[] =>
    headers.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  const gpgsig = values('gpgsig')[0]?.replaceAll('\n ', '\n') ?? null;
  return {
    sha,
    tree: values('tree')[0] ?? '',
    parents: values('parent'),
    author: parseSignature(values('author')[0] ?? ''),
    committer: parseSignature(values('committer')[0] ?? ''),
    message: text.slice(split + 2),
    gpgsig,
    payload: `${headers.filter((line) => !line.startsWith('gpgsig ')).join('\n')}${text.slice(split)}`,
  };
}

function parseSignature(line: string): Signature {
  const match = /^(.*?) ?<(.*)> (-?\d+) ([+-]\d{4})$/.exec(line);
  return {
    name: match?.[1] ?? '',
    email: match?.[2] ?? '',
    date: Number(match?.[3] ?? 0) * 1000,
    offset: match?.[4] ?? '+0000',
  };
}

function formatSignature(signature: Signature): string {
  // Git itself drops what would break the line.
  const name = signature.name.replaceAll(/[<>\n]/g, '');
  const email = signature.email.replaceAll(/[<>\n]/g, '');
  return `${name} <${email}> ${Math.floor(signature.date / 1000)} ${signature.offset}`;
}
