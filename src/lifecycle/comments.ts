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

/** Our comment: the oldest, where there are several. */
export function ownComment(comments: readonly CommentFacts[], botId: number): CommentFacts | null {
  return comments.find((comment) => isOwnComment(comment, botId)) ?? null;
}

/** Whether our comment says exactly this. Two that say it are one too many: who looked at the same time wrote both. */
export function saysAlready(comments: readonly CommentFacts[], botId: number, body: string): boolean {
  const [own, ...others] = comments.filter((comment) => isOwnComment(comment, botId));
  return own?.body === body && others.length === 0;
}

/** Whether somebody else than its author edited a comment last: whoever may write here may. */
export function isTouched({ author, editedBy }: CommentFacts): boolean {
  return editedBy !== null && editedBy.id !== author?.id;
}
