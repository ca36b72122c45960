/** Which commits a pull request consists of, and which pull requests a commit belongs to. */
import type { Instant } from '../../base/instant.ts';
import { changedPaths, type PathChange } from '../git/changed-paths.ts';
import { commitsReachable, isAncestor, mergeBase } from '../git/history.ts';
import type { Commit } from '../git/objects.ts';
import { pullRequestChanges } from '../reviews.ts';
import { pullRequests, type PullRequest, type Repository } from '../state.ts';
import type { ChangedFile } from './context.ts';
import { Memo } from './memo.ts';

const commits = new Memo<readonly Commit[]>();
const files = new Memo<readonly ChangedFile[]>();

/** The commits of the head that the base lacked, oldest first. */
export function commitsOf({ repository, baseSha, headSha }: PullRequest): readonly Commit[] {
  const { git } = repository;
  return commits.get(git, `${baseSha} ${headSha}`, () =>
    commitsReachable(git, [headSha], [baseSha]).reverse(),
  );
}

/** The files that a pull request changes. Git is asked only where something may have been renamed. */
export function filesOf(pullRequest: PullRequest): readonly ChangedFile[] {
  const { repository, baseSha, headSha } = pullRequest;
  const { git } = repository;
  return files.get(git, `${baseSha} ${headSha}`, () => {
    const base = mergeBase(git, baseSha, headSha) ?? baseSha;
    const paths = changedPaths(git, git.commit(base).tree, git.commit(headSha).tree);
    const mayRename =
      paths.some(({ before }) => before === null) && paths.some(({ after }) => after === null);
    const changes = mayRename
      ? pullRequestChanges(pullRequest)
      : paths.map((change) => ({ path: change.path, status: statusOf(change) }));
    return changes.map(({ path, status }) => ({
      path,
      status,
      lines: () =>
        pullRequestChanges(pullRequest).find((change) => change.path === path) ?? {
          additions: 0,
          deletions: 0,
        },
    }));
  });
}

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
  const open = pullRequests(repository).filter(
    (pullRequest) => pullRequest.state === 'open' && contains(pullRequest, sha),
  );
  const tip = repository.git.branch(repository.defaultBranch);
  const landed = open.length > 0 && tip !== undefined && isAncestor(repository.git, sha, tip);
  return landed ? merged : [...merged, ...open];
}

type Links = Map<string, { readonly pullRequest: PullRequest; readonly visibleAt: Instant }>;

const links = new WeakMap<Repository, { readonly byCommit: Links; merges: number }>();

/** Every commit that a merge brought or made → its pull request, extended by the merges since the last call. */
function linksOf(repository: Repository): Links {
  const known = links.get(repository) ?? { byCommit: new Map(), merges: 0 };
  links.set(repository, known);
  for (const [sha, link] of [...repository.mergeLinks].slice(known.merges)) {
    for (const commit of landedCommits(link.pullRequest, sha)) known.byCommit.set(commit, link);
  }
  known.merges = repository.mergeLinks.size;
  return known.byCommit;
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

const contents = new WeakMap<
  PullRequest,
  { readonly commits: readonly Commit[]; readonly shas: ReadonlySet<string> }
>();

/** Asked for every open pull request about every head, so the commits are kept as a set. */
function contains(pullRequest: PullRequest, sha: string): boolean {
  if (pullRequest.headSha === sha) return true;
  const commits = commitsOf(pullRequest);
  let known = contents.get(pullRequest);
  if (known?.commits !== commits) {
    known = { commits, shas: new Set(commits.map((commit) => commit.sha)) };
    contents.set(pullRequest, known);
  }
  return known.shas.has(sha);
}
