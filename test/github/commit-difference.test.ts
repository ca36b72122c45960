import { afterEach, beforeEach, expect, test } from 'vitest';
import { createWorld, type GitHubWorld } from './world.ts';

let world: GitHubWorld;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(async () => world.sandbox.close());

test('two commits differ in exactly these files', async () => {
  const before = world.pushMain({ 'templates/old.yaml': 'a: 1\n', 'templates/same.yaml': 'a: 1\n' });
  const after = world.pushMain({ 'templates/old.yaml': null, 'clusters/new/deep/one.yaml': 'b: 2\n' });
  expect(await world.port.readDifference(before, before)).toEqual([]);
  expect(await world.port.readDifference(before, after)).toEqual([
    { path: 'templates/old.yaml', change: 'deleted', previousPath: null },
    { path: 'clusters/new/deep/one.yaml', change: 'added', previousPath: null },
  ]);
});

test('a difference too large to be read whole is none', async () => {
  const before = world.pushMain({});
  const many = Array.from({ length: 1100 }, (_, n) => [`many/${n}/one.txt`, 'x'] as const);
  const after = world.pushMain(Object.fromEntries(many));
  expect(await world.port.readDifference(before, after)).toBeNull();
});
