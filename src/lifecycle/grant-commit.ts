/** The one commit that grants access: the grant file, and a message that says who, what, why, until when, and by whom. */
import { describeRequirement } from '../approval/describe.ts';
import { formatDuration } from '../base/duration.ts';
import { formatInstant, type Instant } from '../base/instant.ts';
import { visible } from '../base/text.ts';
import { grantPath, requestPath } from '../request/path.ts';
import { writeEvidence, type ApprovalEvidence, type GrantEvidence } from './evidence.ts';
import type { BranchWorld } from './facts.ts';
import { grantFile } from './grant.ts';
import type { GrantVerdict } from './landing.ts';
import { describeScope, type Plan } from './plan.ts';
import { readTrusted } from './trusted.ts';

/** A grant as it is about to be committed. */
export interface GrantCommit {
  readonly path: string;
  readonly text: string;
  readonly headline: string;
  readonly body: string;
  readonly evidence: GrantEvidence;
  readonly verdict: GrantVerdict;
}

/** Builds the grant commit for a landing that is to be granted now. */
export function grantCommit(world: BranchWorld, verdict: GrantVerdict): GrantCommit {
  const { plan } = verdict;
  const grantedAt = Math.floor(world.now / 1000) * 1000;
  const expiresAt = grantedAt + plan.duration * 1000;
  const evidence = evidenceOf(world, verdict, grantedAt, expiresAt);
  const headline = `Grant ${plan.request.template} in ${describeScope(plan.path)} to ${plan.subject.login}`;
  return {
    path: grantPath(plan.path),
    text: grantText(plan, evidence),
    headline,
    body: [describeGrant(plan, evidence), writeEvidence(evidence)].join('\n\n'),
    evidence,
    verdict,
  };
}

/** The bytes of the grant file: they follow from the plan and the evidence alone. */
export function grantText(plan: Plan, evidence: GrantEvidence): string {
  return grantFile(plan.objects, {
    id: plan.grantId,
    cluster: plan.path.cluster,
    request: requestPath(plan.path),
    pullRequest: evidence.pullRequest,
    digest: plan.digest,
    grantedAt: evidence.grantedAt,
    expiresAt: evidence.expiresAt,
    approvedBy: approvedBy(evidence),
    subject: { id: plan.subject.id, login: plan.subject.login },
    requesterId: plan.requester.id,
  });
}

function evidenceOf(
  { repository, tip }: BranchWorld,
  { plan, approvals, pullRequest }: GrantVerdict,
  grantedAt: Instant,
  expiresAt: Instant,
): GrantEvidence {
  const trusted = readTrusted(tip);
  const merger = pullRequest.mergedBy;
  return {
    grant: plan.grantId,
    repositoryId: repository.id,
    pullRequest: pullRequest.number,
    request: requestPath(plan.path),
    head: pullRequest.head,
    tip: tip.sha,
    mergeCommit: pullRequest.mergeCommit ?? '',
    mergedAt: pullRequest.mergedAt ?? grantedAt,
    requestBlob: plan.requestBlob,
    templateBlob: { name: plan.template.value.name, sha: plan.template.sha },
    roleBlobs: plan.roles,
    policyBlob: trusted.policy?.sha ?? '',
    codeownersBlob: trusted.codeowners?.sha ?? '',
    digest: plan.digest,
    policyEntry: plan.policyEntry,
    requester: plan.requester,
    subject: plan.subject,
    // A deleted account merges as nobody; GitHub shows it as "ghost", whose id is 10137.
    merger: merger === null ? { id: 10137, login: 'ghost' } : { id: merger.id, login: merger.login },
    grantedAt,
    expiresAt,
    approvals: approvals.requirements.flatMap(({ requirement, satisfiedBy }) =>
      satisfiedBy.map((approval): ApprovalEvidence => ({
        id: approval.id,
        login: approval.login,
        review: approval.review,
        submittedAt: approval.submittedAt,
        commit: approval.commit,
        requirement: describeRequirement(requirement),
      })),
    ),
  };
}

/** `bob, carol`, or the policy entry that asks nobody. */
export function approvedBy(evidence: GrantEvidence): string {
  const logins = [...new Set(evidence.approvals.map(({ login }) => login))];
  return logins.length === 0 ? `the policy (${evidence.policyEntry})` : logins.join(', ');
}

function describeGrant(plan: Plan, evidence: GrantEvidence): string {
  const behalf = plan.subject.id === plan.requester.id ? '' : ` for ${plan.subject.login}`;
  const ticket = plan.request.ticket === null ? '' : ` (${plan.request.ticket})`;
  return [
    `Asked for by ${plan.requester.login}${behalf} in #${evidence.pullRequest}: ${visible(plan.request.reason)}${visible(ticket)}`,
    `Approved by ${approvedBy(evidence)}.`,
    `In force for ${formatDuration(plan.duration)}, until ${formatInstant(evidence.expiresAt)}.`,
  ].join('\n');
}
