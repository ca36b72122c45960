/** The pull request that asks for access: what would be granted, what is missing, and whether to merge it. */
import type { ApprovalVerdict } from '../approval/approval.ts';
import { finding, type Finding } from '../base/reasons.ts';
import { requestPath } from '../request/path.ts';
import { judgePlanApprovals, missingApprovals } from './approvals.ts';
import { carrierFindings } from './candidate.ts';
import { conclude, nothing, type PullRequestContext, type PullRequestDecision } from './decision.ts';
import type { LastPush, PullRequestFacts, PullRequestWorld } from './facts.ts';
import { mergeMethod } from './merge-method.ts';
import { openGrantsOf } from './open-grants.ts';
import { planRequest, type Plan } from './plan.ts';
import { obstacles } from './protection.ts';
import type { Report } from './report.ts';
import { revokedBy } from './revocation.ts';
import { readTrusted } from './trusted.ts';

/** Decides a pull request that adds the request at this path. */
export function decideRequest(
  world: PullRequestWorld,
  context: PullRequestContext,
  path: string,
): PullRequestDecision {
  const { pullRequest, repository, tip, now } = world;
  // The check run is the commit's, and what comes from this repository says why it is refused.
  if (pullRequest.fromFork && pullRequest.sameHead.length > 0) return nothing;
  const shared = sharedHead(pullRequest);
  // What is wrong with one of them alone would be written over it in turns.
  const standing =
    shared.length > 0
      ? shared
      : [
          ...(tip.requests.some((file) => file.path === path) ? [finding('request-exists')] : []),
          ...carrierFindings(pullRequest),
        ];
  const { author, addedFile } = pullRequest;
  if (standing.length > 0 || author === null || addedFile === null) {
    const findings = standing.length > 0 ? standing : [finding('truncated')];
    return conclude(world, { findings, plan: null, approvals: null, faults: [] }, 'comment');
  }
  const planned = planRequest({
    repositoryId: repository.id,
    tip,
    file: addedFile,
    pullRequest: pullRequest.number,
    openedAt: pullRequest.createdAt,
    requester: author,
    subjectAccount: context.subjectAccount,
    teams: context.teams,
  });
  const blocked = obstacles(repository, tip, readTrusted(tip), { github: now, local: context.localNow });
  if (!planned.ok) {
    // Where both name the same obstacle, the one that looks at the whole repository says more.
    const own = planned.findings.filter(({ code }) => !blocked.some((obstacle) => obstacle.code === code));
    const report: Report = {
      findings: [...own, ...blocked],
      plan: null,
      approvals: null,
      faults: planned.faults,
    };
    return conclude(world, report, 'comment');
  }
  return decidePlanned(world, context, planned.plan, blocked);
}

function decidePlanned(
  world: PullRequestWorld,
  context: PullRequestContext,
  plan: Plan,
  blocked: readonly Finding[],
): PullRequestDecision {
  const { pullRequest, repository, tip, now } = world;
  const policy = readTrusted(tip).policy;
  if (policy === null)
    return conclude(world, { findings: blocked, plan, approvals: null, faults: [] }, 'comment');
  const approvals = judgePlanApprovals(plan, policy.value, pullRequest, context.teams, context.lastPush);
  const approveUntil = pullRequest.createdAt + plan.limits.approveWithin * 1000;
  const open = openGrantsOf(tip, plan.subject.id, now);
  const method = mergeMethod(repository);
  const people = { subjectId: plan.subject.id, requesterId: plan.requester.id };
  const path = requestPath(plan.path);
  const revoker = revokedBy(pullRequest.comments, path, people, tip, context.teams);
  const findings: readonly Finding[] = [
    ...(revoker === null ? [] : [finding('withdrawn', `The request was withdrawn by ${revoker}`)]),
    ...(now > approveUntil
      ? [
          finding(
            'approval-expired',
            `This request had to be approved within ${plan.limits.approveWithin / 3600} h; open a new one`,
          ),
        ]
      : []),
    ...blocked,
    ...(pullRequest.draft ? [finding('draft')] : []),
    ...approvalFindings(approvals, pullRequest, context.lastPush),
    ...foreignFindings(pullRequest),
    ...(plan.limits.openPerPerson !== null && open >= plan.limits.openPerPerson
      ? [
          finding(
            'too-many-open',
            `${plan.subject.login} has ${open} open grants, and the policy allows ${plan.limits.openPerPerson}`,
          ),
        ]
      : []),
    ...(method === null
      ? [finding('merge-refused', 'The repository allows no merge method that Curfew could use')]
      : []),
  ];
  const ready = findings.length === 0;
  const decision = conclude(
    world,
    { findings: ready ? [finding('ready')] : findings, plan, approvals, faults: [] },
    'comment',
  );
  return {
    ...decision,
    action: !ready ? 'none' : context.lastPush === 'unread' ? 'confirm' : 'merge',
    mergeMethod: method,
    recheckAt: now > approveUntil ? null : approveUntil + 1000,
  };
}

function approvalFindings(
  approvals: ApprovalVerdict,
  pullRequest: PullRequestFacts,
  lastPush: LastPush | null | 'unread',
): readonly Finding[] {
  const found: Finding[] = [];
  if (approvals.changesRequested.length > 0 || pullRequest.reviewDecision === 'CHANGES_REQUESTED') {
    found.push(finding('changes-requested'));
  }
  if (approvals.requirements.length === 0) return found;
  if (approvals.requirements.some(({ met }) => !met)) {
    const why =
      lastPush === null ? '; GitHub names no person who pushed the head, so no approval counts' : '';
    found.push(finding('waiting-for-approval', `Waiting for ${missingApprovals(approvals)}${why}`));
  } else if (pullRequest.reviewDecision === 'REVIEW_REQUIRED') {
    // GitHub's own opinion only takes away: it may know of an owner or a rule that we do not see.
    found.push(finding('waiting-for-approval', 'GitHub itself still asks for a review'));
  }
  return found;
}

function foreignFindings(pullRequest: PullRequestFacts): readonly Finding[] {
  return pullRequest.foreignChecks
    .filter((check) => !check.passed)
    .map((check) => finding('foreign-check', `The required check ${check.context} has not passed`));
}

/** In the same words for all of them: they share the check run as well, and must not write it in turns. */
function sharedHead({ number, sameHead }: PullRequestFacts): readonly Finding[] {
  if (sameHead.length === 0) return [];
  const all = [number, ...sameHead].sort((a, b) => a - b).map((each) => `#${each}`);
  return [finding('shared-head', `The open pull requests ${all.join(' and ')} have the same head commit`)];
}
