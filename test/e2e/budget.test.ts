/** GitHub lets little be created in a minute: where access ends every second, ending it must not use that up. */
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { createTestWorld, grantPath, requestPath, type TestWorld } from './world.ts';

let world: TestWorld;
afterEach(async () => await world.close());

const policyPath = '.github/curfew.yaml';
const count = 10;

test('what ends one after the other is ended at once, though pull requests for the record come later', async () => {
  const policy = readFileSync(policyPath, 'utf8').replaceAll(/openPerPerson: \d/g, 'openPerPerson: 10');
  world = await createTestWorld({ files: new Map([[policyPath, policy]]) });
  const names = Array.from({ length: count }, (_, index) => `r${index}`);
  for (const [index, name] of names.entries()) {
    // Each is granted 63 seconds after the one before it and is a minute shorter: it ends three seconds later.
    await world.ask(name, { template: 'read-logs', duration: `${30 - index}m` });
    world.clock.advance(63_000);
  }
  await world.settle();
  expect(await world.grants()).toHaveLength(count);
  const ends = await Promise.all(
    names.map(async (name) => {
      const [, end = ''] = /expires-at: "?([^"\n]+)/.exec(await world.text(grantPath(name))) ?? [];
      return Date.parse(end);
    }),
  );
  expect((ends.at(-1) ?? 0) - (ends[0] ?? 0)).toBeLessThan(40_000);

  for (const [index, name] of names.entries()) {
    // The queue leaves a second between two looks at a branch.
    world.clock.set((ends[index] ?? 0) + 1000);
    await world.settle();
    expect(await world.paths()).not.toContain(grantPath(name));
    expect(await world.grants()).toHaveLength(count - index - 1);
  }
  const meanwhile = await world.reverts();
  expect(meanwhile.length).toBeGreaterThan(2);
  expect(meanwhile.length).toBeLessThan(count);

  // What could not be recorded and said is so later: one pull request for all of it.
  await world.pass(5);
  await world.pass(5);
  expect(await world.reverts()).toHaveLength(meanwhile.length + 1);
  const left = await world.paths();
  expect(left.filter((path) => names.map((name) => requestPath(name)).includes(path))).toEqual([]);
  const { octokit } = world.as('erin');
  const pulls = await octokit.pulls.list({ owner: 'acme', repo: 'access', state: 'all', per_page: 100 });
  const asked = pulls.data.filter(({ user }) => user?.login === 'alice');
  for (const { number } of asked) expect(await world.comment(number)).toContain('Ended');
});
