/** The history of an access repository, read from a clone. */
import { lstat } from 'node:fs/promises';
import type { EntryChange, GitCommit, MainlineCommit, TreeEntry } from '../lifecycle/access-history.ts';
import { InputError } from './command.ts';
import { readCommits } from './git-objects.ts';
import { askGit, runGit } from './git-process.ts';

export interface GitHistory {
  /** The first-parent history, oldest first. */
  readonly mainline: readonly MainlineCommit[];
  /** Every commit that it reaches, by id. */
  readonly commits: ReadonlyMap<string, GitCommit>;
}

/**
 * The id of the commit that a name stands for; null where there is none.
 *
 * @throws InputError where there is no folder, it is in no repository, or the history is cut off
 */
export async function resolveCommit(folder: string, name: string): Promise<string | null> {
  const stats = await lstat(folder).catch(() => null);
  if (stats === null) throw new InputError(`there is no folder ${folder}`);
  const shallow = (await runGit(folder, ['rev-parse', '--is-shallow-repository'])).toString().trim();
  if (shallow === 'true') {
    throw new InputError(
      `the history in ${folder} is cut off, and who had access is told by the whole of it; run "git fetch --unshallow"`,
    );
  }
  const { status, output } = await askGit(folder, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${name}^{commit}`,
  ]);
  return status === 0 ? output.toString().trim() : null;
}

/** Everything that led to a commit. */
export async function readHistory(folder: string, tip: string): Promise<GitHistory> {
  const ids = (await runGit(folder, ['rev-list', '--end-of-options', tip])).toString().trim().split('\n');
  const commits = await readCommits(folder, ids);
  const chain = firstParents(commits, tip);
  const changes = await readChanges(folder, chain);
  const brought = broughtBy(commits, chain);
  return {
    mainline: chain.map((commit) => ({
      ...commit,
      changes: changes.get(commit.sha) ?? [],
      brought: brought.get(commit.sha) ?? [],
    })),
    commits,
  };
}

/** Oldest first. */
function firstParents(commits: ReadonlyMap<string, GitCommit>, tip: string): readonly GitCommit[] {
  const chain: GitCommit[] = [];
  for (let commit = commits.get(tip); commit !== undefined; commit = commits.get(commit.parents[0] ?? '')) {
    chain.push(commit);
  }
  return chain.reverse();
}

/** Which commits each of the chain is the first to reach, besides itself. */
function broughtBy(
  commits: ReadonlyMap<string, GitCommit>,
  chain: readonly GitCommit[],
): ReadonlyMap<string, readonly GitCommit[]> {
  const seen = new Set(chain.map(({ sha }) => sha));
  const brought = new Map<string, readonly GitCommit[]>();
  for (const { sha, parents } of chain) {
    const found: GitCommit[] = [];
    const queue = parents.slice(1);
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const commit = commits.get(next);
      if (commit === undefined || seen.has(next)) continue;
      seen.add(next);
      found.push(commit);
      queue.push(...commit.parents);
    }
    if (found.length > 0) brought.set(sha, found);
  }
  return brought;
}

/** What each commit of the chain changed of its first parent, by commit. */
async function readChanges(
  folder: string,
  chain: readonly GitCommit[],
): Promise<ReadonlyMap<string, readonly EntryChange[]>> {
  const pairs = chain.map(({ sha, parents: [parent] }) => (parent === undefined ? sha : `${sha} ${parent}`));
  const output = await runGit(
    folder,
    ['diff-tree', '--stdin', '--root', '-r', '-z', '--raw', '--no-renames', '--no-abbrev'],
    pairs.map((pair) => `${pair}\n`).join(''),
  );
  const changes = new Map<string, EntryChange[]>();
  let current: EntryChange[] = [];
  const tokens = output.toString('utf8').split('\0');
  for (let i = 0; i < tokens.length - 1; i += 1) {
    const token = tokens[i] ?? '';
    if (token.startsWith(':')) {
      i += 1;
      current.push(parseChange(token, tokens[i] ?? ''));
    } else {
      current = [];
      changes.set(token.trim(), current);
    }
  }
  return changes;
}

/** `:<mode before> <mode after> <id before> <id after> <status>`; an absent side has mode 000000. */
function parseChange(meta: string, path: string): EntryChange {
  const [modeBefore = '', modeAfter = '', before = '', after = ''] = meta.slice(1).split(' ');
  const entry = (mode: string, sha: string): TreeEntry | null => (mode === '000000' ? null : { mode, sha });
  return { path, before: entry(modeBefore, before), after: entry(modeAfter, after) };
}

/** The newest commit that touched a file which stands at `tip`, with the simplification that GitHub's history has too. */
export async function newestTouch(
  folder: string,
  { mainline, commits }: GitHistory,
  path: string,
): Promise<GitCommit | null> {
  const last = mainline.findLast(({ changes }) => changes.some((change) => change.path === path));
  if (last === undefined || last.parents.length < 2) return last ?? null;
  // A merge may have taken the file over from another of its parents: only git knows which commit made it there.
  const tip = mainline.at(-1)?.sha ?? 'HEAD';
  const answer = await runGit(folder, ['rev-list', '-1', tip, '--', `:(top,literal)${path}`]);
  return commits.get(answer.toString().trim()) ?? null;
}

/** Files below `grants/` in the folder that are not as they are committed; none in a repository without a folder. */
export async function uncommittedGrants(folder: string): Promise<readonly string[]> {
  const { output } = await askGit(folder, ['rev-parse', '--is-inside-work-tree']);
  if (output.toString().trim() !== 'true') return [];
  const args = [
    'status',
    '--porcelain=v1',
    '-z',
    '--no-renames',
    '--untracked-files=all',
    '--',
    ':(top)grants',
  ];
  const entries = (await runGit(folder, args)).toString().split('\0');
  // <XY> <path>
  return entries.flatMap((entry) => (entry === '' ? [] : [entry.slice(3)]));
}
