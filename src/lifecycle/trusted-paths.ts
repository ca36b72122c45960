/** Which files decide who gets what: the policy, CODEOWNERS, templates, the catalog, snapshots. */
import { codeownersPaths } from '../approval/codeowners.ts';
import type { ChangedFile, TipFacts } from './facts.ts';

/** Where the policy lies. */
export const policyPath = '.github/curfew.yaml';

/** Whether decisions are judged by the file at this path; of CODEOWNERS, by the one that GitHub reads. */
export function isTrustedPath(path: string): boolean {
  return (
    path === policyPath ||
    isCodeownersPath(path) ||
    /^templates\/(?:roles\/)?[^/]+$/.test(path) ||
    path.startsWith('clusters/')
  );
}

/** Whether GitHub looks for CODEOWNERS at this path. */
export function isCodeownersPath(path: string): boolean {
  return codeownersPaths.some((candidate) => candidate === path);
}

/** The trusted files among those that changed, also where one was moved away; sorted, each once. */
export function trustedPaths(files: readonly ChangedFile[]): readonly string[] {
  const paths = files.flatMap(({ path, previousPath }) => [path, previousPath ?? path]);
  return [...new Set(paths)].filter(isTrustedPath).sort();
}

/**
 * Whether files at these paths decide anything: without a policy, there or on the way, this is no access repository, and
 * a folder of the same name is none of ours.
 */
export function decidesAnything(tip: Pick<TipFacts, 'policy'>, paths: readonly string[]): boolean {
  return tip.policy !== null || paths.includes(policyPath);
}
