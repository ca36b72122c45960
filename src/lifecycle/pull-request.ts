/**
 * The first loop: what to say about a pull request, and whether to merge it. A pure function of facts and time.
 */
import type { ApprovalVerdict, TeamFacts } from '../approval/approval.ts';
import { ownersOf } from '../approval/codeowners.ts';
import type { Fault } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import { finding, reasons, type Finding } from '../base/reasons.ts';
import { principalTeams } from '../policy/principals.ts';
import { requestPath } from '../request/path.ts';
import { judgePlanApprovals, missingApprovals } from './approvals.ts';
import { carrierFindings, purposeOf } from './candidate.ts';
import { checkExternalId } from './check.ts';
import type {
  AccountFacts,
  LastPush,
  MergeMethod,
  PullRequestFacts,
  PullRequestWorld,
  RepositoryFacts,
} from './facts.ts';
import { planRequest, requestedSubject, type Plan } from './plan.ts';
import { obstacles } from './protection.ts';
import { describeReport, type Report } from './report.ts';
import { judgeRevocation, revokedBy } from './revocation.ts';
import { openGrantsOf } from './open-grants.ts';
import { readTrusted } from './trusted.ts';

/** What the decision needs beyond the world; read by the shell as `pullRequestNeeds` says. */
export interface PullRequestContext {
  readonly teams: ReadonlyMap<string, TeamFacts>;
  /** The account under the login of `spec.for`. */
  readonly subjectAccount: AccountFacts | null;
  readonly lastPush: LastPush | null | 'unread';
  /** The machine's own clock. */
  readonly localNow: Instant;
}

export interface Published {
  readonly externalId: string;
  readonly startedAt: Instant;
  readonly conclusion: 'success' | 'failure' | 'action_required';
  readonly title: string;
  readonly summary: string;
  readonly text: string;
  readonly faults: readonly Fault[];
}

export interface PullRequestDecision {
  /** The first is the reason that counts. */
  readonly findings: readonly Finding[];
  /** Null where it did not come to that: nothing was planned. */
  readonly approvals: ApprovalVerdict | null;
  /** What the check run says; null where nothing is published. */
  readonly check: Published | null;
  /** The one comment; null where there is none to be. */
  readonly comment: string | null;
  /**
   * `confirm`: everything seems met; read everything again, with the last push, and decide again.
   * `merge`: it is; publish, then merge exactly this head.
   */
  readonly action: 'none' | 'confirm' | 'merge';
  readonly mergeMethod: MergeMethod | null;
  /** True where the default branch may now hold something to decide. */
  readonly branchTouched: boolean;
  /** When the decision changes by time alone. */
  readonly recheckAt: Instant | null;
}

const nothing: PullRequestDecision = {
  findings: [],
  approvals: null,
  check: null,
  comment: null,
  action: 'none',
  mergeMethod: null,
  branchTouched: false,
  recheckAt: null,
};

export interface PullRequestNeeds {
  readonly teams: readonly string[];
  readonly account: string | null;
}

/** What else must be read before this pull request can be decided. */
export function pullRequestNeeds(world: PullRequestWorld): PullRequestNeeds {
  const { pullRequest, repository, tip } = world;
  const purpose = purposeOf(pullRequest, repository);
  const trusted = readTrusted(tip);
  if (purpose.kind !== 'request' && purpose.kind !== 'revocation') return { teams: [], account: null };
  if (pullRequest.state !== 'open' || trusted.policy === null) return { teams: [], account: null };
  const owners = trusted.codeowners === null ? [] : ownersOf(trusted.codeowners.value, purpose.path).owners;
  const teams = owners.flatMap((owner) => (owner.kind === 'team' ? [owner.team] : []));
  return {
    teams: [...new Set([...principalTeams(trusted.policy.value), ...teams])].sort(),
    account: pullRequest.addedFile === null ? null : requestedSubject(pullRequest.addedFile),
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

function conclude(world: PullRequestWorld, report: Report, comment: 'comment' | null): PullRequestDecision {
  const text = describeReport(report);
  const digest = report.plan?.digest ?? null;
  return {
    ...nothing,
    findings: report.findings,
    approvals: report.approvals,
    check: {
      externalId: checkExternalId(digest),
      startedAt: startedAt(world, digest),
      conclusion: conclusionOf(report.findings),
      title: text.title,
      summary: text.summary,
      text: text.details,
      faults: report.faults,
    },
    comment: comment === null ? null : text.comment,
  };
}

/** A plan that is shown unchanged keeps the time since which it is shown. */
function startedAt({ now, pullRequest }: PullRequestWorld, digest: string | null): Instant {
  const [newest] = pullRequest.checkRuns;
  return newest?.externalId === checkExternalId(digest) ? newest.startedAt : now;
}

/** `neutral` and `skipped` would pass a required check, so waiting is `action_required`. */
function conclusionOf(findings: readonly Finding[]): Published['conclusion'] {
  const outcomes = findings.map(({ code }) => reasons[code].outcome);
  if (outcomes.includes('refuse')) return 'failure';
  return outcomes.includes('wait') || outcomes.includes('hold') ? 'action_required' : 'success';
}

/** In the same words for all of them: they share the check run as well, and must not write it in turns. */
function sharedHead({ number, sameHead }: PullRequestFacts): readonly Finding[] {
  if (sameHead.length === 0) return [];
  const all = [number, ...sameHead].sort((a, b) => a - b).map((each) => `#${each}`);
  return [finding('shared-head', `The open pull requests ${all.join(' and ')} have the same head commit`)];
}

function decideRequest(
  world: PullRequestWorld,
  context: PullRequestContext,
  path: string,
): PullRequestDecision {
  const { pullRequest, repository, tip, now } = world;
  const standing = [
    ...(tip.requests.some((file) => file.path === path) ? [finding('request-exists')] : []),
    ...carrierFindings(pullRequest),
    ...sharedHead(pullRequest),
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
    const why = lastPush === null ? '; GitHub does not say who pushed the head, so no approval counts' : '';
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
