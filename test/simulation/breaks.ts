/** Deliberate breaks of the engine, each of which the simulation has to see. */
import type { Break } from '../project-copy.ts';

interface NamedBreak extends Break {
  readonly name: string;
}

const verdict = 'src/approval/verdict.ts';
const landing = 'src/lifecycle/landing.ts';
const branch = 'src/lifecycle/branch.ts';
const engineRevert = 'src/app/engine-revert.ts';

export const breaks: readonly NamedBreak[] = [
  {
    name: 'an approval from before the plan was shown counts',
    file: verdict,
    find: "if (notBefore.digest === null || !(submittedAt >= notBefore.digest)) return 'before-plan';",
    replace: '',
  },
  {
    name: 'an approval of an older commit counts',
    file: verdict,
    find: "if (commit !== head) return 'older-commit';",
    replace: '',
  },
  {
    name: 'an approval after the merge counts',
    file: verdict,
    find: "if (mergedAt !== null && !(submittedAt <= mergedAt)) return 'after-merge';",
    replace: '',
  },
  {
    name: 'a grant after the time to grant',
    file: landing,
    find: "if (now > deadline) return ended(finding('not-granted-in-time'));",
    replace: '',
  },
  {
    name: 'who pushed last may approve',
    file: 'src/lifecycle/candidate.ts',
    find: "for (const pusher of others.pushers) add(pusher, 'last-pusher');",
    replace: '',
  },
  {
    name: 'the end is judged by a clock that jumped back',
    file: 'src/app/engine-facts.ts',
    find: 'latestNow: Math.max(memory.latestNow, localNow),',
    replace: 'latestNow: localNow,',
  },
  {
    name: 'a grant that was deleted by hand is granted again',
    file: 'src/lifecycle/merged-request.ts',
    find: 'if (granted === undefined) return null;',
    replace: 'if (granted !== null) return null;',
  },
  {
    name: 'no direct commit where the revert pull request is refused',
    file: engineRevert,
    find: 'if (revert.grantDeletions.length > 0) {',
    replace: 'if (Number.isNaN(revert.grantDeletions.length)) {',
  },
  {
    name: 'a revert takes whatever stands at the path',
    file: branch,
    find: '({ path, sha }) => path === grant.evidence.request && sha === grant.evidence.requestBlob,',
    replace: '({ path }) => path === grant.evidence.request,',
  },
  {
    name: 'a limit of open grants that nobody keeps',
    file: landing,
    find: 'if (plan.limits.openPerPerson !== null && open >= plan.limits.openPerPerson) {',
    replace: 'if (plan.limits.openPerPerson !== null && open > 1000) {',
  },
  {
    name: 'a policy that pauses grants all the same',
    file: 'src/lifecycle/protection.ts',
    find: "return trusted.policy.value.paused ? [finding('paused')] : [];",
    replace: 'return [];',
  },
  {
    name: 'an unprotected branch is granted on',
    file: 'src/lifecycle/protection.ts',
    find: '    ...ruleObstacles(repository),\n',
    replace: '',
  },
  {
    name: 'who leaves the team keeps the access',
    file: 'src/lifecycle/grant-state.ts',
    find: "if (withdrawn !== null) return finding('not-entitled', withdrawn);",
    replace: '',
  },
  {
    name: 'anybody may revoke',
    file: 'src/lifecycle/revocation.ts',
    find: "if (account === null || account.type !== 'User') return false;",
    replace: "if (account !== null && account.type === 'User') return true;",
  },
  {
    name: 'a commit of ours lands on whatever the branch is by then, also on that of another replica',
    file: 'src/github/write/commit.ts',
    find: 'const written = await context.client.mutate(task, commitMutation, { input: inputOf(context, content) });',
    replace: `const [owner = '', repo = ''] = context.fullName.split('/');
  const shape = z.object({ object: z.object({ sha: z.string() }) });
  const parameters = { owner, repo, ref: \`heads/\${content.branch}\` };
  const now = await context.client
    .get('look', 'GET /repos/{owner}/{repo}/git/ref/{ref}', parameters, shape)
    .then(({ object }) => object.sha, () => content.expectedHead);
  const input = inputOf(context, { ...content, expectedHead: now });
  const written = await context.client.mutate(task, commitMutation, { input });`,
  },
  {
    name: 'nothing is merged',
    file: 'src/lifecycle/decide-request.ts',
    find: "context.lastPush === 'unread' ? 'confirm' : 'merge',",
    replace: "'none',",
  },
];
