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
  const known =
    context.memory.ownComments(pullRequest, isWanted) ?? (await findComments(context, pullRequest));
  const [first, ...others] = known;
  if (first !== undefined && isWanted(first.body) && others.length === 0) return 'unchanged';
  await leaveOne(context, pullRequest, wanted, known);
  return 'written';
}

/** Creates, edits and deletes until there is one comment of ours, with this body. */
async function leaveOne(
  context: RepositoryContext,
  pullRequest: number,
  body: string,
  [first, ...others]: readonly OwnComment[],
): Promise<void> {
  if (first === undefined) {
    const created = await create(context, pullRequest, body);
    // Two replicas that look at the same time both find none, and at what has ended nobody looks again.
    const found = await findComments(context, pullRequest);
    const isShown = found.some(({ id: each }) => each === created.id);
    return await leaveOne(context, pullRequest, body, isShown ? found : [created]);
  }
  const comment = sameText(first.body, body) ? first : await edit(context, pullRequest, first, body);
  if (comment === null) return await leaveOne(context, pullRequest, body, others);
  for (const other of others) await remove(context, other.id);
  context.memory.keepOwnComments(pullRequest, [comment]);
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

/** Null where somebody deleted it. */
async function edit(
  context: RepositoryContext,
  pullRequest: number,
  comment: OwnComment,
  body: string,
): Promise<OwnComment | null> {
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
    const found = await findComments(context, pullRequest);
    if (!found.some(({ id: each }) => each === comment.id)) return null;
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
