/** The default branch as it would be with the trusted files of a pull request: to be shown, never to be granted by. */
import { codeownersPaths } from '../../approval/codeowners.ts';
import type { FileFacts, ProposedFiles, TipFacts } from '../facts.ts';
import { isCodeownersPath, policyPath } from '../trusted-paths.ts';

type Files = ProposedFiles['files'];

/** What is not among the proposed files stays as it is. */
export function proposedTip(tip: TipFacts, { files, codeownersErrorLines }: ProposedFiles): TipFacts {
  const policy = files.get(policyPath);
  const touchesOwners = [...files.keys()].some(isCodeownersPath);
  const below = (pattern: RegExp, before: readonly FileFacts[]) => replaced(before, files, pattern);
  return {
    ...tip,
    policy: policy === undefined ? tip.policy : policy,
    codeowners: touchesOwners ? codeownersAfter(tip, files) : tip.codeowners,
    codeownersErrorLines: touchesOwners ? codeownersErrorLines : tip.codeownersErrorLines,
    templates: below(/^templates\/[^/]+$/, tip.templates),
    roles: below(/^templates\/roles\/[^/]+$/, tip.roles),
    clusters: below(/^clusters\//, tip.clusters),
  };
}

/** One list for the same files and the same change: what was worked out of it is still known at the next look. */
const memory = new WeakMap<Files, WeakMap<readonly FileFacts[], readonly FileFacts[]>>();

/** The same list where nothing in it changes. */
function replaced(before: readonly FileFacts[], files: Files, pattern: RegExp): readonly FileFacts[] {
  const changed = [...files].filter(([path]) => pattern.test(path));
  if (changed.length === 0) return before;
  const known = memory.get(files) ?? new WeakMap<readonly FileFacts[], readonly FileFacts[]>();
  memory.set(files, known);
  const after = known.get(before) ?? replace(before, files, changed);
  known.set(before, after);
  return after;
}

function replace(
  before: readonly FileFacts[],
  files: Files,
  changed: readonly (readonly [string, FileFacts | null])[],
): readonly FileFacts[] {
  const put = changed.flatMap(([, file]) => file ?? []);
  return [...before.filter(({ path }) => !files.has(path)), ...put].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
}

/** The first that is there counts, as GitHub looks. */
function codeownersAfter(tip: TipFacts, files: Files): FileFacts | null {
  const candidates = codeownersPaths.map((path) => {
    const file = files.get(path);
    return file === undefined && tip.codeowners?.path === path ? tip.codeowners : file;
  });
  return candidates.find((file) => file !== undefined && file !== null) ?? null;
}
