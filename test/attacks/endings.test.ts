/** Crashes, clocks, and everything that could be done to the pull request by which access ends. */
import { sha256 } from '../../src/base/digest.ts';
import type { RequestFault } from '../../src/sandbox/faults.ts';
import { createPullRequest } from '../../src/sandbox/operations/pull-requests.ts';
import type { Attack } from './attack.ts';
import { repo, requestPath, requestText, type Field } from './field.ts';
import { play } from './runner.ts';

function grantOf(name: string): string {
  return requestPath(name).replace('access-requests/', 'grants/');
}

/** The branch by which access to these two files will end: anybody can compute its name beforehand. */
async function revertBranch(field: Field, name: string): Promise<string> {
  const { octokit } = field.as('mallory');
  const { data } = await octokit.git.getTree({ ...repo, tree_sha: 'main', recursive: 'true' });
  const deleted = data.tree.filter(({ path }) => path === requestPath(name) || path === grantOf(name));
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

const reverts: readonly Attack[] = [
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
    stays: [grantOf('reused')],
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

const crashes: readonly Attack[] = [
  {
    name: 'crash after every single write of a life',
    refused: 'a second grant, and access beyond its end',
    reason: 'revoked',
    says: /\*\*Ended: (revoked by alice|the access was handed back or revoked)/,
    alone: true,
    play: async (field) => {
      let number = 0;
      for (let write = 1; write <= 12; write += 1) number = await liveWithCrash(field, write);
      return { pullRequest: number };
    },
  },
  ...(
    [
      [
        'the approval is dismissed',
        async (field, number, review) => {
          const dismissal = { ...repo, pull_number: number, review_id: review, message: 'no' };
          await field.as('erin').octokit.pulls.dismissReview(dismissal);
        },
      ],
      [
        'the template is changed',
        async (field) => await field.edit('templates/debug-pod.yaml', 'max: 4h', 'max: 3h'),
      ],
      [
        'the policy asks for one approval more',
        async (field) =>
          await field.edit(
            '.github/curfew.yaml',
            'approvals: {owners: 1}\n    - name: sre',
            'approvals: {owners: 2}\n    - name: sre',
          ),
      ],
    ] as const satisfies readonly (readonly [
      string,
      (field: Field, number: number, review: number) => Promise<void>,
    ])[]
  ).map(([what, change]): Attack => ({
    name: `crash after the merge, and ${what} before the next start`,
    refused: 'an approval that does not hold any more',
    reason: 'landed-unapproved',
    says: /merged without \d of/,
    alert: true,
    alone: true,
    play: async (field) => {
      const number = await field.ask('crashed');
      // All that comes after the merge finds nobody at home.
      let merged = false;
      field.sandbox.faults.inject({
        actor: 'curfew[bot]',
        when: ({ route }) => {
          const gone = merged;
          merged ||= route === merging.route;
          return gone;
        },
        effect: { kind: 'drop' },
      });
      const review = await field.as('bob').review(number, 'APPROVE');
      await field.unseen(async () => await change(field, number, review));
      field.sandbox.faults.clear();
      field.deliverTo(await field.replica());
      await field.sweep();
      return { removed: requestPath('crashed') };
    },
  })),
];

/** One life in which the process is gone after the n-th write, and another one goes on. */
async function liveWithCrash(field: Field, write: number): Promise<number> {
  const name = `crash-${write}`;
  let writes = 0;
  const stop = field.sandbox.faults.inject({
    actor: 'curfew[bot]',
    when: ({ method, route, operation }) => {
      const isWrite = method !== 'GET' && (route !== '/graphql' || operation === 'Commit');
      if (isWrite) writes += 1;
      return writes >= write;
    },
    effect: { kind: 'drop-after-effect' },
  });
  // GitHub lets an App create 80 things a minute.
  field.clock.advance(60_000);
  const number = await field.ask(name);
  await field.as('bob').review(number, 'APPROVE');
  if (write > 6) await field.as('alice').comment(number, '/revoke');
  stop();
  const next = await field.replica();
  field.deliverTo(next);
  next.sweep('everything');
  await field.settle();
  // Where the plan was not shown before the crash, nobody can have approved it.
  if (!(await field.paths()).includes(requestPath(name)) && write <= 6)
    await field.as('frank').review(number, 'APPROVE');
  await field.as('alice').comment(number, '/revoke');
  next.sweep('everything');
  await field.settle();
  return number;
}

const clocks: readonly Attack[] = [
  {
    name: 'our own clock is two minutes behind',
    refused: 'a grant whose end nobody could tell',
    reason: 'clock-skew',
    says: /It is 2026-12-01T08:[^]*here and 2026-12-01T09:[^]*at GitHub/,
    alone: true,
    play: async (field) => {
      await field.skewClock(-120_000);
      const pullRequest = await field.ask('skew');
      await field.as('bob').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  },
  {
    name: 'our own clock jumps a year ahead, and is put right',
    refused: 'to end for ever what is granted afterwards',
    reason: 'granted',
    says: /access is in force/,
    alone: true,
    lapses: true,
    stays: [grantOf('put-right')],
    play: async (field) => {
      const app = await field.skewClock(365 * 24 * 3600_000);
      const early = await field.ask('too-early');
      await field.as('bob').review(early, 'APPROVE');
      await app.sweep();
      app.putRight();
      await field.as('alice').comment(early, '/revoke');
      const pullRequest = await field.ask('put-right');
      await field.as('bob').review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  },
  {
    name: 'the clock jumps a day ahead and back while a request waits',
    refused: 'an approval out of the future',
    reason: 'waiting-for-approval',
    says: /Waiting for 1 of 1 approval/,
    alone: true,
    lapses: true,
    play: async (field) => {
      const pullRequest = await field.ask('jump');
      field.clock.advance(20 * 3600_000);
      await field.settle();
      field.clock.advance(-20 * 3600_000);
      await field.sweep();
      return { pullRequest };
    },
  },
  {
    name: 'the clock is set back after the end, before anybody could end it',
    refused: 'access that is over',
    reason: 'expired',
    says: /\*\*Ended: the time is up/,
    alone: true,
    lapses: true,
    play: async (field) => {
      const number = await field.grant('set-back');
      const stop = field.sandbox.faults.inject({
        actor: 'curfew[bot]',
        when: ({ method, operation }) => method !== 'GET' && (operation === null || operation === 'Commit'),
        effect: { kind: 'status', status: 500 },
      });
      await field.pass(61);
      field.clock.advance(-2 * 3600_000);
      stop();
      await field.calm();
      return { pullRequest: number };
    },
  },
];

play('endings', [...reverts, ...crashes, ...clocks]);
