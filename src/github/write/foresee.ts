import type { RepositoryContext } from '../context.ts';
import { gitHash } from '../git-objects.ts';
import { changedTree, type TreeChange } from '../git-trees.ts';

/**
 * Keeps the trees and texts that a change of ours makes of the tip, so that the tip that follows is known when it is
 * read. Objects are kept under the ids that git itself would give them: a guess that comes out differently is never
 * looked at.
 */
export function foresee(
  context: RepositoryContext,
  changes: readonly { readonly path: string; readonly text: string | null; readonly mode: string }[],
): void {
  const { memory, objects } = context;
  if (memory.tip === null) return;
  const { tree: root } = memory.tip;
  const wanted = changes.map(({ path, text, mode }): TreeChange => {
    if (text === null) return { path, content: null };
    const oid = gitHash('blob', Buffer.from(text, 'utf8'), root);
    objects.keepBlob(oid, { text });
    return { path, content: { mode, oid } };
  });
  const made = changedTree(root, wanted, (oid) => objects.tree(oid));
  for (const [oid, tree] of made?.trees ?? []) objects.keepTree(oid, tree);
}
