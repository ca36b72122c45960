import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { createEngine } from '../../src/app/engine.ts';
import type { ReconcileContext } from '../../src/app/reconcile.ts';
import { finding } from '../../src/base/reasons.ts';
import type { RepositoryPort } from '../../src/github/port.ts';
import type { CommandsFacts } from '../../src/lifecycle/facts.ts';
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

  test('merges again where the default branch moved underneath, though nobody tells', async () => {
    world = await createTestWorld();
    world.sandbox.faults.inject({
      method: 'PUT',
      route: '/repos/{owner}/{repo}/pulls/{pull_number}/merge',
      times: 1,
      effect: {
        kind: 'status',
        status: 405,
        message: 'Base branch was modified. Review and try the merge again.',
      },
    });
    const number = await world.grant('moved');
    expect(await world.state(number)).toBe('open');
    world.clock.advance(10_000);
    await world.settle();
    expect(await world.state(number)).toBe('merged');
    expect(await world.grants()).toEqual([grantPath('moved')]);
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

  test('hears a revocation that GitHub shows later than that somebody spoke', async () => {
    world = await createTestWorld();
    const number = await world.grant('unheard');
    world.sandbox.faults.onDelivery(() => 'drop');
    const real = world.github.repository(world.installation.id, 'acme', 'access');
    let before: readonly CommandsFacts[] | null = await real.readCommands([number]);
    const behind = {
      ...real,
      withPurpose: (): RepositoryPort => behind,
      readCommands: async (numbers: readonly number[]) => before ?? (await real.readCommands(numbers)),
    };
    const engine = createEngine(world.clock);
    const context: ReconcileContext = {
      log: pino({ level: 'silent' }),
      signal: new AbortController().signal,
      observe: { decided: () => {}, revoked: () => {}, alerted: () => {} },
    };
    await world.as('alice').comment(number, '/revoke');
    world.clock.advance(2000);
    await engine.branch(behind, context);
    expect(await world.grants()).toEqual([grantPath('unheard')]);
    before = null;
    world.clock.advance(60_000);
    await engine.branch(behind, context);
    expect(await world.grants()).toEqual([]);
  });

  test('removes what others put below grants/', async () => {
    world = await createTestWorld();
    await world.force({ [grantPath('forged')]: 'kind: RoleBinding\n' });
    expect(await world.paths()).not.toContain(grantPath('forged'));
  });
});
