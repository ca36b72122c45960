import { z } from 'zod';
import { commentMarker } from '../../lifecycle/comments.ts';
import { errorFor } from '../answer.ts';
import { repositoryParameters, type RepositoryContext } from '../context.ts';
import type { OwnComment } from '../memory.ts';
import { ownComments, readCommands } from '../read/comments.ts';
import { id } from '../schema.ts';
import { commentBytes, fit, sameText } from '../texts.ts';
import { settle } from './outcome.ts';

const commentShape = z.object({ id, body: z.string() });

/**
 * Brings the one comment of ours to this body. Where a race left several, the first stays and the others go.
 */
export async function publishComment(
  context: RepositoryContext,
  pullRequest: number,
  body: string,
): Promise<'written' | 'unchanged'> {
  const wanted = fit(body.includes(commentMarker) ? body : `${commentMarker}\n${body}`, commentBytes);
  const isWanted = (existing: string): boolean => sameText(existing, wanted);
  const [first, ...others] =
    context.memory.ownComments(pullRequest, isWanted) ?? (await findComments(context, pullRequest));
  const same = first !== undefined && isWanted(first.body);
  if (same && others.length === 0) return 'unchanged';
  const comment =
    first === undefined
      ? await create(context, pullRequest, wanted)
      : same
        ? first
        : await edit(context, pullRequest, first, wanted);
  for (const other of others) await remove(context, other.id);
  context.memory.keepOwnComments(pullRequest, [comment]);
  return 'written';
}

async function create(context: RepositoryContext, pullRequest: number, body: string): Promise<OwnComment> {
  const task = `comment on pull request #${pullRequest} of ${context.fullName}`;
  // Until the outcome is known, nothing is known about the comments of this pull request.
  context.memory.forgetComments(pullRequest);
  const written = await context.client.write(
    task,
    'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
    {
      ...repositoryParameters(context),
      issue_number: pullRequest,
      body,
    },
  );
  return settle(task, written, commentOf, () => look(context, pullRequest, body));
}

async function edit(
  context: RepositoryContext,
  pullRequest: number,
  comment: OwnComment,
  body: string,
): Promise<OwnComment> {
  const task = `edit the comment on pull request #${pullRequest} of ${context.fullName}`;
  context.memory.forgetComments(pullRequest);
  const written = await context.client.write(
    task,
    'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
    {
      ...repositoryParameters(context),
      comment_id: comment.id,
      body,
    },
  );
  if (written.kind === 'refused' && written.status === 404) {
    // Somebody deleted it; another replica may have written a new one.
    const [first] = await findComments(context, pullRequest);
    if (first === undefined) return create(context, pullRequest, body);
    if (first.id !== comment.id) return edit(context, pullRequest, first, body);
  }
  return settle(task, written, commentOf, () => look(context, pullRequest, body));
}

async function remove(context: RepositoryContext, comment: number): Promise<void> {
  const task = `delete a second comment of ours in ${context.fullName}`;
  const written = await context.client.write(
    task,
    'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}',
    {
      ...repositoryParameters(context),
      comment_id: comment,
    },
  );
  if (written.kind === 'refused' && written.status !== 404) throw errorFor(task, written.answer);
}

function commentOf(body: unknown): OwnComment | null {
  return commentShape.safeParse(body).data ?? null;
}

async function look(
  context: RepositoryContext,
  pullRequest: number,
  body: string,
): Promise<OwnComment | null> {
  return (await findComments(context, pullRequest)).find((comment) => sameText(comment.body, body)) ?? null;
}

/** Our comments, oldest first, over all pages. */
async function findComments(context: RepositoryContext, pullRequest: number): Promise<readonly OwnComment[]> {
  const found = await readCommands(context, [pullRequest]);
  return found.flatMap(({ comments }) => ownComments(context, comments));
}
