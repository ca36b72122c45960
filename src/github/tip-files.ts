/** Which files of the default branch the decisions read, and how they become `TipFacts`. */
import { codeownersPaths } from '../approval/codeowners.ts';
import type { FileFacts, TipFacts } from '../lifecycle/facts.ts';
import { isCodeownersPath, isTrustedPath, policyPath } from '../lifecycle/trusted-paths.ts';
import type { GitBlob } from './git-objects.ts';
import type { TreeFile } from './git-trees.ts';

/** Read with all that is below them. */
const whole: readonly string[] = ['access-requests', 'grants', 'clusters'];

/** Read with the files that lie directly in them; the root is `''`. */
const shallow: readonly string[] = ['', '.github', 'docs', 'templates', 'templates/roles'];

/** Whether the files of a directory matter to the decisions. */
export function isTrustedDirectory(path: string): boolean {
  return shallow.includes(path) || whole.some((each) => path === each || path.startsWith(`${each}/`));
}

/** What depends on the tree alone. */
export type TreeFacts = Omit<TipFacts, 'sha' | 'codeownersErrorLines'>;

/** Of the files in the trusted directories, those whose text is read. */
export function trustedFiles(files: readonly TreeFile[]): readonly TreeFile[] {
  const codeowners = codeownersFile(files);
  return files.filter((file) =>
    isCodeownersPath(file.path)
      ? file === codeowners
      : isTrustedPath(file.path) || whole.some((directory) => file.path.startsWith(`${directory}/`)),
  );
}

/** @param blobs the text of every trusted file that has one. */
export function treeFacts(files: readonly TreeFile[], blobs: ReadonlyMap<string, GitBlob>): TreeFacts {
  const facts = ({ path, mode, oid }: TreeFile): FileFacts => ({
    path,
    mode,
    sha: oid,
    text: blobs.get(oid)?.text ?? null,
  });
  const below = (directory: string): readonly FileFacts[] =>
    files.filter(({ path }) => path.startsWith(`${directory}/`)).map(facts);
  const policy = files.find(({ path }) => path === policyPath);
  const codeowners = codeownersFile(files);
  return {
    policy: policy === undefined ? null : facts(policy),
    codeowners: codeowners === undefined ? null : facts(codeowners),
    templates: files.filter(({ path }) => isIn('templates', path)).map(facts),
    roles: files.filter(({ path }) => isIn('templates/roles', path)).map(facts),
    requests: below('access-requests'),
    grants: below('grants'),
    clusters: below('clusters'),
  };
}

/** The one CODEOWNERS file that GitHub reads. */
export function codeownersFile(files: readonly TreeFile[]): TreeFile | undefined {
  return codeownersPaths
    .map((candidate) => files.find(({ path }) => path === candidate))
    .find((file) => file !== undefined);
}

function isIn(directory: string, path: string): boolean {
  return path.startsWith(`${directory}/`) && !path.slice(directory.length + 1).includes('/');
}

/**
 * The same facts with every file and list of `before` that did not change: what was worked out of them once, snapshots
 * read and grants judged, is still known after a commit that touches none of them.
 */
export function sharing(before: TreeFacts | null, after: TreeFacts): TreeFacts {
  if (before === null) return after;
  const one = (old: FileFacts | null, file: FileFacts | null): FileFacts | null =>
    old !== null && file !== null && isSame(old, file) ? old : file;
  const list = (old: readonly FileFacts[], files: readonly FileFacts[]): readonly FileFacts[] => {
    const known = new Map(old.map((file) => [file.path, file]));
    const shared = files.map((file) => one(known.get(file.path) ?? null, file) ?? file);
    const isUnchanged = shared.length === old.length && shared.every((file, index) => file === old[index]);
    return isUnchanged ? old : shared;
  };
  return {
    policy: one(before.policy, after.policy),
    codeowners: one(before.codeowners, after.codeowners),
    templates: list(before.templates, after.templates),
    roles: list(before.roles, after.roles),
    requests: list(before.requests, after.requests),
    grants: list(before.grants, after.grants),
    clusters: list(before.clusters, after.clusters),
  };
}

/** The id stands for the content; a text that could not be believed once may be another time. */
function isSame(a: FileFacts, b: FileFacts): boolean {
  return a.path === b.path && a.mode === b.mode && a.sha === b.sha && (a.text === null) === (b.text === null);
}
