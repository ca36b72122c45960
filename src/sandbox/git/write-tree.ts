/** Writes a tree that differs from another in some paths. */
import { typeOf } from './objects.ts';
import type { Mode, ObjectStore, TreeEntry } from './objects.ts';

/** A change to one path of a tree; `sha` null removes it. */
export interface TreeChange {
  readonly path: string;
  readonly mode: Mode;
  readonly sha: string | null;
}

/** A change whose path is told relative to the tree at hand. */
interface Step {
  readonly segments: readonly string[];
  readonly mode: Mode;
  readonly sha: string | null;
}

/** Writes the changed trees and gives the root; `base` null starts from nothing. Empty directories vanish. */
export function writeChangedTree(
  objects: ObjectStore,
  base: string | null,
  changes: readonly TreeChange[],
): string {
  return write(
    objects,
    base,
    changes.map(({ path, mode, sha }) => ({ segments: path.split('/'), mode, sha })),
  );
}

function write(objects: ObjectStore, base: string | null, steps: readonly Step[]): string {
  const known = base === null ? [] : (objects.readTree(base) ?? []);
  const entries = new Map<string, TreeEntry>(known.map((entry) => [entry.name, entry]));
  for (const [name, group] of Map.groupBy(steps, ({ segments }) => segments[0] ?? '')) {
    const own = group.findLast(({ segments }) => segments.length === 1);
    if (own?.sha === null) entries.delete(name);
    else if (own !== undefined)
      entries.set(name, { name, mode: own.mode, type: typeOf(own.mode), sha: own.sha });
    const below = group.filter(({ segments }) => segments.length > 1);
    if (below.length > 0) writeBelow(objects, entries, name, below);
  }
  return objects.writeTree([...entries.values()]);
}

function writeBelow(
  objects: ObjectStore,
  entries: Map<string, TreeEntry>,
  name: string,
  steps: readonly Step[],
): void {
  const existing = entries.get(name);
  const relative = steps.map((step) => ({ ...step, segments: step.segments.slice(1) }));
  const sha = write(objects, existing?.type === 'tree' ? existing.sha : null, relative);
  if (objects.readTree(sha)?.length === 0) entries.delete(name);
  else entries.set(name, { name, mode: '040000', type: 'tree', sha });
}
