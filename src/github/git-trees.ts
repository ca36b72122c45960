/** What can be said about trees without asking anybody: which files they hold, how two differ, what a change makes. */
import type { ChangedFile } from '../lifecycle/facts.ts';
import { treeHash, treeMode, type GitTree, type GitTreeEntry } from './git-objects.ts';

/** A file of a tree, before its text is read. Submodules are files too. */
export interface TreeFile {
  readonly path: string;
  readonly mode: string;
  readonly oid: string;
}

type Lookup = (oid: string) => GitTree | undefined;

/** The trees of a recursive listing, as far as `wanted` accepts their directories, by id. The root is always there. */
export function treesOf(
  root: string,
  listing: readonly TreeFile[],
  wanted: (directory: string) => boolean,
): ReadonlyMap<string, GitTree> {
  const directories = new Map<string, { readonly oid: string; readonly entries: GitTreeEntry[] }>();
  directories.set('', { oid: root, entries: [] });
  for (const { path, mode, oid } of listing) {
    if (mode === treeMode && wanted(path)) directories.set(path, { oid, entries: [] });
  }
  for (const { path, mode, oid } of listing) {
    const slash = path.lastIndexOf('/');
    const parent = directories.get(path.slice(0, Math.max(slash, 0)));
    parent?.entries.push({ name: path.slice(slash + 1), mode, oid });
  }
  return new Map([...directories.values()].map(({ oid, entries }) => [oid, entries]));
}

/** The files of the directories that `wanted` accepts, and the ids of trees on the way that `lookup` does not know. */
export function filesOf(
  root: string,
  lookup: Lookup,
  wanted: (directory: string) => boolean,
): { readonly files: readonly TreeFile[]; readonly missing: readonly string[] } {
  const files: TreeFile[] = [];
  const missing: string[] = [];
  const visit = (oid: string, directory: string): void => {
    const tree = lookup(oid);
    if (tree === undefined) {
      missing.push(oid);
      return;
    }
    for (const entry of tree) {
      const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
      if (entry.mode !== treeMode) files.push({ path, mode: entry.mode, oid: entry.oid });
      else if (wanted(path)) visit(entry.oid, path);
    }
  };
  visit(root, '');
  return { files, missing };
}

/** One change of a file: its new content, or null where it is deleted. */
export interface TreeChange {
  readonly path: string;
  readonly content: { readonly mode: string; readonly oid: string } | null;
}

/**
 * The tree that these changes make of `root`, with every tree on the way. Null where a tree that must be known is
 * not. Directories that become empty vanish, as in git.
 */
export function changedTree(
  root: string,
  changes: readonly TreeChange[],
  lookup: Lookup,
): { readonly root: string; readonly trees: ReadonlyMap<string, GitTree> } | null {
  const trees = new Map<string, GitTree>();
  const build = (oid: string | null, inside: readonly TreeChange[]): string | null | undefined => {
    const before = oid === null ? [] : lookup(oid);
    if (before === undefined) return undefined;
    const entries = new Map(before.map((entry) => [entry.name, entry]));
    for (const [name, below] of groupByFirstSegment(inside)) {
      const file = below.find(({ path }) => path === '');
      if (file !== undefined) {
        if (file.content === null) entries.delete(name);
        else entries.set(name, { name, ...file.content });
        continue;
      }
      const existing = entries.get(name);
      const child = build(existing?.mode === treeMode ? existing.oid : null, below);
      if (child === undefined) return undefined;
      if (child === null) entries.delete(name);
      else entries.set(name, { name, mode: treeMode, oid: child });
    }
    if (entries.size === 0) return null;
    const tree = [...entries.values()];
    const made = treeHash(tree, root);
    trees.set(made, tree);
    return made;
  };
  const made = build(root, changes);
  return made === undefined || made === null ? null : { root: made, trees };
}

function groupByFirstSegment(changes: readonly TreeChange[]): ReadonlyMap<string, readonly TreeChange[]> {
  const groups = new Map<string, TreeChange[]>();
  for (const { path, content } of changes) {
    const slash = path.indexOf('/');
    const name = slash === -1 ? path : path.slice(0, slash);
    const group = groups.get(name) ?? [];
    group.push({ path: slash === -1 ? '' : path.slice(slash + 1), content });
    groups.set(name, group);
  }
  return groups;
}

/** Two trees to compare; null stands for an absent one. */
export interface TreePair {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * How the files of two directories differ, not looking below: subdirectories that differ are given back as further
 * pairs. Names are compared exactly, so that a rename is a deletion and an addition.
 */
export function differences(
  pair: TreePair,
  before: GitTree,
  after: GitTree,
): { readonly files: readonly ChangedFile[]; readonly directories: readonly TreePair[] } {
  const files: ChangedFile[] = [];
  const directories: TreePair[] = [];
  const old = new Map(before.map((entry) => [entry.name, entry]));
  const now = new Map(after.map((entry) => [entry.name, entry]));
  for (const name of new Set([...old.keys(), ...now.keys()])) {
    const path = pair.path === '' ? name : `${pair.path}/${name}`;
    const was = old.get(name);
    const is = now.get(name);
    if (was?.oid === is?.oid && was?.mode === is?.mode) continue;
    const wasTree = was?.mode === treeMode ? was.oid : null;
    const isTree = is?.mode === treeMode ? is.oid : null;
    if (wasTree !== null || isTree !== null) directories.push({ path, before: wasTree, after: isTree });
    const wasFile = was !== undefined && wasTree === null;
    const isFile = is !== undefined && isTree === null;
    const change = !wasFile ? 'added' : !isFile ? 'deleted' : was.mode === is.mode ? 'modified' : 'changed';
    if (wasFile || isFile) files.push({ path, change, previousPath: null });
  }
  return { files, directories };
}
