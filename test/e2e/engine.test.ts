import { afterEach, describe, expect, test } from 'vitest';
import { finding } from '../../src/base/reasons.ts';
import { revertOf } from '../../src/lifecycle/revert.ts';
import { createField } from '../attacks/field.ts';
import { createTestWorld, grantPath, requestPath, requestText, type TestWorld } from './world.ts';

const repository = 'acme/access';
let world: TestWorld;

afterEach(async () => await world.close());

describe('the engine', () => {
  test('asks who pushed last before it merges, whoever the commits name', async () => {
    // Without the rules by which GitHub itself would see it.
    const field = await createField();
    world = field;
    const number = await field.ask('pushed');
    const alice = { name: 'Alice', email: 'alice@example.com' };
    await field.push('bob', {
      branch: 'pushed',
      files: { [requestPath('pushed')]: requestText({ duration: '2h' }) },
      author: alice,
      committer: alice,
    });
    world.clock.advance(1000);
    await world.as('bob').review(number, 'APPROVE');
    expect(await world.state(number)).toBe('open');
    expect(await world.comment(number)).toContain('bob pushed the head');
  });

  test('takes a grant away though GitHub cannot open a pull request now', async () => {
    world = await createTestWorld();
    await world.grant('refused');
    const [method, route] = ['POST', '/repos/{owner}/{repo}/pulls'];
    world.sandbox.faults.inject({
      actor: 'curfew[bot]',
      method,
      route,
      effect: { kind: 'status', status: 500 },
    });
    await world.pass(61);
    expect(await world.grants()).toEqual([]);
  });

  test('lands nothing of a branch that somebody else made under the name of a revert', async () => {
    world = await createTestWorld();
    await world.grant('foreseen');
    const { data } = await world
      .as('erin')
      .octokit.git.getTree({ owner: 'acme', repo: 'access', tree_sha: 'main', recursive: 'true' });
    const deletions = data.tree.flatMap(({ path, sha }) =>
      [grantPath('foreseen'), requestPath('foreseen')].includes(path) ? [{ path, sha }] : [],
    );
    expect(deletions).toHaveLength(2);
    const ended = {
      finding: finding('expired'),
      request: '',
      evidence: null,
      pullRequest: null,
      leftOpen: [],
      deletions,
    };
    world.sandbox.world.pushFiles(repository, 'mallory', {
      branch: revertOf([ended]).branch,
      files: { 'templates/mine.yaml': 'x: 1\n' },
    });
    await world.pass(61);
    expect(await world.grants()).toEqual([]);
    expect(await world.paths()).not.toContain('templates/mine.yaml');
  });

  test('removes what others put below grants/', async () => {
    world = await createTestWorld();
    await world.force({ [grantPath('forged')]: 'kind: RoleBinding\n' });
    expect(await world.paths()).not.toContain(grantPath('forged'));
  });
});
