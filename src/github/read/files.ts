import { z } from 'zod';
import type { ChangedFile } from '../../lifecycle/facts.ts';
import { repositoryParameters, type RepositoryContext } from '../context.ts';
import { RetryLater } from '../errors.ts';
import type { RawFile } from './pull-request-shape.ts';

const changes = {
  ADDED: 'added',
  MODIFIED: 'modified',
  DELETED: 'deleted',
  RENAMED: 'renamed',
  COPIED: 'copied',
  CHANGED: 'changed',
} as const satisfies Readonly<Record<RawFile['changeType'], ChangedFile['change']>>;

const restFile = z.object({ filename: z.string(), previous_filename: z.string().optional() });

/**
 * The changed files with the old names of renamed ones, which only REST knows and is asked for only then.
 * @throws RetryLater where REST already shows another list.
 */
export async function changedFiles(
  context: RepositoryContext,
  number: number,
  files: readonly RawFile[],
): Promise<readonly ChangedFile[]> {
  const moved = files.some(({ changeType }) => changeType === 'RENAMED' || changeType === 'COPIED');
  const previous = moved ? await previousPaths(context, number) : null;
  return files.map(({ path, changeType }) => {
    const before = previous?.get(path);
    if (previous !== null && before === undefined) {
      throw new RetryLater(`The files of pull request #${number} changed while they were read`);
    }
    return { path, change: changes[changeType], previousPath: before ?? null };
  });
}

async function previousPaths(
  context: RepositoryContext,
  number: number,
): Promise<ReadonlyMap<string, string | null>> {
  const files = await context.client.list(
    `read the files of pull request #${number} of ${context.fullName}`,
    'GET /repos/{owner}/{repo}/pulls/{pull_number}/files',
    { ...repositoryParameters(context), pull_number: number },
    z.array(restFile),
  );
  return new Map(files.map((file) => [file.filename, file.previous_filename ?? null]));
}
