/** What people do about requests: open, push, approve, object, merge, hand back. Nothing happens where there is nothing to do. */
import { createComment, deleteComment, updateComment } from '../../src/sandbox/operations/comments.ts';
import { mergePullRequest } from '../../src/sandbox/operations/merge.ts';
import {
  createPullRequest,
  setDraft,
  updatePullRequest,
} from '../../src/sandbox/operations/pull-requests.ts';
import { pushFiles } from '../../src/sandbox/operations/push.ts';
import { changeRef } from '../../src/sandbox/operations/refs.ts';
import { createReview, dismissReview } from '../../src/sandbox/operations/reviews.ts';
import type { PullRequest } from '../../src/sandbox/state.ts';
import type { Dice } from './random.ts';
import { files, remark, requestText, type Asked } from './scenery.ts';
import { attempt, bot, repositoryName, type Stage } from './stage.ts';

export type Act = (stage: Stage, dice: Dice) => void;

export const people = ['alice', 'bob', 'carol', 'dan', 'erin', 'frank', 'grace', 'mallory'] as const;
const owners = { payments: ['bob', 'frank'], orders: ['grace', 'carol'], vault: ['carol'] } as const;

export function person(stage: Stage, login: string) {
  return stage.world.sandbox.world.actor(login);
}

export function some<T>(dice: Dice, choices: readonly T[], act: (choice: T) => void): void {
  if (choices.length > 0) act(dice.pick(choices));
}

export function pathOf({ cluster, namespace }: Pick<Asked, 'cluster' | 'namespace'>, name: string): string {
  return `access-requests/${cluster}/${namespace}/${name}.yaml`;
}

/** Time passes while somebody acts, and the app has not looked yet. */
function pass(stage: Stage): void {
  stage.world.clock.advance(2000);
}

export function chooseAsked(stage: Stage, dice: Dice): Asked {
  const later = new Date(stage.context.clock.now() + 20 * 60_000).toISOString().replace('.000', '');
  return {
    cluster: dice.chance(0.8) ? 'staging' : 'prod-eu',
    namespace: dice.chance(0.04) ? 'vault' : dice.pick(['payments', 'payments', 'orders']),
    template: dice.chance(0.75) ? 'debug-pod' : 'read-logs',
    duration: dice.chance(0.04) ? '9h' : dice.pick(['30m', '1h', '1h', '2h']),
    forWhom: dice.chance(0.1) ? dice.pick(people) : null,
    notBefore: dice.chance(0.1) ? later : null,
  };
}

/** What makes a pull request one that is refused: a second file, a wrong place, a wrong text. */
type Spoil = (path: string, text: string) => Readonly<Record<string, string>>;

const spoils: readonly Spoil[] = [
  (path, text) => ({ [path]: text, 'README.md': '# Another\n' }),
  (path) => ({ [path]: 'kind: Nonsense\n' }),
  (path, text) => ({ [path]: text.replace(/template: .*/, 'template: no-such') }),
  (path, text) => ({
    [path]: text.replace(/template: .*\n( {2}parameters:\n.*\n)?/, 'template: cluster-read\n'),
  }),
  (path, text) => ({ [path]: text.replace(/ {2}duration:/, '  for: nobody-knows\n  duration:') }),
  (path, text) => ({ [path.replace('staging', 'prod-eu')]: text.replace(/ {2}ticket: .*\n/, '') }),
  (path, text) => ({ [path]: `${text}  notBefore: 2026-01-01T00:00:00Z\n` }),
  (path, text) => ({ [path.replace(/^access-requests\/[^/]+/, 'access-requests/nowhere')]: text }),
  (path, text) => ({ [path.replace('access-requests', 'grants')]: text }),
  () => ({ 'docs.md': 'Nothing of ours\n' }),
];

export const open: Act = (stage, dice) => {
  openOne(stage, dice, {});
};

function openOne(stage: Stage, dice: Dice, options: { readonly email?: string }): void {
  const asked = chooseAsked(stage, dice);
  const name = `r${stage.repository.nextNumber}`;
  const path = pathOf(asked, dice.chance(0.1) ? 'r1' : name);
  const login = dice.chance(0.6) ? 'alice' : dice.pick(['carol', 'grace', 'bob', 'frank', 'mallory']);
  attempt(() =>
    stage.propose(login, name, { [path]: requestText(asked) }, { draft: dice.chance(0.08), ...options }),
  );
}

export const openSpoiled: Act = (stage, dice) => {
  const asked = { ...chooseAsked(stage, dice), notBefore: null, forWhom: null };
  const name = `r${stage.repository.nextNumber}`;
  const content = dice.pick(spoils)(pathOf(asked, name), requestText(asked));
  attempt(() => stage.propose('alice', name, content));
};

/** Somebody changes a request that landed, by a pull request. */
export const openModification: Act = (stage, dice) => {
  some(dice, stage.requests, (path) => {
    const name = `modify-${stage.repository.nextNumber}`;
    attempt(() => stage.propose('alice', name, { [path]: `${stage.text(path) ?? ''}# longer\n` }));
  });
};

/** A commit by an address that belongs to no account. */
export const openUnknown: Act = (stage, dice) => {
  openOne(stage, dice, { email: 'nobody@nowhere.example' });
};

/** Plainly a request: one that nothing stands against but the approvals that it needs. */
function openBy(stage: Stage, login: string, more: Partial<Asked>): void {
  const asked: Asked = { ...plain, ...more };
  const name = `r${stage.repository.nextNumber}`;
  attempt(() => stage.propose(login, name, { [pathOf(asked, name)]: requestText(asked) }));
}

const plain: Asked = {
  cluster: 'staging',
  namespace: 'payments',
  template: 'debug-pod',
  duration: '1h',
  forWhom: null,
  notBefore: null,
};

export const openPlain: Act = (stage, dice) => {
  openBy(stage, 'alice', {
    cluster: dice.chance(0.85) ? 'staging' : 'prod-eu',
    namespace: dice.pick(['payments', 'payments', 'orders']),
    template: dice.chance(0.85) ? 'debug-pod' : 'read-logs',
    duration: dice.pick(['30m', '1h']),
  });
};

export const openByMallory: Act = (stage) => openBy(stage, 'mallory', {});

/** The same head once more, for another branch of the same commit. */
export const openTwin: Act = (stage, dice) => {
  some(dice, stage.open, ({ headSha, headRepository }) => {
    const { repository } = stage;
    if (headRepository !== repository) return;
    const branch = `twin-${repository.nextNumber}`;
    const move = { repository, ref: `refs/heads/${branch}`, before: null, after: headSha };
    attempt(() => {
      changeRef(stage.context, person(stage, 'mallory'), move);
      stage.openFrom('mallory', branch);
    });
  });
};

/** Somebody without write access asks from a fork. */
export const openFromFork: Act = (stage, dice) => {
  const { world } = stage.world.sandbox;
  const asked = { ...chooseAsked(stage, dice), notBefore: null };
  const name = `fork-${stage.repository.nextNumber}`;
  const content = new Map([[pathOf(asked, name), requestText(asked)]]);
  attempt(() => {
    const known = [...stage.context.state.repositories.values()].find(({ parent }) => parent !== null);
    const fork = known ?? world.fork(repositoryName, 'mallory');
    pushFiles(stage.context, person(stage, 'mallory'), fork, { branch: name, files: content });
    const input = { title: name, body: null, head: `mallory:${name}`, base: stage.main, draft: false };
    createPullRequest(stage.context, person(stage, 'mallory'), stage.repository, input);
  });
};

/** Another App opens a pull request as its bot. */
export const openAsBot: Act = (stage, dice) => {
  const { world } = stage.world.sandbox;
  const permissions = { contents: 'write', pull_requests: 'write' } as const;
  const asked = { ...chooseAsked(stage, dice), notBefore: null, forWhom: null };
  const name = `bot-${stage.repository.nextNumber}`;
  const content = new Map([[pathOf(asked, name), requestText(asked)]]);
  attempt(() => {
    const known = [...stage.context.state.apps.values()].find(({ slug }) => slug === 'helper');
    const { privateKey } = stage.world.app;
    const input = { owner: 'acme', slug: 'helper', permissions, events: [], webhookSecret: 'x', privateKey };
    const app = known ?? world.createApp(input);
    const installed = [...stage.context.state.installations.values()].find((each) => each.app === app);
    const installation = installed ?? world.installApp(app, 'acme', [repositoryName], 'erin');
    const actor = {
      kind: 'installation',
      installation,
      app,
      user: app.bot,
      permissions,
      repositories: null,
    } as const;
    pushFiles(stage.context, actor, stage.repository, { branch: name, files: content, base: stage.tip });
    const opened = { title: name, body: null, head: name, base: stage.main, draft: false };
    createPullRequest(stage.context, actor, stage.repository, opened);
  });
};

/** Somebody proposes to change what decides: soundly, with a fault, or so that it would lose its owner. */
export const openProposal: Act = (stage, dice) => {
  const change = (path: string, make: (text: string) => string) => ({
    [path]: make(stage.original.get(path) ?? ''),
  });
  const changes = [
    change(files.policy, (text) => `${text}${remark}`),
    change(files.policy, (text) => `${text}\n  - [`),
    change(files.template, (text) => text.replace('max: 4h', 'max: 3h')),
    change(files.owners, (text) => `${text}/templates/\n`),
  ];
  const name = `proposal-${stage.repository.nextNumber}`;
  attempt(() => stage.propose('dan', name, dice.pick(changes)));
};

/** More commits than GitHub lists. */
export const openEndless: Act = (stage) => {
  const { repository, context } = stage;
  const asked: Asked = {
    cluster: 'staging',
    namespace: 'payments',
    template: 'debug-pod',
    duration: '1h',
    forWhom: null,
    notBefore: null,
  };
  const name = `endless-${repository.nextNumber}`;
  attempt(() => {
    stage.push('alice', name, { [pathOf(asked, name)]: requestText(asked) }, { base: stage.tip });
    const before = repository.git.branch(name) ?? '';
    const { tree, author } = repository.git.commit(before);
    let after = before;
    for (let each = 0; each < 250; each++) {
      after = repository.git.objects.writeCommit({
        tree,
        parents: [after],
        author,
        committer: author,
        message: `${each}\n`,
      });
    }
    const move = { repository, ref: `refs/heads/${name}`, before, after };
    changeRef(context, person(stage, 'alice'), move);
    stage.openFrom('alice', name);
  });
};

export const openRemoval: Act = (stage, dice) => {
  some(dice, stage.requests, (path) => {
    const name = `remove-${stage.repository.nextNumber}`;
    attempt(() => stage.propose(dice.pick([...people, 'alice', 'alice']), name, { [path]: null }));
  });
};

function requestOf(stage: Stage, { headSha, headRef }: PullRequest): string | undefined {
  return stage.paths(headSha).find((each) => each.endsWith(`/${headRef}.yaml`));
}

/** Another text for the same file, by the author or by somebody else, under the pusher's own name or the author's. */
function pushMore(stage: Stage, dice: Dice, pullRequest: PullRequest, who: string, email?: string): void {
  const path = requestOf(stage, pullRequest);
  const asked = path === undefined ? null : stage.asked(path, pullRequest.headSha);
  const duration = asked?.duration === '1h' ? '30m' : '1h';
  // The cluster is that of the path: what a request has to say depends on it.
  const cluster: Asked['cluster'] =
    path?.startsWith('access-requests/prod-eu/') === true ? 'prod-eu' : 'staging';
  const next =
    asked === null ? { ...chooseAsked(stage, dice), cluster, notBefore: null } : { ...asked, duration };
  const content = { [path ?? 'notes.md']: requestText(next) };
  attempt(() => stage.push(who, pullRequest.headRef, content, email === undefined ? {} : { email }));
}

function ownBranches(stage: Stage): readonly PullRequest[] {
  return stage.open.filter(({ headRepository }) => headRepository === stage.repository);
}

export const push: Act = (stage, dice) => {
  some(dice, ownBranches(stage), (pullRequest) => {
    pushMore(stage, dice, pullRequest, dice.chance(0.6) ? pullRequest.author.login : dice.pick(people));
  });
};

/** An owner pushes to somebody's branch under that person's name: only the record of pushes tells. */
export const pushForAnother: Act = (stage, dice) => {
  const pullRequests = ownBranches(stage).filter(({ author }) => author.login === 'alice');
  some(dice, pullRequests, (pullRequest) => {
    pushMore(stage, dice, pullRequest, namesakes(stage, pullRequest)[0] ?? 'bob', 'alice@example.com');
  });
};

export const approveByPusher: Act = (stage) => {
  for (const pullRequest of ownBranches(stage)) {
    const last = stage.repository.activities.findLast(
      ({ ref }) => ref === `refs/heads/${pullRequest.headRef}`,
    );
    if (last !== undefined && last.actor !== pullRequest.author && last.actor.login !== bot)
      say(stage, pullRequest, last.actor.login, 'APPROVE');
  }
};

function namesakes(stage: Stage, pullRequest: PullRequest): readonly string[] {
  const [, , namespace] = requestOf(stage, pullRequest)?.split('/') ?? [];
  return owners[namespace === 'orders' || namespace === 'vault' ? namespace : 'payments'];
}

function say(
  stage: Stage,
  pullRequest: PullRequest,
  login: string,
  event: 'APPROVE' | 'REQUEST_CHANGES',
): void {
  attempt(() => createReview(stage.context, person(stage, login), pullRequest, { event, body: 'Seen.' }));
}

export function review(event: 'APPROVE' | 'REQUEST_CHANGES'): Act {
  return (stage, dice) => {
    some(dice, stage.open, (pullRequest) => {
      say(stage, pullRequest, dice.pick(dice.chance(0.8) ? namesakes(stage, pullRequest) : people), event);
    });
  };
}

function sayAll(stage: Stage, pullRequest: PullRequest): void {
  for (const login of new Set([...namesakes(stage, pullRequest), 'carol', 'dan', 'frank']))
    say(stage, pullRequest, login, 'APPROVE');
}

/** Everybody who could be asked says yes. */
export const approveAll: Act = (stage, dice) => {
  some(dice, stage.open, (pullRequest) => sayAll(stage, pullRequest));
};

/** The same for everything that is open. */
export function approveEverything(stage: Stage): void {
  for (const pullRequest of stage.open) sayAll(stage, pullRequest);
}

/** Who looked at the head before the last push says yes to that, when the new plan is shown already. */
export const approveOlder: Act = (stage) => {
  for (const pullRequest of ownBranches(stage)) {
    const { headRef, headSha } = pullRequest;
    const ref = `refs/heads/${headRef}`;
    const last = stage.repository.activities.findLast((each) => each.ref === ref && each.after === headSha);
    if (last === undefined || /^0+$/.test(last.before)) continue;
    const input = { event: 'APPROVE', body: '', commitId: last.before } as const;
    for (const login of namesakes(stage, pullRequest))
      attempt(() => createReview(stage.context, person(stage, login), pullRequest, input));
  }
};

/** A request is approved before anybody but its author has seen what it comes to. */
export const openApproved: Act = (stage, dice) => {
  openPlain(stage, dice);
  const newest = stage.open.at(-1);
  if (newest !== undefined) sayAll(stage, newest);
  pass(stage);
};

export const dismiss: Act = (stage, dice) => {
  const reviews = stage.open.flatMap((each) => each.reviews).filter(({ state }) => state === 'APPROVED');
  some(dice, reviews, (chosen) =>
    attempt(() => dismissReview(stage.context, person(stage, 'erin'), chosen, 'No.')),
  );
};

export function merge(login: string): Act {
  return (stage, dice) => {
    some(dice, stage.open, (pullRequest) => mergeOne(stage, dice, pullRequest, login));
  };
}

function mergeOne(stage: Stage, dice: Dice, pullRequest: PullRequest, login: string): boolean {
  const method = dice.pick(['merge', 'squash', 'rebase'] as const);
  return attempt(() => mergePullRequest(stage.context, person(stage, login), pullRequest, { method }));
}

/** The administrator merges past every rule, and only then somebody approves. */
export const mergeThenApprove: Act = (stage, dice) => {
  some(dice, stage.open, (pullRequest) => {
    if (!mergeOne(stage, dice, pullRequest, 'erin')) return;
    pass(stage);
    sayAll(stage, pullRequest);
  });
};

/** A request is taken off the branch and another, which needs no approval, lands in its place, before the app looks. */
export const reusePath: Act = (stage, dice) => {
  const paths = stage.requests.filter((path) => path.startsWith('access-requests/staging/'));
  some(dice, paths, (path) => {
    const [, , namespace] = path.split('/');
    if (namespace !== 'payments' && namespace !== 'orders') return;
    const asked = {
      cluster: 'staging',
      namespace,
      template: 'read-logs',
      duration: '30m',
      forWhom: null,
      notBefore: null,
    } as const;
    attempt(() => {
      stage.force({ [path]: null });
      const name = `again-${stage.repository.nextNumber}`;
      const pullRequest = stage.propose('alice', name, { [path]: requestText(asked) });
      pass(stage);
      mergeOne(stage, dice, pullRequest, 'erin');
    });
  });
};

export function setState(whose: 'people' | 'ours', state: 'open' | 'closed'): Act {
  return (stage, dice) => {
    const choices = stage.pullRequests.filter(
      (each) =>
        each.mergedAt === null && each.state !== state && (each.author.login === bot) === (whose === 'ours'),
    );
    some(dice, choices, (pullRequest) =>
      attempt(() => updatePullRequest(stage.context, person(stage, 'erin'), pullRequest, { state })),
    );
  };
}

/** Whoever still waits gives up. */
export function closeEverything(stage: Stage, waiting: readonly PullRequest[] = stage.open): void {
  for (const pullRequest of waiting)
    attempt(() => updatePullRequest(stage.context, person(stage, 'erin'), pullRequest, { state: 'closed' }));
}

export const toggleDraft: Act = (stage, dice) => {
  some(dice, ownBranches(stage), (each) =>
    attempt(() => setDraft(stage.context, person(stage, 'erin'), each, !each.draft)),
  );
};

export const retarget: Act = (stage, dice) => {
  if (stage.repository.git.branch('other') === undefined)
    attempt(() => stage.push('erin', 'other', { 'other.md': 'x\n' }, { base: stage.tip }));
  some(dice, stage.open, (pullRequest) => {
    const base = pullRequest.baseRef === stage.main ? 'other' : stage.main;
    attempt(() => updatePullRequest(stage.context, person(stage, 'erin'), pullRequest, { base }));
  });
};

export const revoke: Act = (stage, dice) => {
  const merged = stage.pullRequests.filter(
    ({ author, mergedAt }) => mergedAt !== null && author.login !== bot,
  );
  some(dice, [...merged, ...stage.open], (pullRequest) => {
    const body = dice.chance(0.8) ? '/revoke' : 'Please /revoke';
    const who = dice.chance(0.5) ? pullRequest.author.login : dice.pick(people);
    attempt(() => createComment(stage.context, person(stage, who), pullRequest, body));
  });
};

/** Somebody who has nothing to do with it says the word. */
export const revokeAsStranger: Act = (stage) => {
  for (const pullRequest of stage.pullRequests.filter(({ author }) => author.login === 'alice'))
    attempt(() => createComment(stage.context, person(stage, 'mallory'), pullRequest, '/revoke'));
};

/** Somebody puts a command into another's mouth. */
export const forgeCommand: Act = (stage, dice) => {
  some(dice, stage.pullRequests, (pullRequest) => {
    attempt(() => {
      const comment = createComment(stage.context, person(stage, 'carol'), pullRequest, 'Looks good');
      updateComment(stage.context, person(stage, 'erin'), comment, '/revoke');
    });
  });
};

function ownComments(stage: Stage) {
  return stage.pullRequests
    .flatMap((each) => each.comments.map((comment) => ({ pullRequest: each, comment })))
    .filter(({ comment }) => comment.author.login === bot);
}

export const deleteOwnComment: Act = (stage, dice) => {
  some(dice, ownComments(stage), ({ pullRequest, comment }) => {
    stage.silenced.add(pullRequest.number);
    attempt(() => deleteComment(stage.context, person(stage, 'erin'), comment));
  });
};

export const editOwnComment: Act = (stage, dice) => {
  some(dice, ownComments(stage), ({ comment }) =>
    attempt(() => updateComment(stage.context, person(stage, 'mallory'), comment, 'All is well')),
  );
};
