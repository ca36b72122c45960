import { describe, expect, test } from 'vitest';
import type { ReasonCode } from '../../src/base/reasons.ts';
import type { PullRequestFacts, PullRequestWorld } from '../../src/lifecycle/facts.ts';
import type { PullRequestContext, PullRequestDecision } from '../../src/lifecycle/decision.ts';
import { decidePullRequest } from '../../src/lifecycle/pull-request.ts';
import {
  approval,
  context,
  file,
  head,
  hour,
  minute,
  noon,
  people,
  pullRequestOf,
  repository,
  repositoryFiles,
  requestFile,
  requestText,
  sha,
  shown,
  teams,
  tipOf,
  worldOf,
} from './world.ts';

/** Decides twice, as it happens: first the plan is shown, then it is judged with the approvals that came after. */
function decide(world: PullRequestWorld, overrides: Partial<PullRequestContext> = {}): PullRequestDecision {
  const first = decidePullRequest(world, { ...context, ...overrides });
  const digest = first.check?.externalId.replace('curfew/1:', '') ?? 'none';
  return decidePullRequest(shown(world, digest), { ...context, ...overrides });
}

function codes(decision: PullRequestDecision): readonly ReasonCode[] {
  return decision.findings.map(({ code }) => code);
}

function withPullRequest(overrides: Partial<PullRequestFacts>): PullRequestWorld {
  return worldOf({ pullRequest: pullRequestOf(overrides) });
}

describe('a request', () => {
  test('is merged when everything is met, and asks to be read again first', () => {
    expect(decide(worldOf(), { lastPush: 'unread' })).toMatchObject({
      action: 'confirm',
      check: { conclusion: 'success' },
    });
    expect(decide(worldOf())).toMatchObject({ action: 'merge', mergeMethod: 'merge' });
  });

  test('from a fork leaves the check run of a shared head to the other', () => {
    const { check, action } = decide(withPullRequest({ fromFork: true, sameHead: [13] }));
    expect({ check, action }).toEqual({ check: null, action: 'none' });
  });

  test('with the head of another says nothing that is not true of both: they have one check run', () => {
    const check = (author: typeof people.alice | null) =>
      decide(withPullRequest({ sameHead: [13], author })).check;
    expect(check(null)).toEqual(check(people.alice));
  });

  test('is shown before any approval counts', () => {
    const decision = decidePullRequest(worldOf(), context);
    expect(codes(decision)).toEqual(['waiting-for-approval']);
    expect(decision.comment).toContain('before');
  });

  test('shows what cannot be seen, in the title of the check run too', () => {
    const authors = [{ email: 'who\u202e@example.org', account: null }];
    const { check } = decide(withPullRequest({ commits: [{ sha: head, authors, committer: null }] }));
    expect(check?.title).toContain('who\\u{202e}@example.org');
    expect(check?.title).not.toContain('\u202e');
  });

  test('is shown anew where another plan stood in between', () => {
    const world = worldOf();
    const digest = decidePullRequest(world, context).check?.externalId.replace('curfew/1:', '') ?? '';
    const [first] = shown(world, digest).pullRequest.checkRuns;
    const [between] = shown(world, sha('another plan')).pullRequest.checkRuns;
    if (first === undefined || between === undefined) throw new Error('nothing is shown');
    const back = withPullRequest({ checkRuns: [{ ...between, id: first.id + 1 }, first] });
    expect(codes(decidePullRequest(back, context))).toEqual(['waiting-for-approval']);
    expect(decidePullRequest(back, context).check?.startedAt).toBe(back.now + 5000);
  });

  test('shows a person what they would give', () => {
    const { comment, check } = decide(withPullRequest({ reviews: [] }));
    expect(comment).toContain('**alice** gets **debug-pod** in `payments` on `staging` for **1h**');
    expect(check?.title).toBe('Waiting for 1 of 1 approval');
    expect(comment).toContain('CODEOWNERS line');
  });

  test('says the same as long as nothing changes', () => {
    const later = { ...worldOf(), now: noon + minute };
    const [a, b] = [decide(worldOf()), decide(later, { localNow: noon + minute })];
    expect({ ...b, recheckAt: null }).toEqual({ ...a, recheckAt: null });
  });
});

interface Case {
  readonly name: string;
  readonly world: PullRequestWorld;
  readonly context?: Partial<PullRequestContext>;
  readonly code: ReasonCode;
}

function withFile(path: string, text: string): PullRequestWorld {
  return withPullRequest({
    files: [{ path, change: 'added', previousPath: null }],
    addedFile: file(path, text),
  });
}

function withTip(change: (files: Map<string, string>) => void): PullRequestWorld {
  const files = new Map(repositoryFiles());
  change(files);
  return worldOf({ tip: tipOf(files) });
}

function replaced(from: string | RegExp, to: string): PullRequestWorld {
  const text = requestText.replace(from, to);
  if (text === requestText) throw new Error(`${String(from)} is not in the request`);
  return withFile(requestFile, text);
}

const refused: readonly Case[] = [
  {
    name: 'a file below grants/',
    world: withPullRequest({
      files: [{ path: 'grants/staging/payments/x.yaml', change: 'added', previousPath: null }],
    }),
    code: 'grants-touched',
  },
  {
    name: 'a rename out of grants/',
    world: withPullRequest({
      files: [{ path: 'docs/x.yaml', change: 'renamed', previousPath: 'grants/staging/payments/x.yaml' }],
    }),
    code: 'grants-touched',
  },
  {
    name: 'a request and something else',
    world: withPullRequest({
      files: [
        { path: requestFile, change: 'added', previousPath: null },
        { path: 'README.md', change: 'modified', previousPath: null },
      ],
    }),
    code: 'mixed-change',
  },
  {
    name: 'a request and CODEOWNERS',
    world: withPullRequest({
      files: [
        { path: requestFile, change: 'added', previousPath: null },
        { path: '.github/CODEOWNERS', change: 'modified', previousPath: null },
      ],
    }),
    code: 'mixed-change',
  },
  {
    name: 'a landed request edited',
    world: withPullRequest({ files: [{ path: requestFile, change: 'modified', previousPath: null }] }),
    code: 'request-modified',
  },
  {
    name: 'a request renamed',
    world: withPullRequest({
      files: [
        { path: requestFile, change: 'renamed', previousPath: 'access-requests/staging/payments/other.yaml' },
      ],
    }),
    code: 'mixed-change',
  },
  {
    name: 'a path that is used',
    world: withTip((files) => files.set(requestFile, requestText)),
    code: 'request-exists',
  },
  { name: 'a fork', world: withPullRequest({ fromFork: true }), code: 'from-fork' },
  { name: 'a bot as author', world: withPullRequest({ author: people.curfew }), code: 'not-a-person' },
  { name: 'a deleted account as author', world: withPullRequest({ author: null }), code: 'not-a-person' },
  {
    name: 'an author who cannot write',
    world: withPullRequest({ authorCanWrite: false }),
    code: 'requester-cannot-write',
  },
  {
    name: 'a commit by an e-mail of nobody',
    world: withPullRequest({
      commits: [{ sha: head, authors: [{ email: 'who@example.org', account: null }], committer: null }],
    }),
    code: 'commits-unclear',
  },
  {
    name: 'more commits than GitHub lists',
    world: withPullRequest({ commitsComplete: false }),
    code: 'truncated',
  },
  {
    name: 'more files than GitHub lists',
    world: withPullRequest({ filesComplete: false }),
    code: 'truncated',
  },
  {
    name: 'a head shared with another pull request',
    world: withPullRequest({ sameHead: [13] }),
    code: 'shared-head',
  },
  {
    name: 'a symlink',
    world: withPullRequest({ addedFile: file(requestFile, '../../../etc/passwd', '120000') }),
    code: 'invalid-request',
  },
  {
    name: 'an executable',
    world: withPullRequest({ addedFile: file(requestFile, requestText, '100755') }),
    code: 'invalid-request',
  },
  { name: 'another kind', world: replaced('kind: AccessRequest', 'kind: Secret'), code: 'invalid-request' },
  {
    name: 'a duration that is none',
    world: replaced('duration: 1h', 'duration: -1h'),
    code: 'invalid-request',
  },
  {
    name: 'a parameter that the template lacks',
    world: replaced('app: payments-api', 'application: payments-api'),
    code: 'invalid-request',
  },
  {
    name: 'a template that is not there',
    world: replaced('debug-pod', 'debug-pods'),
    code: 'unknown-template',
  },
  {
    name: 'a template for another scope',
    world: withFile('access-requests/staging/_cluster/inc-4711.yaml', requestText),
    code: 'wrong-scope',
  },
  {
    name: 'a start too far ahead',
    world: replaced('ticket:', 'notBefore: 2027-11-01T00:00:00Z\n  ticket:'),
    code: 'invalid-request',
  },
  {
    name: 'a start in the past',
    world: replaced('ticket:', 'notBefore: 2026-11-01T00:00:00Z\n  ticket:'),
    code: 'not-before-past',
  },
  {
    name: 'a cluster that the policy does not know',
    world: withFile('access-requests/prod-us/payments/x.yaml', requestText),
    code: 'unknown-cluster',
  },
  {
    name: 'a protected namespace',
    world: withFile('access-requests/staging/vault/x.yaml', requestText),
    code: 'protected-namespace',
  },
  {
    name: 'kube-system',
    world: withFile('access-requests/staging/kube-system/x.yaml', requestText),
    code: 'protected-namespace',
  },
  {
    name: 'somebody whom the policy does not know',
    world: withPullRequest({ author: { id: 4711, login: 'eve', type: 'User' } }),
    code: 'no-identity',
  },
  {
    name: 'somebody in no team',
    world: withPullRequest({ author: people.mallory }),
    code: 'policy-denied',
  },
  {
    name: 'a subject who is not who the policy says',
    world: replaced('ticket:', 'for: bob\n  ticket:'),
    context: { subjectAccount: { id: 9999, login: 'bob', type: 'User' } },
    code: 'unknown-subject',
  },
  {
    name: 'a subject by somebody who may not ask for others',
    world: replaced('ticket:', 'for: carol\n  ticket:'),
    context: { subjectAccount: people.carol },
    code: 'on-behalf-denied',
  },
  {
    name: 'a path without an owner',
    world: withTip((files) =>
      files.set(
        '.github/CODEOWNERS',
        `${files.get('.github/CODEOWNERS') ?? ''}\n/access-requests/staging/payments/\n`,
      ),
    ),
    code: 'no-owner',
  },
  {
    name: 'an approval that came too late',
    world: withPullRequest({ createdAt: noon - 25 * hour }),
    code: 'approval-expired',
  },
  {
    name: 'a withdrawal',
    world: withPullRequest({
      comments: [
        {
          id: 1,
          author: people.alice,
          body: '/revoke\nno longer needed',
          createdAt: noon,
          edited: false,
          editedBy: null,
        },
      ],
    }),
    code: 'withdrawn',
  },
];

const waiting: readonly Case[] = [
  { name: 'no approval', world: withPullRequest({ reviews: [] }), code: 'waiting-for-approval' },
  {
    name: 'an approval of an older commit',
    world: withPullRequest({ reviews: [approval(people.bob, { commit: sha('old') })] }),
    code: 'waiting-for-approval',
  },
  {
    name: 'the approval of somebody else',
    world: withPullRequest({ reviews: [approval(people.mallory)] }),
    code: 'waiting-for-approval',
  },
  {
    name: 'the approval of the requester',
    world: withPullRequest({ author: people.bob, reviews: [approval(people.bob)] }),
    code: 'waiting-for-approval',
  },
  {
    name: 'the approval of who pushed last',
    world: worldOf(),
    context: { lastPush: { account: people.bob, at: noon - 9 * minute, earlier: [] } },
    code: 'waiting-for-approval',
  },
  {
    name: 'an approval before the last push',
    world: worldOf(),
    context: { lastPush: { account: people.alice, at: noon - 30_000, earlier: [] } },
    code: 'waiting-for-approval',
  },
  {
    name: 'an unknown last pusher',
    world: worldOf(),
    context: { lastPush: null },
    code: 'waiting-for-approval',
  },
  {
    name: 'an approval before the base changed',
    world: withPullRequest({ baseChangedAt: noon }),
    code: 'waiting-for-approval',
  },
  {
    name: 'a reviewer who left the team',
    world: worldOf(),
    context: {
      teams: new Map([...teams, ['acme/payments', { members: new Map([[1006, 'frank']]), canWrite: true }]]),
    },
    code: 'waiting-for-approval',
  },
  {
    name: 'changes requested by an owner',
    world: withPullRequest({
      reviews: [approval(people.bob), approval(people.frank, { state: 'CHANGES_REQUESTED' })],
    }),
    code: 'changes-requested',
  },
  {
    name: 'changes requested as GitHub sees it',
    world: withPullRequest({ reviewDecision: 'CHANGES_REQUESTED' }),
    code: 'changes-requested',
  },
  {
    name: 'a review that GitHub still asks for',
    world: withPullRequest({ reviewDecision: 'REVIEW_REQUIRED' }),
    code: 'waiting-for-approval',
  },
  { name: 'a draft', world: withPullRequest({ draft: true }), code: 'draft' },
  {
    name: 'another required check',
    world: withPullRequest({ foreignChecks: [{ context: 'lint', appId: null, passed: false }] }),
    code: 'foreign-check',
  },
  {
    name: 'a paused policy',
    world: withTip((files) =>
      files.set(
        '.github/curfew.yaml',
        (files.get('.github/curfew.yaml') ?? '').replace('paused: false', 'paused: true'),
      ),
    ),
    code: 'paused',
  },
  {
    name: 'no required check',
    world: worldOf({ repository: { ...repository, rules: { ...repository.rules, requiredChecks: [] } } }),
    code: 'unprotected',
  },
  {
    name: 'a check that anybody can forge',
    world: worldOf({
      repository: {
        ...repository,
        rules: { ...repository.rules, requiredChecks: [{ context: 'curfew', appId: null }] },
      },
    }),
    code: 'unprotected',
  },
  {
    name: 'force pushes',
    world: worldOf({
      repository: { ...repository, rules: { ...repository.rules, forcePushBlocked: false } },
    }),
    code: 'unprotected',
  },
  {
    name: 'templates without an owner',
    world: withTip((files) =>
      files.set('.github/CODEOWNERS', `${files.get('.github/CODEOWNERS') ?? ''}\n/templates/\n`),
    ),
    code: 'unprotected',
  },
  { name: 'a clock that is off', world: worldOf(), context: { localNow: noon + 31_000 }, code: 'clock-skew' },
  {
    name: 'another repository',
    world: withTip((files) =>
      files.set('grants/staging/README.md', '<!-- curfew: repository 1 branch main -->\n'),
    ),
    code: 'repository-moved',
  },
  {
    name: 'another default branch',
    world: withTip((files) =>
      files.set('grants/staging/README.md', '<!-- curfew: repository 4242 branch master -->\n'),
    ),
    code: 'repository-moved',
  },
  {
    name: 'no merge method',
    world: worldOf({ repository: { ...repository, mergeMethods: [] } }),
    code: 'merge-refused',
  },
];

describe('a pull request that is refused', () => {
  test.each(refused)('$name: $code', ({ world, context: overrides, code }) => {
    const decision = decide(world, overrides);
    expect(codes(decision)).toContain(code);
    expect(decision).toMatchObject({ action: 'none', check: { conclusion: 'failure' } });
  });
});

describe('a request that waits', () => {
  test.each(waiting)('$name: $code', ({ world, context: overrides, code }) => {
    const decision = decide(world, overrides);
    expect(codes(decision)).toContain(code);
    expect(decision).toMatchObject({ action: 'none', check: { conclusion: 'action_required' } });
  });
});

test('a clock that is off is told in the same words at every look', () => {
  const look = (local: number) => decide(worldOf(), { localNow: local }).check?.summary;
  expect(look(noon + 31_000)).toContain('the clock here is more than 30 s ahead of GitHub');
  expect(look(noon + 95_000)).toBe(look(noon + 31_000));
  expect(look(noon - 31_000)).toContain('behind');
});

describe('a pull request that is none of ours', () => {
  test('gets a successful check and no comment', () => {
    const decision = decide(
      withPullRequest({ files: [{ path: 'README.md', change: 'modified', previousPath: null }] }),
    );
    expect(decision).toMatchObject({ action: 'none', comment: null, check: { conclusion: 'success' } });
    expect(codes(decision)).toEqual(['not-ours']);
  });

  test('gets nothing against another base, or when it is closed', () => {
    expect(decide(withPullRequest({ baseRef: 'release' }))).toMatchObject({ check: null, comment: null });
    expect(decide(withPullRequest({ state: 'closed' }))).toMatchObject({ check: null, comment: null });
  });
});

describe('a revocation', () => {
  const deletion = {
    files: [{ path: requestFile, change: 'deleted', previousPath: null }],
    addedFile: null,
    reviews: [],
  } as const;
  const landed = (overrides: Partial<PullRequestFacts>) => ({
    ...withTip((files) => files.set(requestFile, requestText)),
    pullRequest: pullRequestOf({ ...deletion, ...overrides }),
  });

  test.each([
    ['an owner', people.bob],
    ['a revoker', people.carol],
  ])('by %s needs no review', (_, author) => {
    expect(decide(landed({ author }))).toMatchObject({ action: 'merge' });
  });

  test('by somebody else needs an owner', () => {
    expect(codes(decide(landed({ author: people.mallory })))).toEqual(['waiting-for-approval']);
    expect(decide(landed({ author: people.mallory, reviews: [approval(people.bob)] }))).toMatchObject({
      action: 'merge',
    });
  });

  test('needs something to revoke', () => {
    expect(codes(decide(withPullRequest(deletion)))).toEqual(['nothing-to-revoke']);
  });

  test('is not held up by anything that holds up grants', () => {
    const world = landed({ author: people.bob });
    expect(
      decide(
        { ...world, repository: { ...repository, rules: { ...repository.rules, requiredChecks: [] } } },
        { localNow: noon + hour },
      ),
    ).toMatchObject({ action: 'merge' });
  });
});
