import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Lanes, type Lane } from '../../../src/cluster/guard/lanes.ts';

/** Work that goes on until it is let go. */
function hanging(lanes: Lanes, lane: Lane, started: Lane[]): () => void {
  let end: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  lanes.add(lane, async () => {
    started.push(lane);
    await over;
  });
  return end;
}

test('does no more at once than it is wide', async () => {
  const lanes = new Lanes(8);
  const started: Lane[] = [];
  const ends = Array.from({ length: 20 }, () => hanging(lanes, 'binding', started));
  expect(started).toHaveLength(8);
  for (const end of ends) end();
  await turn();
  expect(started).toHaveLength(20);
  expect(lanes.idle).toBe(true);
});

test('has room for bindings, however much else hangs', () => {
  const lanes = new Lanes(8);
  const started: Lane[] = [];
  for (let each = 0; each < 100; each += 1) {
    hanging(lanes, 'other', started);
    hanging(lanes, 'again', started);
  }
  for (let each = 0; each < 2; each += 1) hanging(lanes, 'binding', started);
  expect(started.filter((lane) => lane === 'binding')).toHaveLength(2);
  expect(lanes.idle).toBe(false);
});

test('does bindings first', async () => {
  const lanes = new Lanes(4);
  const started: Lane[] = [];
  const ends = Array.from({ length: 4 }, () => hanging(lanes, 'binding', started));
  for (const lane of ['again', 'other', 'binding'] as const) hanging(lanes, lane, started);
  ends[0]?.();
  await turn();
  expect(started.at(-1)).toBe('binding');
});
