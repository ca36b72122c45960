/** Questions about the graph of commits, answered in process over the objects' cache. */
import type { Commit, TreeEntry } from './objects.ts';

/** What is needed to walk commits; a `GitRepository` is one. */
export interface CommitReader {
  commit(sha: string): Commit;
}

/** What is needed to follow a path through commits. */
export interface PathReader extends CommitReader {
  entryAt(tree: string, path: string): TreeEntry | undefined;
}

/** Commits reachable from `tips` and from none of `hidden`, newest first, no commit before one of its children. */
export function commitsReachable(
  git: CommitReader,
  tips: readonly string[],
  hidden: readonly string[] = [],
): Commit[] {
  const excluded = ancestors(git, hidden);
  const found = ancestors(git, tips, excluded);
  const children = new Map<string, number>();
  for (const sha of found) {
    for (const parent of git.commit(sha).parents) children.set(parent, (children.get(parent) ?? 0) + 1);
  }
  const ready = new NewestFirst();
  for (const sha of found) if (!children.has(sha)) ready.add(git.commit(sha));
  const ordered: Commit[] = [];
  for (let commit = ready.take(); commit !== undefined; commit = ready.take()) {
    ordered.push(commit);
    for (const parent of commit.parents) {
      if (!found.has(parent)) continue;
      const left = (children.get(parent) ?? 0) - 1;
      children.set(parent, left);
      if (left === 0) ready.add(git.commit(parent));
    }
  }
  return ordered;
}

/**
 * Commits that touched a path, newest first, with git's default simplification: where a merge took a path unchanged
 * from one parent, only that parent is followed.
 */
export function pathHistory(git: PathReader, tip: string, path: string): Commit[] {
  const at = (commit: Commit): string | undefined => {
    const entry = git.entryAt(commit.tree, path);
    return entry === undefined ? undefined : `${entry.mode} ${entry.sha}`;
  };
  const queue = new NewestFirst();
  const seen = new Set([tip]);
  queue.add(git.commit(tip));
  const found: Commit[] = [];
  for (let commit = queue.take(); commit !== undefined; commit = queue.take()) {
    const own = at(commit);
    const parents = commit.parents.map((parent) => git.commit(parent));
    const same = parents.find((parent) => at(parent) === own);
    const changed = parents.length === 0 ? own !== undefined : same === undefined;
    if (changed) found.push(commit);
    for (const parent of same === undefined ? parents : [same]) {
      if (seen.has(parent.sha)) continue;
      seen.add(parent.sha);
      queue.add(parent);
    }
  }
  return found;
}

/** Whether `ancestor` is reachable from `descendant`; a commit is its own ancestor. */
export function isAncestor(git: CommitReader, ancestor: string, descendant: string): boolean {
  const seen = new Set([descendant]);
  // Near commits first: mostly the ancestor is a parent or grandparent.
  for (const sha of seen) {
    if (sha === ancestor) return true;
    for (const parent of git.commit(sha).parents) seen.add(parent);
  }
  return false;
}

/** Whether moving a ref from one commit or annotated tag to another loses nothing. */
export function isFastForward(
  git: CommitReader & { commitBehind(sha: string): Commit | undefined },
  before: string,
  after: string,
): boolean {
  const [from, to] = [git.commitBehind(before), git.commitBehind(after)];
  return from !== undefined && to !== undefined && isAncestor(git, from.sha, to.sha);
}

/** The best common ancestor; undefined for unrelated histories. Of several equally good ones the newest. */
export function mergeBase(git: CommitReader, one: string, other: string): string | undefined {
  const left = ancestors(git, [one]);
  const common = [...ancestors(git, [other])].filter((sha) => left.has(sha));
  const covered = ancestors(
    git,
    common.flatMap((sha) => git.commit(sha).parents),
  );
  return common
    .filter((sha) => !covered.has(sha))
    .map((sha) => git.commit(sha))
    .sort(newestFirst)[0]?.sha;
}

/** Everything reachable from `tips`, themselves included, without what is in `stop`. */
function ancestors(
  git: CommitReader,
  tips: readonly string[],
  stop: ReadonlySet<string> = new Set(),
): Set<string> {
  const found = new Set<string>();
  const queue = [...tips];
  for (let sha = queue.pop(); sha !== undefined; sha = queue.pop()) {
    if (found.has(sha) || stop.has(sha)) continue;
    found.add(sha);
    queue.push(...git.commit(sha).parents);
  }
  return found;
}

function newestFirst(a: Commit, b: Commit): number {
  return b.committer.date - a.committer.date;
}

/** A queue ordered by commit date; of equal dates the one added first comes first, as in git. */
class NewestFirst {
  readonly #commits: Commit[] = [];

  add(commit: Commit): void {
    const at = this.#commits.findIndex((other) => other.committer.date < commit.committer.date);
    this.#commits.splice(at === -1 ? this.#commits.length : at, 0, commit);
  }

  take(): Commit | undefined {
    return this.#commits.shift();
  }
}
