import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  allPorts,
  countPorts,
  formatPorts,
  hasPort,
  intersect,
  noPorts,
  portRange,
  portRanges,
  protocols,
  subtract,
  unite,
  type PortRange,
  type PortSet,
} from '../../../src/effect/network/ports.ts';

const port = fc.oneof(fc.constantFrom(1, 2, 80, 81, 65_534, 65_535), fc.integer({ min: 1, max: 65_535 }));

const range: fc.Arbitrary<PortRange> = fc
  .tuple(fc.constantFrom(...protocols), port, port)
  .map(([protocol, a, b]) => ({ protocol, from: Math.min(a, b), to: Math.max(a, b) }));

const set: fc.Arbitrary<PortSet> = fc
  .array(range, { maxLength: 5 })
  .map((ranges) => ranges.map(portRange).reduce(unite, noPorts));

test('sets of ports are sets', () => {
  fc.assert(
    fc.property(set, set, fc.constantFrom(...protocols), port, (a, b, protocol, number) => {
      const [inA, inB] = [hasPort(a, protocol, number), hasPort(b, protocol, number)];
      expect(hasPort(unite(a, b), protocol, number)).toBe(inA || inB);
      expect(hasPort(intersect(a, b), protocol, number)).toBe(inA && inB);
      expect(hasPort(subtract(a, b), protocol, number)).toBe(inA && !inB);
      expect(intersect(a, b)).toEqual(subtract(a, subtract(a, b)));
      expect(unite(a, allPorts)).toEqual(allPorts);
      expect(countPorts(unite(a, b))).toBe(countPorts(a) + countPorts(b) - countPorts(intersect(a, b)));
    }),
  );
});

test('ranges are sorted, disjoint, maximal, and give the set back', () => {
  fc.assert(
    fc.property(set, (ports) => {
      const ranges = portRanges(ports);
      expect(ranges.map(portRange).reduce(unite, noPorts)).toEqual(ports);
      const sorted = ranges.toSorted(
        (a, b) => protocols.indexOf(a.protocol) - protocols.indexOf(b.protocol) || a.from - b.from,
      );
      expect(ranges).toEqual(sorted);
      const touching = ranges.filter(({ protocol, to }, index) => {
        const next = ranges[index + 1];
        return next?.protocol === protocol && next.from <= to + 1;
      });
      expect(touching).toEqual([]);
    }),
  );
});

test.each([
  [noPorts, 'no port'],
  [subtract(allPorts, portRange({ protocol: 'TCP', from: 53, to: 53 })), 'every port but TCP 53'],
  [allPorts, 'every port'],
  [portRange({ protocol: 'TCP', from: 1, to: 65_535 }), 'every TCP port'],
  [portRange({ protocol: 'UDP', from: 53, to: 53 }), 'UDP 53'],
  [
    [
      portRange({ protocol: 'UDP', from: 53, to: 53 }),
      portRange({ protocol: 'TCP', from: 8000, to: 8010 }),
      portRange({ protocol: 'TCP', from: 80, to: 80 }),
    ].reduce(unite),
    'TCP 80, 8000-8010 and UDP 53',
  ],
])('a set in words: %#', (ports, words) => {
  expect(formatPorts(ports)).toBe(words);
});
