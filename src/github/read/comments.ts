import { z } from 'zod';
import { isOwnComment } from '../../lifecycle/comments.ts';
import type { CommandsFacts, CommentFacts } from '../../lifecycle/facts.ts';
import { checked } from '../answer.ts';
import { repositoryVariables, type RepositoryContext } from '../context.ts';
import type { OwnComment } from '../memory.ts';
import { commentsQuery } from '../queries/pull-request.ts';
import { aliases, aliasesOf, indexed } from './aliases.ts';
import { commentsShape, type RawComment } from './pull-request-shape.ts';

/** Pull requests in one request. */
const batch = 25;

const shape = z.object({ number: z.int(), comments: commentsShape });

/** Ours, and those whose first line might be a command; nothing else of a discussion matters. */
export function relevantComments(
  context: RepositoryContext,
  comments: readonly RawComment[],
): readonly CommentFacts[] {
  return comments
    .filter(({ author, body }) => author?.id === context.app.botId || body.startsWith('/'))
    .map((comment) => ({
      id: comment.fullDatabaseId,
      author: comment.author,
      body: comment.body,
      createdAt: comment.createdAt,
      edited: comment.lastEditedAt !== null,
      editedBy: comment.editor,
    }));
}

/** Ours among the comments of a pull request, oldest first. */
export function ownComments(
  { app }: RepositoryContext,
  comments: readonly CommentFacts[],
): readonly OwnComment[] {
  return comments.filter((comment) => isOwnComment(comment, app.botId));
}

/** The comments of several pull requests, over all their pages. One that is not there is left out. */
export async function readCommands(
  context: RepositoryContext,
  numbers: readonly number[],
): Promise<readonly CommandsFacts[]> {
  const found = new Map<number, RawComment[]>();
  let open: readonly { readonly number: number; readonly after: string | null }[] = [...new Set(numbers)].map(
    (number) => ({ number, after: null }),
  );
  while (open.length > 0) {
    const part = open.slice(0, batch);
    const { data } = await context.client.query(
      `read comments of ${context.fullName}`,
      commentsQuery(part.length),
      {
        ...repositoryVariables(context),
        ...indexed(
          'number',
          part.map(({ number }) => number),
        ),
        ...indexed(
          'after',
          part.map(({ after }) => after),
        ),
      },
      aliases,
      (error) => error.type === 'NOT_FOUND' && error.path?.length === 2,
    );
    const unfinished = aliasesOf(data.repository, 'p', part).flatMap(([{ number }, raw]) => {
      const pullRequest = checked(`read comments of #${number}`, shape.nullable(), raw);
      if (pullRequest === null) return [];
      const { comments } = pullRequest;
      found.set(number, [...(found.get(number) ?? []), ...comments.nodes]);
      return comments.pageInfo.hasNextPage ? [{ number, after: comments.pageInfo.endCursor }] : [];
    });
    open = [...unfinished, ...open.slice(batch)];
  }
  return [...found].map(([pullRequest, all]) => {
    const comments = relevantComments(context, all);
    context.memory.keepOwnComments(pullRequest, ownComments(context, comments));
    return { pullRequest, comments };
  });
}
