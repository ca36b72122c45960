/** Commits of ours that neither grant nor end a grant, yet keep `grants/` as it has to be. */
import { visible } from '../base/text.ts';
import type { BranchDecision } from './branch.ts';
import type { BranchWorld } from './facts.ts';

/** A commit on the default branch at the tip that was decided on. */
export interface HousekeepingCommit {
  readonly branch: string;
  readonly expectedHead: string;
  readonly headline: string;
  readonly body: string;
  readonly additions: readonly { readonly path: string; readonly text: string }[];
  readonly deletions: readonly string[];
}

/** Removes files below `grants/` that are not the App's own commits. */
export function foreignCommit(
  { repository, tip }: BranchWorld,
  foreign: BranchDecision['foreign'],
): HousekeepingCommit {
  const paths = foreign.map(({ file }) => file.path);
  return {
    branch: repository.defaultBranch,
    expectedHead: tip.sha,
    headline: `Remove ${paths.length === 1 ? 'a file' : `${paths.length} files`} that Curfew did not write`,
    body: foreign.map(({ finding }) => visible(finding.message)).join('\n'),
    additions: [],
    deletions: paths,
  };
}

/** Writes the READMEs that keep each cluster's directory alive and carry the pin. */
export function readmeCommit(
  { repository, tip }: BranchWorld,
  readmes: BranchDecision['readmes'],
): HousekeepingCommit {
  return {
    branch: repository.defaultBranch,
    expectedHead: tip.sha,
    headline: 'Keep the READMEs of grants/',
    body: `They say which repository and default branch Curfew adopted: ${repository.id}, ${repository.defaultBranch}.`,
    additions: readmes,
    deletions: [],
  };
}
