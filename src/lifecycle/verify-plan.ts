/** What was granted, planned once more at the tip that the evidence names, and held against what the evidence says. */
import type { ApprovalVerdict, Requirement, Review, TeamFacts } from '../approval/approval.ts';
import { describeNotCounted, describeRequirement } from '../approval/describe.ts';
import { judgeApprovals } from '../approval/verdict.ts';
import { kubernetesUsers } from '../policy/identity.ts';
import type { AllowEntry, Policy } from '../policy/policy.ts';
import type { GrantEvidence } from './evidence.ts';
import type { FileFacts, TipFacts } from './facts.ts';
import { planRequest, type Planned } from './plan.ts';
import { decidingTeams } from './teams.ts';
import { participantsInGit, type GitLanding } from './verify-landing.ts';

/**
 * Plans the request again. Who was in which team is not kept in git: the plan assumes the membership with which the
 * policy entry of the evidence lets the request pass, one team at a time, and takes the first that gives the digest.
 */
export function planAgain(evidence: GrantEvidence, tip: TipFacts, file: FileFacts, policy: Policy): Planned {
  const entry = policy.allow.find(({ name }) => name === evidence.policyEntry);
  const plans = memberships(entry).map((team) =>
    planRequest({
      repositoryId: evidence.repositoryId,
      tip,
      file,
      pullRequest: evidence.pullRequest,
      // When the pull request was opened is not kept in git.
      openedAt: -Infinity,
      requester: evidence.requester,
      subjectAccount: { id: evidence.subject.id, login: evidence.subject.login, type: 'User' },
      teams: assumedTeams(evidence, tip, policy, team),
    }),
  );
  const same = plans.find((planned) => planned.ok && planned.plan.digest === evidence.digest);
  return same ?? plans.find(({ ok }) => ok) ?? plans[0] ?? { ok: false, findings: [], faults: [] };
}

/** The memberships to try: each team of the entry alone, or none where it names the person. */
function memberships(entry: AllowEntry | undefined): readonly (string | null)[] {
  const teams = (entry?.requesters ?? []).flatMap((who) => (who.kind === 'team' ? [who.team] : []));
  return [null, ...new Set(teams)];
}

function assumedTeams(
  { subject, requester, request }: GrantEvidence,
  tip: TipFacts,
  policy: Policy,
  team: string | null,
): ReadonlyMap<string, TeamFacts> {
  const askers = policy.onBehalf.flatMap((who) => (who.kind === 'team' ? [who.team] : []));
  return new Map(
    decidingTeams(tip, [request]).map((name) => {
      const members = new Map<number, string>();
      if (name === team) members.set(subject.id, subject.login);
      if (askers.includes(name) && requester.id !== subject.id) members.set(requester.id, requester.login);
      return [name, { members, canWrite: true }];
    }),
  );
}

/** What is missing of the approvals that the plan demands, or wrong with those that the evidence names. */
export function judgeApprovalsAgain(
  evidence: GrantEvidence,
  requirements: readonly Requirement[],
  landing: GitLanding,
  policy: Policy,
): readonly string[] {
  const asked = new Map(requirements.map((requirement) => [describeRequirement(requirement), requirement]));
  const unasked = evidence.approvals.filter(({ requirement }) => !asked.has(requirement));
  const verdict = judgeApprovals({
    requirements,
    reviews: evidence.approvals.map((approval): Review => ({
      id: approval.review,
      state: 'APPROVED',
      reviewer: { id: approval.id, login: approval.login, type: 'User', canWrite: true },
      commit: approval.commit,
      submittedAt: approval.submittedAt,
    })),
    head: evidence.head,
    // Since when the plan was shown, and when the base and the head last changed, is not kept in git.
    notBefore: { digest: -Infinity, base: null, head: null },
    mergedAt: evidence.mergedAt,
    participants: participantsInGit(evidence, landing, policy),
    kubernetesUsers: kubernetesUsers(policy, clusterOf(evidence)),
    teams: approvingTeams(evidence, asked),
  });
  return [
    ...unasked.map(
      ({ login, requirement }) => `its approval by ${login} is for "${requirement}", which nobody demanded`,
    ),
    ...describeVerdict(verdict),
  ];
}

function clusterOf({ request }: GrantEvidence): string {
  return request.split('/')[1] ?? '';
}

/** Whoever approved is taken for a member of the teams that the requirement of the approval asks. */
function approvingTeams(
  { approvals }: GrantEvidence,
  asked: ReadonlyMap<string, Requirement>,
): ReadonlyMap<string, TeamFacts> {
  const members = new Map<string, Map<number, string>>();
  for (const { id, login, requirement } of approvals) {
    const demanded = asked.get(requirement);
    if (demanded === undefined) continue;
    const parties = demanded.kind === 'owners' ? demanded.owners : [demanded];
    for (const party of parties) {
      if (party.kind !== 'team') continue;
      members.set(party.team, (members.get(party.team) ?? new Map()).set(id, login));
    }
  }
  return new Map([...members].map(([team, people]) => [team, { members: people, canWrite: true }]));
}

function describeVerdict({ requirements, notCounted }: ApprovalVerdict): readonly string[] {
  return [
    ...requirements
      .filter(({ met }) => !met)
      .map(
        ({ requirement, satisfiedBy }) =>
          `it wants the approval of ${describeRequirement(requirement)}, and its evidence proves ${satisfiedBy.length} of ${requirement.count}`,
      ),
    ...notCounted.map(
      ({ login, why }) =>
        `the approval of ${login} in its evidence does not count: ${login} ${describeNotCounted(why)}`,
    ),
  ];
}
