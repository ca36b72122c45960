/** The exact difference between two trees, by their entries alone; with renames see `GitRepository.fileChanges`. */
import type { TreeEntry } from './objects.ts';

/** What is needed to walk trees; a `GitRepository` is one. */
export interface TreeReader {
  readTree(sha: string): readonly TreeEntry[] | undefined;
}

/** A path that differs between two trees; a rename shows as one removal and one addition. */
export interface PathChange {
  readonly path: string;
  readonly before: TreeEntry | null;
  readonly after: TreeEntry | null;
}

/** Compares two trees entry by entry, walking down only where they differ; null stands for the empty tree. */
export function changedPaths(git: TreeReader, before: string | null, after: string | null): PathChange[] {
  const changes: PathChange[] = [];
  const walk = (beforeTree: string | null, afterTree: string | null, prefix: string): void => {
    const old = entriesByName(git, beforeTree);
    const now = entriesByName(git, afterTree);
    for (const name of [...new Set([...old.keys(), ...now.keys()])].sort()) {
      const [from, to] = [old.get(name), now.get(name)];
      if (from?.sha === to?.sha && from?.mode === to?.mode) continue;
      const path = prefix + name;
      const [fromTree, toTree] = [subtree(from), subtree(to)];
      if (fromTree !== null || toTree !== null) walk(fromTree, toTree, `${path}/`);
      const [fromFile, toFile] = [fromTree === null ? from : undefined, toTree === null ? to : undefined];
      if (fromFile !== undefined || toFile !== undefined) {
        changes.push({ path, before: fromFile ?? null, after: toFile ?? null });
      }
    }
  };
  walk(before, after, '');
  return changes;
}

function subtree(entry: TreeEntry | undefined): string | null {
  return entry?.type === 'tree' ? entry.sha : null;
}

function entriesByName(git: TreeReader, tree: string | null): Map<string, TreeEntry> {
  const entries = tree === null ? [] : (git.readTree(tree) ?? []);
  return new Map(entries.map((entry) => [entry.name, entry]));
}
