/** Puts the facts of a pull request before the judgement of approvals. */
import type { ApprovalVerdict, TeamFacts } from '../approval/approval.ts';
import { judgeApprovals } from '../approval/verdict.ts';
import { kubernetesUsers } from '../policy/identity.ts';
import type { Policy } from '../policy/policy.ts';
import { participantsOf } from './candidate.ts';
import { shownSince } from './check.ts';
import type { LastPush, PullRequestFacts } from './facts.ts';
import type { Plan } from './plan.ts';

/**
 * Which of the plan's requirements are met. `lastPush` may be unread while a pull request is only displayed; before
 * anything is merged or granted it is read, and an unknown pusher voids every approval.
 */
export function judgePlanApprovals(
  plan: Plan,
  policy: Policy,
  pullRequest: PullRequestFacts,
  teams: ReadonlyMap<string, TeamFacts>,
  lastPush: LastPush | null | 'unread',
): ApprovalVerdict {
  const push = lastPush === 'unread' ? null : lastPush;
  return judgeApprovals({
    requirements: plan.requirements,
    reviews: pullRequest.reviews,
    head: pullRequest.head,
    notBefore: {
      digest: lastPush === null ? null : shownSince(pullRequest.checkRuns, plan.digest),
      base: pullRequest.baseChangedAt,
      head: push?.at ?? null,
    },
    mergedAt: pullRequest.mergedAt,
    participants: participantsOf(pullRequest, {
      subject: plan.subject,
      pushers: push === null ? [] : [push.account, ...push.earlier],
    }),
    kubernetesUsers: kubernetesUsers(policy, plan.path.cluster),
    teams,
  });
}

/** `1 of 2 approvals`, counted by people. */
export function missingApprovals({ requirements }: ApprovalVerdict): string {
  const demanded = requirements.reduce((sum, { requirement }) => sum + requirement.count, 0);
  const given = requirements.reduce(
    (sum, { requirement, satisfiedBy, met }) =>
      sum + (met ? requirement.count : Math.min(requirement.count - 1, satisfiedBy.length)),
    0,
  );
  return `${demanded - given} of ${demanded} ${demanded === 1 ? 'approval' : 'approvals'}`;
}
