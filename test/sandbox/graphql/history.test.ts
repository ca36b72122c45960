import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ApiError } from '../../../src/sandbox/errors.ts';
import { mergePullRequest } from '../../../src/sandbox/operations/merge.ts';
import { makeWorld, type World } from './world.ts';

const paths = ['a', 'b', 'dir', 'dir/c'];

/** A change of one path on main or on a branch, and sometimes the merge of that branch. */
const step = fc.record({
  branch: fc.constantFrom('main', 'one', 'two'),
  path: fc.constantFrom('a', 'b', 'dir/c'),
  text: fc.constantFrom('1', '2', null),
  method: fc.constantFrom('merge', 'squash', 'rebase', null, null),
});

function historiesOf(world: World): unknown {
  const selection = ['', ...paths].map(
    (path, at) => `h${at}: history(first: 100, path: "${path}") { nodes { oid } }`,
  );
  return world.inRepository(`object(expression: "main") { ... on Commit { ${selection.join(' ')} } }`);
}

function logsOf(world: World): unknown {
  const logs = ['', ...paths].map((path, at) => {
    const args = path === '' ? [] : ['--', path];
    const output = world.repository.git.run(['log', '--format=%H', 'main', ...args]);
    const nodes = output.split('\n').flatMap((oid) => (oid === '' ? [] : [{ oid }]));
    return [`h${at}`, { nodes }];
  });
  return { object: Object.fromEntries(logs) };
}

test('histories that grow commit by commit stay what git log says', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 4, maxLength: 10 }), (steps) => {
      const world = makeWorld({ a: '0', b: '0', 'dir/c': '0' });
      for (const { branch, path, text, method } of steps) {
        world.push('erin', branch, { [path]: text });
        if (branch !== 'main' && method !== null) merge(world, branch, method);
        expect(historiesOf(world)).toEqual(logsOf(world));
      }
    }),
    { numRuns: 6 },
  );
});

/** Merges what a branch has beyond main, if that goes without conflict. */
function merge(world: World, branch: string, method: 'merge' | 'squash' | 'rebase'): void {
  world.clock.advance(1_000);
  try {
    const pullRequest = world.open('erin', branch);
    mergePullRequest(world.sandbox, world.as('erin'), pullRequest, { method });
  } catch (error) {
    // Nothing to merge, a second pull request for the branch, or a conflict.
    if (!(error instanceof ApiError)) throw error;
  }
}
