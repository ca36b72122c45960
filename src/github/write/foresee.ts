import type { HistoryCommit } from '../../lifecycle/facts.ts';
import type { RepositoryContext } from '../context.ts';
import { gitHash } from '../git-objects.ts';
import { changedTree, type TreeChange } from '../git-trees.ts';

/** A file as a write of ours leaves it; null where it is deleted. */
export interface FileChange {
  readonly path: string;
  readonly text: string | null;
  readonly mode: string;
}

/**
 * Keeps the trees and texts that a change of ours makes of the tip, so that the tip that follows is known when it is
 * read. Objects are kept under the ids that git itself would give them: a guess that comes out differently is never
 * looked at.
 */
export function foreseeTip(context: RepositoryContext, changes: readonly FileChange[]): void {
  const { memory, objects } = context;
  if (memory.tip === null) return;
  const { tree: root } = memory.tip;
  for (const { text } of changes) {
    if (text !== null) objects.keepBlob(blobId(text, root), { text });
  }
  const wanted = changes.map(({ path, text, mode }): TreeChange => ({
    path,
    content: text === null ? null : { mode, oid: blobId(text, root) },
  }));
  const made = changedTree(root, wanted, (oid) => objects.tree(oid));
  for (const [oid, tree] of made?.trees ?? []) objects.keepTree(oid, tree);
}

/** Keeps the histories that a commit of ours on the tip goes on with. */
export function foreseeHistories(
  { memory }: RepositoryContext,
  commit: HistoryCommit,
  changes: readonly FileChange[],
): void {
  if (memory.tip === null) return;
  const { commit: parent, tree } = memory.tip;
  memory.histories.append(
    commit,
    parent,
    new Map(changes.map(({ path, text }) => [path, text === null ? null : blobId(text, tree)])),
  );
}

function blobId(text: string, like: string): string {
  return gitHash('blob', Buffer.from(text, 'utf8'), like);
}
