import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gitView, type Artifact, type GitView } from '../../../src/cluster/guard/core/git-view.ts';
import { identity, type GuardedObject } from '../../../src/cluster/guard/core/observed.ts';
import { GuardState } from '../../../src/cluster/guard/core/state.ts';
import { kindOf, noon, observed } from './objects.ts';

const artifact: Artifact = {
  url: 'http://source/1',
  digest: 'sha256:0',
  revision: 'main@sha1:1',
  fetchedAt: noon - 60_000,
};

function viewOf(...objects: readonly GuardedObject[]): GitView {
  const granted = objects.map((object) => ({ grant: object.grant, identity: identity(object) }));
  const view = gitView(artifact, [{ path: 'grants/prod-eu/x.yaml', objects: granted }]);
  if (view === null) throw new Error('there is no view');
  return view;
}

function actionOf(state: GuardState, grant: string, now: number): readonly string[] {
  return state.verdicts(grant, now).map(({ action }) => action);
}

describe('when an object has to go', () => {
  test('not a millisecond before its end, and from its end on', () => {
    const state = new GuardState();
    state.observe(observed(), noon - 1000);
    expect(state.verdicts('g-1', noon - 1)).toMatchObject([{ action: 'keep', until: noon }]);
    expect(state.verdicts('g-1', noon)).toMatchObject([
      { action: 'remove', ending: { reason: 'expired', at: noon } },
    ]);
  });

  test('where it says no end, at once', () => {
    const state = new GuardState();
    state.observe(observed({ end: null }), 0);
    expect(state.verdicts('g-1', 0)).toMatchObject([{ ending: { reason: 'no-end', at: null } }]);
  });

  test.each<readonly [string, readonly Parameters<typeof observed>[0][]]>([
    [
      'an end that is moved',
      [
        { uid: 'a', end: noon },
        { uid: 'a', end: noon + 1 },
      ],
    ],
    [
      'another object of the grant with an earlier end',
      [
        { uid: 'a', end: noon },
        { uid: 'b', end: noon + 1 },
      ],
    ],
    [
      'another grant on the same object',
      [
        { uid: 'a', end: noon },
        { uid: 'a', grant: 'g-2', end: noon + 1 },
      ],
    ],
  ])('the earliest end counts: %s', (_, observations) => {
    const state = new GuardState();
    for (const each of observations) state.observe(observed(each), noon - 1000);
    const last = observations.at(-1)?.grant ?? 'g-1';
    expect(actionOf(state, last, noon)).not.toContain('keep');
  });

  test('made again after its end with a later one, it is over at once, and said to have come back', () => {
    const state = new GuardState();
    const first = observed();
    state.observe(first, 0);
    state.gone(first.uid, noon + 10);
    const back = state.observe(observed({ end: noon + 3_600_000 }), noon + 20);
    expect(back).toEqual({ times: 1, removeFrom: noon + 20 });
    expect(actionOf(state, 'g-1', noon + 20)).toEqual(['remove']);
  });

  test('a clock that is set back brings nothing back', () => {
    const state = new GuardState();
    state.observe(observed(), 0);
    expect(actionOf(state, 'g-1', noon)).toEqual(['remove']);
    expect(actionOf(state, 'g-1', noon - 3_600_000)).toEqual(['remove']);
  });

  test('each return is waited for a little longer, up to a second', () => {
    const state = new GuardState();
    const waits = Array.from({ length: 10 }, () => {
      const object = observed();
      const back = state.observe(object, noon);
      state.gone(object.uid, noon);
      return back === null ? null : back.removeFrom - noon;
    });
    expect(waits).toEqual([null, 0, 50, 100, 200, 400, 800, 1000, 1000, 1000]);
  });

  test('what tells late of an object that is gone is not believed', () => {
    const state = new GuardState();
    const object = observed();
    state.observe(object, noon);
    state.gone(object.uid, noon);
    state.observe(object, noon);
    state.replace(object.kind, [object], noon);
    expect(state.objects()).toEqual([]);
  });

  test('an object without its label is forgotten, its end is not', () => {
    const state = new GuardState();
    state.observe(observed({ uid: 'a' }), 0);
    state.left('a', 0);
    state.observe(observed({ uid: 'a', grant: 'g-new', end: noon + 3_600_000 }), 0);
    expect(actionOf(state, 'g-new', noon)).toEqual(['remove']);
  });

  test('a list says what is gone, of its kind alone', () => {
    const state = new GuardState();
    const [binding, pod] = [observed(), observed({ kind: 'Pod' })];
    state.observe(binding, 0);
    state.observe(pod, 0);
    expect(state.replace(kindOf('RoleBinding'), [], 0).missing).toEqual([binding]);
    expect(state.objects()).toEqual([pod]);
  });
});

describe('what git does not grant', () => {
  test('goes, before its end', () => {
    const state = new GuardState();
    const [kept, goes] = [observed(), observed({ grant: 'g-2' })];
    for (const object of [kept, goes]) state.observe(object, 0);
    expect([...state.judgeByGit(viewOf(kept), state.sequence)]).toEqual(['g-2']);
    expect(actionOf(state, 'g-1', 0)).toEqual(['keep']);
    expect(state.verdicts('g-2', 0)).toMatchObject([
      { action: 'remove', ending: { reason: 'not-in-git', at: artifact.fetchedAt } },
    ]);
  });

  test('is not judged by a revision that was read before it was seen', () => {
    const state = new GuardState();
    const before = state.sequence;
    state.observe(observed(), 0);
    state.judgeByGit(viewOf(), before);
    expect(actionOf(state, 'g-1', 0)).toEqual(['keep']);
    state.judgeByGit(viewOf(), state.sequence);
    expect(actionOf(state, 'g-1', 0)).toEqual(['remove']);
  });

  test('is not what is only changed after it was first seen: a uid stays the same object', () => {
    const state = new GuardState();
    const object = observed();
    state.observe(object, 0);
    const seen = state.sequence;
    state.observe({ ...object, finalizers: ['x'] }, 0);
    state.judgeByGit(viewOf(), seen);
    expect(actionOf(state, 'g-1', 0)).toEqual(['remove']);
  });
});

describe('whatever happens', () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('observe' as const),
      uid: fc.integer({ min: 0, max: 5 }),
      grant: fc.integer({ min: 0, max: 2 }),
      end: fc.option(fc.integer({ min: 0, max: 20 })),
    }),
    fc.record({ do: fc.constant('left' as const), uid: fc.integer({ min: 0, max: 5 }) }),
    fc.record({ do: fc.constant('wait' as const), for: fc.integer({ min: 0, max: 5 }) }),
  );

  test('nothing readable goes before the earliest end of its grant or itself, and everything goes from then on', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const state = new GuardState();
        const ends: (readonly [uid: string, grant: string, end: number])[] = [];
        let now = 0;
        for (const each of steps) {
          if (each.do === 'wait') now += each.for;
          else if (each.do === 'left') state.left(`u${each.uid}`, now);
          else {
            const object = observed({ uid: `u${each.uid}`, grant: `g-${each.grant}`, end: each.end });
            state.observe(object, now);
            if (each.end !== null) ends.push([object.uid, object.grant, each.end]);
          }
          for (const grant of ['g-0', 'g-1', 'g-2']) {
            for (const { object, action } of state.verdicts(grant, now)) {
              const said = ends.filter(([uid, id]) => uid === object.uid || id === object.grant);
              const earliest = Math.min(...said.map(([, , end]) => end));
              const over = object.end === null || now >= earliest;
              expect(action === 'keep').toBe(!over);
            }
          }
        }
      }),
    );
  });

  test('what is kept is looked at again at its end', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 5 }), (ends) => {
        const state = new GuardState();
        for (const end of ends) state.observe(observed({ end }), 0);
        const until = state.verdicts('g-1', 0).map((each) => (each.action === 'keep' ? each.until : -1));
        expect(Math.min(...until)).toBe(Math.min(...ends));
      }),
    );
  });
});
