import type { RepositoryPort } from '../github/port.ts';
import type { RepositoryFacts } from '../lifecycle/facts.ts';
import { mergedRequest, type MergedRequest } from '../lifecycle/merged-request.ts';

/** What became of a request that was merged. History tells most of it and is at hand; what stands there now may be asked. */
export async function readMergedRequest(
  port: RepositoryPort,
  repository: RepositoryFacts,
  path: string,
  pullRequest: number,
): Promise<MergedRequest> {
  const branch = await port.readBranch();
  const judge = async (paths: Parameters<typeof port.readLandings>[1]): Promise<MergedRequest> => {
    const landing = (await port.readLandings(branch, paths)).get(path);
    if (landing === undefined) throw new Error(`The history of ${path} was read, and is not there`);
    return mergedRequest(landing, repository, branch.tip, pullRequest);
  };
  const became = await judge({ granted: [path], pending: [] });
  return became.kind === 'waiting' ? await judge({ granted: [], pending: [path] }) : became;
}
