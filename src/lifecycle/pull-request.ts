/**
 * The first loop: what to say about a pull request, and whether to merge it. A pure function of facts and time.
 */
import { finding, type Finding } from '../base/reasons.ts';
import { purposeOf } from './candidate.ts';
import { conclude, nothing, type PullRequestContext, type PullRequestDecision } from './decision.ts';
import { decideProposal } from './decide-proposal.ts';
import { decideRequest } from './decide-request.ts';
import type { PullRequestWorld } from './facts.ts';
import { mergeMethod } from './merge-method.ts';
import { requestedSubject } from './plan.ts';
import type { Report } from './report.ts';
import { judgeRevocation } from './revocation.ts';
import { decidingTeams } from './teams.ts';
import { readTrusted } from './trusted.ts';
import { decidesAnything } from './trusted-paths.ts';

/** What `PullRequestContext` takes from GitHub besides the world. */
export interface PullRequestNeeds {
  /** `org/slug` of the teams whose members decide. */
  readonly teams: readonly string[];
  /** The login of `spec.for`. */
  readonly account: string | null;
  /** Whether the grants in force and the requests on the way are. */
  readonly standing: boolean;
}

const noNeeds: PullRequestNeeds = { teams: [], account: null, standing: false };

/** What else must be read before this pull request can be decided. */
export function pullRequestNeeds(world: PullRequestWorld): PullRequestNeeds {
  const { pullRequest, repository, tip } = world;
  const purpose = purposeOf(pullRequest, repository);
  if (pullRequest.state !== 'open') return noNeeds;
  if (purpose.kind === 'proposal') {
    const isJudged = pullRequest.baseRef === repository.defaultBranch && !pullRequest.fromFork;
    return { ...noNeeds, standing: isJudged && decidesAnything(tip, purpose.paths) };
  }
  if (purpose.kind !== 'request' && purpose.kind !== 'revocation') return noNeeds;
  if (readTrusted(tip).policy === null) return noNeeds;
  return {
    teams: decidingTeams(tip, [purpose.path]),
    account: pullRequest.addedFile === null ? null : requestedSubject(pullRequest.addedFile),
    standing: false,
  };
}

/** Decides one pull request. */
export function decidePullRequest(world: PullRequestWorld, context: PullRequestContext): PullRequestDecision {
  const { pullRequest, repository } = world;
  if (pullRequest.baseRef !== repository.defaultBranch || pullRequest.state === 'closed') return nothing;
  const purpose = purposeOf(pullRequest, repository);
  if (pullRequest.state === 'merged') {
    return { ...nothing, branchTouched: purpose.kind === 'request' || purpose.kind === 'revocation' };
  }
  switch (purpose.kind) {
    case 'none':
      return plainly(world, finding('not-ours'), null);
    case 'proposal':
      return decidesAnything(world.tip, purpose.paths)
        ? decideProposal(world, context)
        : plainly(world, finding('not-ours'), null);
    case 'own-revert':
      return plainly(world, finding('own-revert'), null);
    case 'refused':
      return plainly(world, purpose.finding, 'comment');
    case 'request':
      return decideRequest(world, context, purpose.path);
    case 'revocation':
      return decideRevocation(world, context, purpose.path);
  }
}

/** A verdict without a plan. */
function plainly(world: PullRequestWorld, found: Finding, comment: 'comment' | null): PullRequestDecision {
  const report: Report = { findings: [found], plan: null, approvals: null, faults: [] };
  return conclude(world, report, comment);
}

function decideRevocation(
  world: PullRequestWorld,
  context: PullRequestContext,
  path: string,
): PullRequestDecision {
  const method = mergeMethod(world.repository);
  const verdict = judgeRevocation(world, context.teams, path);
  const findings = method === null ? [...verdict, finding('merge-refused')] : verdict;
  const ready = findings.every(({ code }) => code === 'revocation-ready');
  const decision = conclude(world, { findings, plan: null, approvals: null, faults: [] }, 'comment');
  return {
    ...decision,
    action: !ready ? 'none' : context.lastPush === 'unread' ? 'confirm' : 'merge',
    mergeMethod: method,
  };
}
