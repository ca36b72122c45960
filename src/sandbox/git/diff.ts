/** Reads what `git diff-tree -r -M -z --raw --numstat -p` prints. */
import type { Mode } from './objects.ts';

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
  return output
    .split(/^(?=diff --git )/m)
    .filter((part) => part.startsWith('diff --git '))
    .map((part) => {
      const hunk = part.search(/^@@ /m);
      return hunk === -1 ? null : part.slice(hunk).replace(/\n$/, '');
    });
}
