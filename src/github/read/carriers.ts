/** The merged pull request that brought a file, found by the commit that added it. */
import type { HistoryCommit, LandingFacts } from '../../lifecycle/facts.ts';
import type { RepositoryContext } from '../context.ts';
import type { BranchRead } from '../port.ts';
import { finishDrafts, readDraft } from './assemble.ts';
import { treeDifference } from './differences.ts';
import { readHistories, type LandingsRead } from './histories.ts';
import { readLastPush } from './last-push.ts';
import { isInHistory, readMerge, type Merge, type RawMerged } from './merges.ts';

/** What a pull request adds to the facts of a landing. */
export type CarrierFacts = Pick<LandingFacts, 'pullRequest' | 'landed' | 'lastPush'>;

interface Carrier {
  readonly raw: RawMerged;
  readonly merge: Merge;
}

/**
 * The facts about whatever pull request brought each path; a path that none is known for is left out.
 * @param read the histories of the paths and the pull requests that came with them.
 */
export async function readCarriers(
  context: RepositoryContext,
  branch: BranchRead,
  read: LandingsRead,
  paths: readonly string[],
): Promise<ReadonlyMap<string, CarrierFacts>> {
  const added = new Map<string, HistoryCommit>();
  for (const path of paths) {
    const commit = introduction(read.histories.get(path) ?? []);
    if (commit !== null) added.set(path, commit);
  }
  const carriers = await findCarriers(context, branch, read, added);
  const distinct = [...new Set(carriers.values())];
  const drafts = await Promise.all(distinct.map(({ raw }) => readDraft(context, raw)));
  const facts = await finishDrafts(context, branch.repository, drafts, new Map(read.canWrite));
  const found = new Map<string, CarrierFacts>();
  for (const [path, carrier] of carriers) {
    const pullRequest = facts[distinct.indexOf(carrier)];
    if (pullRequest === undefined) continue;
    found.set(path, {
      pullRequest,
      landed: await treeDifference(context, carrier.merge.before, carrier.merge.after),
      lastPush:
        context.memory.pushAtMerge(pullRequest.number, pullRequest.head) ??
        (await readLastPush(context, pullRequest.headRef, pullRequest.head, pullRequest.mergedAt)),
    });
  }
  return found;
}

/** The commit that put the file there that stands there now, or stood there last: what came later only edited it. */
function introduction(history: readonly HistoryCommit[]): HistoryCommit | null {
  const newest = history.findIndex(({ blob }) => blob !== null);
  if (newest === -1) return null;
  const older = history.slice(newest).findIndex(({ blob }) => blob === null);
  return history[older === -1 ? history.length - 1 : newest + older - 1] ?? null;
}

/** By path. The pull requests that GitHub links to a commit are read where the recent ones do not explain it. */
async function findCarriers(
  context: RepositoryContext,
  branch: BranchRead,
  read: LandingsRead,
  added: ReadonlyMap<string, HistoryCommit>,
): Promise<ReadonlyMap<string, Carrier>> {
  const known = await merged(context, branch, read.pullRequests);
  const unexplained = [...added.values()].filter((commit) => carrierOf(commit, known, read.links) === null);
  const linked = new Set(unexplained.flatMap(({ sha }) => read.links.get(sha) ?? []));
  const further = [...linked].filter((number) => !read.pullRequests.has(number));
  const more =
    further.length === 0
      ? null
      : await readHistories(context, branch.tip.sha, { paths: [], pullRequests: further });
  const all = more === null ? known : [...known, ...(await merged(context, branch, more.pullRequests))];
  const carriers = new Map<string, Carrier>();
  for (const [path, commit] of added) {
    const carrier = carrierOf(commit, all, read.links);
    if (carrier === null) continue;
    const { merge } = carrier;
    const present =
      merge.commit === commit.sha ||
      read.recent.has(merge.commit) ||
      (await isInHistory(context, merge.commit, branch.tip.sha));
    if (present) carriers.set(path, carrier);
  }
  return carriers;
}

/** Those of the pull requests that were merged into the default branch. */
async function merged(
  context: RepositoryContext,
  { repository }: BranchRead,
  pullRequests: ReadonlyMap<number, RawMerged>,
): Promise<readonly Carrier[]> {
  const carriers: Carrier[] = [];
  for (const raw of pullRequests.values()) {
    const merge = await readMerge(context, raw, repository.defaultBranch);
    if (merge !== null) carriers.push({ raw, merge });
  }
  return carriers;
}

/**
 * Where one commit came with two pull requests, the older one counts: the other was made from its commit. Of a pull
 * request with more commits than are read GitHub's link is believed, for it is granted nothing.
 */
function carrierOf(
  { sha }: HistoryCommit,
  carriers: readonly Carrier[],
  links: LandingsRead['links'],
): Carrier | null {
  const [first] = carriers
    .filter(
      ({ raw: { number, commits }, merge }) =>
        merge.commits.has(sha) ||
        (commits.totalCount > commits.nodes.length && links.get(sha)?.includes(number) === true),
    )
    .sort((a, b) => a.raw.number - b.raw.number);
  return first ?? null;
}
