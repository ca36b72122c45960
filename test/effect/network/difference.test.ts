import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { connections } from '../../../src/effect/network/connections.ts';
import { difference, type Change } from '../../../src/effect/network/difference.ts';
import type { Grouping } from '../../../src/effect/network/endpoints.ts';
import { loadNetwork } from '../../../src/effect/network/load.ts';
import {
  isEmpty,
  noPorts,
  portKey,
  subtract,
  unite,
  type PortSet,
} from '../../../src/effect/network/ports.ts';
import { verdict } from '../../../src/effect/network/verdict.ts';
import type { NetworkWorld } from '../../../src/effect/network/world.ts';
import { cluster, namespaceObjects, namespaces, pods, policies, policySpec } from './arbitrary.ts';
import { podObject, policyObject } from './objects.ts';

const groupings = fc.constantFrom<Grouping>('pod', 'workload');

/** Two clusters with the same pods and namespaces and other policies. */
const twoPolicies = fc.tuple(namespaceObjects, pods('any'), policies, policies).map(
  ([declared, running, before, after]) =>
    [
      [...declared, ...running, ...before],
      [...declared, ...running, ...after],
    ] as const,
);

function changes(before: NetworkWorld, after: NetworkWorld, by: Grouping): readonly Change[] {
  return [...difference(before, after, { by }).changes()];
}

test('nothing changes between a cluster and itself', () => {
  fc.assert(
    fc.property(cluster(), groupings, (objects, by) => {
      const found = difference(loadNetwork(objects), loadNetwork(objects), { by });
      expect([...found.changes()]).toEqual([]);
      expect(found.isolation).toEqual([]);
    }),
  );
});

test('the order of policies is irrelevant', () => {
  fc.assert(
    fc.property(cluster(), groupings, (objects, by) => {
      const turned = [...objects].reverse();
      expect(changes(loadNetwork(objects), loadNetwork(turned), by)).toEqual([]);
    }),
  );
});

/** Ports of each pair of pods; ranges of addresses are left out, for two lists cut them in different places. */
function podPairs(world: NetworkWorld): Map<string, PortSet> {
  const pairs = [...connections(world, { by: 'pod' })].filter(
    ({ src, dst }) => src.includes('[') && dst.includes('['),
  );
  return new Map(pairs.map(({ src, dst, ports }) => [`${src} ${dst}`, ports]));
}

function changedPairs(before: NetworkWorld, after: NetworkWorld): ReadonlyMap<string, Change> {
  const pairs = changes(before, after, 'pod').filter(
    ({ src, dst }) => src.includes('[') && dst.includes('['),
  );
  return new Map(pairs.map((change) => [`${change.src} ${change.dst}`, change]));
}

test('by pod, the difference is what one list has and the other has not', () => {
  fc.assert(
    fc.property(cluster(), cluster(), (one, other) => {
      const [before, after] = [loadNetwork(one), loadNetwork(other)];
      const [old, young] = [podPairs(before), podPairs(after)];
      const found = changedPairs(before, after);
      for (const key of new Set([...old.keys(), ...young.keys(), ...found.keys()])) {
        const [was, is] = [old.get(key) ?? noPorts, young.get(key) ?? noPorts];
        expect(portKey(found.get(key)?.opened ?? noPorts)).toBe(portKey(subtract(is, was)));
        expect(portKey(found.get(key)?.closed ?? noPorts)).toBe(portKey(subtract(was, is)));
      }
    }),
    { numRuns: 60 },
  );
});

test('two differences compose into one', () => {
  fc.assert(
    fc.property(
      namespaceObjects,
      pods('any'),
      policies,
      policies,
      policies,
      (declared, running, ...three) => {
        const [a, b, c] = three.map((guarding) => loadNetwork([...declared, ...running, ...guarding]));
        if (a === undefined || b === undefined || c === undefined) return;
        const [first, second, whole] = [changedPairs(a, b), changedPairs(b, c), changedPairs(a, c)];
        for (const key of new Set([...first.keys(), ...second.keys(), ...whole.keys()])) {
          const opened1 = first.get(key)?.opened ?? noPorts;
          const closed1 = first.get(key)?.closed ?? noPorts;
          const opened2 = second.get(key)?.opened ?? noPorts;
          const closed2 = second.get(key)?.closed ?? noPorts;
          const opened = unite(subtract(opened1, closed2), subtract(opened2, closed1));
          const closed = unite(subtract(closed1, opened2), subtract(closed2, opened1));
          expect(portKey(whole.get(key)?.opened ?? noPorts)).toBe(portKey(opened));
          expect(portKey(whole.get(key)?.closed ?? noPorts)).toBe(portKey(closed));
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('backwards, what was opened is closed', () => {
  fc.assert(
    fc.property(twoPolicies, groupings, ([one, other], by) => {
      const [before, after] = [loadNetwork(one), loadNetwork(other)];
      const turned = changes(after, before, by).map(({ src, dst, opened, closed }) => ({
        src,
        dst,
        opened: closed,
        closed: opened,
      }));
      expect(changes(before, after, by)).toEqual(turned);
    }),
  );
});

test('a further policy on pods that are isolated both ways closes nothing', () => {
  const denyAll = namespaces.map((namespace) =>
    policyObject(namespace, 'deny-all', { policyTypes: ['Ingress', 'Egress'] }),
  );
  fc.assert(
    fc.property(
      cluster(),
      fc.constantFrom(...namespaces),
      policySpec,
      groupings,
      (objects, namespace, spec, by) => {
        const before = loadNetwork([...objects, ...denyAll]);
        const after = loadNetwork([...objects, ...denyAll, policyObject(namespace, 'further', spec)]);
        const found = difference(before, after, { by });
        expect([...found.changes()].filter(({ closed }) => !isEmpty(closed))).toEqual([]);
        expect(found.isolation).toEqual([]);
      },
    ),
  );
});

test('a further policy closes something only for pods that it isolates for the first time', () => {
  fc.assert(
    fc.property(cluster(), fc.constantFrom(...namespaces), policySpec, (objects, namespace, spec) => {
      const before = loadNetwork(objects);
      const after = loadNetwork([...objects, policyObject(namespace, 'further', spec)]);
      const found = difference(before, after, { by: 'pod' });
      const isolated = new Set(found.isolation.map(({ name, direction }) => `${name} ${direction}`));
      expect(found.isolation.every((change) => change.isolated)).toBe(true);
      const unexplained = [...found.changes()].filter(
        ({ src, dst, closed }) =>
          !isEmpty(closed) && !isolated.has(`${src} egress`) && !isolated.has(`${dst} ingress`),
      );
      expect(unexplained).toEqual([]);
    }),
  );
});

test('the isolation trap: an allow policy on a pod that nothing isolates cuts its other traffic', () => {
  const objects = ['client', 'db', 'other'].map((name) => podObject('x', name, { app: name }));
  const allow = policyObject('x', 'allow', {
    podSelector: { matchLabels: { app: 'db' } },
    ingress: [{ from: [{ podSelector: { matchLabels: { app: 'client' } } }], ports: [{ port: 5432 }] }],
  });
  const [before, after] = [loadNetwork(objects), loadNetwork([...objects, allow])];
  const found = difference(before, after, { by: 'workload' });
  expect(found.isolation).toEqual([{ name: 'x/db[Pod]', direction: 'ingress', isolated: true }]);
  expect(
    [...found.changes()].map(({ src, dst, opened, closed }) => [src, dst, isEmpty(opened), isEmpty(closed)]),
  ).toEqual([
    ['0.0.0.0-255.255.255.255', 'x/db[Pod]', true, false],
    ['x/client[Pod]', 'x/db[Pod]', true, false],
    ['x/other[Pod]', 'x/db[Pod]', true, false],
  ]);
  const [client, db] = after.pods;
  if (client === undefined || db === undefined) throw new Error('no pods');
  const judged = verdict(
    after,
    { kind: 'pod', pod: client },
    { kind: 'pod', pod: db },
    { protocol: 'TCP', number: 5432 },
  );
  expect(judged.ingress?.allowing.map(({ policy }) => policy.name)).toEqual(['allow']);
});
