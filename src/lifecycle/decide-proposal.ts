/**
 * A pull request that changes what decides: it is judged and never merged by Curfew. There is no comment: what the
 * check run says changes with every grant that comes and ends, and whoever reviews such a change looks there.
 */
import { finding } from '../base/reasons.ts';
import { checkExternalId } from './check.ts';
import {
  conclude,
  conclusionOf,
  nothing,
  startedAt,
  type PullRequestContext,
  type PullRequestDecision,
} from './decision.ts';
import type { PullRequestWorld } from './facts.ts';
import { judgeProposal } from './proposal/judge.ts';
import { describeProposal } from './proposal/report.ts';

/** As many annotations as GitHub takes at once. */
const mostAnnotations = 50;

/** Decides a proposal; `context.standing` must have been read. */
export function decideProposal(
  world: PullRequestWorld,
  { standing }: PullRequestContext,
): PullRequestDecision {
  const { number, proposed, fromFork, sameHead } = world.pullRequest;
  // To judge them costs time, and a fork is anybody's.
  if (fromFork) {
    // The check run is the commit's: whoever brings it from this repository has it say more.
    if (sameHead.length > 0) return nothing;
    const found = finding(
      'from-fork',
      'What decides who gets what is changed from a branch of this repository',
    );
    return conclude(world, { findings: [found], plan: null, approvals: null, faults: [] }, 'comment');
  }
  if (proposed === null || standing === null) {
    throw new Error(`What #${number} changes was not read; pullRequestNeeds says what must be`);
  }
  const report = judgeProposal(proposed, standing);
  const { title, summary, details } = describeProposal(report);
  return {
    ...nothing,
    findings: report.findings,
    check: {
      externalId: checkExternalId(null),
      startedAt: startedAt(world, null),
      conclusion: conclusionOf(report.findings),
      title,
      summary,
      text: details,
      faults: report.faults.slice(0, mostAnnotations),
    },
  };
}
