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
