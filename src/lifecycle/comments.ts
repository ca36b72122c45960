/** Finding our one comment among those of a pull request. */
import type { CommentFacts } from './facts.ts';

/** Marks the one comment of ours; it counts only on a comment whose author is the App's bot. */
export const commentMarker = '<!-- curfew -->';

/** Our comment, recognised by its author and its marker: either alone can be somebody else's doing. */
export function ownComment(comments: readonly CommentFacts[], botId: number): CommentFacts | null {
  return comments.find(({ author, body }) => author?.id === botId && body.includes(commentMarker)) ?? null;
}

/** Whether somebody else than its author edited a comment last: whoever may write here may. */
export function isTouched({ author, editedBy }: CommentFacts): boolean {
  return editedBy !== null && editedBy.id !== author?.id;
}
