/**
 * One bare git repository on disk. Objects are read and written in process (`objects.ts`); everything in which git's
 * own judgement counts is done by git itself: merges by `git merge-tree`, differences with renames by `git diff-tree`,
 * unusual refs by `git update-ref`. All calls are synchronous, so an operation of the sandbox is one atomic step.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheOf } from '../../base/cache.ts';
import { changedPaths } from './changed-paths.ts';
import { oneSidedChanges, parseDiffTree } from './diff.ts';
import type { FileChange } from './diff.ts';
import { gitEnvironment } from './environment.ts';
import { mergeBase } from './history.ts';
import { layOut, writeHead } from './layout.ts';
import { ObjectStore } from './objects.ts';
import type { Commit, TreeEntry } from './objects.ts';
import { readRefs, writeRef } from './refs.ts';
import { writeChangedTree } from './write-tree.ts';
import type { TreeChange } from './write-tree.ts';

/** The outcome of `git merge-tree`. */
export type MergeResult =
  | { readonly kind: 'clean'; readonly tree: string }
  | { readonly kind: 'conflict'; readonly paths: readonly string[] };

export class GitRepository {
  readonly directory: string;
  readonly objects: ObjectStore;
  #refs: ReadonlyMap<string, string>;
  readonly #merges = cacheOf<string, MergeResult>(2_000);
  readonly #changes = cacheOf<string, readonly FileChange[]>(2_000);
  readonly #mergeBases = cacheOf<string, { readonly sha: string | undefined }>(10_000);

  private constructor(directory: string) {
    this.directory = directory;
    this.objects = new ObjectStore(join(directory, 'objects'));
    this.#refs = readRefs(directory);
  }

  /** Creates the bare repository in a folder that does not exist yet. */
  static create(directory: string, defaultBranch: string): GitRepository {
    layOut(directory, defaultBranch);
    return new GitRepository(directory);
  }

  /** Creates a copy that shares nothing with its origin but the content: a fork. */
  static fork(directory: string, origin: GitRepository, defaultBranch: string): GitRepository {
    const fork = GitRepository.create(directory, defaultBranch);
    fork.run(['fetch', '--quiet', origin.directory, '+refs/heads/*:refs/heads/*']);
    fork.reloadRefs();
    return fork;
  }

  /** Runs git in the repository and gives what it printed; throws with what it said on standard error. */
  run(args: readonly string[], input?: string): string {
    return execFileSync('git', [...args], {
      cwd: this.directory,
      env: gitEnvironment,
      encoding: 'utf8',
      maxBuffer: 256 << 20,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(input === undefined ? {} : { input }),
    });
  }

  /** All refs by full name (`refs/heads/main`), as of the last change made through the sandbox. */
  get refs(): ReadonlyMap<string, string> {
    return this.#refs;
  }

  /** The commit that a branch points at; undefined where there is no such branch. */
  branch(name: string): string | undefined {
    return this.#refs.get(`refs/heads/${name}`);
  }

  /** Names of all branches in order. */
  branches(): string[] {
    return [...this.#refs.keys()]
      .filter((ref) => ref.startsWith('refs/heads/'))
      .map((ref) => ref.slice('refs/heads/'.length))
      .sort();
  }

  /**
   * Moves a ref from `before` to `after`, compare-and-swap; null stands for "does not exist".
   * @throws RefRefused where the ref is elsewhere or the name is not allowed.
   */
  updateRef(ref: string, after: string | null, before: string | null): void {
    writeRef(this.directory, this.#refs, ref, after, before);
    const refs = new Map(this.#refs);
    if (after === null) refs.delete(ref);
    else refs.set(ref, after);
    this.#refs = refs;
  }

  /** Keeps `refs/pull/<number>/head` at a commit, for people to fetch; nobody else ever writes there. */
  writePullRequestRef(number: number, sha: string): void {
    const ref = `refs/pull/${number}/head`;
    mkdirSync(join(this.directory, `refs/pull/${number}`), { recursive: true });
    writeFileSync(join(this.directory, ref), `${sha}\n`);
    this.#refs = new Map(this.#refs).set(ref, sha);
  }

  /** Reads the refs from disk again, after a push, and gives those that moved: name → before and after. */
  reloadRefs(): Map<string, { readonly before: string | null; readonly after: string | null }> {
    const before = this.#refs;
    this.#refs = readRefs(this.directory);
    const moved = new Map<string, { before: string | null; after: string | null }>();
    for (const ref of new Set([...before.keys(), ...this.#refs.keys()])) {
      const change = { before: before.get(ref) ?? null, after: this.#refs.get(ref) ?? null };
      if (change.before !== change.after) moved.set(ref, change);
    }
    return moved;
  }

  /** Points HEAD, and with it what a clone checks out, at a branch. */
  setHead(branch: string): void {
    writeHead(this.directory, branch);
  }

  readCommit(sha: string): Commit | undefined {
    return this.objects.readCommit(sha);
  }

  readTree(sha: string): readonly TreeEntry[] | undefined {
    return this.objects.readTree(sha);
  }

  readBlob(sha: string): Buffer | undefined {
    return this.objects.readBlob(sha);
  }

  /** The commit with this SHA, which is known to exist. */
  commit(sha: string): Commit {
    const commit = this.objects.readCommit(sha);
    if (commit === undefined) throw new Error(`${this.directory} holds no commit ${sha}`);
    return commit;
  }

  /** The commit itself, or the one behind an annotated tag; undefined where there is none. */
  commitBehind(sha: string): Commit | undefined {
    return this.readCommit(this.#peel(sha));
  }

  /** The SHA behind `main`, `refs/heads/main`, `heads/main`, a tag, `HEAD` or a full SHA; tags are peeled. */
  resolve(name: string, defaultBranch: string): string | undefined {
    if (name === 'HEAD') return this.branch(defaultBranch);
    const found = [name, `refs/${name}`, `refs/tags/${name}`, `refs/heads/${name}`]
      .map((ref) => this.#refs.get(ref))
      .find((sha) => sha !== undefined);
    const sha = found ?? (this.objects.has(name) ? name : undefined);
    return sha === undefined ? undefined : this.#peel(sha);
  }

  #peel(sha: string): string {
    const object = this.objects.read(sha);
    const target =
      object?.type === 'tag' ? /^object ([0-9a-f]{40})/.exec(object.data.toString('utf8'))?.[1] : undefined;
    return target === undefined ? sha : this.#peel(target);
  }

  /** The entry at a path below a tree; the tree itself has no entry. */
  entryAt(tree: string, path: string): TreeEntry | undefined {
    let current: TreeEntry | undefined;
    let entries = this.readTree(tree);
    for (const name of path.split('/')) {
      current = entries?.find((entry) => entry.name === name);
      entries = current?.type === 'tree' ? this.readTree(current.sha) : undefined;
    }
    return current;
  }

  /** Every entry below a tree with its full path, directories included when asked for. */
  listTree(
    tree: string,
    options: { readonly directories: boolean } = { directories: false },
  ): (TreeEntry & { path: string })[] {
    const found: (TreeEntry & { path: string })[] = [];
    const walk = (sha: string, prefix: string): void => {
      for (const entry of this.readTree(sha) ?? []) {
        const path = prefix + entry.name;
        if (entry.type !== 'tree' || options.directories) found.push({ ...entry, path });
        if (entry.type === 'tree') walk(entry.sha, `${path}/`);
      }
    };
    walk(tree, '');
    return found;
  }

  /** Writes the tree that results from changes to another; `base` null starts from nothing. */
  writeChangedTree(base: string | null, changes: readonly TreeChange[]): string {
    return writeChangedTree(this.objects, base, changes);
  }

  /** The best common ancestor of two commits; undefined for unrelated histories. */
  mergeBase(one: string, other: string): string | undefined {
    const key = `${one} ${other}`;
    const known = this.#mergeBases.get(key);
    if (known !== undefined) return known.sha;
    const sha = mergeBase(this, one, other);
    this.#mergeBases.set(key, { sha });
    return sha;
  }

  /** Merges two commits with `git merge-tree --write-tree`; writes the tree, touches no ref. */
  mergeTree(ours: string, theirs: string): MergeResult {
    const key = `${ours} ${theirs}`;
    const known = this.#merges.get(key);
    if (known !== undefined) return known;
    // Nothing to weigh where one side is ahead of the other.
    const base = this.mergeBase(ours, theirs);
    if (base === ours || base === theirs)
      return { kind: 'clean', tree: this.commit(base === ours ? theirs : ours).tree };
    const args = ['merge-tree', '--write-tree', '--name-only', '--no-messages', ours, theirs];
    const result = spawnSync('git', args, { cwd: this.directory, env: gitEnvironment, encoding: 'utf8' });
    if (result.status !== 0 && result.status !== 1) throw new Error(`git merge-tree: ${result.stderr}`);
    const [tree = '', ...paths] = result.stdout.trim().split('\n');
    const merged: MergeResult = result.status === 0 ? { kind: 'clean', tree } : { kind: 'conflict', paths };
    this.#merges.set(key, merged);
    return merged;
  }

  /** What changed from one tree or commit to another, with renames found by git and the patch of each file. */
  fileChanges(before: string, after: string): readonly FileChange[] {
    const key = `${before} ${after}`;
    const known = this.#changes.get(key);
    if (known !== undefined) return known;
    const paths = changedPaths(this, this.#treeOf(before), this.#treeOf(after));
    const simple = oneSidedChanges(paths, (sha) => this.readBlob(sha));
    const args = ['diff-tree', '-r', '-M', '-z', '--no-color', '--full-index', '--raw', '--numstat', '-p'];
    const changes = simple ?? parseDiffTree(this.run([...args, before, after]));
    this.#changes.set(key, changes);
    return changes;
  }

  #treeOf(sha: string): string {
    return this.readCommit(sha)?.tree ?? sha;
  }
}
