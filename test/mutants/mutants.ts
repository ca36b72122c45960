/** Deliberate breaks, each of one promise that Curfew makes, and the tests that have to notice. */
import type { Break } from '../project-copy.ts';

export interface Mutant extends Break {
  /** The room, and what is broken there. */
  readonly name: string;
  /** Test files of which one has to fail. */
  readonly tests: readonly string[];
}

const verdict = 'src/approval/verdict.ts';
const codeowners = 'src/approval/codeowners.ts';
const codeownersLine = 'src/approval/codeowners-line.ts';
const grantState = 'src/lifecycle/grant-state.ts';
const landing = 'src/lifecycle/landing.ts';
const evidence = 'src/lifecycle/evidence.ts';
const plan = 'src/lifecycle/plan.ts';
const pullRequest = 'src/lifecycle/decide-request.ts';
const candidate = 'src/lifecycle/candidate.ts';

const ofVerdicts = ['test/approval/verdict.test.ts'];
const ofCodeowners = ['test/approval/codeowners.test.ts'];
const ofRequirements = ['test/approval/requirements.test.ts'];
const ofPullRequests = ['test/lifecycle/pull-request.test.ts'];
const ofGrants = ['test/lifecycle/grant-state.test.ts', 'test/lifecycle/ending.test.ts'];
const ofLandings = ['test/lifecycle/landing.test.ts'];
const ofEvidence = ['test/lifecycle/evidence.test.ts'];
const ofPlans = ['test/lifecycle/misprint.test.ts'];
const ofDigests = ['test/lifecycle/digest.test.ts'];
const ofPlaceholders = ['test/template/placeholders.test.ts'];
const ofRendering = ['test/template/render.test.ts', 'test/template/parse.test.ts'];
const ofEngine = ['test/e2e/engine.test.ts'];

const approval: readonly Mutant[] = [
  {
    name: 'approval: a plan that takes the place of another is approved in the same second',
    file: 'src/lifecycle/decision.ts',
    find: '? now : now + timeToAppear;',
    replace: '? now : now;',
    tests: ofPullRequests,
  },
  {
    name: 'approval: an older commit counts',
    file: verdict,
    find: "if (commit !== head) return 'older-commit';",
    replace: '',
    tests: ofVerdicts,
  },
  {
    name: 'approval: before the plan was shown counts',
    file: verdict,
    find: "if (notBefore.digest === null || !(submittedAt >= notBefore.digest)) return 'before-plan';",
    replace: "if (notBefore.digest === null) return 'before-plan';",
    tests: ofVerdicts,
  },
  {
    name: 'approval: counts though no plan is shown',
    file: verdict,
    find: 'if (notBefore.digest === null || !(submittedAt',
    replace: 'if (notBefore.digest !== null && !(submittedAt',
    tests: ofVerdicts,
  },
  {
    name: 'approval: before the base was changed counts',
    file: verdict,
    find: "if (notBefore.base !== null && !(submittedAt >= notBefore.base)) return 'before-base-change';",
    replace: '',
    tests: ofVerdicts,
  },
  {
    name: 'approval: before the last push counts',
    file: verdict,
    find: "if (notBefore.head !== null && !(submittedAt >= notBefore.head)) return 'before-head-change';",
    replace: '',
    tests: ofVerdicts,
  },
  {
    name: 'approval: after the merge counts',
    file: verdict,
    find: "if (mergedAt !== null && !(submittedAt <= mergedAt)) return 'after-merge';",
    replace: '',
    tests: ofVerdicts,
  },
  ...(['requester', 'subject', 'author', 'committer', 'last-pusher'] as const).map((role) => ({
    name: `approval: of the ${role} counts`,
    file: verdict,
    find: "['requester', 'subject', 'author', 'committer', 'last-pusher'];",
    replace: `(['requester', 'subject', 'author', 'committer', 'last-pusher'] as const).filter((role) => role !== '${role}');`,
    tests: ofVerdicts,
  })),
  {
    name: 'approval: two accounts of one person, one of whom took part',
    file: verdict,
    find: "return shares ? 'same-person' : null;",
    replace: 'return shares ? null : null;',
    tests: ofVerdicts,
  },
  {
    name: 'approval: two accounts of one person are two people',
    file: verdict,
    find: 'return user === undefined ? `account ${id}` : `user ${user}`;',
    replace: 'return user === undefined ? `account ${id}` : `account ${id} of ${user}`;',
    tests: ofVerdicts,
  },
  {
    name: 'approval: of a bot counts',
    file: verdict,
    find: "if (review.reviewer.type !== 'User') return 'not-a-person';",
    replace: '',
    tests: ofVerdicts,
  },
  {
    name: 'approval: of a reader counts',
    file: verdict,
    find: "if (!review.reviewer.canWrite) return 'cannot-write';",
    replace: '',
    tests: ofVerdicts,
  },
  {
    name: 'approval: a dismissed one counts',
    file: verdict,
    find: "if (review.state === 'DISMISSED') return 'dismissed';",
    replace: "if (review.state === 'DISMISSED') return tookPart(review.reviewer.id, question);",
    tests: ofVerdicts,
  },
  {
    name: 'approval: changes requested do not block',
    file: verdict,
    find: 'met: changesRequested.length === 0 && requirements.every',
    replace: 'met: requirements.every',
    tests: ofVerdicts,
  },
  {
    name: 'approval: changes requested on an older commit do not block',
    file: verdict,
    find: "if (review.state === 'CHANGES_REQUESTED') return null;",
    replace: '',
    tests: ofVerdicts,
  },
  {
    name: 'approval: the first review of a person stands, not the latest',
    file: verdict,
    find: 'for (const review of [...reviews].sort(inOrder)) latest',
    replace: 'for (const review of [...reviews].sort(inOrder).reverse()) latest',
    tests: ofVerdicts,
  },
  {
    name: 'approval: one is enough where two are demanded',
    file: verdict,
    find: 'const met = approvals.length >= requirement.count;',
    replace: 'const met = approvals.length >= Math.min(1, requirement.count);',
    tests: ofVerdicts,
  },
  {
    name: 'approval: one person stands for two requirements',
    file: 'src/approval/pairing.ts',
    find: 'if (moved !== -1) {',
    replace:
      'if (moved === -1) {\n        inIt.push(person);\n        return true;\n      }\n      if (moved !== -1) {',
    tests: ['test/approval/verdict.property.test.ts'],
  },
  {
    name: 'approval: a team without write access is an owner',
    file: 'src/approval/requirements.ts',
    find: 'return teams.get(owner.team)?.canWrite === true;',
    replace: 'return teams.has(owner.team);',
    tests: ofRequirements,
  },
  {
    name: 'approval: a line in which GitHub finds an error names owners',
    file: 'src/approval/requirements.ts',
    find: 'if (facts.codeownersErrorLines.includes(line)) {',
    replace: 'if (facts.codeownersErrorLines.includes(-line)) {',
    tests: ofRequirements,
  },
  {
    name: 'approval: a line that clears ownership demands nobody',
    file: 'src/approval/requirements.ts',
    find: 'if (owned.owners.length === 0) {',
    replace:
      'if (owned.owners.length === 0) return { ok: true, requirements: others };\n  if (owned.owners.length < 0) {',
    tests: ofRequirements,
  },
  {
    name: 'approval: the first line of CODEOWNERS wins',
    file: 'src/approval/match.ts',
    find: 'for (const node of nodes) if (node.itself > last) last = node.itself;\n  return last;',
    replace: 'for (const node of nodes) if (last === -1) last = node.itself;\n  return last;',
    tests: ofCodeowners,
  },
  {
    name: 'approval: a misprint in CODEOWNERS is not said',
    file: codeowners,
    find: 'return codeowners.skipped.filter(({ meant }) => matches(meant, path)).map(({ fault }) => fault);',
    replace:
      'return codeowners.skipped.filter(({ meant }) => path === "" && matches(meant, path)).map(({ fault }) => fault);',
    tests: ofCodeowners,
  },
  {
    name: 'approval: a misprint in CODEOWNERS does not refuse',
    file: plan,
    find: 'if (skipped !== undefined) {',
    replace: 'if (skipped !== undefined && skipped.line < 0) {',
    tests: ofPlans,
  },
  {
    name: 'approval: an owner that is none leaves its line in force',
    file: codeownersLine,
    find: 'if (owner === null) {',
    replace: 'if (owner === null) continue;\n    if (owner === null) {',
    tests: ofCodeowners,
  },
  {
    name: 'approval: owners are told apart by case',
    file: codeownersLine,
    find: 'const name = token.toLowerCase();',
    replace: 'const name = token;',
    tests: ofCodeowners,
  },
  {
    name: 'approval: a plan that stood in between is forgotten',
    file: 'src/lifecycle/check.ts',
    find: 'const [newest] = checkRuns;',
    replace: 'const newest = checkRuns.find(({ externalId }) => externalId === checkExternalId(digest));',
    tests: ofPullRequests,
  },
  {
    name: 'approval: counts though nobody knows who pushed',
    file: 'src/lifecycle/approvals.ts',
    find: 'digest: lastPush === null ? null : shownSince',
    replace: 'digest: shownSince',
    tests: ofPullRequests,
  },
  {
    name: 'approval: an address that belongs to nobody is nobody',
    file: candidate,
    find: 'if (unknown !== undefined) {',
    replace: "if (unknown?.email === '') {",
    tests: ofPullRequests,
  },
  {
    name: 'approval: two pull requests share one head',
    file: pullRequest,
    find: 'if (sameHead.length === 0) return [];',
    replace: 'if (sameHead.length >= 0) return [];',
    tests: ofPullRequests,
  },
  {
    name: 'approval: GitHub still asks for a review, and is not heard',
    file: pullRequest,
    find: "} else if (pullRequest.reviewDecision === 'REVIEW_REQUIRED') {",
    replace: "} else if (pullRequest.reviewDecision === 'CHANGES_REQUESTED') {",
    tests: ofPullRequests,
  },
  {
    name: 'approval: given after its time',
    file: pullRequest,
    find: '...(now > approveUntil\n',
    replace: '...(now > approveUntil + Infinity\n',
    tests: ofPullRequests,
  },
];

const digests: readonly Mutant[] = [
  ['the request', 'request: plan.requestBlob,'],
  ['the template', 'template: plan.template.sha,'],
  ['the roles', 'roles: plan.roles.map(({ name, sha }) => [name, sha]),'],
  ['the subject', 'subject: [plan.subject.id, plan.subject.user],'],
  ['the approvals', 'approvals: plan.requirements.map(demanded),'],
].map(([what = '', find = '']) => ({
  name: `digest: leaves out ${what}`,
  file: plan,
  find,
  replace: '',
  tests: ofDigests,
}));

const expiry: readonly Mutant[] = [
  {
    name: 'expiry: one moment late',
    file: grantState,
    find: 'if (now >= evidence.expiresAt)',
    replace: 'if (now > evidence.expiresAt)',
    tests: ofGrants,
  },
  {
    name: 'expiry: never',
    file: grantState,
    find: "if (now >= evidence.expiresAt) return finding('expired');",
    replace: '',
    tests: ofGrants,
  },
  {
    name: 'expiry: not where the request was removed',
    file: grantState,
    find: "if (request === undefined) return finding('request-removed');",
    replace: 'if (request === undefined) return null;',
    tests: ofGrants,
  },
  {
    name: 'expiry: not where the request was edited',
    file: grantState,
    find: "if (request.sha !== evidence.requestBlob || request.mode !== '100644') return",
    replace: "if (request.mode !== '100644') return",
    tests: ofGrants,
  },
  {
    name: 'expiry: not where the request became a symbolic link',
    file: grantState,
    find: "if (request.sha !== evidence.requestBlob || request.mode !== '100644') return",
    replace: 'if (request.sha !== evidence.requestBlob) return',
    tests: ofGrants,
  },
  {
    name: 'expiry: not on /revoke',
    file: grantState,
    find: "if (revoker !== null) return finding('revoked'",
    replace: "if (revoker === '') return finding('revoked'",
    tests: ofGrants,
  },
  {
    name: 'expiry: on /revoke by anybody',
    file: 'src/lifecycle/revocation.ts',
    find: 'return isAnOwner || isRevoker === true;',
    replace: 'return !isAnOwner || isRevoker === true;',
    tests: ofGrants,
  },
  {
    name: 'expiry: on a comment that somebody edited',
    file: 'src/lifecycle/revocation.ts',
    find: 'return !comment.edited && ',
    replace: 'return ',
    tests: ofGrants,
  },
  {
    name: 'expiry: not where the policy maps the subject to another user',
    file: grantState,
    find: 'if (identity === null || kubernetesUser(identity, path.cluster) !== subject.user) {',
    replace: 'if (identity === null) {',
    tests: ofGrants,
  },
  {
    name: 'expiry: not where the subject left the team that may ask',
    file: grantState,
    find: 'return entitled ? null :',
    replace: 'return entitled || subject.id > 0 ? null :',
    tests: ofGrants,
  },
  {
    name: 'expiry: where a team cannot be seen',
    file: grantState,
    find: "principal.kind === 'team' && !teams.has(principal.team);",
    replace: "principal.kind === 'team' && teams.size < 0;",
    tests: ofGrants,
  },
  {
    name: 'expiry: not where a role gives more',
    file: grantState,
    find: 'before === null || widened(before.object, today.value.object)',
    replace: 'before === null',
    tests: ofGrants,
  },
  {
    name: 'expiry: not where a role is gone',
    file: grantState,
    find: 'if (today === undefined)\n      return finding(',
    replace: 'if (today === undefined) continue;\n    if (today.sha === "")\n      return finding(',
    tests: ofGrants,
  },
  {
    name: 'landing: one pull request yields a second grant',
    file: landing,
    find: "if (spent !== null) return { kind: 'ended', pullRequest, finding: spent.finding, evidence: spent.evidence };",
    replace: '',
    tests: ofLandings,
  },
  {
    name: 'landing: one pull request yields a second grant once history is rewritten',
    file: landing,
    find: 'if (before !== null) return ended(before);',
    replace: '',
    tests: ofLandings,
  },
  {
    name: 'landing: other files landed along with it',
    file: landing,
    find: " && change.change === 'added' && others.length === 0;",
    replace: " && change.change === 'added';",
    tests: ofLandings,
  },
  {
    name: 'landing: other bytes than were approved',
    file: landing,
    find: "const asked = pullRequest.addedFile?.sha === file.sha && file.mode === '100644';",
    replace: "const asked = file.mode === '100644';",
    tests: ofLandings,
  },
  {
    name: 'landing: on another base',
    file: landing,
    find: "if (pullRequest.baseRef !== repository.defaultBranch) return finding('landed-differently');",
    replace: '',
    tests: ofLandings,
  },
  {
    name: 'landing: merged when the time to approve had passed',
    file: landing,
    find: 'if (mergedAt > pullRequest.createdAt + plan.limits.approveWithin * 1000)',
    replace: 'if (mergedAt < pullRequest.createdAt)',
    tests: ofLandings,
  },
  {
    name: 'landing: granted long after the merge',
    file: landing,
    find: "if (now > deadline) return ended(finding('not-granted-in-time'));",
    replace: '',
    tests: ofLandings,
  },
  {
    name: 'landing: granted before its start',
    file: landing,
    find: "if (now < startsAt) return wait(finding('scheduled'), startsAt);",
    replace: '',
    tests: ofLandings,
  },
  {
    name: 'landing: granted though it was merged without approval',
    file: landing,
    find: 'if (!approvals.met)\n',
    replace: 'if (approvals.requirements.length > 99)\n',
    tests: ofLandings,
  },
  {
    name: 'landing: granted though it was revoked',
    file: landing,
    find: "if (revoker !== null) return ended(finding('revoked'",
    replace: "if (revoker === '') return ended(finding('revoked'",
    tests: ofLandings,
  },
  {
    name: 'landing: granted in spite of an obstacle',
    file: landing,
    find: 'if (obstacle !== undefined) return wait(obstacle, deadline + 1000);',
    replace: '',
    tests: ofLandings,
  },
  {
    name: 'landing: granted to who has too many open',
    file: landing,
    find: 'plan.limits.openPerPerson !== null && open >= plan.limits.openPerPerson',
    replace: 'plan.limits.openPerPerson !== null && open > plan.limits.openPerPerson',
    tests: ofLandings,
  },
  {
    name: 'landing: a pushed request waits for a pull request for ever',
    file: landing,
    find: 'const until = Math.min(committedAt, now) + linkingDeadline;',
    replace: 'const until = Math.max(committedAt, now) + linkingDeadline;',
    tests: ofLandings,
  },
  {
    name: 'landing: a date in the future prolongs the wait',
    file: landing,
    find: 'const until = Math.min(committedAt, now) + linkingDeadline;',
    replace: 'const until = committedAt + linkingDeadline;',
    tests: ofLandings,
  },
];

const proof: readonly Mutant[] = [
  {
    name: 'evidence: a value writes a trailer of its own',
    file: evidence,
    find: "return value.replace(/[\\p{Cc}\\p{Zl}\\p{Zp}]/gu, '\\uFFFD');",
    replace: 'return value;',
    tests: ofEvidence,
  },
  {
    name: 'evidence: a trailer that stands twice',
    file: evidence,
    find: "if (value === undefined || value === '' || more.length > 0) this.complete = false;",
    replace: "if (value === undefined || value === '' || more.length < 0) this.complete = false;",
    tests: ofEvidence,
  },
  {
    name: 'evidence: a trailer that is missing',
    file: evidence,
    find: "if (value === undefined || value === '' || more.length > 0) this.complete = false;",
    replace: 'if (more.length > 0) this.complete = false;',
    tests: ofEvidence,
  },
  {
    name: 'evidence: not only the last paragraph',
    file: evidence,
    find: "(message.trimEnd().split(/\\n\\n+/).at(-1) ?? '').split('\\n')",
    replace: "message.split('\\n')",
    tests: ofEvidence,
  },
  {
    name: 'evidence: an ending for a reason that does not exist',
    file: evidence,
    find: 'return Object.hasOwn(reasons, code);',
    replace: 'return code in reasons;',
    tests: ofEvidence,
  },
  {
    name: 'evidence: a grant commit by anybody',
    file: grantState,
    find: 'if (commit === undefined || commit.author?.id !== repository.botId) return null;',
    replace: 'if (commit === undefined) return null;',
    tests: ofGrants,
  },
  {
    name: 'evidence: a grant commit without a signature',
    file: grantState,
    find: 'if (repository.signsCommits && !commit.signedByGitHub) return null;',
    replace: '',
    tests: ofGrants,
  },
  {
    name: 'evidence: other bytes than were committed',
    file: grantState,
    find: "if (commit.blob !== file.sha || file.mode !== '100644') return null;",
    replace: "if (file.mode !== '100644') return null;",
    tests: ofGrants,
  },
  {
    name: 'evidence: of another repository',
    file: grantState,
    find: 'if (evidence === null || evidence.repositoryId !== repository.id) return null;',
    replace: 'if (evidence === null) return null;',
    tests: ofGrants,
  },
  {
    name: 'evidence: committed elsewhere than it was decided',
    file: grantState,
    find: 'return commit.parents.length === 1 && commit.parents[0] === evidence.tip ? evidence : null;',
    replace: 'return commit.parents.length === 1 ? evidence : null;',
    tests: ofGrants,
  },
  {
    name: 'evidence: of a grant for another request',
    file: grantState,
    find: ' || evidence.request !== request) return null;',
    replace: ') return null;',
    tests: ofGrants,
  },
  {
    name: 'evidence: a grant id that is not its own',
    file: grantState,
    find: 'return named ? { file,',
    replace: "return named || evidence.grant !== '' ? { file,",
    tests: ofGrants,
  },
  {
    name: 'evidence: the squash of a pull request is a grant commit',
    file: grantState,
    find: 'if (merges.some(({ sha }) => sha === newest?.sha)) return null;',
    replace: '',
    tests: ofGrants,
  },
  {
    name: 'evidence: what a merged revert ended is in force again',
    file: grantState,
    find: 'const before = endedBefore(evidence.grant, merges);',
    replace: 'const before = endedBefore(evidence.request, merges);',
    tests: ofGrants,
  },
  {
    name: 'evidence: not the newest commit counts, but the grant commit',
    file: grantState,
    find: 'const [newest] = landing.grantHistory;',
    replace: 'const newest = landing.grantHistory.find(({ message }) => readEvidence(message) !== null);',
    tests: ofGrants,
  },
];

const rendering: readonly Mutant[] = [
  {
    name: 'rendering: keys are substituted',
    file: 'src/template/placeholders.ts',
    find: '[key, substituteIn(value, valueOf)]',
    replace: '[String(substituteText(key, valueOf)), substituteIn(value, valueOf)]',
    tests: ofPlaceholders,
  },
  {
    name: 'rendering: what was substituted is substituted again',
    file: 'src/template/placeholders.ts',
    find: 'return placeholder === null ? source : String(valueOf(placeholder));',
    replace:
      'return placeholder === null ? source : String(substituteText(String(valueOf(placeholder)), valueOf));',
    tests: ofPlaceholders,
  },
  {
    name: 'rendering: a role outside the catalog',
    file: 'src/template/objects.ts',
    find: "if (typeof name !== 'string' || roles.includes(name)) return [];",
    replace: "if (typeof name !== 'string' || roles.length >= 0) return [];",
    tests: ofRendering,
  },
  {
    name: 'rendering: a role that is none of the catalog’s prefix',
    file: 'src/template/rules/bindings.ts',
    find: '.regex(/^curfew:/, ',
    replace: '.regex(/^/, ',
    tests: ofRendering,
  },
  {
    name: 'rendering: another user than the grant’s',
    file: 'src/template/rules/bindings.ts',
    find: 'name === grant.user,',
    replace: "name !== '',",
    tests: ofRendering,
  },
  {
    name: 'rendering: another namespace than the request’s',
    file: 'src/template/rules/shared.ts',
    find: 'const placed = namespace === (grant.namespace ?? undefined);',
    replace: "const placed = namespace !== '';",
    tests: ofRendering,
  },
  {
    name: 'rendering: another grant’s label',
    file: 'src/template/rules/shared.ts',
    find: 'const labelled = labels[grantLabel] === grant.id;',
    replace: 'const labelled = grantLabel in labels;',
    tests: ofRendering,
  },
  {
    name: 'rendering: labels that others act on',
    file: 'src/template/rules/shared.ts',
    find: '/^curfew\\.dev\\/[a-z][-a-z]{0,61}$/',
    replace: '/^[a-z./-]+$/',
    tests: ofRendering,
  },
  {
    name: 'rendering: another name than the grant’s',
    file: 'src/template/rules/shared.ts',
    find: 'const named = name === grant.id || name.startsWith(`${grant.id}-`);',
    replace: "const named = name !== '';",
    tests: ofRendering,
  },
  {
    name: 'rendering: a Pod that outlives its grant',
    file: 'src/template/rules/pod.ts',
    find: 'activeDeadlineSeconds === grant.duration,',
    replace: 'activeDeadlineSeconds >= grant.duration,',
    tests: ofRendering,
  },
  {
    name: 'rendering: a Pod under another ServiceAccount',
    file: 'src/template/rules/pod.ts',
    find: 'serviceAccountName === grant.serviceAccount,',
    replace: "serviceAccountName !== '',",
    tests: ofRendering,
  },
  {
    name: 'rendering: a Pod with privileges',
    file: 'src/template/rules/pod.ts',
    find: 'allowPrivilegeEscalation: exactly(false, restricted),',
    replace: 'allowPrivilegeEscalation: z.boolean(),',
    tests: ofRendering,
  },
  {
    name: 'rendering: a Pod with a token',
    file: 'src/template/rules/pod.ts',
    find: 'automountServiceAccountToken: exactly(false, restricted),',
    replace: 'automountServiceAccountToken: z.boolean(),',
    tests: ofRendering,
  },
  {
    name: 'rendering: a Pod of which nothing limits what it reaches',
    file: 'src/template/objects.ts',
    find: 'if (pod !== undefined && !policies.some(({ object }) => isolatesGrant(object))) {',
    replace: 'if (pod !== undefined && policies.length === 0) {',
    tests: ofRendering,
  },
  {
    name: 'rendering: a NetworkPolicy for Pods of others',
    file: 'src/template/rules/network-policy.ts',
    find: 'concernsGrant(object.spec, grant),',
    replace: 'concernsGrant(object.spec, grant) || true,',
    tests: ofRendering,
  },
];

const engine: readonly Mutant[] = [
  {
    name: 'engine: a request that waits for its revert is taken for the one that came after it',
    file: 'src/app/engine-facts.ts',
    find: 'if (history[0]?.sha !== before.history[0]?.sha) continue;',
    replace: '',
    tests: ['test/e2e/trouble.test.ts'],
  },
  {
    name: 'engine: merges without the second read',
    file: 'src/app/engine.ts',
    find: "if (decision.action === 'confirm' && context.mergeGroups.length === 0) {",
    replace:
      "if (decision.action === 'confirm') decision = { ...decision, action: 'merge' };\n  if (decision.action === 'confirm' && context.mergeGroups.length === 0) {",
    tests: ofEngine,
  },
  {
    name: 'engine: the second read does not ask who pushed',
    file: 'src/app/engine.ts',
    find: "clock, 'read', reads));",
    replace:
      "clock, 'unread', reads));\n    if (decision.action === 'confirm') decision = { ...decision, action: 'merge' };",
    tests: ofEngine,
  },
  {
    name: 'engine: a revert that is refused ends nothing',
    file: 'src/app/engine-revert.ts',
    find: 'if (revert.grantDeletions.length > 0) {',
    replace: 'if (revert.grantDeletions.length < 0) {',
    tests: ofEngine,
  },
  {
    name: 'engine: the branch of a stranger is landed',
    file: 'src/app/engine-revert.ts',
    find: 'if (await isOwnCommit(port, existing, world, revert)) return existing.head.sha;',
    replace: 'if (existing.headRef === revert.branch) return existing.head.sha;',
    tests: ofEngine,
  },
  {
    name: 'engine: what a branch in our name holds is not looked at',
    file: 'src/app/engine-revert.ts',
    find: "files.every(({ path, change }) => change === 'deleted' && revert.deletions.includes(path))",
    replace: 'files.length > 0',
    tests: ['test/attacks/reverts.test.ts'],
  },
  {
    name: 'engine: files that are none of ours stay',
    file: 'src/app/engine-branch.ts',
    find: 'if (decision.foreign.length > 0) {',
    replace: 'if (decision.foreign.length < 0) {',
    tests: ofEngine,
  },
];

const refused = 'src/lifecycle/refused-by-cluster.ts';
const verdicts = 'src/github/read/verdicts.ts';
const ofRefusals = ['test/lifecycle/refused-by-cluster.test.ts'];
const ofReports = ['test/github/verdicts.test.ts'];

const clusters: readonly Mutant[] = [
  {
    name: 'cluster: one refusal is enough to withdraw',
    file: refused,
    find: 'if (now < refused + patience)',
    replace: 'if (now < refused)',
    tests: ofRefusals,
  },
  {
    name: 'cluster: what it took once is withdrawn',
    file: refused,
    find: 'return holding.some(({ taken }) => taken) ? null : earliest(holding);',
    replace: 'return earliest(holding);',
    tests: ofRefusals,
  },
  {
    name: 'cluster: what never worked withdraws everything',
    file: refused,
    find: 'if (place === -1 || !revisions.some(({ taken }) => taken)) return null;',
    replace: 'if (place === -1) return null;',
    tests: ofRefusals,
  },
  {
    name: 'cluster: grants go on while it takes nothing',
    file: 'src/lifecycle/branch.ts',
    find: 'blocked.concat(failing)',
    replace: 'blocked',
    tests: ofRefusals,
  },
  {
    name: 'cluster: anybody says that a commit was taken',
    file: verdicts,
    find: "newest.state === 'SUCCESS' && newest.creator?.id === this.report.creator",
    replace: "newest.state === 'SUCCESS'",
    tests: ofReports,
  },
  {
    name: 'cluster: anybody says that a commit is refused',
    file: verdicts,
    find: 'if (creator?.id !== report.creator || state',
    replace: 'if (state',
    tests: ofReports,
  },
  {
    name: 'snapshot: environment variables are kept',
    file: 'src/cluster/snapshot/kinds.ts',
    find: "containers: each(fields({ name: 'value', ports: containerPorts })),",
    replace:
      "containers: each(fields({ name: 'value', ports: containerPorts, env: each(fields({ value: 'value' })) })),",
    tests: ['test/cluster-unit/snapshot/secrets.test.ts'],
  },
];

const ofProposals = ['test/lifecycle/proposal.test.ts'];
const ofStatements = ['test/lifecycle/invariants.test.ts'];

const ofCeilings = ['test/policy/ceilings.test.ts', 'test/lifecycle/ceilings.test.ts'];

const ceilings: readonly Mutant[] = [
  {
    name: 'ceilings: a plan is not held against them',
    file: plan,
    find: 'const excess = ceilings.value === null ? [] : beyondCeilings(ceilings.value, objects, duration);',
    replace: 'const excess = [];',
    tests: ofCeilings,
  },
  {
    name: 'ceilings: a copy that cannot be read is none',
    file: plan,
    find: 'if (!ceilings.ok) {',
    replace: 'if (!ceilings.ok) return null; if (!ceilings.ok) {',
    tests: ofCeilings,
  },
  {
    name: 'ceilings: the copy is that of any cluster',
    file: 'src/policy/ceilings.ts',
    find: 'return ceilingsPath(ceilings.cluster) === file',
    replace: "return file !== ''",
    tests: ofCeilings,
  },
  {
    name: 'ceilings: a role with a star fits other roles',
    file: 'src/policy/excess.ts',
    find: "ceiling === 'users' ? matchesGlob(entry, name) : entry === name;",
    replace: 'matchesGlob(entry, name);',
    tests: ofCeilings,
  },
  {
    name: 'ceilings: roles in the whole cluster are those of namespaces',
    file: 'src/policy/excess.ts',
    find: "...missing('clusterRoles', inCluster.flatMap(roleOf)),",
    replace: "...missing('roles', inCluster.flatMap(roleOf)),",
    tests: ofCeilings,
  },
  {
    name: 'ceilings: a proposal is held against their copy unread',
    file: 'src/lifecycle/proposal/faults.ts',
    find: "isCeilingsPath(file.path) ? textOf(file) : ''",
    replace: "isCeilingsPath(file.path) ? '' : ''",
    tests: ofCeilings,
  },
];

const proposals: readonly Mutant[] = [
  {
    name: 'proposal: lost protection is no refusal',
    file: 'src/lifecycle/proposal/judge.ts',
    find: '...lostProtection(before, after),',
    replace: '...lostProtection(after, after),',
    tests: ofProposals,
  },
  {
    name: 'proposal: a broken statement is no refusal',
    file: 'src/lifecycle/proposal/judge.ts',
    find: 'const broken = brokenBy(before, after);',
    replace: 'const broken = brokenBy(after, after);',
    tests: ofProposals,
  },
  {
    name: 'proposal: what is broken already is held against every change',
    file: 'src/lifecycle/proposal/statements.ts',
    find: 'newlyBroken(brokenIn(cluster, before), brokenIn(cluster, after)),',
    replace: 'newlyBroken([], brokenIn(cluster, after)),',
    tests: ofProposals,
  },
  {
    name: 'proposal: faults of others are held against every change',
    file: 'src/lifecycle/proposal/faults.ts',
    find: 'files.has(fault.file) || !known.has(withoutPlace(fault))',
    replace: 'files.has(fault.file) || known.size >= 0',
    tests: ofProposals,
  },
  {
    name: 'proposal: the faults of snapshots are not looked at',
    file: 'src/lifecycle/proposal/faults.ts',
    find: "return path.startsWith('clusters/') && !path.endsWith('.md');",
    replace: "return path.startsWith('clusters/') && path.endsWith('.md');",
    tests: ofProposals,
  },
  {
    name: 'proposal: GitHub’s opinion of the proposed owners does not count',
    file: 'src/lifecycle/proposal/tip.ts',
    find: 'codeownersErrorLines: touchesOwners ? codeownersErrorLines : tip.codeownersErrorLines,',
    replace: 'codeownersErrorLines: touchesOwners ? [] : codeownersErrorLines,',
    tests: ofProposals,
  },
  {
    name: 'proposal: a fork is judged',
    file: 'src/lifecycle/decide-proposal.ts',
    find: 'if (fromFork) {',
    replace: 'if (fromFork && proposed !== null) {',
    tests: ofProposals,
  },
  {
    name: 'proposal: what is too much is judged all the same',
    file: 'src/lifecycle/proposal/judge.ts',
    find: 'if (excess !== null) {',
    replace: "if (excess === '') {",
    tests: ofProposals,
  },
  {
    name: 'proposal: the roles of today are not known, so that no grant seems to end',
    file: 'src/lifecycle/proposal/side.ts',
    find: 'new Map([...context.blobs, ...textsOfRoles(world)])',
    replace: 'new Map([...context.blobs, ...textsOfRoles(world).slice(0, 0)])',
    tests: ofProposals,
  },
  {
    name: 'statements: what is not looked for any more is taken to hold',
    file: 'src/lifecycle/invariants.ts',
    find: 'statement === null || isCut);',
    replace: 'statement === null);',
    tests: ofStatements,
  },
  {
    name: 'statements: a grant may break one',
    file: 'src/lifecycle/invariants.ts',
    find: "if (!objects.some(({ kind }) => kind === 'Pod' || kind === 'NetworkPolicy')) return [];",
    replace: "if (!objects.some(({ kind }) => kind === 'Role')) return [];",
    tests: ofStatements,
  },
  {
    name: 'statements: one that cannot be read is left out',
    file: 'src/lifecycle/read-policy.ts',
    find: 'if (!invariants.ok) return invariants;',
    replace: 'if (!invariants.ok) return success({ policy: policy.value, invariants: [] });',
    tests: ofStatements,
  },
  {
    name: 'statements: every grant is blamed for what does not hold without any',
    file: 'src/lifecycle/alarms.ts',
    find: 'if (cause === undefined || standing.some((each) => each.text === text))',
    replace: 'if (cause === undefined)',
    tests: ofStatements,
  },
];

const sessions = 'src/effect/sessions.ts';
const ofSessions = ['test/effect/sessions.test.ts', 'test/lifecycle/left-open.test.ts'];
const ofNetworks = ['test/effect/network/judge.test.ts'];
const ofRbac = ['test/effect/rbac/judge.test.ts', 'test/effect/rbac/version.test.ts'];

const effects: readonly Mutant[] = [
  {
    name: 'sessions: one into pods of others is taken for one that ends',
    file: sessions,
    find: 'if (permission.names.length > 0 && names.length === 0) return [];',
    replace: 'if (names.length === 0) return [];',
    tests: ofSessions,
  },
  {
    name: 'sessions: the pod of another namespace is the own one',
    file: sessions,
    find: "metadata.name === name && metadata['namespace'] === namespace",
    replace: 'metadata.name !== name || namespace === null',
    tests: ofSessions,
  },
  {
    name: 'sessions: get alone opens none',
    file: sessions,
    find: "const opening = ['get', 'create'];",
    replace: "const opening = ['create'];",
    tests: ofSessions,
  },
  {
    name: 'sessions: what ended goes by the roles of today',
    file: 'src/lifecycle/left-open.ts',
    find: 'if (today?.sha === sha) return today.value;',
    replace: 'if (today !== undefined) return today.value;',
    tests: ofSessions,
  },
  {
    name: 'network: a bound path goes by any role of the grant',
    file: 'src/effect/network/guard-roles.ts',
    find: 'roleRef.name === role',
    replace: "roleRef.name !== ''",
    tests: ofNetworks,
  },
  {
    name: 'network: a right by names reaches every pod',
    file: 'src/effect/network/guard-roles.ts',
    find: 'names.length === 0 && [null, namespace].includes(right.namespace)',
    replace: '[null, namespace].includes(right.namespace) && names.length >= 0',
    tests: ofNetworks,
  },
  {
    name: 'rbac: a role that the cluster lacks is bound',
    file: 'src/effect/rbac/refusals.ts',
    find: 'if (live.length === 0 && knowsCatalog(snapshot))',
    replace: 'if (live.length === 0 && snapshot.length === 0)',
    tests: ofRbac,
  },
  {
    name: 'rbac: the version of a snapshot takes a danger away',
    file: 'src/effect/rbac/judge.ts',
    find: 'const found = findDangers(grant, weakest);',
    replace: 'const found = findDangers(grant, { minor: 36 });',
    tests: ofRbac,
  },
];

/** All of them. */
export const mutants: readonly Mutant[] = [
  ...approval,
  ...digests,
  ...expiry,
  ...proof,
  ...rendering,
  ...engine,
  ...clusters,
  ...ceilings,
  ...proposals,
  ...effects,
];
