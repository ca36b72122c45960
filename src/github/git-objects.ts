/** Git objects by id. They never change, so what was read once is kept, within a bound. */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** One name in a directory. */
export interface GitTreeEntry {
  readonly name: string;
  /** `100644`, `040000` and so on, always six digits. */
  readonly mode: string;
  readonly oid: string;
}

/** The entries of a directory, in whatever order. */
export type GitTree = readonly GitTreeEntry[];

/** Text of a blob; null where it has none that can be trusted: binary, not UTF-8, or cut off. */
export interface GitBlob {
  readonly text: string | null;
}

/** The mode of a directory. */
export const treeMode = '040000';
/** The mode of a submodule: the id of its entry is that of a commit elsewhere. */
export const submoduleMode = '160000';

const blobBytes = 64 * 1024 * 1024;
const treeBytes = 32 * 1024 * 1024;

/** Blobs and trees of all repositories of the App: an id is a digest of the content, so that none can be mistaken. */
export class ObjectCache {
  readonly #blobs = new LRUCache<string, GitBlob>({
    maxSize: blobBytes,
    sizeCalculation: ({ text }) => 100 + 2 * (text?.length ?? 0),
  });
  readonly #trees = new LRUCache<string, GitTree>({
    maxSize: treeBytes,
    sizeCalculation: (tree) => 100 + 150 * tree.length,
  });

  blob(oid: string): GitBlob | undefined {
    return this.#blobs.get(oid);
  }

  keepBlob(oid: string, blob: GitBlob): void {
    this.#blobs.set(oid, blob);
  }

  tree(oid: string): GitTree | undefined {
    return this.#trees.get(oid);
  }

  keepTree(oid: string, tree: GitTree): void {
    this.#trees.set(oid, tree);
  }
}

/** The id that git gives to an object with this content, in the digest of `like`. */
export function gitHash(type: 'blob' | 'tree', content: Uint8Array, like: string): string {
  return createHash(like.length === 64 ? 'sha256' : 'sha1')
    .update(`${type} ${content.byteLength}\0`)
    .update(content)
    .digest('hex');
}

/** The text, if it is really what the id stands for: GitHub replaces bytes that are no UTF-8 and cuts long files. */
export function verifiedText(oid: string, text: string | null): string | null {
  return text !== null && gitHash('blob', Buffer.from(text, 'utf8'), oid) === oid ? text : null;
}

/** The id of a tree with these entries. */
export function treeHash(tree: GitTree, like: string): string {
  const sorted = [...tree].sort((a, b) => Buffer.compare(sortKey(a), sortKey(b)));
  const content = Buffer.concat(
    sorted.flatMap(({ name, mode, oid }) => [
      // Git writes the mode of a directory as 40000.
      Buffer.from(`${mode.replace(/^0/, '')} ${name}\0`),
      Buffer.from(oid, 'hex'),
    ]),
  );
  return gitHash('tree', content, like);
}

/** Git sorts directories as if their names ended with a slash. */
function sortKey({ name, mode }: GitTreeEntry): Buffer {
  return Buffer.from(mode === treeMode ? `${name}/` : name);
}
