/** Everything that could be done to the pull request by which access ends. */
import { sha256 } from '../../../src/base/digest.ts';
import { finding } from '../../../src/base/reasons.ts';
import { readEvidence } from '../../../src/lifecycle/evidence.ts';
import { revertOf } from '../../../src/lifecycle/revert.ts';
import type { RequestFault } from '../../../src/sandbox/faults.ts';
import { createPullRequest } from '../../../src/sandbox/operations/pull-requests.ts';
import type { Attack } from '../attack.ts';
import { grantPath, repo, requestPath, requestText, type Field } from '../field.ts';

/** The branch by which access to these two files will end: anybody can compute its name beforehand. */
async function revertBranch(field: Field, name: string): Promise<string> {
  const { octokit } = field.as('mallory');
  const { data } = await octokit.git.getTree({ ...repo, tree_sha: 'main', recursive: 'true' });
  const deleted = data.tree.filter(({ path }) => path === requestPath(name) || path === grantPath(name));
  const key = sha256(deleted.map(({ path, sha }) => `${sha} ${path}`).toSorted()).slice(0, 12);
  return `curfew/revert-${key}`;
}

/** Does something in the instant in which the App makes a call, and before GitHub does what it asks. */
function meanwhile(field: Field, call: Pick<RequestFault, 'method' | 'route'>, act: () => void): void {
  field.sandbox.faults.inject({
    ...call,
    actor: 'curfew[bot]',
    times: 1,
    when: () => {
      act();
      return false;
    },
    effect: { kind: 'drop' },
  });
}

const opening = { method: 'POST', route: '/repos/{owner}/{repo}/pulls' } as const;
const merging = { method: 'PUT', route: '/repos/{owner}/{repo}/pulls/{pull_number}/merge' } as const;

/** Something done to the revert of alice's access, which goes all the same. */
function onRevert(
  name: string,
  refused: string,
  obstruct: (field: Field, branch: string) => Promise<void> | void,
): Attack {
  return {
    name,
    refused,
    reason: 'revoked',
    says: /\*\*Ended: (revoked by alice|the access was handed back or revoked)/,
    alone: true,
    play: async (field) => {
      const number = await field.grant('stuck');
      await obstruct(field, await revertBranch(field, 'stuck'));
      await field.as('alice').comment(number, '/revoke');
      field.sandbox.faults.clear();
      await field.calm();
      if ((await field.paths()).includes(requestPath('stuck'))) throw new Error('the request stays for ever');
      return { pullRequest: number };
    },
  };
}

function git(field: Field) {
  return field.sandbox.world.repository('acme/access').git;
}

/** Pushes at once, in the middle of a request. */
function smuggle(field: Field, branch: string): void {
  field.sandbox.world.pushFiles('acme/access', 'mallory', {
    branch,
    files: { '.github/curfew.yaml': 'mine: now\n', [requestPath('smuggled')]: requestText() },
    message: 'Revert',
  });
}

/** What GitHub squashes out of a pull request of the App, GitHub signs in the App's name, with whatever message. */
async function forgeBySquash(field: Field, branch: string): Promise<void> {
  const { octokit } = field.as('mallory');
  const stuck = field.tip();
  const other = await field.grant('other');
  const bot = { actor: 'curfew[bot]', effect: { kind: 'status', status: 403 } } as const;
  // A pull request of the App's stays open.
  field.sandbox.faults.inject({ ...merging, actor: 'curfew[bot]', effect: { kind: 'status', status: 405 } });
  field.sandbox.faults.inject({
    ...bot,
    method: 'PATCH',
    route: '/repos/{owner}/{repo}/pulls/{pull_number}',
  });
  field.sandbox.faults.inject({ ...bot, method: 'DELETE' });
  await field.as('alice').comment(other, '/revoke');
  const [open] = (await field.reverts()).filter(({ state }) => state === 'open');
  const { data: pull } = await octokit.pulls.get({ ...repo, pull_number: open?.number ?? 0 });

  const { data: tree } = await octokit.git.getTree({ ...repo, tree_sha: 'main', recursive: 'true' });
  const deletions = tree.tree.filter(
    ({ path }) => path === requestPath('stuck') || path === grantPath('stuck'),
  );
  const { data: grant } = await octokit.git.getCommit({ ...repo, commit_sha: stuck });
  const author = { name: 'curfew[bot]', email: grant.author.email };
  const evidence = readEvidence(grant.message);
  const revert = revertOf([
    {
      // The merge of the forgery says itself that the access ends.
      finding: finding(
        'grant-removed',
        'This access had ended before, and putting its files back does not bring it back',
      ),
      request: requestPath('stuck'),
      evidence,
      pullRequest: evidence?.pullRequest ?? null,
      leftOpen: [],
      deletions: deletions.map(({ path, sha }) => ({ path, sha })),
    },
  ]);
  if (revert.branch !== branch) throw new Error(`the forgery is for ${revert.branch}, not for ${branch}`);
  await field.unseen(async () => {
    await field.pointBranch('mallory', branch, field.tip());
    await field.push('mallory', {
      branch: 'forgery',
      base: field.tip(),
      files: { '.github/curfew.yaml': 'mine: now\n', 'templates/mine.yaml': 'mine: too\n' },
      author,
      committer: author,
    });
    await field.pointBranch('mallory', pull.head.ref, field.tip('forgery'));
    await octokit.pulls.update({ ...repo, pull_number: pull.number, base: branch });
    await octokit.pulls.merge({
      ...repo,
      pull_number: pull.number,
      merge_method: 'squash',
      commit_title: revert.title,
      commit_message: revert.commitBody,
    });
  });
  field.sandbox.faults.clear();
}

export const reverts: readonly Attack[] = [
  onRevert(
    'the branch of the revert is made beforehand, with content of its own',
    'what was smuggled in',
    (field, branch) => smuggle(field, branch),
  ),
  onRevert(
    'the branch of the revert is made beforehand, and a pull request of it',
    'what was smuggled in',
    async (field, branch) => {
      smuggle(field, branch);
      await field.open('mallory', branch);
    },
  ),
  onRevert(
    'the branch of the revert is pushed to before it is opened',
    'what was smuggled in',
    (field, branch) => meanwhile(field, opening, () => smuggle(field, branch)),
  ),
  onRevert(
    'the branch of the revert is pushed to before it is merged',
    'what was smuggled in',
    (field, branch) => meanwhile(field, merging, () => smuggle(field, branch)),
  ),
  {
    name: 'the branch of the revert is made beforehand, by a squash of a pull request of the App’s own',
    refused: 'what was smuggled in',
    reason: 'grant-removed',
    says: /\*\*Ended: this access had ended before/,
    alert: true,
    alone: true,
    play: async (field) => {
      const number = await field.grant('stuck');
      await forgeBySquash(field, await revertBranch(field, 'stuck'));
      await field.calm();
      return { pullRequest: number };
    },
  },
  onRevert('the branch of the revert is deleted', 'to keep the access', (field, branch) =>
    meanwhile(field, merging, () => git(field).updateRef(`refs/heads/${branch}`, null, field.tip(branch))),
  ),
  onRevert('somebody else opens the pull request of the revert', 'to keep the request', (field, branch) =>
    meanwhile(field, opening, () => {
      const { context, world } = field.sandbox;
      const asked = { title: 'Mine', body: null, head: branch, base: 'main', draft: false };
      createPullRequest(context, world.actor('mallory'), world.repository('acme/access'), asked);
    }),
  ),
  onRevert(
    'a branch "curfew" where branches "curfew/…" belong',
    'to keep the request',
    async (field) => await field.pointBranch('mallory', 'curfew', field.tip()),
  ),
  onRevert('two hundred branches "curfew/revert-…"', 'to keep the access', (field) => {
    for (let i = 0; i < 220; i += 1) git(field).updateRef(`refs/heads/curfew/revert-${i}`, field.tip(), null);
  }),
  {
    name: 'the revert is closed, and its branch with it',
    refused: 'to keep the access',
    reason: 'revoked',
    says: /\*\*Ended: (revoked by alice|the access was handed back or revoked)/,
    alone: true,
    play: async (field) => {
      const number = await field.grant('closed');
      const stop = field.sandbox.faults.inject({
        ...merging,
        actor: 'curfew[bot]',
        effect: { kind: 'status', status: 405 },
      });
      await field.as('alice').comment(number, '/revoke');
      for (const revert of await field.reverts()) await field.as('mallory').close(revert.number);
      stop();
      await field.calm();
      return { pullRequest: number };
    },
  },
  {
    name: 'the branch of an old revert is restored when the same file is pushed again',
    refused: 'a request that stays on the branch',
    reason: 'landed-without-pull-request',
    says: /reached the default branch without a pull request/,
    alone: true,
    play: async (field) => {
      const push = async (): Promise<void> => {
        await field.force({ [requestPath('again')]: requestText() });
        await field.pass(11);
      };
      await push();
      const [revert] = await field.reverts();
      const { data } = await field
        .as('mallory')
        .octokit.pulls.get({ ...repo, pull_number: revert?.number ?? 0 });
      await field.pointBranch('mallory', data.head.ref, data.head.sha);
      await push();
      await field.calm();
      return { removed: requestPath('again') };
    },
  },
  {
    name: 'an old revert is merged when its path is used again',
    refused: 'to end the access of another request',
    reason: 'granted',
    says: /access is in force/,
    alone: true,
    stays: [grantPath('reused')],
    play: async (field) => {
      const first = await field.grant('reused');
      // The revert does not land, so that its pull request stays while the path is used again.
      field.sandbox.faults.inject({
        ...merging,
        actor: 'curfew[bot]',
        effect: { kind: 'status', status: 405 },
      });
      field.sandbox.faults.inject({
        method: 'PATCH',
        route: '/repos/{owner}/{repo}/pulls/{pull_number}',
        actor: 'curfew[bot]',
        effect: { kind: 'status', status: 403 },
      });
      await field.as('alice').comment(first, '/revoke');
      await field.calm();
      const open = (await field.reverts()).filter(({ state }) => state === 'open');
      field.sandbox.faults.clear();
      await field.calm();
      const second = await field
        .as('alice')
        .propose({ path: requestPath('reused'), text: requestText(), title: 'Again', branch: 'reused-2' });
      await field.as('bob').review(second, 'APPROVE');
      for (const { number } of open) await field.forceMerge(number).catch(() => {});
      await field.calm();
      return { pullRequest: second };
    },
  },
];
