/** What deciding a pull request takes and gives, and how findings become a check run and a comment. */
import type { ApprovalVerdict, TeamFacts } from '../approval/approval.ts';
import type { Fault } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import { reasons, type Finding } from '../base/reasons.ts';
import { checkExternalId } from './check.ts';
import type { AccountFacts, LastPush, MergeMethod, PullRequestWorld } from './facts.ts';
import type { Standing } from './proposal/side.ts';
import { describeReport, type Report } from './report.ts';

/** What the decision needs beyond the world; read by the shell as `pullRequestNeeds` says. */
export interface PullRequestContext {
  readonly teams: ReadonlyMap<string, TeamFacts>;
  /** The account under the login of `spec.for`. */
  readonly subjectAccount: AccountFacts | null;
  readonly lastPush: LastPush | null | 'unread';
  /** The machine's own clock. */
  readonly localNow: Instant;
  /** What a change of the trusted files could alter; null where the pull request changes none. */
  readonly standing: Standing | null;
}

/** What a check run says. */
export interface Published {
  readonly externalId: string;
  readonly startedAt: Instant;
  readonly conclusion: 'success' | 'failure' | 'action_required';
  readonly title: string;
  readonly summary: string;
  readonly text: string;
  readonly faults: readonly Fault[];
}

/** What to say about a pull request, and what to do with it. */
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

/** Where there is nothing to say and nothing to do. */
export const nothing: PullRequestDecision = {
  findings: [],
  approvals: null,
  check: null,
  comment: null,
  action: 'none',
  mergeMethod: null,
  branchTouched: false,
  recheckAt: null,
};

/** Says this report; the comment only where there is one to be. */
export function conclude(
  world: PullRequestWorld,
  report: Report,
  comment: 'comment' | null,
): PullRequestDecision {
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

/**
 * From when on an approval may be of what is shown, in milliseconds from now, where somebody may have approved before:
 * GitHub gives whole seconds, and between our read and our write somebody may approve what stood there until then.
 */
const timeToAppear = 5000;

/** A plan that is shown unchanged keeps the time since which it is shown. */
export function startedAt({ now, pullRequest }: PullRequestWorld, digest: string | null): Instant {
  const { checkRuns, reviews } = pullRequest;
  const [newest] = checkRuns;
  if (newest?.externalId === checkExternalId(digest)) return newest.startedAt;
  return newest === undefined && reviews.length === 0 ? now : now + timeToAppear;
}

/** `neutral` and `skipped` would pass a required check, so waiting is `action_required`. */
export function conclusionOf(findings: readonly Finding[]): Published['conclusion'] {
  const outcomes = findings.map(({ code }) => reasons[code].outcome);
  if (outcomes.includes('refuse')) return 'failure';
  return outcomes.includes('wait') || outcomes.includes('hold') ? 'action_required' : 'success';
}
