/**
 * The history of a path (or of all) as git has it, extended from what is known of an earlier tip: branches grow by a
 * commit at a time, and are asked about at every step.
 */
import { commitsReachable, pathHistory } from '../git/history.ts';
import type { Commit } from '../git/objects.ts';
import type { GitRepository } from '../git/repository.ts';
import { Memo } from './memo.ts';

const pathHistories = new Memo<readonly Commit[]>(5_000);
/** As long as the branch is old, so only those of the newest tips are kept. */
const wholeHistories = new Memo<readonly Commit[]>(16);

/** Commits from `tip` on that touched a path, newest first; every commit where the path is empty. */
export function historyOf(git: GitRepository, tip: Commit, path: string): readonly Commit[] {
  const histories = path === '' ? wholeHistories : pathHistories;
  return histories.get(git, `${tip.sha} ${path}`, () => {
    const newer: Commit[] = [];
    let commit = tip;
    for (;;) {
      const known = histories.peek(git, `${commit.sha} ${path}`);
      if (known !== undefined) return [...newer, ...known];
      const step = path === '' ? linear(commit) : sameParent(git, commit, path);
      if (step === undefined) break;
      if (step.touched) newer.push(commit);
      commit = git.commit(step.parent);
    }
    const rest = path === '' ? commitsReachable(git, [commit.sha]) : pathHistory(git, commit.sha, path);
    histories.get(git, `${commit.sha} ${path}`, () => rest);
    return [...newer, ...rest];
  });
}

interface Step {
  readonly touched: boolean;
  /** The only commit at which the history goes on. */
  readonly parent: string;
}

function linear({ parents }: Commit): Step | undefined {
  const [parent] = parents;
  return parent === undefined || parents.length > 1 ? undefined : { touched: true, parent };
}

/** Where one parent has the path as it is, git follows that one alone; otherwise one parent is all there is. */
function sameParent(git: GitRepository, commit: Commit, path: string): Step | undefined {
  const at = ({ tree }: Commit): string | undefined => {
    const entry = git.entryAt(tree, path);
    return entry === undefined ? undefined : `${entry.mode} ${entry.sha}`;
  };
  const own = at(commit);
  const same = commit.parents.find((parent) => at(git.commit(parent)) === own);
  return same === undefined ? linear(commit) : { touched: false, parent: same };
}
