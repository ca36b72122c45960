import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { familyOf, formatAddress, parseAddress } from '../../../src/effect/network/addresses.ts';
import { connections, type Connection } from '../../../src/effect/network/connections.ts';
import { endpointName, type Grouping } from '../../../src/effect/network/endpoints.ts';
import { loadNetwork } from '../../../src/effect/network/load.ts';
import { portKey, portRanges, protocols } from '../../../src/effect/network/ports.ts';
import { verdict, type End } from '../../../src/effect/network/verdict.ts';
import type { NetworkWorld } from '../../../src/effect/network/world.ts';
import { cluster } from './arbitrary.ts';
import { indexed } from './listed.ts';
import { podObject, type Flow } from './objects.ts';

/** Ports on both sides of every number that the random policies name. */
const probes = protocols.flatMap((protocol) =>
  [1, 78, 79, 80, 81, 82, 83, 8079, 8080, 8081, 65_535].map((number) => ({ protocol, number })),
);

/** Addresses on both sides of every end of a block that the random policies name. */
const outside = [
  '0.0.0.0',
  '9.255.255.255',
  '10.0.0.0',
  '10.0.0.2',
  '10.0.0.3',
  '10.0.0.5',
  '10.0.0.6',
  '10.0.0.8',
  '10.0.1.0',
  '11.0.0.0',
  '192.0.2.127',
  '192.0.2.128',
  '192.0.3.0',
  '255.255.255.255',
  '::',
  'fcff::',
  'fd00::',
  'fd00::3',
  'fd00::4',
  'fd00::8',
  'fd00::1:0:0:0',
  'fd00:0:0:1::',
  'ffff::',
].map((text): End => ({ kind: 'address', address: parseAddress(text) ?? -1n }));

/** Every flow that two ends could have: what the evaluator by classes is compared over. */
function* everyFlow(ends: readonly End[]): Generator<Flow> {
  for (const source of ends) {
    for (const destination of ends) {
      if (source.kind === 'address' && destination.kind === 'address') continue;
      for (const port of probes) yield { source, destination, port };
    }
  }
}

function isAllowed(world: NetworkWorld, { source, destination, port }: Flow): boolean {
  return verdict(world, source, destination, port).allowed;
}

function nameOf(end: End, by: Grouping): string {
  return end.kind === 'pod' ? endpointName(end.pod, by) : formatAddress(end.address);
}

function isSelf({ source, destination }: Flow, by: Grouping): boolean {
  return nameOf(source, by) === nameOf(destination, by);
}

function workloadFlow({ source, destination, port }: Flow): string {
  return `${nameOf(source, 'workload')} ${nameOf(destination, 'workload')} ${port.protocol} ${port.number}`;
}

function isIPv6({ source, destination }: Flow): boolean {
  return [source, destination].some((end) => end.kind === 'address' && familyOf(end.address) === 6);
}

function hasIPv6(list: readonly Connection[]): boolean {
  return list.some(({ src, dst }) => src.includes(':') || dst.includes(':'));
}

test('the list by pod is what judging every flow one by one gives', () => {
  fc.assert(
    fc.property(cluster(), (objects) => {
      const world = loadNetwork(objects);
      expect(world.problems).toEqual([]);
      const list = [...connections(world, { by: 'pod' })];
      const ends = [...world.pods.map((pod): End => ({ kind: 'pod', pod })), ...outside];
      const isListed = indexed(list, 'pod');
      const listsIPv6 = hasIPv6(list);
      const wrong = [...everyFlow(ends)].filter(
        (flow) =>
          !isSelf(flow, 'pod') && (listsIPv6 || !isIPv6(flow)) && isListed(flow) !== isAllowed(world, flow),
      );
      expect(wrong).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

test('the list by workload is the union of that of its pods', () => {
  fc.assert(
    fc.property(cluster(), (objects) => {
      const world = loadNetwork(objects);
      const isListed = indexed([...connections(world, { by: 'workload' })], 'workload');
      const ends = world.pods.map((pod): End => ({ kind: 'pod', pod }));
      const flows = [...everyFlow(ends)].filter((flow) => !isSelf(flow, 'workload'));
      const united = new Set(flows.filter((flow) => isAllowed(world, flow)).map(workloadFlow));
      expect(flows.filter((flow) => isListed(flow) !== united.has(workloadFlow(flow)))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('the list is sorted, has each pair once, no pair of an end with itself, no empty connection', () => {
  fc.assert(
    fc.property(cluster(), fc.constantFrom<Grouping>('pod', 'workload'), (objects, by) => {
      const list = [...connections(loadNetwork(objects), { by })];
      const keys = list.map(({ src, dst }) => `${src}\0${dst}`);
      expect(new Set(keys).size).toBe(keys.length);
      const sorted = list.toSorted((a, b) =>
        a.src === b.src ? (a.dst < b.dst ? -1 : 1) : a.src < b.src ? -1 : 1,
      );
      expect(list).toEqual(sorted);
      for (const { src, dst, ports } of list) {
        expect(src).not.toBe(dst);
        expect(portRanges(ports)).not.toEqual([]);
      }
    }),
  );
});

test('ranges of one end are disjoint and as long as they can be', () => {
  fc.assert(
    fc.property(cluster(), (objects) => {
      const list = [...connections(loadNetwork(objects), { by: 'pod' })];
      const bySource = Map.groupBy(
        list.filter(({ dst }) => !dst.includes('[')),
        ({ src }) => src,
      );
      for (const rows of bySource.values()) {
        const ranges = rows
          .map(({ dst, ports }) => ({ ends: dst.split('-').map(parseAddress), ports: portKey(ports) }))
          .map(({ ends: [from, to], ports }) => ({ from: from ?? -1n, to: to ?? -1n, ports }))
          .sort((a, b) => (a.from < b.from ? -1 : 1));
        for (const [index, { from, to, ports }] of ranges.entries()) {
          const next = ranges[index + 1];
          expect(from <= to).toBe(true);
          if (next === undefined) continue;
          expect(to < next.from).toBe(true);
          expect(to + 1n === next.from && ports === next.ports).toBe(false);
        }
      }
    }),
  );
});

test('the order of objects is irrelevant', () => {
  fc.assert(
    fc.property(
      cluster().chain((objects) =>
        fc.tuple(fc.constant(objects), fc.shuffledSubarray([...objects], { minLength: objects.length })),
      ),
      ([objects, shuffled]) => {
        const list = [...connections(loadNetwork(objects), { by: 'workload' })];
        expect([...connections(loadNetwork(shuffled), { by: 'workload' })]).toEqual(list);
      },
    ),
  );
});

test('everything allowed is the three protocols with 1-65535', () => {
  const list = [
    ...connections(loadNetwork([podObject('default', 'a'), podObject('default', 'b')]), { by: 'workload' }),
  ];
  expect(list.map(({ src, dst }) => `${src} ${dst}`)).toEqual([
    '0.0.0.0-255.255.255.255 default/a[Pod]',
    '0.0.0.0-255.255.255.255 default/b[Pod]',
    'default/a[Pod] 0.0.0.0-255.255.255.255',
    'default/a[Pod] default/b[Pod]',
    'default/b[Pod] 0.0.0.0-255.255.255.255',
    'default/b[Pod] default/a[Pod]',
  ]);
  for (const { ports } of list) {
    expect(portRanges(ports)).toEqual([
      { protocol: 'SCTP', from: 1, to: 65_535 },
      { protocol: 'TCP', from: 1, to: 65_535 },
      { protocol: 'UDP', from: 1, to: 65_535 },
    ]);
  }
});
