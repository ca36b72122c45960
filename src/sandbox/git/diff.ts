/** Changed files with their patches: as `git diff-tree` prints them, and the simple ones without it. */
import type { PathChange } from './changed-paths.ts';
import type { Mode, TreeEntry } from './objects.ts';

/** A changed file in the words of `GET /repos/{owner}/{repo}/pulls/{number}/files`. */
export interface FileChange {
  readonly path: string;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed';
  /** Only for renames and copies. */
  readonly previousPath: string | null;
  readonly mode: Mode | null;
  /** The blob after the change; for a removal the one before. */
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
  /** The hunks; null for binary files and where nothing but mode or name changed. */
  readonly patch: string | null;
}

/**
 * Reads what `git diff-tree -r -M -z --raw --numstat -p` prints.
 *
 * The output has three parts, each in the same order of files: one `:…` record per file, then one record with line
 * counts per file, then an empty field and the patches.
 */
export function parseDiffTree(output: string): FileChange[] {
  const fields = output.split('\0');
  const changes = takeRaw(fields);
  const counted = changes.map((change) => ({ ...change, ...takeCounts(fields) }));
  const patches = splitPatches(fields.slice(1).join('\0'));
  // A change of type (file to symlink) is shown as a removal and an addition.
  return counted.map((change) => {
    const patch = patches.shift() ?? null;
    return { ...change, patch: change.status === 'changed' ? (patches.shift() ?? null) : patch };
  });
}

function takeRaw(fields: string[]): Omit<FileChange, 'patch' | 'additions' | 'deletions'>[] {
  const changes: ReturnType<typeof takeRaw> = [];
  while (fields[0]?.startsWith(':') === true) {
    const [, newMode = '', oldSha = '', newSha = '', letter = ''] = (fields.shift() ?? '').split(' ');
    const status = statuses[letter.charAt(0)] ?? 'changed';
    const first = fields.shift() ?? '';
    const previousPath = status === 'renamed' || status === 'copied' ? first : null;
    changes.push({
      path: previousPath === null ? first : (fields.shift() ?? ''),
      status,
      previousPath,
      mode: status === 'removed' ? null : modeOf(newMode),
      sha: status === 'removed' ? oldSha : newSha,
    });
  }
  return changes;
}

function takeCounts(fields: string[]): Pick<FileChange, 'additions' | 'deletions'> {
  const [added = '', deleted = '', path = ''] = (fields.shift() ?? '').split('\t');
  // The record of a rename has an empty path; the two names follow as fields of their own.
  if (path === '') fields.splice(0, 2);
  // `-` stands for a binary file.
  return { additions: Number(added) || 0, deletions: Number(deleted) || 0 };
}

const statuses: Readonly<Record<string, FileChange['status']>> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  C: 'copied',
  T: 'changed',
};

function modeOf(text: string): Mode {
  switch (text) {
    case '100755':
    case '120000':
    case '160000':
      return text;
    default:
      return '100644';
  }
}

/** One entry per file of a patch, from its first hunk on; null where there is no hunk. */
function splitPatches(output: string): (string | null)[] {
  return `\n${output}`
    .split(/\n(?=diff --git )/)
    .filter((part) => part.startsWith('diff --git '))
    .map((part) => {
      const hunk = part.indexOf('\n@@ ');
      return hunk === -1 ? null : part.slice(hunk + 1).replace(/\n$/, '');
    });
}

/**
 * The same as git would say, where files were only added or only removed: nothing can be a rename then, and each patch
 * is the whole file. Undefined for everything else.
 */
export function oneSidedChanges(
  changes: readonly PathChange[],
  readBlob: (sha: string) => Buffer | undefined,
): FileChange[] | undefined {
  const added = changes.every(({ before }) => before === null);
  const removed = changes.every(({ after }) => after === null);
  if (!added && !removed) return undefined;
  const found: FileChange[] = [];
  for (const { path, before, after } of changes) {
    const entry = after ?? before;
    const blob = entry?.type === 'blob' ? readBlob(entry.sha) : undefined;
    if (entry === null || blob === undefined) return undefined;
    found.push(wholeFile(path, entry, blob, added ? '+' : '-'));
  }
  return found;
}

function wholeFile(path: string, entry: TreeEntry, blob: Buffer, sign: '+' | '-'): FileChange {
  // As in git, a NUL among the first 8,000 bytes makes a file binary.
  const binary = blob.subarray(0, 8_000).includes(0);
  const text = blob.toString('utf8');
  const lines = binary || text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const range = lines.length === 1 ? '1' : `1,${lines.length}`;
  const header = sign === '+' ? `@@ -0,0 +${range} @@` : `@@ -${range} +0,0 @@`;
  const end = text.endsWith('\n') ? [] : ['\\ No newline at end of file'];
  return {
    path,
    status: sign === '+' ? 'added' : 'removed',
    previousPath: null,
    mode: sign === '+' ? entry.mode : null,
    sha: entry.sha,
    additions: sign === '+' ? lines.length : 0,
    deletions: sign === '+' ? 0 : lines.length,
    patch: lines.length === 0 ? null : [header, ...lines.map((line) => sign + line), ...end].join('\n'),
  };
}
