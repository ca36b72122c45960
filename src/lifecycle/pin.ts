/**
 * The pin: which repository and default branch Curfew adopted. It stands in `grants/<cluster>/README.md`, the file
 * that has to stay in any case so that the directory never vanishes with its last grant (a GitOps engine prunes
 * nothing when its path is gone). A copied, transferred or re-pointed repository is thus noticed from git alone.
 */
import type { RepositoryFacts } from './facts.ts';

/** What was adopted. */
export interface Pin {
  readonly repositoryId: number;
  readonly defaultBranch: string;
}

/** Where the README of a cluster lies. */
export function readmePath(cluster: string): string {
  return `grants/${cluster}/README.md`;
}

/** The cluster whose README a path is; null for every other path. */
export function clusterOfReadme(path: string): string | null {
  return /^grants\/([^/]+)\/README\.md$/.exec(path)?.[1] ?? null;
}

/** The pin of the repository as it is now. */
export function pinOf(repository: RepositoryFacts): Pin {
  return { repositoryId: repository.id, defaultBranch: repository.defaultBranch };
}

/** The whole text of the README of a cluster. */
export function clusterReadme(cluster: string, pin: Pin): string {
  return `# Grants in force on ${cluster}

Curfew alone writes here. Each file is one grant: it appears by a commit when a request is approved, never changes,
and disappears by a revert pull request when its time is up. Anything else that is put here is removed.

This file stays, so that the directory never vanishes: a GitOps engine whose path is gone prunes nothing.

<!-- curfew: repository ${pin.repositoryId} branch ${pin.defaultBranch} -->
`;
}

/** The pin that a README carries; null where it carries none. */
export function readPin(text: string): Pin | null {
  const match = /^<!-- curfew: repository ([1-9]\d{0,15}) branch (\S+) -->$/m.exec(text);
  return match?.[1] === undefined || match[2] === undefined
    ? null
    : { repositoryId: Number(match[1]), defaultBranch: match[2] };
}
