import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge, type Case } from '../../../src/cluster/guard/core/judge.ts';
import { guardedKinds, stages, type GuardedKind } from '../../../src/cluster/guard/core/kinds.ts';
import { noon, observed } from './objects.ts';

const over = { reason: 'expired', at: noon } as const;

function ended(
  kind: GuardedKind['kind'],
  more: Partial<Case> & { readonly terminatingAt?: number } = {},
): Case {
  const { terminatingAt = null, ...rest } = more;
  return { object: observed({ kind, terminatingAt }), ending: over, end: noon, tried: false, ...rest };
}

function actions(...cases: readonly Case[]): readonly string[] {
  return judge(cases, noon).map(({ action }) => action);
}

describe('what becomes of the objects of a grant', () => {
  test.each<readonly [string, readonly Case[], readonly string[]]>([
    [
      'a grant that goes on is kept',
      [ended('RoleBinding', { ending: null }), ended('Pod', { ending: null })],
      ['keep', 'keep'],
    ],
    [
      'bindings go first, all at once',
      [ended('Pod'), ended('RoleBinding'), ended('ClusterRoleBinding')],
      ['wait', 'remove', 'remove'],
    ],
    [
      'a pod goes once deletion of the binding was tried',
      [ended('RoleBinding', { tried: true }), ended('Pod')],
      ['remove', 'remove'],
    ],
    [
      'a binding that a finalizer holds does not save the pod',
      [ended('RoleBinding', { terminatingAt: noon }), ended('Pod')],
      ['terminating', 'remove'],
    ],
    [
      'a policy waits until the pod is gone, tried or not',
      [ended('NetworkPolicy'), ended('Pod', { tried: true })],
      ['wait', 'remove'],
    ],
    [
      'a policy waits for a pod that is stopping',
      [ended('NetworkPolicy'), ended('Pod', { terminatingAt: noon })],
      ['wait', 'terminating'],
    ],
    [
      'a policy goes when the pod is gone',
      [ended('NetworkPolicy'), ended('ServiceAccount')],
      ['remove', 'wait'],
    ],
    [
      'the account goes once the policy was tried',
      [ended('NetworkPolicy', { tried: true }), ended('ServiceAccount')],
      ['remove', 'remove'],
    ],
    [
      'what goes on holds nothing up',
      [ended('Pod', { ending: null }), ended('NetworkPolicy')],
      ['keep', 'remove'],
    ],
  ])('%s', (_, cases, expected) => {
    expect(actions(...cases)).toEqual(expected);
  });

  test('a pod has its grace period and a little more, a binding nothing', () => {
    const cases = [ended('Pod', { terminatingAt: noon }), ended('RoleBinding', { terminatingAt: noon })];
    const [pod, binding] = judge(cases, noon);
    expect(pod).toMatchObject({ stuckFrom: noon + 10_000 });
    expect(binding).toMatchObject({ stuckFrom: noon });
  });

  test('a pod that was given long to stop is deleted once more', () => {
    expect(actions(ended('Pod', { terminatingAt: noon + 30_000 }))).toEqual(['terminating']);
    expect(actions(ended('Pod', { terminatingAt: noon + 30_001 }))).toEqual(['remove']);
  });

  const cases = fc.array(
    fc.record({
      kind: fc.constantFrom(...guardedKinds.map(({ kind }) => kind)),
      ended: fc.boolean(),
      tried: fc.boolean(),
      terminating: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  );
  const toCase = (each: {
    kind: GuardedKind['kind'];
    ended: boolean;
    tried: boolean;
    terminating: boolean;
  }): Case =>
    ended(each.kind, {
      tried: each.tried,
      ...(each.ended ? {} : { ending: null }),
      ...(each.terminating ? { terminatingAt: noon } : {}),
    });

  test('of what has ended something always goes, or waits for one that is already going', () => {
    fc.assert(
      fc.property(cases, (drawn) => {
        const verdicts = judge(drawn.map(toCase), noon).map(({ action }) => action);
        if (verdicts.includes('wait')) {
          expect(verdicts.some((action) => action === 'remove' || action === 'terminating')).toBe(true);
        }
      }),
    );
  });

  test('nothing goes that goes on, and no policy beside a pod that has to go', () => {
    fc.assert(
      fc.property(cases, (drawn) => {
        const all = drawn.map(toCase);
        const podsToGo = all.filter(({ object, ending }) => object.kind.stage === 'pod' && ending !== null);
        const afterPods = stages.slice(stages.indexOf('pod') + 1);
        const wrong = judge(all, noon).filter(({ object, action }, index) => {
          const goesOn = all[index]?.ending === null;
          const tooEarly =
            action === 'remove' && afterPods.includes(object.kind.stage) && podsToGo.length > 0;
          return goesOn !== (action === 'keep') || tooEarly;
        });
        expect(wrong).toEqual([]);
      }),
    );
  });

  test('repeated until nothing is left, it removes everything, each after all that goes before it', () => {
    fc.assert(
      fc.property(cases, (drawn) => {
        let left = drawn.map((each) => toCase({ ...each, ended: true, terminating: false, tried: false }));
        const order: number[] = [];
        for (let rounds = 0; left.length > 0; rounds += 1) {
          expect(rounds).toBeLessThan(10);
          const removed = judge(left, noon)
            .filter(({ action }) => action === 'remove')
            .map(({ object }) => object);
          order.push(...removed.map(({ kind }) => stages.indexOf(kind.stage)));
          left = left.filter(({ object }) => !removed.includes(object));
        }
        expect(order).toEqual(order.toSorted((a, b) => a - b));
      }),
    );
  });
});
