/** What people do. Each takes its chances from the dice of its step, and does nothing where there is nothing to do. */
import { createComment, deleteComment } from '../../src/sandbox/operations/comments.ts';
import { mergePullRequest } from '../../src/sandbox/operations/merge.ts';
import { setDraft, updatePullRequest } from '../../src/sandbox/operations/pull-requests.ts';
import { changeRef } from '../../src/sandbox/operations/refs.ts';
import { createReview, dismissReview } from '../../src/sandbox/operations/reviews.ts';
import type { PullRequest } from '../../src/sandbox/state.ts';
import type { Dice } from './random.ts';
import { policyVariants, requestText, roleVariants, templateVariants, type Asked } from './scenery.ts';
import { attempt, bot, type Stage } from './stage.ts';

interface Action {
  /** How often it is chosen, against the others. */
  readonly weight: number;
  readonly act: (stage: Stage, dice: Dice) => void;
}

const people = ['alice', 'bob', 'carol', 'dan', 'erin', 'frank', 'grace', 'mallory'] as const;
const owners = { payments: ['bob', 'frank'], orders: ['grace', 'carol'], vault: ['carol'] } as const;

function person(stage: Stage, login: string) {
  return stage.world.sandbox.world.actor(login);
}

function choose(dice: Dice, stage: Stage): Asked {
  const later = new Date(stage.context.clock.now() + 20 * 60_000).toISOString().replace('.000', '');
  return {
    cluster: dice.chance(0.8) ? 'staging' : 'prod-eu',
    namespace: dice.chance(0.05) ? 'vault' : dice.pick(['payments', 'payments', 'orders']),
    template: dice.chance(0.75) ? 'debug-pod' : 'read-logs',
    duration: dice.chance(0.05) ? '9h' : dice.pick(['30m', '1h', '1h', '2h']),
    forWhom: dice.chance(0.1) ? dice.pick(people) : null,
    notBefore: dice.chance(0.1) ? later : null,
  };
}

function pathOf({ cluster, namespace }: Asked, name: string): string {
  return `access-requests/${cluster}/${namespace}/${name}.yaml`;
}

function namespaceOf(pullRequest: PullRequest, stage: Stage): keyof typeof owners {
  const path = stage.paths(pullRequest.headSha).find((each) => each.includes(pullRequest.headRef)) ?? '';
  const [, , namespace] = path.split('/');
  return namespace === 'orders' || namespace === 'vault' ? namespace : 'payments';
}

function some<T>(dice: Dice, choices: readonly T[], act: (choice: T) => void): void {
  if (choices.length > 0) act(dice.pick(choices));
}

/** What makes a pull request one that is refused: a second file, a wrong place, a wrong text. */
type Spoil = (path: string, text: string) => Readonly<Record<string, string>>;

const spoils: readonly Spoil[] = [
  (path, text) => ({ [path]: text, 'README.md': '# Another\n' }),
  (path) => ({ [path]: 'kind: Nonsense\n' }),
  (path, text) => ({ [path]: text.replace(/template: .*/, 'template: no-such') }),
  (path, text) => ({ [path]: text.replace(/template: .*/, 'template: cluster-read') }),
  (path, text) => ({ [path]: text.replace(/ {2}duration:/, '  for: nobody-knows\n  duration:') }),
  (path, text) => ({ [path]: text.replace(/ {2}ticket: .*\n/, '') }),
  (path, text) => ({ [path]: `${text}  notBefore: 2026-01-01T00:00:00Z\n` }),
  (path, text) => ({ [path.replace(/^access-requests\/[^/]+/, 'access-requests/nowhere')]: text }),
  (path, text) => ({ [path.replace('access-requests', 'grants')]: text }),
  () => ({ 'docs.md': 'Nothing of ours\n' }),
];

function open(stage: Stage, dice: Dice): void {
  const asked = choose(dice, stage);
  const name = `r${stage.repository.nextNumber}`;
  const path = pathOf(asked, dice.chance(0.1) ? 'r1' : name);
  const text = requestText(asked);
  const files = dice.chance(0.15) ? dice.pick(spoils)(path, text) : { [path]: text };
  const login = dice.chance(0.6) ? 'alice' : dice.pick(['carol', 'grace', 'bob', 'frank', 'mallory']);
  attempt(() => stage.propose(login, name, files, { draft: dice.chance(0.1) }));
}

/** The same head once more, for another branch of the same commit. */
function openTwin(stage: Stage, dice: Dice): void {
  some(dice, stage.open, (twin) =>
    attempt(() => {
      const branch = `twin-${stage.repository.nextNumber}`;
      const actor = person(stage, 'mallory');
      const { repository } = stage;
      changeRef(stage.context, actor, {
        repository,
        ref: `refs/heads/${branch}`,
        before: null,
        after: twin.headSha,
      });
      stage.openFrom('mallory', branch, {});
    }),
  );
}

function openRemoval(stage: Stage, dice: Dice): void {
  some(dice, stage.requests, (path) => {
    const name = `remove-${stage.repository.nextNumber}`;
    attempt(() => stage.propose(dice.pick(people), name, { [path]: null }));
  });
}

function pushMore(stage: Stage, dice: Dice): void {
  some(dice, stage.open, (pullRequest) => {
    const asked = { ...choose(dice, stage), notBefore: null };
    const path = stage
      .paths(pullRequest.headSha)
      .find((each) => each.endsWith(`/${pullRequest.headRef}.yaml`));
    const who = dice.chance(0.6) ? pullRequest.author.login : dice.pick(people);
    attempt(() => stage.push(who, pullRequest.headRef, { [path ?? 'notes.md']: requestText(asked) }));
  });
}

function review(stage: Stage, dice: Dice, event: 'APPROVE' | 'REQUEST_CHANGES'): void {
  some(dice, stage.open, (pullRequest) => {
    const reviewers = dice.chance(0.8) ? owners[namespaceOf(pullRequest, stage)] : people;
    attempt(() =>
      createReview(stage.context, person(stage, dice.pick(reviewers)), pullRequest, { event, body: 'Seen.' }),
    );
  });
}

/** Everybody who could be asked says yes. */
function approveAll(stage: Stage, dice: Dice): void {
  some(dice, stage.open, (pullRequest) => {
    for (const login of [...owners[namespaceOf(pullRequest, stage)], 'carol', 'dan']) {
      attempt(() =>
        createReview(stage.context, person(stage, login), pullRequest, { event: 'APPROVE', body: '' }),
      );
    }
  });
}

function dismiss(stage: Stage, dice: Dice): void {
  const reviews = stage.open.flatMap((each) => each.reviews).filter(({ state }) => state === 'APPROVED');
  some(dice, reviews, (chosen) =>
    attempt(() => dismissReview(stage.context, person(stage, 'erin'), chosen, 'No.')),
  );
}

function merge(stage: Stage, dice: Dice, login: string): void {
  some(dice, stage.open, (pullRequest) =>
    attempt(() =>
      mergePullRequest(stage.context, person(stage, login), pullRequest, {
        method: dice.pick(['merge', 'squash', 'rebase']),
      }),
    ),
  );
}

function edit(stage: Stage, dice: Dice, choices: readonly PullRequest[], state: 'open' | 'closed'): void {
  some(dice, choices, (pullRequest) =>
    attempt(() => updatePullRequest(stage.context, person(stage, 'erin'), pullRequest, { state })),
  );
}

function retarget(stage: Stage, dice: Dice): void {
  if (stage.repository.git.branch('other') === undefined)
    attempt(() => stage.push('erin', 'other', { 'other.md': 'x\n' }, stage.tip));
  some(dice, stage.open, (pullRequest) => {
    const base = pullRequest.baseRef === 'main' ? 'other' : 'main';
    attempt(() =>
      updatePullRequest(stage.context, pullRequestAuthor(stage, pullRequest), pullRequest, { base }),
    );
  });
}

function pullRequestAuthor(stage: Stage, { author }: PullRequest) {
  return person(stage, author.login);
}

function revoke(stage: Stage, dice: Dice): void {
  const granted = stage.pullRequests.filter(
    ({ author, mergedAt }) => mergedAt !== null && author.login !== bot,
  );
  some(dice, [...granted, ...stage.open], (pullRequest) => {
    const body = dice.chance(0.8) ? '/revoke' : 'Please /revoke';
    const who = dice.chance(0.6) ? pullRequest.author.login : dice.pick(people);
    attempt(() => createComment(stage.context, person(stage, who), pullRequest, body));
  });
}

function deleteOwnComment(stage: Stage, dice: Dice): void {
  const comments = stage.pullRequests
    .flatMap((each) => each.comments)
    .filter(({ author }) => author.login === bot);
  some(dice, comments, (comment) =>
    attempt(() => deleteComment(stage.context, person(stage, 'erin'), comment)),
  );
}

function variant(
  stage: Stage,
  dice: Dice,
  path: string,
  changes: readonly ((text: string) => string)[],
): void {
  const text = dice.pick(changes)(stage.original.get(path) ?? '');
  if (text !== stage.text(path)) attempt(() => stage.force({ [path]: text }));
}

function changePolicy(stage: Stage, dice: Dice): void {
  // Half of the time everything is put back, or most histories would stand still.
  const { original, ...others } = policyVariants;
  const chosen = dice.chance(0.5) ? original : dice.pick(Object.values(others));
  variant(stage, dice, '.github/curfew.yaml', [chosen.change]);
}

function touchGrant(stage: Stage, dice: Dice): void {
  some(dice, stage.grants, (path) => {
    const text = stage.text(path) ?? '';
    const later = text.replaceAll(/expires-at: "?2026/g, (found) => found.replace('2026', '2027'));
    attempt(() => stage.force({ [path]: dice.pick([null, null, later, `${text}# by hand\n`]) }));
  });
}

/** Some file that once was below `grants/` or `access-requests/` comes back, as with GitHub's Revert button. */
function bringBack(stage: Stage, dice: Dice): void {
  const activities = stage.repository.activities.filter(({ ref }) => ref === 'refs/heads/main');
  if (activities.length === 0) return;
  const commit = dice.pick(activities).after;
  const files = stage.paths(commit).filter((path) => /^(grants|access-requests)\/.*\.yaml$/.test(path));
  const gone = files.filter((path) => stage.blob(path) !== stage.blob(path, commit));
  if (gone.length === 0) return;
  const which = dice.chance(0.5) ? gone : [dice.pick(gone)];
  attempt(() => stage.force(Object.fromEntries(which.map((path) => [path, stage.text(path, commit)]))));
}

function forge(stage: Stage, dice: Dice): void {
  const path = dice.pick([
    'grants/staging/payments/forged.yaml',
    'grants/staging/kustomization.yaml',
    'grants/staging/README.md',
    'access-requests/staging/payments/pushed.yaml',
  ]);
  const asked = choose(dice, stage);
  const text = path.startsWith('grants/')
    ? 'kind: RoleBinding\n'
    : requestText({ ...asked, cluster: 'staging' });
  attempt(() => stage.force({ [path]: dice.chance(0.8) ? text : null }));
}

function touchRequest(stage: Stage, dice: Dice): void {
  some(dice, stage.requests, (path) => {
    const asked = choose(dice, stage);
    attempt(() => stage.force({ [path]: dice.chance(0.5) ? null : requestText(asked) }));
  });
}

const memberships = [
  ['alice', 'oncall'],
  ['alice', 'engineers'],
  ['bob', 'payments'],
  ['frank', 'payments'],
  ['frank', 'leads'],
  ['grace', 'orders'],
  ['grace', 'engineers'],
  ['carol', 'sre'],
  ['carol', 'engineers'],
  ['dan', 'security'],
] as const;

function changeTeam(stage: Stage, dice: Dice): void {
  const { world } = stage.world.sandbox;
  const away = memberships.filter(
    ([login, team]) => !world.team(`acme/${team}`).members.has(world.user(login).id),
  );
  const membership = dice.pick(away.length > 0 && dice.chance(0.6) ? away : memberships);
  const [login, team] = membership;
  if (away.includes(membership)) world.addTeamMember(`acme/${team}`, login);
  else world.removeTeamMember(`acme/${team}`, login);
}

/** Everybody is where they were in the beginning, and the files that decide are as they were. */
export function heal(stage: Stage): void {
  const { world } = stage.world.sandbox;
  for (const [login, team] of memberships) world.addTeamMember(`acme/${team}`, login);
  const paths = ['.github/curfew.yaml', 'templates/debug-pod.yaml', 'templates/roles/debug-pod.yaml'];
  const changed = paths.filter((path) => stage.text(path) !== stage.original.get(path));
  if (changed.length > 0)
    stage.force(Object.fromEntries(changed.map((path) => [path, stage.original.get(path) ?? null])));
}

function pushToOwnBranch(stage: Stage, dice: Dice): void {
  const own = stage.repository.git.branches().filter((name) => name.startsWith('curfew/'));
  const branch = own.length > 0 && dice.chance(0.7) ? dice.pick(own) : `curfew/revert-${dice.below(3)}`;
  some(dice, stage.paths(), (path) => attempt(() => stage.push('mallory', branch, { [path]: null })));
}

/** Actions by name. Those that only the history itself can do stand here for their weight. */
const table = {
  open: { weight: 8, act: open },
  approve: { weight: 7, act: (stage, dice) => review(stage, dice, 'APPROVE') },
  'approve all': { weight: 5, act: approveAll },
  'open twin': { weight: 1, act: openTwin },
  'open removal': { weight: 2, act: openRemoval },
  push: { weight: 3, act: pushMore },
  'request changes': { weight: 1, act: (stage, dice) => review(stage, dice, 'REQUEST_CHANGES') },
  dismiss: { weight: 2, act: dismiss },
  'merge by the author': { weight: 1, act: (stage, dice) => merge(stage, dice, 'alice') },
  'merge past the rules': { weight: 3, act: (stage, dice) => merge(stage, dice, 'erin') },
  close: { weight: 1, act: (stage, dice) => edit(stage, dice, stage.open, 'closed') },
  'close the revert': {
    weight: 1,
    act: (stage, dice) =>
      edit(
        stage,
        dice,
        stage.pullRequests.filter(({ author, state }) => author.login === bot && state === 'open'),
        'closed',
      ),
  },
  reopen: {
    weight: 1,
    act: (stage, dice) =>
      edit(
        stage,
        dice,
        stage.pullRequests.filter(({ state, mergedAt }) => state === 'closed' && mergedAt === null),
        'open',
      ),
  },
  draft: {
    weight: 1,
    act: (stage, dice) =>
      some(dice, stage.open, (each) =>
        attempt(() => setDraft(stage.context, pullRequestAuthor(stage, each), each, !each.draft)),
      ),
  },
  retarget: { weight: 2, act: retarget },
  revoke: { weight: 3, act: revoke },
  'delete our comment': { weight: 1, act: deleteOwnComment },
  'change the policy': { weight: 4, act: changePolicy },
  'change the template': {
    weight: 2,
    act: (stage, dice) => variant(stage, dice, 'templates/debug-pod.yaml', templateVariants),
  },
  'change the role': {
    weight: 2,
    act: (stage, dice) => variant(stage, dice, 'templates/roles/debug-pod.yaml', roleVariants),
  },
  'touch a grant': { weight: 3, act: touchGrant },
  'bring back': { weight: 3, act: bringBack },
  forge: { weight: 2, act: forge },
  'touch a request': { weight: 2, act: touchRequest },
  'change a team': { weight: 4, act: changeTeam },
  'push to a branch of ours': { weight: 1, act: pushToOwnBranch },
  /** Time passes; the app wakes by its own timers. */
  wait: {
    weight: 5,
    act: (stage, dice) => stage.world.clock.advance(60_000 * dice.pick([1, 6, 11, 31, 61, 121])),
  },
  /** Two sweeps without trouble. */
  calm: { weight: 5, act: () => {} },
  /** The clock of a machine jumps: by a day, by hours, by minutes; or is put right. */
  'clock ahead': { weight: 1, act: () => {} },
  'clock behind': { weight: 1, act: () => {} },
  'clock off': { weight: 1, act: () => {} },
  'clock right': { weight: 1, act: () => {} },
  /** What was held back of deliveries arrives, newest first. */
  release: { weight: 1, act: (stage) => stage.world.sandbox.deliveries.release((held) => held.toReversed()) },
  restart: { weight: 1, act: () => {} },
} as const satisfies Record<string, Action>;

export type ActionName = keyof typeof table;

export const actions: Readonly<Record<ActionName, Action>> = table;

/** Every name as often as its weight says. */
export const weightedNames: readonly ActionName[] = Object.keys(table)
  .filter((name): name is ActionName => name in table)
  .flatMap((name) => Array.from({ length: table[name].weight }, () => name));

/** Pushes a fresh request that nothing stands against, and gives its pull request. */
export function askOnceMore(stage: Stage): PullRequest {
  const asked: Asked = {
    cluster: 'staging',
    namespace: 'payments',
    template: 'debug-pod',
    duration: '1h',
    forWhom: null,
    notBefore: null,
  };
  return stage.propose('alice', 'once-more', { [pathOf(asked, 'once-more')]: requestText(asked) });
}

/** An owner approves. */
export function approve(stage: Stage, pullRequest: PullRequest): void {
  createReview(stage.context, person(stage, 'bob'), pullRequest, { event: 'APPROVE', body: '' });
}
