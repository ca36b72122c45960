/** The temporary branch on which a merge queue tries a pull request out. */
import type { SandboxContext } from '../context.ts';
import type { MergeQueueEntry, User } from '../state.ts';

/** Deletes the branch of an entry that is in the queue no more; `sender` is whose doing that is. */
export function removeGroup(
  context: SandboxContext,
  entry: MergeQueueEntry,
  reason: 'merged' | 'invalidated' | 'dequeued',
  sender: User = entry.enqueuer,
): void {
  const { repository } = entry.pullRequest;
  const { git } = repository;
  // A person may have deleted it before.
  if (git.refs.get(entry.groupRef) === entry.groupSha) git.updateRef(entry.groupRef, null, entry.groupSha);
  context.emit({ event: 'merge_group', action: 'destroyed', repository, entry, reason, sender });
}
