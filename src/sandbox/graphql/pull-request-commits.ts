/** Which commits a pull request consists of, and which pull requests a commit belongs to. */
import type { Instant } from '../../base/instant.ts';
import { changedPaths, type PathChange } from '../git/changed-paths.ts';
import { commitsReachable, mergeBase } from '../git/history.ts';
import type { Commit } from '../git/objects.ts';
import type { PullRequest, Repository } from '../state.ts';
import type { ChangedFile } from './context.ts';
import { historyOf } from './history.ts';
import { Memo } from './memo.ts';

const commits = new Memo<readonly Commit[]>(5_000);
const files = new Memo<readonly ChangedFile[]>(5_000);
const landings = new Memo<ReadonlySet<string>>(4);

/** The commits of the head that the base lacked, oldest first. */
export function commitsOf({ repository, baseSha, headSha }: PullRequest): readonly Commit[] {
  const { git } = repository;
  return commits.get(git, `${baseSha} ${headSha}`, () =>
    commitsReachable(git, [headSha], [baseSha]).reverse(),
  );
}

/** The files that a pull request changes. Git is asked only where something may have been renamed. */
export function filesOf({ repository, baseSha, headSha }: PullRequest): readonly ChangedFile[] {
  const { git } = repository;
  return files.get(git, `${baseSha} ${headSha}`, () => {
    const base = mergeBase(git, baseSha, headSha) ?? baseSha;
    const paths = changedPaths(git, git.commit(base).tree, git.commit(headSha).tree);
    const mayRename =
      paths.some(({ before }) => before === null) && paths.some(({ after }) => after === null);
    const changes = mayRename
      ? git.fileChanges(base, headSha)
      : paths.map((change) => ({ path: change.path, status: statusOf(change) }));
    return changes.map(({ path, status }) => {
      const lines = (): { readonly additions: number; readonly deletions: number } =>
        git.fileChanges(base, headSha).find((change) => change.path === path) ?? noLines;
      return { path, status, lines };
    });
  });
}

const noLines = { additions: 0, deletions: 0 };

function statusOf({ before, after }: PathChange): ChangedFile['status'] {
  if (before === null) return 'added';
  if (after === null) return 'removed';
  // Git calls a file that became a symlink or a submodule a change of type.
  return before.mode.slice(0, 3) === after.mode.slice(0, 3) ? 'modified' : 'changed';
}

/**
 * The merged pull request that brought a commit, once GitHub has linked them (facts §10); for a commit that is not on
 * the default branch also the open pull requests that contain it.
 */
export function associatedPullRequests(repository: Repository, sha: string, now: Instant): PullRequest[] {
  const link = linksOf(repository).get(sha);
  const merged = link !== undefined && link.visibleAt <= now ? [link.pullRequest] : [];
  const open: PullRequest[] = [];
  for (const issue of repository.issues.values()) {
    if (issue.kind === 'pull-request' && issue.state === 'open' && contains(issue, sha)) open.push(issue);
  }
  return open.length > 0 && hasLanded(repository, sha) ? merged : [...merged, ...open];
}

/** Whether a commit is on the default branch. */
function hasLanded({ git, defaultBranch }: Repository, sha: string): boolean {
  const tip = git.branch(defaultBranch);
  if (tip === undefined) return false;
  const landed = landings.get(
    git,
    tip,
    () => new Set(historyOf(git, git.commit(tip), '').map((commit) => commit.sha)),
  );
  return landed.has(sha);
}

type Links = Map<string, { readonly pullRequest: PullRequest; readonly visibleAt: Instant }>;

const links = new WeakMap<Repository, { readonly byCommit: Links; merges: number }>();

/** Every commit that a merge brought or made → its pull request, extended by the merges since the last call. */
function linksOf(repository: Repository): Links {
  const index = links.get(repository) ?? { byCommit: new Map(), merges: 0 };
  links.set(repository, index);
  if (index.merges < repository.mergeLinks.size) {
    for (const [sha, link] of [...repository.mergeLinks].slice(index.merges)) {
      for (const commit of landedCommits(link.pullRequest, sha)) index.byCommit.set(commit, link);
    }
    index.merges = repository.mergeLinks.size;
  }
  return index.byCommit;
}

/** The merge itself, the pull request's own commits, and for a rebase the copies of them. */
function landedCommits(pullRequest: PullRequest, mergeCommit: string): string[] {
  const { git } = pullRequest.repository;
  const own = commitsOf(pullRequest);
  const merge = git.commit(mergeCommit);
  const landed = [mergeCommit, ...own.map(({ sha }) => sha)];
  if (merge.parents.length > 1 || merge.message !== own.at(-1)?.message) return landed;
  let copy = merge;
  for (const original of own.toReversed()) {
    const [parent] = copy.parents;
    if (copy.message !== original.message || parent === undefined) break;
    landed.push(copy.sha);
    copy = git.commit(parent);
  }
  return landed;
}

interface Known {
  readonly baseSha: string;
  readonly headSha: string;
  readonly commits: ReadonlySet<string>;
}

const known = new WeakMap<PullRequest, Known>();

/** Asked of every open pull request about every head, so the commits are kept as a set. */
function contains(pullRequest: PullRequest, sha: string): boolean {
  const { baseSha, headSha } = pullRequest;
  let entry = known.get(pullRequest);
  if (entry?.headSha !== headSha || entry.baseSha !== baseSha) {
    entry = { baseSha, headSha, commits: new Set(commitsOf(pullRequest).map((commit) => commit.sha)) };
    known.set(pullRequest, entry);
  }
  return entry.commits.has(sha);
}
