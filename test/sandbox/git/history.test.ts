import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changedPaths } from '../../../src/sandbox/git/changed-paths.ts';
import { commitsReachable, isAncestor, mergeBase, pathHistory } from '../../../src/sandbox/git/history.ts';
import type { Signature } from '../../../src/sandbox/git/objects.ts';
import { GitRepository } from '../../../src/sandbox/git/repository.ts';

/** Everything that is answered in process is compared with what git itself says of the same repository. */
let folder: string;
let count = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-git-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function repository(): GitRepository {
  count += 1;
  return GitRepository.create(join(folder, `${count}.git`), 'main');
}

function git(repository: GitRepository, ...args: string[]): string[] {
  const output = execFileSync('git', args, { cwd: repository.directory, encoding: 'utf8' });
  return output.split('\n').filter(Boolean);
}

function signature(minute: number): Signature {
  return { name: 'A', email: 'a@example.com', date: Date.UTC(2026, 0, 1, 0, minute), offset: '+0000' };
}

/** A step of a random history: which commits are the parents, and what is written where. */
interface Step {
  readonly parents: readonly number[];
  readonly path: number;
  readonly content: number;
  readonly remove: boolean;
}

const paths = ['a.txt', 'dir/b.txt', 'dir/c.txt', 'dir/deep/d.txt', 'e'];

const steps = fc.array(
  fc.record({
    parents: fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 2 }),
    path: fc.nat(paths.length - 1),
    content: fc.nat(3),
    remove: fc.boolean(),
  }),
  { minLength: 1, maxLength: 14 },
);

/** Plays the steps, each a minute after the one before; parents count back from the newest commit. */
function play(repository: GitRepository, history: readonly Step[]): string[] {
  const commits: string[] = [];
  for (const [index, step] of history.entries()) {
    const parents = [...new Set(step.parents.map((back) => commits.at(-1 - back)))].filter(
      (sha) => sha !== undefined,
    );
    const path = paths[step.path] ?? '';
    const base = parents[0] === undefined ? null : repository.commit(parents[0]).tree;
    const sha = step.remove ? null : repository.objects.writeBlob(`${step.content}\n`);
    const tree = repository.writeChangedTree(base, [{ path, mode: '100644', sha }]);
    const own = signature(index);
    commits.push(
      repository.objects.writeCommit({ tree, parents, author: own, committer: own, message: `${index}\n` }),
    );
  }
  return commits;
}

describe('random histories', () => {
  it('are walked as git walks them', () => {
    fc.assert(
      fc.property(steps, fc.nat(), fc.nat(), (history, first, second) => {
        const repo = repository();
        const commits = play(repo, history);
        const [one = '', other = ''] = [first, second].map((pick) => commits[pick % commits.length]);
        const tip = commits.at(-1) ?? '';
        expect(commitsReachable(repo, [tip]).map(({ sha }) => sha)).toEqual(
          git(repo, 'rev-list', '--date-order', tip),
        );
        expect(commitsReachable(repo, [one], [other]).map(({ sha }) => sha)).toEqual(
          git(repo, 'rev-list', '--date-order', one, `^${other}`),
        );
        for (const path of [...paths, 'dir']) {
          expect(pathHistory(repo, tip, path).map(({ sha }) => sha)).toEqual(
            git(repo, 'rev-list', tip, '--', path),
          );
        }
        const bases = execFileSync('sh', ['-c', `git merge-base --all ${one} ${other} || true`], {
          cwd: repo.directory,
          encoding: 'utf8',
        }).split('\n');
        const base = mergeBase(repo, one, other);
        expect(base === undefined ? bases[0] === '' : bases.includes(base)).toBe(true);
        expect(isAncestor(repo, one, other)).toBe(bases.includes(one));
      }),
      { numRuns: 25 },
    );
  });

  it('differ as git says they do', () => {
    fc.assert(
      fc.property(steps, fc.nat(), fc.nat(), (history, first, second) => {
        const repo = repository();
        const commits = play(repo, history);
        const [one = '', other = ''] = [first, second].map((pick) => commits[pick % commits.length]);
        const [before, after] = [repo.commit(one).tree, repo.commit(other).tree];
        expect(changedPaths(repo, before, after).map(({ path }) => path)).toEqual(
          git(repo, 'diff-tree', '-r', '--name-only', '--no-renames', before, after),
        );
        const numbers = repo.fileChanges(one, other).map(({ additions, deletions, path, previousPath }) => {
          return previousPath === null ? `${additions}\t${deletions}\t${path}` : null;
        });
        const expected = git(repo, 'diff-tree', '-r', '-M', '--numstat', one, other).map((line) =>
          line.includes('=>') ? null : line,
        );
        expect(numbers).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });

  it('leave a repository that git finds whole', () => {
    const repo = repository();
    const commits = play(repo, [
      { parents: [0], path: 0, content: 1, remove: false },
      { parents: [0], path: 1, content: 2, remove: false },
      { parents: [0, 1], path: 3, content: 3, remove: false },
    ]);
    repo.updateRef('refs/heads/main', commits.at(-1) ?? '', null);
    expect(git(repo, 'fsck', '--strict', '--no-dangling')).toEqual([]);
    expect(git(repo, 'ls-tree', '-r', '--name-only', 'main')).toEqual([
      'a.txt',
      'dir/b.txt',
      'dir/deep/d.txt',
    ]);
  });
});
