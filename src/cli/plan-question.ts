/** The pull request that a request file on this machine could become, with everything assumed that only GitHub knows. */
import type { TeamFacts } from '../approval/approval.ts';
import { ownersOf } from '../approval/codeowners.ts';
import type { Instant } from '../base/instant.ts';
import { checkName } from '../lifecycle/check.ts';
import type { FileFacts, PullRequestWorld, RepositoryFacts, TipFacts } from '../lifecycle/facts.ts';
import { readPin } from '../lifecycle/pin.ts';
import { requestedSubject, type Person, type Plan, type PlanQuestion } from '../lifecycle/plan.ts';
import type { PullRequestContext } from '../lifecycle/decision.ts';
import { readTrusted } from '../lifecycle/trusted.ts';
import { identityByLogin } from '../policy/identity.ts';
import type { Policy, Principal } from '../policy/policy.ts';
import { formatPrincipal, principalTeams } from '../policy/principals.ts';

/** Who asks; `id` is 0 for somebody of whom the policy knows no account. */
export interface Hypothesis {
  readonly tip: TipFacts;
  readonly policy: Policy;
  readonly file: FileFacts;
  readonly requester: Person;
  readonly now: Instant;
}

/** The question that the check run asks, with everybody in every team. */
export function questionOf({ tip, policy, file, requester, now }: Hypothesis): PlanQuestion {
  const login = requestedSubject(file);
  const identity = login === null ? null : identityByLogin(policy, login);
  const subject = identity ?? requester;
  const { codeowners } = readTrusted(tip);
  const owners = codeowners === null ? [] : ownersOf(codeowners.value, file.path).owners;
  const teams = owners.flatMap((owner) => (owner.kind === 'team' ? [owner.team] : []));
  const members = new Map([requester, subject].map(({ id, login: name }) => [id, name]));
  return {
    repositoryId: pinned(tip)?.repositoryId ?? 1,
    tip,
    file,
    // A number that GitHub never gives.
    pullRequest: 0,
    openedAt: now,
    requester,
    subjectAccount: identity === null ? null : { id: identity.id, login: identity.login, type: 'User' },
    teams: new Map(
      [...principalTeams(policy), ...teams].map((team): [string, TeamFacts] => [
        team,
        { members, canWrite: true },
      ]),
    ),
  };
}

/** The pull request with nothing against it but what is in the files. */
export function worldOf({ tip, file, requester, now }: Hypothesis): PullRequestWorld {
  return {
    now,
    repository: protectedRepository(tip),
    tip,
    pullRequest: {
      number: 0,
      title: file.path,
      state: 'open',
      draft: false,
      author: { ...requester, type: 'User' },
      authorCanWrite: true,
      baseRef: pinned(tip)?.defaultBranch ?? 'main',
      headRef: 'request',
      head: file.sha,
      fromFork: false,
      createdAt: now,
      mergedAt: null,
      mergedBy: null,
      mergeCommit: null,
      baseChangedAt: null,
      files: [{ path: file.path, change: 'added', previousPath: null }],
      filesComplete: true,
      commits: [],
      commitsComplete: true,
      reviews: [],
      reviewDecision: null,
      addedFile: file,
      proposed: null,
      sameHead: [],
      checkRuns: [],
      foreignChecks: [],
      comments: [],
    },
  };
}

export function contextOf({ teams, subjectAccount }: PlanQuestion, now: Instant): PullRequestContext {
  return { teams, subjectAccount, lastPush: 'unread', localNow: now, standing: null };
}

function pinned(tip: TipFacts): ReturnType<typeof readPin> {
  const readme = tip.grants.find(({ path }) => path.endsWith('/README.md'));
  return readPin(readme?.text ?? '');
}

function protectedRepository(tip: TipFacts): RepositoryFacts {
  const pin = pinned(tip);
  return {
    id: pin?.repositoryId ?? 1,
    owner: '',
    name: '',
    defaultBranch: pin?.defaultBranch ?? 'main',
    archived: false,
    mergeMethods: ['merge'],
    deletesBranchOnMerge: false,
    rules: {
      pullRequestRequired: true,
      codeOwnerReviewRequired: true,
      forcePushBlocked: true,
      deletionBlocked: true,
      requiredChecks: [{ context: checkName, appId: 1 }],
      strictChecks: false,
      linearHistory: false,
      signaturesRequired: false,
      mergeQueue: false,
      mergeMethods: null,
    },
    appId: 1,
    botId: 1,
    signsCommits: true,
  };
}

/** What the plan takes for true although nothing in the files says so, in sentences. */
export function assumptions(plan: Plan, policy: Policy): readonly string[] {
  const { subject, requester, requirements } = plan;
  const entry = policy.allow.find(({ name }) => name === plan.policyEntry);
  const owners = requirements.flatMap((requirement) =>
    requirement.kind === 'owners' ? requirement.owners : [],
  );
  const teams = owners.flatMap((owner) => (owner.kind === 'team' ? [`@${owner.team}`] : []));
  const behalf = requester.id === subject.id ? [] : membership(requester, policy.onBehalf, 'onBehalf');
  return [
    ...membership(subject, entry?.requesters ?? [], `the policy entry "${plan.policyEntry}"`),
    ...behalf,
    ...(teams.length === 0 ? [] : [`${teams.join(', ')} can be seen and may write to the repository`]),
    `${requester.login} may write to the repository, and GitHub protects its default branch as Curfew needs it`,
    'the grant is named when the pull request has a number; the id in the manifests stands for it',
  ];
}

/** Nothing where the person is named: then it is no assumption. */
function membership({ login }: Person, principals: readonly Principal[], where: string): readonly string[] {
  const named = principals.some((who) => who.kind === 'user' && who.login === login.toLowerCase());
  if (named) return [];
  const teams = principals.filter(({ kind }) => kind === 'team').map(formatPrincipal);
  const [only, ...others] = teams;
  if (only === undefined) return [];
  const which = others.length === 0 ? only : `one of ${teams.join(', ')}`;
  return [`${login} is a member of ${which}, for ${where}; otherwise another entry counts, or none`];
}
