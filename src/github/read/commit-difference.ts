import { z } from 'zod';
import type { ChangedFile } from '../../lifecycle/facts.ts';
import { repositoryVariables, type RepositoryContext } from '../context.ts';
import { treesQuery } from '../queries/landings.ts';
import { oid } from '../schema.ts';
import { treeDifference } from './differences.ts';

const commit = z.object({ tree: z.object({ oid }) });

const answerShape = z.object({ repository: z.object({ before: commit, after: commit }) });

/** Every file in which two commits differ; null where they are too many to be read whole. */
export async function readDifference(
  context: RepositoryContext,
  before: string,
  after: string,
): Promise<readonly ChangedFile[] | null> {
  const { data } = await context.client.query(
    `compare ${before} with ${after} in ${context.fullName}`,
    treesQuery,
    { ...repositoryVariables(context), before, after },
    answerShape,
  );
  const { repository } = data;
  return await treeDifference(context, repository.before.tree.oid, repository.after.tree.oid);
}
