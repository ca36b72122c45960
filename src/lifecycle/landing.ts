/**
 * A request file on the default branch that has no grant: is it to be granted, does it wait, or has it ended? Nothing
 * is taken over from the time before the merge: everything is proved again at this tip.
 */
import type { ApprovalVerdict, TeamFacts } from '../approval/approval.ts';
import type { Instant } from '../base/instant.ts';
import { finding, reasons, type Finding } from '../base/reasons.ts';
import { parseRequestPath } from '../request/path.ts';
import { judgePlanApprovals, missingApprovals } from './approvals.ts';
import { carrierFindings, purposeOf } from './candidate.ts';
import type { GrantEvidence } from './evidence.ts';
import type {
  AccountFacts,
  FileFacts,
  LandingFacts,
  MergeFacts,
  PullRequestFacts,
  RepositoryFacts,
  TipFacts,
} from './facts.ts';
import { grantId } from './grant.ts';
import { endedBefore } from './grant-state.ts';
import { spentOn } from './merged-request.ts';
import { openGrantsOf } from './open-grants.ts';
import { planRequest, type Plan } from './plan.ts';
import { revokedBy } from './revocation.ts';
import { readTrusted } from './trusted.ts';

/** GitHub links a merged commit to its pull request with a delay; after this many milliseconds there is none. */
export const linkingDeadline = 10 * 60_000;

/** A landed request, and everything by which it is judged. */
export interface LandingQuestion {
  readonly repository: RepositoryFacts;
  readonly tip: TipFacts;
  readonly file: FileFacts;
  readonly landing: LandingFacts;
  readonly now: Instant;
  readonly teams: ReadonlyMap<string, TeamFacts>;
  readonly subjectAccount: AccountFacts | null;
  /** Reasons why nothing at all is granted now. */
  readonly obstacles: readonly Finding[];
  /** How pull requests were merged of late. */
  readonly merges: readonly MergeFacts[];
}

/** What is to become of it. */
export type LandingVerdict =
  | {
      readonly kind: 'grant';
      readonly finding: Finding;
      readonly plan: Plan;
      readonly approvals: ApprovalVerdict;
      readonly pullRequest: PullRequestFacts;
    }
  | {
      readonly kind: 'wait';
      readonly finding: Finding;
      readonly plan: Plan | null;
      readonly pullRequest: PullRequestFacts | null;
      /** When time alone changes the verdict. */
      readonly until: Instant;
    }
  | {
      readonly kind: 'ended';
      readonly finding: Finding;
      readonly pullRequest: PullRequestFacts | null;
      /** What was granted to this pull request once; null where nothing ever was. */
      readonly evidence: GrantEvidence | null;
    };

/** That a landed request is to be granted. */
export type GrantVerdict = Extract<LandingVerdict, { kind: 'grant' }>;

/** Judges one landed request. */
export function judgeLanding(question: LandingQuestion): LandingVerdict {
  const { landing, now, repository } = question;
  const { pullRequest } = landing;
  if (pullRequest === null || pullRequest.mergedAt === null) return withoutPullRequest(landing, now);
  const ended = (found: Finding): LandingVerdict => ({
    kind: 'ended',
    finding: found,
    pullRequest,
    evidence: null,
  });
  const spent = spentOn(landing.grantHistory, repository, pullRequest.number);
  if (spent !== null) return { kind: 'ended', pullRequest, finding: spent.finding, evidence: spent.evidence };
  const path = parseRequestPath(landing.path);
  const before = path.ok
    ? endedBefore(grantId(repository.id, path.value, pullRequest.number), question.merges)
    : null;
  if (before !== null) return ended(before);
  const wrong = landedWrongly(question, pullRequest);
  if (wrong !== null) return ended(wrong);

  const { author, addedFile } = pullRequest;
  if (author === null || addedFile === null) return ended(finding('landed-unapproved'));
  const planned = planRequest({
    repositoryId: question.repository.id,
    tip: question.tip,
    file: addedFile,
    pullRequest: pullRequest.number,
    openedAt: pullRequest.createdAt,
    requester: author,
    subjectAccount: question.subjectAccount,
    teams: question.teams,
  });
  if (planned.ok) return judgePlanned(question, planned.plan, pullRequest, pullRequest.mergedAt);

  const [first] = planned.findings;
  const held = planned.findings.find(({ code }) => reasons[code].outcome === 'hold');
  const deadline = pullRequest.mergedAt + defaultGrantWithin;
  if (held !== undefined && now <= deadline) {
    return { kind: 'wait', finding: held, plan: null, pullRequest, until: deadline + 1000 };
  }
  return ended(finding('landed-unapproved', first?.message));
}

/** Until the policy can be read, its default is the time to grant. */
const defaultGrantWithin = 3600_000;

function withoutPullRequest(landing: LandingFacts, now: Instant): LandingVerdict {
  const committedAt = landing.history[0]?.committedAt ?? now;
  // A pusher chooses the date of a commit: one in the future does not prolong the wait.
  const until = Math.min(committedAt, now) + linkingDeadline;
  return now < until
    ? { kind: 'wait', finding: finding('landing-unknown'), plan: null, pullRequest: null, until }
    : { kind: 'ended', finding: finding('landed-without-pull-request'), pullRequest: null, evidence: null };
}

/** What stands against the way in which the request reached the default branch. */
function landedWrongly(question: LandingQuestion, pullRequest: PullRequestFacts): Finding | null {
  const { landing, file, repository } = question;
  const purpose = purposeOf(pullRequest, repository);
  if (purpose.kind !== 'request' || purpose.path !== file.path) return finding('landed-differently');
  if (pullRequest.baseRef !== repository.defaultBranch) return finding('landed-differently');
  const [carrier] = carrierFindings(pullRequest);
  if (carrier !== undefined) return finding('landed-unapproved', carrier.message);
  const [change, ...others] = landing.landed ?? [];
  const exactly = change?.path === file.path && change.change === 'added' && others.length === 0;
  if (!exactly) return finding('landed-differently');
  const asked = pullRequest.addedFile?.sha === file.sha && file.mode === '100644';
  return asked ? null : finding('request-edited');
}

function judgePlanned(
  question: LandingQuestion,
  plan: Plan,
  pullRequest: PullRequestFacts,
  mergedAt: Instant,
): LandingVerdict {
  const { tip, now, teams, landing } = question;
  const policy = readTrusted(tip).policy;
  const ended = (found: Finding): LandingVerdict => ({
    kind: 'ended',
    finding: found,
    pullRequest,
    evidence: null,
  });
  if (policy === null) return ended(finding('policy-invalid'));
  if (mergedAt > pullRequest.createdAt + plan.limits.approveWithin * 1000)
    return ended(finding('approval-expired'));

  const people = { subjectId: plan.subject.id, requesterId: plan.requester.id };
  const revoker = revokedBy(pullRequest.comments, landing.path, people, tip, teams);
  if (revoker !== null) return ended(finding('revoked', `Revoked by ${revoker}`));

  const approvals = judgePlanApprovals(plan, policy.value, pullRequest, teams, landing.lastPush);
  if (approvals.changesRequested.length > 0)
    return ended(finding('landed-unapproved', 'A reviewer requests changes'));
  if (!approvals.met)
    return ended(finding('landed-unapproved', `It was merged without ${missingApprovals(approvals)}`));

  const startsAt = Math.max(mergedAt, plan.request.notBefore ?? mergedAt);
  const deadline = startsAt + plan.limits.grantWithin * 1000;
  const wait = (found: Finding, until: Instant): LandingVerdict => ({
    kind: 'wait',
    finding: found,
    plan,
    pullRequest,
    until,
  });
  if (now > deadline) return ended(finding('not-granted-in-time'));
  if (now < startsAt) return wait(finding('scheduled'), startsAt);
  const [obstacle] = question.obstacles;
  if (obstacle !== undefined) return wait(obstacle, deadline + 1000);
  const open = openGrantsOf(tip, plan.subject.id, now);
  if (plan.limits.openPerPerson !== null && open >= plan.limits.openPerPerson) {
    return wait(finding('too-many-open'), deadline + 1000);
  }
  return { kind: 'grant', finding: finding('granted'), plan, approvals, pullRequest };
}
