/** What became of a request after its pull request was merged, as the default branch and its history tell it. */
import { finding, type Finding } from '../base/reasons.ts';
import { readEndings, readEvidence, type GrantEvidence } from './evidence.ts';
import type { HistoryCommit, LandingFacts, RepositoryFacts, TipFacts } from './facts.ts';
import { requestPathOfGrant } from './grant-state.ts';

/** Whether access goes on, is still to come, or has ended. */
export type MergedRequest =
  /** `by`: the commit that granted it. */
  | { readonly kind: 'in-force'; readonly evidence: GrantEvidence; readonly by: string }
  /** `linked`: GitHub says that this pull request brought the file, which it says with a delay. */
  | { readonly kind: 'waiting'; readonly linked: boolean }
  | {
      readonly kind: 'ended';
      /** Null where nothing was ever granted. */
      readonly evidence: GrantEvidence | null;
      readonly finding: Finding;
      /** The commit that ended it. */
      readonly by: string;
    };

/** @param landing of the path that this pull request asked for, which another may have used since. */
export function mergedRequest(
  landing: LandingFacts,
  repository: RepositoryFacts,
  tip: TipFacts,
  pullRequest: number,
): MergedRequest {
  const spent = spentOn(landing.grantHistory, repository, pullRequest);
  if (spent !== null) {
    const { evidence, finding: end, by } = spent;
    const stands = tip.grants.some(({ path }) => requestPathOfGrant(path) === landing.path);
    const newest = grantsOf(landing.grantHistory, repository)[0];
    return stands && newest?.evidence.pullRequest === pullRequest
      ? { kind: 'in-force', evidence, by: newest.sha }
      : { kind: 'ended', evidence, finding: end, by };
  }
  const linked = landing.pullRequest?.number ?? null;
  const stands = tip.requests.some(({ path }) => path === landing.path);
  if (stands && (linked === null || linked === pullRequest))
    return { kind: 'waiting', linked: linked !== null };
  const by = landing.history[0]?.sha ?? tip.sha;
  return { kind: 'ended', evidence: null, finding: finding('request-removed'), by };
}

/**
 * One pull request yields one grant, ever: what history says was granted to this one, why it ended and by which commit.
 * Signatures do not matter here, for whoever forges a grant commit only ends an access.
 */
export function spentOn(
  grantHistory: readonly HistoryCommit[],
  repository: RepositoryFacts,
  pullRequest: number,
): { readonly evidence: GrantEvidence; readonly finding: Finding; readonly by: string } | null {
  const granted = grantsOf(grantHistory, repository).find(
    (each) => each.evidence.pullRequest === pullRequest,
  );
  if (granted === undefined) return null;
  const { evidence, sha } = granted;
  const since = grantHistory.slice(
    0,
    grantHistory.findIndex((commit) => commit.sha === sha),
  );
  const own = since.find(
    ({ author, message }) => author?.id === repository.botId && readEndings(message).has(evidence.grant),
  );
  const code = own === undefined ? undefined : readEndings(own.message).get(evidence.grant);
  // Somebody else's commit may have ended it: the first one after it.
  const by = (own ?? since.at(-1))?.sha ?? sha;
  return { evidence, finding: finding(code ?? 'grant-removed'), by };
}

/** Newest first. */
function grantsOf(
  grantHistory: readonly HistoryCommit[],
  repository: RepositoryFacts,
): readonly { readonly sha: string; readonly evidence: GrantEvidence }[] {
  return grantHistory.flatMap(({ sha, author, message }) => {
    const evidence = author?.id === repository.botId ? readEvidence(message) : null;
    return evidence === null ? [] : [{ sha, evidence }];
  });
}
