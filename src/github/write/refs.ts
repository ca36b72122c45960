import { z } from 'zod';
import { errorFor } from '../answer.ts';
import { repositoryParameters, type RepositoryContext } from '../context.ts';
import { NotFound } from '../errors.ts';
import { oid } from '../schema.ts';
import { answerLost } from './outcome.ts';

const refShape = z.object({ object: z.object({ sha: oid }) });

/** Creates a branch; where one of that name exists, whoever made it, nothing is changed. */
export async function createBranch(
  context: RepositoryContext,
  name: string,
  sha: string,
): Promise<'created' | 'exists'> {
  const task = `create the branch ${name} of ${context.fullName}`;
  const written = await context.client.write(task, 'POST /repos/{owner}/{repo}/git/refs', {
    ...repositoryParameters(context),
    ref: `refs/heads/${name}`,
    sha,
  });
  if (written.kind === 'done') return 'created';
  if (written.kind === 'refused') {
    if (written.status === 422 && /already exists/i.test(written.message)) return 'exists';
    throw errorFor(task, written.answer);
  }
  const there = await readBranchHead(context, name);
  if (there === null) throw answerLost(task, written.answer);
  return there === sha ? 'created' : 'exists';
}

/** Deletes a branch; one that is gone already is no error. */
export async function deleteBranch(context: RepositoryContext, name: string): Promise<void> {
  const task = `delete the branch ${name} of ${context.fullName}`;
  const written = await context.client.write(task, 'DELETE /repos/{owner}/{repo}/git/refs/{ref}', {
    ...repositoryParameters(context),
    ref: `heads/${name}`,
  });
  if (written.kind === 'done') return;
  if (written.kind === 'unknown') {
    if ((await readBranchHead(context, name)) !== null) throw answerLost(task, written.answer);
    return;
  }
  const gone = written.status === 404 || (written.status === 422 && /does not exist/i.test(written.message));
  if (!gone) throw errorFor(task, written.answer);
}

async function readBranchHead(context: RepositoryContext, name: string): Promise<string | null> {
  try {
    const data = await context.client.get(
      `read the branch ${name} of ${context.fullName}`,
      'GET /repos/{owner}/{repo}/git/ref/{ref}',
      { ...repositoryParameters(context), ref: `heads/${name}` },
      refShape,
    );
    return data.object.sha;
  } catch (error) {
    if (error instanceof NotFound) return null;
    throw error;
  }
}
