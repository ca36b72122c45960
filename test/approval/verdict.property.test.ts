import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ApprovalQuestion, Requirement, Review } from '../../src/approval/approval.ts';
import { isAsked } from '../../src/approval/asked.ts';
import { pair } from '../../src/approval/pairing.ts';
import { judgeApprovals } from '../../src/approval/verdict.ts';

const head = 'head';
const people = [1, 2, 3, 4, 5, 6];
const login = (id: number) => `user${id}`;
const teamNames = ['acme/a', 'acme/b', 'acme/c'];

const review = (id: number): fc.Arbitrary<Review> =>
  fc.record({
    id: fc.constant(id),
    state: fc.constantFrom('APPROVED', 'APPROVED', 'APPROVED', 'CHANGES_REQUESTED', 'DISMISSED'),
    reviewer: fc.record({
      id: fc.constant(id),
      login: fc.constant(login(id)),
      type: fc.constantFrom('User', 'User', 'User', 'Bot'),
      canWrite: fc.constantFrom(true, true, true, false),
    }),
    commit: fc.constantFrom(head, head, head, 'older', null),
    submittedAt: fc.integer({ min: 0, max: 6 }),
  });

/** One review of each of some people. */
const reviews = fc
  .subarray(people)
  .chain((ids) => fc.tuple(...ids.map(review)))
  .map((all): readonly Review[] => all);

const owner = fc.oneof(
  fc.constantFrom(...teamNames).map((team) => ({ kind: 'team', team }) as const),
  fc.constantFrom(...people).map((id) => ({ kind: 'user', login: login(id) }) as const),
);

const count = fc.integer({ min: 0, max: 3 });

const requirement: fc.Arbitrary<Requirement> = fc.oneof(
  fc.record({
    kind: fc.constant('owners'),
    count,
    owners: fc.array(owner, { maxLength: 3 }),
    line: fc.constant(1),
  }),
  fc.record({ kind: fc.constant('team'), count, team: fc.constantFrom(...teamNames) }),
  fc.record({ kind: fc.constant('user'), count, login: fc.constantFrom(...people.map(login)) }),
);

const time = fc.option(fc.integer({ min: 0, max: 3 }));

const question: fc.Arbitrary<ApprovalQuestion> = fc.record({
  requirements: fc.array(requirement, { maxLength: 4 }),
  reviews,
  head: fc.constant(head),
  notBefore: fc.record({ digest: time, base: time, head: time }),
  mergedAt: fc.option(fc.integer({ min: 3, max: 7 })),
  participants: fc.array(
    fc.record({
      id: fc.constantFrom(...people, 99),
      role: fc.constantFrom('requester', 'author', 'committer', 'last-pusher', 'subject'),
    }),
    { maxLength: 2 },
  ),
  // A few users for more people: some are accounts of one person.
  kubernetesUsers: fc
    .array(fc.tuple(fc.constantFrom(...people, 99), fc.constantFrom('u', 'v', 'w', 'x', 'y', 'z')), {
      maxLength: 4,
    })
    .map((pairs) => new Map(pairs)),
  teams: fc
    .array(
      fc.tuple(
        fc.constantFrom(...teamNames),
        fc.record({
          members: fc.subarray(people).map((ids) => new Map(ids.map((id) => [id, login(id)]))),
          canWrite: fc.constantFrom(true, true, false),
        }),
      ),
    )
    .map((pairs) => new Map(pairs)),
});

/** What a verdict grants: nothing may rise here when an approval goes or another review comes. */
function filled(asked: ApprovalQuestion): { met: boolean; places: number } {
  const { met, requirements } = judgeApprovals(asked);
  const places = requirements.map(({ requirement, satisfiedBy }) =>
    Math.min(requirement.count, satisfiedBy.length),
  );
  return { met, places: places.reduce((sum, filledPlaces) => sum + filledPlaces, 0) };
}

/** Whether the first question is met further than the second. */
function metFurther(less: ApprovalQuestion, more: ApprovalQuestion): boolean {
  const [without, withIt] = [filled(less), filled(more)];
  return without.places > withIt.places || (without.met && !withIt.met);
}

const runs = { numRuns: 2000 };

describe('for all reviews', () => {
  test('their order is irrelevant', () => {
    fc.assert(
      fc.property(
        question.chain((asked) =>
          fc.tuple(
            fc.constant(asked),
            fc.shuffledSubarray([...asked.reviews], { minLength: asked.reviews.length }),
          ),
        ),
        ([asked, shuffled]) => {
          expect(judgeApprovals({ ...asked, reviews: shuffled })).toEqual(judgeApprovals(asked));
        },
      ),
      runs,
    );
  });

  test('removing an approval never meets more', () => {
    fc.assert(
      fc.property(question, fc.nat(), (asked, nth) => {
        const approvals = asked.reviews.filter(({ state }) => state === 'APPROVED');
        const removed = approvals[nth % Math.max(1, approvals.length)];
        fc.pre(removed !== undefined);
        expect(
          metFurther({ ...asked, reviews: asked.reviews.filter((each) => each !== removed) }, asked),
        ).toBe(false);
      }),
      runs,
    );
  });

  test('a review that does not approve never meets more, whoever gives it', () => {
    fc.assert(
      fc.property(
        question,
        fc.constantFrom(...people).chain(review),
        fc.constantFrom('CHANGES_REQUESTED', 'DISMISSED'),
        (asked, added, state) => {
          // To dismiss a request for changes is to lift it.
          const blocks = asked.reviews.some(
            (each) => each.reviewer.id === added.reviewer.id && each.state === 'CHANGES_REQUESTED',
          );
          fc.pre(!blocks);
          expect(
            metFurther(
              { ...asked, reviews: [...asked.reviews, { ...added, id: 100 + added.id, state }] },
              asked,
            ),
          ).toBe(false);
        },
      ),
      runs,
    );
  });

  test('one more person who took part never meets more', () => {
    fc.assert(
      fc.property(question, fc.constantFrom(...people), (asked, id) => {
        expect(
          metFurther({ ...asked, participants: [...asked.participants, { id, role: 'author' }] }, asked),
        ).toBe(false);
      }),
      runs,
    );
  });

  test('a team that cannot be read never meets more', () => {
    fc.assert(
      fc.property(question, fc.constantFrom(...teamNames), (asked, lost) => {
        expect(
          metFurther({ ...asked, teams: new Map([...asked.teams].filter(([team]) => team !== lost)) }, asked),
        ).toBe(false);
      }),
      runs,
    );
  });

  test('one more requirement never meets more', () => {
    fc.assert(
      fc.property(question, requirement, (asked, added) => {
        const more = judgeApprovals({ ...asked, requirements: [...asked.requirements, added] });
        expect(more.met && !judgeApprovals(asked).met).toBe(false);
      }),
      runs,
    );
  });

  test('whoever satisfies is asked, writes, took no part, and approved this head in time; each person once', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const verdict = judgeApprovals(asked);
        const persons = verdict.requirements.flatMap(({ requirement: demanded, satisfiedBy, met }) => {
          expect(met).toBe(satisfiedBy.length >= demanded.count);
          for (const { id, login: name, review: number, submittedAt } of satisfiedBy) {
            const source = asked.reviews.find((each) => each.id === number);
            expect(source).toMatchObject({
              state: 'APPROVED',
              commit: head,
              reviewer: { id, login: name, type: 'User', canWrite: true },
            });
            expect(isAsked(demanded, { id, login: name }, asked.teams)).toBe(true);
            expect(asked.participants.map((participant) => participant.id)).not.toContain(id);
            const { digest, base, head: pushed } = asked.notBefore;
            expect(digest !== null && submittedAt >= Math.max(digest, base ?? 0, pushed ?? 0)).toBe(true);
            expect(submittedAt <= (asked.mergedAt ?? Infinity)).toBe(true);
          }
          return satisfiedBy.map(({ id }) => asked.kubernetesUsers.get(id) ?? `account ${id}`);
        });
        expect(new Set(persons).size).toBe(persons.length);
        const users = asked.participants.flatMap(({ id }) => asked.kubernetesUsers.get(id) ?? []);
        expect(persons.filter((person) => users.includes(person))).toEqual([]);
      }),
      runs,
    );
  });

  test('every review is accounted for: it counts, it blocks, or it is said why not', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const { requirements, notCounted, changesRequested } = judgeApprovals(asked);
        const told = [
          ...requirements.flatMap(({ satisfiedBy }) => satisfiedBy.map((each) => each.login)),
          ...notCounted.map((each) => each.login),
          ...changesRequested,
        ];
        expect(told.sort()).toEqual(asked.reviews.map(({ reviewer }) => reviewer.login).sort());
      }),
      runs,
    );
  });

  test('whoever could satisfy fills one more place by approving', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const open = { ...asked, mergedAt: null, notBefore: { digest: 0, base: null, head: null } };
        const tookPart = new Set(open.participants.map(({ id }) => id));
        const users = new Set(open.participants.flatMap(({ id }) => open.kubernetesUsers.get(id) ?? []));
        for (const { could, met } of judgeApprovals(open).requirements) {
          expect(met && could.length > 0).toBe(false);
          for (const name of could) {
            const id = Number(name.slice('user'.length));
            // Who is known by login alone may turn out to have taken part.
            if (tookPart.has(id) || users.has(open.kubernetesUsers.get(id) ?? '')) continue;
            const reviewer = { id, login: name, type: 'User', canWrite: true } as const;
            const approval: Review = { id: 100, state: 'APPROVED', reviewer, commit: head, submittedAt: 9 };
            const after = filled({ ...open, reviews: [...open.reviews, approval] });
            expect(after.places).toBe(filled(open).places + 1);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** Tries everything. */
function most(fits: readonly (readonly boolean[])[], places: readonly number[]): number {
  const [first, ...rest] = fits;
  if (first === undefined) return 0;
  const choices = first.flatMap((fit, i) =>
    fit && (places[i] ?? 0) > 0
      ? [
          1 +
            most(
              rest,
              places.map((free, j) => (j === i ? free - 1 : free)),
            ),
        ]
      : [],
  );
  return Math.max(most(rest, places), ...choices);
}

describe('pair', () => {
  const grid = fc
    .tuple(fc.integer({ min: 0, max: 5 }), fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 3 }))
    .chain(([rows, places]) =>
      fc.record({
        places: fc.constant(places),
        fits: fc.array(fc.array(fc.boolean(), { minLength: places.length, maxLength: places.length }), {
          minLength: rows,
          maxLength: rows,
        }),
      }),
    );

  test('fills as many places as can be filled, each person once and only where it fits', () => {
    fc.assert(
      fc.property(grid, ({ fits, places }) => {
        const paired = pair(fits.length, places, (person, i) => fits[person]?.[i] ?? false);
        expect(paired.flat()).toHaveLength(most(fits, places));
        expect(new Set(paired.flat()).size).toBe(paired.flat().length);
        for (const [i, inIt] of paired.entries()) {
          expect(inIt.length).toBeLessThanOrEqual(places[i] ?? 0);
          expect(inIt.every((person) => fits[person]?.[i])).toBe(true);
        }
      }),
      runs,
    );
  });
});
