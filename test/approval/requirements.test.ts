import { describe, expect, test } from 'vitest';
import type { NotCounted, Owner, TeamFacts } from '../../src/approval/approval.ts';
import { describeNotCounted, describeRequirement } from '../../src/approval/describe.ts';
import { requirementsFor, type NoOwner } from '../../src/approval/requirements.ts';

const payments: Owner = { kind: 'team', team: 'acme/payments' };
const ghosts: Owner = { kind: 'team', team: 'acme/ghosts' };
const readers: Owner = { kind: 'team', team: 'acme/readers' };
const frank: Owner = { kind: 'user', login: 'frank' };
const boss: Owner = { kind: 'email', email: 'boss@example.com' };

const team = (canWrite: boolean): TeamFacts => ({ members: new Map([[1002, 'bob']]), canWrite });
const facts = {
  teams: new Map([
    ['acme/payments', team(true)],
    ['acme/readers', team(false)],
  ]),
  codeownersErrorLines: [7],
};
const one = { owners: 1, others: [] };

describe('requirementsFor', () => {
  test.each<[string, readonly Owner[], readonly Owner[]]>([
    ['a team', [payments], [payments]],
    ['a user', [frank], [frank]],
    ['teams and users in their order', [frank, payments], [frank, payments]],
    [
      'also those whom GitHub ignores, beside others',
      [ghosts, payments, readers],
      [ghosts, payments, readers],
    ],
    ['no e-mail addresses', [boss, frank], [frank]],
  ])('keeps %s', (_, owners, kept) => {
    expect(requirementsFor(one, { line: 3, owners }, facts)).toEqual({
      ok: true,
      requirements: [{ kind: 'owners', count: 1, owners: kept, line: 3 }],
    });
  });

  test.each<[NoOwner, number | null, readonly Owner[], string]>([
    ['no-line', null, [], 'No line of CODEOWNERS matches'],
    ['no-owners', 3, [], 'Line 3 of CODEOWNERS names nobody'],
    ['email-only', 3, [boss], 'e-mail addresses only'],
    ['ignored-by-github', 3, [ghosts], '@acme/ghosts'],
    ['ignored-by-github', 3, [readers, boss], '@acme/readers'],
    ['line-in-error', 7, [payments, frank], 'GitHub finds an error in line 7'],
  ])('refuses: %s', (why, line, owners, message) => {
    const result = requirementsFor(one, { line, owners }, facts);
    expect(result).toMatchObject({ ok: false, why });
    expect(result.ok ? '' : result.message).toContain(message);
  });

  test('adds further people after the owners and leaves out what is demanded of nobody', () => {
    const others = [
      { who: { kind: 'team', team: 'acme/sre' }, count: 1 },
      { who: { kind: 'user', login: 'dan' }, count: 0 },
    ] as const;
    expect(requirementsFor({ owners: 2, others }, { line: 1, owners: [frank] }, facts)).toEqual({
      ok: true,
      requirements: [
        { kind: 'owners', count: 2, owners: [frank], line: 1 },
        { kind: 'team', team: 'acme/sre', count: 1 },
      ],
    });
  });

  test('asks for no owner where none is demanded', () => {
    const none = { owners: 0, others: [] };
    expect(requirementsFor(none, { line: null, owners: [] }, facts)).toEqual({ ok: true, requirements: [] });
  });
});

describe('in words', () => {
  test.each([
    [
      { kind: 'owners', count: 1, owners: [payments], line: 12 } as const,
      'one of @acme/payments (CODEOWNERS line 12)',
    ],
    [
      { kind: 'owners', count: 2, owners: [payments, frank], line: 1 } as const,
      'two of @acme/payments, @frank (CODEOWNERS line 1)',
    ],
    [{ kind: 'team', count: 1, team: 'acme/sre' } as const, 'one of @acme/sre'],
    [{ kind: 'team', count: 12, team: 'acme/sre' } as const, '12 of @acme/sre'],
    [{ kind: 'user', count: 1, login: 'dan' } as const, '@dan'],
  ])('a requirement %#', (requirement, words) => {
    expect(describeRequirement(requirement)).toBe(words);
  });

  test('each reason reads on from a login', () => {
    const codes: readonly NotCounted[] = ['older-commit', 'requester', 'cannot-write'];
    expect(codes.map((code) => `bob ${describeNotCounted(code)}`)).toEqual([
      'bob approved an older commit',
      'bob is the requester',
      'bob cannot write here',
    ]);
  });
});
