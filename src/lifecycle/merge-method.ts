/** By which method a pull request is merged. */
import type { MergeMethod, RepositoryFacts } from './facts.ts';

/** The first that the repository and the rules allow of merge, squash, rebase. GitHub cannot sign what it rebases. */
export function mergeMethod({ mergeMethods, rules }: RepositoryFacts): MergeMethod | null {
  const order: readonly MergeMethod[] = ['merge', 'squash', 'rebase'];
  const possible = order.filter(
    (method) =>
      mergeMethods.includes(method) &&
      (rules.mergeMethods === null || rules.mergeMethods.includes(method)) &&
      !(method === 'merge' && rules.linearHistory) &&
      !(method === 'rebase' && rules.signaturesRequired),
  );
  return possible[0] ?? null;
}
