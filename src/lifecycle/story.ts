/** What the comment on a pull request says once its request has landed: granted, waiting, ended. */
import { formatInstant, type Instant } from '../base/instant.ts';
import { codeSpan, escapeMarkdown } from '../base/markdown.ts';
import type { Finding } from '../base/reasons.ts';
import { approvedBy } from './grant-commit.ts';
import type { GrantEvidence } from './evidence.ts';
import type { CommentFacts } from './facts.ts';
import type { ProvenGrant } from './grant-state.ts';
import type { GrantVerdict, LandingVerdict } from './landing.ts';
import { commentMarker, isTouched } from './comments.ts';
import { continued, describeReport } from './report.ts';

/** The comment while a landed request waits. */
export function waitingComment({
  finding,
  plan,
}: Pick<Extract<LandingVerdict, { kind: 'wait' }>, 'finding' | 'plan'>): string {
  return describeReport({ findings: [finding], plan, approvals: null, faults: [] }).comment;
}

/** The comment from the grant until the end. */
export function grantedComment(
  { plan, approvals }: GrantVerdict,
  evidence: GrantEvidence,
  commit: string,
): string {
  const granted: Finding = {
    code: 'granted',
    message: `access is in force until ${formatInstant(evidence.expiresAt)}`,
  };
  const report = describeReport({ findings: [granted], plan, approvals, faults: [] });
  return report.comment.replace('\n\n', `\n\n${grantedBy(commit)}\n\n`);
}

/**
 * The comment on access in force from what its commit says, to be put in place of one that does not tell; null where it
 * does: somebody may have edited it, and who granted may have died before telling.
 */
export function retoldComment(
  { evidence, commit }: ProvenGrant,
  own: CommentFacts | null,
  now: Instant,
): string | null {
  const touched = own !== null && isTouched(own);
  // Just after the grant whoever made it is about to tell.
  const told = own?.body.includes(commit) === true || now < evidence.grantedAt + tellingTime;
  if (told && !touched) return null;
  const { subject, request, templateBlob } = evidence;
  return [
    `${commentMarker}\n**Approved: access is in force until ${formatInstant(evidence.expiresAt)}.**`,
    ...(touched ? ['Somebody else had changed this comment; it has been put back.'] : []),
    grantedBy(commit),
    `**${escapeMarkdown(subject.login)}** has **${escapeMarkdown(templateBlob.name)}** at ${codeSpan(request)}, as the Kubernetes user ${codeSpan(subject.user)}, approved by ${escapeMarkdown(approvedBy(evidence))}.\n`,
  ].join('\n\n');
}

/** Milliseconds from a grant until its comment must be there. */
const tellingTime = 60_000;

function grantedBy(commit: string): string {
  return `Granted by ${commit}. To hand it back sooner, comment ${codeSpan('/revoke')}.`;
}

const endings = ['**Ended: ', '**Not granted: '];

/** Whether a comment of ours already tells the end. */
export function tellsEnd(comment: string): boolean {
  return endings.some((opening) => comment.includes(`${commentMarker}\n${opening}`));
}

/** The comment while the access cannot be taken away. */
export function notEndedComment(finding: Finding, evidence: GrantEvidence): string {
  const { subject, request, templateBlob } = evidence;
  return [
    `${commentMarker}\n**Not ended yet: ${escapeMarkdown(continued(finding.message))}, but GitHub refuses to take the access away.**`,
    `**${escapeMarkdown(subject.login)}** still has **${escapeMarkdown(templateBlob.name)}** at ${codeSpan(request)}.`,
    'An administrator has to let the App go past the rules of the default branch again, or to merge its revert pull request.\n',
  ].join('\n\n');
}

/** The comment after the end; `by` is the commit or pull request that ended it. */
export function endedComment(finding: Finding, evidence: GrantEvidence | null, by: string): string {
  const title =
    evidence === null
      ? `**Not granted: ${escapeMarkdown(continued(finding.message))}.**`
      : `**Ended: ${escapeMarkdown(continued(finding.message))}.**`;
  const record =
    evidence === null
      ? 'Nothing was granted; the request file was removed. Open a new pull request to ask again.'
      : [
          `**${escapeMarkdown(evidence.subject.login)}** had **${escapeMarkdown(evidence.templateBlob.name)}** at ${codeSpan(evidence.request)}`,
          `from ${formatInstant(evidence.grantedAt)}, for no longer than ${formatInstant(evidence.expiresAt)}, approved by ${escapeMarkdown(approvedBy(evidence))}.`,
        ].join(' ');
  return `${commentMarker}\n${title}\n\n${record}\n\nReverted by ${by}.\n`;
}
