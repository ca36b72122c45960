/** Finding our one comment among those of a pull request. */
import type { CommentFacts } from './facts.ts';

/** Marks the one comment of ours; it counts only on a comment whose author is the App's bot. */
export const commentMarker = '<!-- curfew -->';

/**
 * Whether a comment is the one of ours, by its author and its marker. Whoever may write here may edit the marker away, and
 * it is ours all the same.
 */
export function isOwnComment(comment: CommentFacts, botId: number): boolean {
  return comment.author?.id === botId && (comment.body.includes(commentMarker) || isTouched(comment));
}

/** Our comment. */
export function ownComment(comments: readonly CommentFacts[], botId: number): CommentFacts | null {
  return comments.find((comment) => isOwnComment(comment, botId)) ?? null;
}

/** Whether somebody else than its author edited a comment last: whoever may write here may. */
export function isTouched({ author, editedBy }: CommentFacts): boolean {
  return editedBy !== null && editedBy.id !== author?.id;
}
