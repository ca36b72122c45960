import { z } from 'zod';
import type { MergeMethod } from '../../lifecycle/facts.ts';
import { errorFor } from '../answer.ts';
import { repositoryParameters, type RepositoryContext } from '../context.ts';
import type { MergeOutcome } from '../port.ts';
import { oid } from '../schema.ts';
import { foreseeTip } from './foresee.ts';
import { answerLost } from './outcome.ts';

const mergedShape = z.object({ merged: z.literal(true), sha: oid });

const pullShape = z.object({
  merged: z.boolean(),
  merge_commit_sha: oid.nullable(),
  head: z.object({ sha: oid }),
});

/** Merges exactly this head. Merging again what is merged is no error. */
export async function merge(
  context: RepositoryContext,
  pullRequest: number,
  head: string,
  method: MergeMethod,
  title: string,
  message: string,
): Promise<MergeOutcome> {
  const task = `merge pull request #${pullRequest} of ${context.fullName}`;
  const written = await context.client.write(task, 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', {
    ...repositoryParameters(context),
    pull_number: pullRequest,
    sha: head,
    merge_method: method,
    // A rebase keeps the messages of the commits.
    ...(method === 'rebase' ? {} : { commit_title: title, commit_message: message }),
  });
  if (written.kind === 'done') {
    const merged = mergedShape.safeParse(written.body);
    if (merged.success) {
      const file = context.memory.addedFiles.get(head);
      if (file !== undefined && file.text !== null) foreseeTip(context, [file]);
      context.memory.keepMerge(pullRequest, head);
      return { kind: 'merged', sha: merged.data.sha };
    }
  }
  if (written.kind === 'refused' && written.status === 409) return { kind: 'stale' };
  if (written.kind === 'refused' && written.status === 404) throw errorFor(task, written.answer);
  // GitHub says 405 of everything else, also of what was merged already and of a base that just moved.
  if (written.kind !== 'refused' || written.status === 405) {
    const merged = await mergedAs(context, pullRequest, head);
    if (merged !== null) return { kind: 'merged', sha: merged };
  }
  if (written.kind !== 'refused') throw answerLost(task, written.kind === 'unknown' ? written.answer : null);
  if (written.status === 405 && /base branch was modified/i.test(written.message)) return { kind: 'stale' };
  return { kind: 'refused', message: written.message };
}

/** The merge commit, if the pull request was merged with this head. */
async function mergedAs(
  context: RepositoryContext,
  pullRequest: number,
  head: string,
): Promise<string | null> {
  const data = await context.client.get(
    `read whether pull request #${pullRequest} of ${context.fullName} is merged`,
    'GET /repos/{owner}/{repo}/pulls/{pull_number}',
    { ...repositoryParameters(context), pull_number: pullRequest },
    pullShape,
  );
  return data.merged && data.head.sha === head ? data.merge_commit_sha : null;
}
