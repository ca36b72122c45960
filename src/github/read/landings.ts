import type { LandingFacts } from '../../lifecycle/facts.ts';
import type { RepositoryContext } from '../context.ts';
import type { BranchRead } from '../port.ts';
import { readCarriers } from './carriers.ts';
import { readHistories, type LandingsRead } from './histories.ts';
import { grantPathOf, type Histories, type LandingBlobs } from './history-cache.ts';
import type { TipId } from './repository.ts';

/** Paths in one request: each asks for two histories and perhaps a pull request. */
const batch = 10;

/** Recent pull requests that are looked at for one path; a path is rarely used twice within fifty merges. */
const candidates = 3;

/** See `RepositoryPort.readLandings`. */
export async function readLandings(
  context: RepositoryContext,
  branch: BranchRead,
  paths: { readonly granted: readonly string[]; readonly pending: readonly string[] },
): Promise<ReadonlyMap<string, LandingFacts>> {
  const tip = tipOf(context, branch);
  const landings = new Map<string, LandingFacts>();
  const open: Asked[] = [];
  for (const path of new Set(paths.granted)) {
    const known = context.memory.histories.get(path, tip, blobsAt(branch, path));
    if (known === undefined) open.push({ path, pending: false });
    else landings.set(path, { ...withoutPullRequest, path, ...known });
  }
  for (const path of new Set(paths.pending)) open.push({ path, pending: true });
  for (let start = 0; start < open.length; start += batch) {
    for (const landing of await readBatch(context, branch, tip, open.slice(start, start + batch))) {
      landings.set(landing.path, landing);
    }
  }
  return landings;
}

interface Asked {
  readonly path: string;
  /** It has no grant: what brought it is read too, and always anew. */
  readonly pending: boolean;
}

const withoutPullRequest = { pullRequest: null, landed: null, lastPush: null } as const;

function blobsAt({ tip }: BranchRead, path: string): LandingBlobs {
  const grantPath = grantPathOf(path);
  return {
    request: tip.requests.find((file) => file.path === path)?.sha ?? null,
    grant: tip.grants.find((file) => file.path === grantPath)?.sha ?? null,
  };
}

/** The parent is known of the tip that was read last; of another one histories are simply read again. */
function tipOf({ memory }: RepositoryContext, { tip }: BranchRead): TipId {
  return memory.tip?.commit === tip.sha ? memory.tip : { commit: tip.sha, tree: '', firstParent: null };
}

async function readBatch(
  context: RepositoryContext,
  branch: BranchRead,
  tip: TipId,
  asked: readonly Asked[],
): Promise<readonly LandingFacts[]> {
  const paths = asked.map(({ path }) => path);
  const pending = asked.filter((each) => each.pending).map(({ path }) => path);
  const read = await readHistories(context, tip.commit, {
    paths: paths.flatMap((path) => [path, grantPathOf(path)]),
    pullRequests: [...new Set(pending.flatMap((path) => recentCandidates(branch, path)))],
  });
  for (const path of paths)
    context.memory.histories.keep(path, tip.commit, blobsAt(branch, path), historiesOf(read, path));
  const carriers = await readCarriers(context, branch, read, pending);
  return paths.map((path) => ({
    ...withoutPullRequest,
    path,
    ...historiesOf(read, path),
    ...carriers.get(path),
  }));
}

function historiesOf({ histories }: LandingsRead, path: string): Histories {
  return { history: histories.get(path) ?? [], grantHistory: histories.get(grantPathOf(path)) ?? [] };
}

/** Merged pull requests that changed the path, newest first. */
function recentCandidates({ recentlyMerged, repository }: BranchRead, path: string): readonly number[] {
  return recentlyMerged
    .filter(({ baseRef, paths }) => baseRef === repository.defaultBranch && paths.includes(path))
    .map(({ number }) => number)
    .sort((a, b) => b - a)
    .slice(0, candidates);
}
