import { describe, expect, test } from 'vitest';
import type {
  ApprovalQuestion,
  NotCounted,
  Participant,
  Requirement,
  Review,
  Reviewer,
  TeamFacts,
} from '../../src/approval/approval.ts';
import { judgeApprovals } from '../../src/approval/verdict.ts';

const head = 'a'.repeat(40);
const older = 'b'.repeat(40);

const ids = {
  alice: 1001,
  bob: 1002,
  carol: 1003,
  dan: 1004,
  erin: 1005,
  frank: 1006,
  grace: 1007,
  mallory: 1008,
};
type Login = keyof typeof ids;

function reviewer(login: Login, other: Partial<Reviewer> = {}): Reviewer {
  return { id: ids[login], login, type: 'User', canWrite: true, ...other };
}

/** An approval of the head at 1000, unless said otherwise. */
function review(login: Login, other: Partial<Review> = {}): Review {
  return {
    id: ids[login] * 10,
    state: 'APPROVED',
    reviewer: reviewer(login),
    commit: head,
    submittedAt: 1000,
    ...other,
  };
}

function team(...logins: readonly Login[]): TeamFacts {
  return { members: new Map(logins.map((login) => [ids[login], login])), canWrite: true };
}

const teams = new Map<string, TeamFacts>([
  ['acme/payments', team('bob', 'frank')],
  ['acme/sre', team('carol', 'frank')],
  ['acme/security', team('dan')],
]);

const owners: Requirement = {
  kind: 'owners',
  count: 1,
  owners: [
    { kind: 'team', team: 'acme/payments' },
    { kind: 'user', login: 'grace' },
  ],
  line: 12,
};
const sre: Requirement = { kind: 'team', count: 1, team: 'acme/sre' };

/** alice asks for herself; the plan is shown at 500. */
function question(other: Partial<ApprovalQuestion> = {}): ApprovalQuestion {
  return {
    requirements: [owners],
    reviews: [],
    head,
    notBefore: { digest: 500, base: null, head: null },
    mergedAt: null,
    participants: [{ id: ids.alice, login: 'alice', role: 'requester' }],
    kubernetesUsers: new Map(Object.entries(ids).map(([login, id]) => [id, `${login}@example.com`])),
    teams,
    ...other,
  };
}

function takesPart(login: Login, role: Participant['role']): readonly Participant[] {
  return [
    { id: ids.alice, role: 'requester' },
    { id: ids[login], role },
  ];
}

describe('an approval counts', () => {
  const counting: readonly (readonly [string, Partial<ApprovalQuestion>])[] = [
    ['of a member of a team that owns the path', { reviews: [review('bob')] }],
    ['of a user who owns the path', { reviews: [review('grace')] }],
    [
      'of a user whose login is written with other case',
      { reviews: [review('grace', { reviewer: reviewer('grace', { login: 'Grace' }) })] },
    ],
    ['in the very second of the plan', { reviews: [review('bob', { submittedAt: 500 })] }],
    [
      'in the very second of base and head change, and of the merge',
      { reviews: [review('bob')], notBefore: { digest: 500, base: 1000, head: 1000 }, mergedAt: 1000 },
    ],
    ['of a member of a demanded team', { requirements: [sre], reviews: [review('carol')] }],
    [
      'of a demanded user',
      { requirements: [{ kind: 'user', count: 1, login: 'dan' }], reviews: [review('dan')] },
    ],
    [
      'as the latest of the reviewer',
      {
        reviews: [
          review('bob', { id: 1, state: 'CHANGES_REQUESTED', submittedAt: 900 }),
          review('bob', { id: 2, submittedAt: 1000 }),
        ],
      },
    ],
    [
      'of somebody whom the policy maps to no Kubernetes user',
      { reviews: [review('bob')], kubernetesUsers: new Map() },
    ],
  ];

  test.each(counting)('%s', (_, other) => {
    const verdict = judgeApprovals(question(other));
    expect(verdict).toMatchObject({ met: true, notCounted: [], changesRequested: [] });
    expect(verdict.requirements[0]).toMatchObject({ met: true, could: [] });
  });

  test('with everything that evidence needs', () => {
    expect(judgeApprovals(question({ reviews: [review('bob')] })).requirements[0]?.satisfiedBy).toEqual([
      { id: 1002, login: 'bob', review: 10020, commit: head, submittedAt: 1000 },
    ]);
  });
});

describe('an approval does not count', () => {
  const cases: readonly (readonly [NotCounted, string, Partial<ApprovalQuestion>])[] = [
    ['older-commit', 'of another commit', { reviews: [review('bob', { commit: older })] }],
    ['older-commit', 'of a commit that is gone', { reviews: [review('bob', { commit: null })] }],
    ['before-plan', 'before the plan was shown', { reviews: [review('bob', { submittedAt: 499 })] }],
    [
      'before-plan',
      'where nobody knows since when the plan is shown',
      { reviews: [review('bob')], notBefore: { digest: null, base: null, head: null } },
    ],
    ['before-plan', 'at a time that is none', { reviews: [review('bob', { submittedAt: Number.NaN })] }],
    [
      'before-base-change',
      'before the last change of base',
      { reviews: [review('bob')], notBefore: { digest: 500, base: 1001, head: null } },
    ],
    [
      'before-head-change',
      'before the last push',
      { reviews: [review('bob')], notBefore: { digest: 500, base: null, head: 1001 } },
    ],
    ['after-merge', 'after the merge', { reviews: [review('bob')], mergedAt: 999 }],
    [
      'requester',
      'of the requester',
      { reviews: [review('bob')], participants: takesPart('bob', 'requester') },
    ],
    [
      'subject',
      'of the one who gets the access',
      { reviews: [review('bob')], participants: takesPart('bob', 'subject') },
    ],
    [
      'author',
      'of an author or co-author',
      { reviews: [review('bob')], participants: takesPart('bob', 'author') },
    ],
    [
      'committer',
      'of a committer',
      { reviews: [review('bob')], participants: takesPart('bob', 'committer') },
    ],
    [
      'last-pusher',
      'of the last pusher',
      { reviews: [review('bob')], participants: takesPart('bob', 'last-pusher') },
    ],
    [
      'requester',
      'of the requester, who is everything else as well',
      {
        reviews: [review('bob')],
        participants: (['last-pusher', 'author', 'subject', 'requester', 'committer'] as const).map(
          (role) => ({
            id: ids.bob,
            role,
          }),
        ),
      },
    ],
    [
      'same-person',
      'of another account of the requester',
      {
        reviews: [review('bob')],
        kubernetesUsers: new Map([
          [ids.alice, 'alice@example.com'],
          [ids.bob, 'alice@example.com'],
        ]),
      },
    ],
    [
      'not-a-person',
      'of a bot, may it write or not',
      { reviews: [review('bob', { reviewer: reviewer('bob', { type: 'Bot', canWrite: false }) })] },
    ],
    [
      'not-a-person',
      'of a mannequin',
      { reviews: [review('bob', { reviewer: reviewer('bob', { type: 'Mannequin' }) })] },
    ],
    [
      'cannot-write',
      'of somebody who can only read',
      { reviews: [review('bob', { reviewer: reviewer('bob', { canWrite: false }) })] },
    ],
    ['dismissed', 'once dismissed', { reviews: [review('bob', { state: 'DISMISSED' })] }],
    [
      'dismissed',
      'once a later one is dismissed',
      { reviews: [review('bob', { id: 1 }), review('bob', { id: 2, state: 'DISMISSED' })] },
    ],
    ['not-required', 'of somebody who is not asked', { reviews: [review('mallory')] }],
    ['not-required', 'of a member of another team', { reviews: [review('carol')] }],
    ['not-required', 'for a team that cannot be seen', { reviews: [review('bob')], teams: new Map() }],
    [
      'not-required',
      'for an owning team without write access',
      {
        reviews: [review('bob')],
        teams: new Map([['acme/payments', { ...team('bob'), canWrite: false }]]),
      },
    ],
    [
      'not-required',
      'for an e-mail address that is like the login',
      {
        reviews: [review('bob')],
        requirements: [{ kind: 'owners', count: 1, owners: [{ kind: 'email', email: 'bob' }], line: 1 }],
      },
    ],
  ];

  test.each(cases)('%s: %s', (why, _, other) => {
    const verdict = judgeApprovals(question(other));
    expect(verdict.notCounted.map((each) => each.why)).toEqual([why]);
    expect(verdict).toMatchObject({ met: false, changesRequested: [] });
    expect(verdict.requirements[0]).toMatchObject({ met: false, satisfiedBy: [] });
  });

  test('of a person who has left the team', () => {
    const left = new Map([...teams, ['acme/payments', team('frank')] as const]);
    expect(judgeApprovals(question({ reviews: [review('bob')], teams: left })).met).toBe(false);
  });

  test('where nothing is required, but nothing is missing either', () => {
    const verdict = judgeApprovals(question({ requirements: [], reviews: [review('bob')] }));
    expect(verdict).toEqual({
      met: true,
      requirements: [],
      notCounted: [{ login: 'bob', why: 'not-required' }],
      changesRequested: [],
    });
  });
});

describe('a request for changes', () => {
  const change = review('mallory', { state: 'CHANGES_REQUESTED' });

  test.each<[string, Review]>([
    ['of anybody who can write', change],
    ['at an older commit', { ...change, commit: older }],
    ['before the plan', { ...change, submittedAt: 1 }],
    ['after the merge', { ...change, submittedAt: 5000 }],
  ])('blocks: %s', (_, blocking) => {
    const verdict = judgeApprovals(question({ reviews: [review('bob'), blocking], mergedAt: 2000 }));
    expect(verdict).toMatchObject({ met: false, changesRequested: ['mallory'], notCounted: [] });
    expect(verdict.requirements[0]?.met).toBe(true);
  });

  test('blocks where nothing is required', () => {
    expect(judgeApprovals(question({ requirements: [], reviews: [change] })).met).toBe(false);
  });

  test.each<[NotCounted, Partial<Reviewer>]>([
    ['cannot-write', { canWrite: false }],
    ['not-a-person', { type: 'Bot' }],
  ])('does not block from somebody who %s', (why, other) => {
    const blocking = { ...change, reviewer: reviewer('mallory', other) };
    const verdict = judgeApprovals(question({ reviews: [review('bob'), blocking] }));
    expect(verdict).toMatchObject({
      met: true,
      changesRequested: [],
      notCounted: [{ login: 'mallory', why }],
    });
  });
});

describe('several requirements', () => {
  test('two approvals demanded are two people, though one would fit both', () => {
    const requirements = [owners, sre];
    const one = judgeApprovals(question({ requirements, reviews: [review('frank')] }));
    expect(one).toMatchObject({ met: false, notCounted: [] });
    expect(one.requirements.map(({ met }) => met)).toEqual([true, false]);
    expect(one.requirements[1]?.could).toEqual(['carol']);
  });

  test.each<[string, readonly Review[], readonly (readonly string[])[]]>([
    ['frank moves on to sre', [review('frank'), review('bob', { submittedAt: 2000 })], [['bob'], ['frank']]],
    [
      'frank stays with the owners',
      [review('frank'), review('carol', { submittedAt: 2000 })],
      [['frank'], ['carol']],
    ],
    ['frank came last', [review('carol'), review('frank', { submittedAt: 2000 })], [['frank'], ['carol']]],
    ['more than enough', [review('bob'), review('carol'), review('frank')], [['bob', 'frank'], ['carol']]],
  ])('are filled as far as possible: %s', (_, reviews, expected) => {
    const verdict = judgeApprovals(question({ requirements: [owners, sre], reviews }));
    expect(verdict).toMatchObject({ met: true, notCounted: [] });
    expect(verdict.requirements.map(({ satisfiedBy }) => satisfiedBy.map(({ login }) => login))).toEqual(
      expected,
    );
  });

  test('of one kind count people, not teams', () => {
    const both: Requirement = {
      ...owners,
      count: 2,
      owners: [
        { kind: 'team', team: 'acme/payments' },
        { kind: 'team', team: 'acme/sre' },
      ],
    };
    const verdict = judgeApprovals(question({ requirements: [both], reviews: [review('frank')] }));
    expect(verdict.requirements[0]).toMatchObject({ met: false, could: ['bob', 'carol'] });
  });

  test('a count that one user alone can never reach is never met', () => {
    const twice: Requirement = { kind: 'user', count: 2, login: 'dan' };
    expect(judgeApprovals(question({ requirements: [twice], reviews: [review('dan')] })).met).toBe(false);
  });
});

describe('two accounts of one person', () => {
  const oneUser = new Map([
    [ids.bob, 'bob@example.com'],
    [ids.frank, 'bob@example.com'],
  ]);

  test('count once', () => {
    const two = { ...owners, count: 2 };
    const reviews = [review('bob'), review('frank', { submittedAt: 2000 })];
    const verdict = judgeApprovals(question({ requirements: [two], reviews, kubernetesUsers: oneUser }));
    expect(verdict).toMatchObject({ met: false, notCounted: [{ login: 'frank', why: 'same-person' }] });
    expect(verdict.requirements[0]?.satisfiedBy.map(({ login }) => login)).toEqual(['bob']);
    expect(verdict.requirements[0]?.could).toEqual(['grace']);
  });

  test('count once across requirements', () => {
    const reviews = [review('bob'), review('frank')];
    const verdict = judgeApprovals(
      question({ requirements: [owners, sre], reviews, kubernetesUsers: oneUser }),
    );
    expect(verdict.met).toBe(false);
  });

  test('count with the account that is asked', () => {
    const reviews = [review('bob'), review('frank', { submittedAt: 2000 })];
    const verdict = judgeApprovals(question({ requirements: [sre], reviews, kubernetesUsers: oneUser }));
    expect(verdict.requirements[0]?.satisfiedBy.map(({ login }) => login)).toEqual(['frank']);
    expect(verdict.notCounted).toEqual([{ login: 'bob', why: 'same-person' }]);
  });
});

function could(other: Partial<ApprovalQuestion>): readonly string[] | undefined {
  return judgeApprovals(question(other)).requirements[0]?.could;
}

describe('who could approve', () => {
  test('is everybody who is asked and may', () => {
    expect(could({})).toEqual(['bob', 'frank', 'grace']);
  });

  test('leaves out who took part, by id and by login', () => {
    const participants: readonly Participant[] = [
      { id: ids.bob, role: 'author' },
      { id: ids.grace, login: 'Grace', role: 'requester' },
    ];
    expect(could({ participants })).toEqual(['frank']);
  });

  test('leaves out other accounts of who took part', () => {
    const kubernetesUsers = new Map([
      [ids.alice, 'alice@example.com'],
      [ids.frank, 'alice@example.com'],
    ]);
    expect(could({ kubernetesUsers })).toEqual(['bob', 'grace']);
  });

  test('keeps who approved an older commit, and leaves out who cannot write', () => {
    const reviews = [
      review('bob', { commit: older }),
      review('grace', { reviewer: reviewer('grace', { canWrite: false }) }),
    ];
    expect(could({ reviews })).toEqual(['bob', 'frank']);
  });

  test('knows nobody of a team that cannot be seen', () => {
    expect(could({ teams: new Map() })).toEqual(['grace']);
  });
});
