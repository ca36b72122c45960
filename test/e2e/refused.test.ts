/** What GitHub refuses the App on the default branch is told where it is waited for, and no more than once. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rulesets } from '../../src/app/rulesets.ts';
import { createTestWorld, grantPath, requestPath, type TestWorld } from './world.ts';

const repo = { owner: 'acme', repo: 'access' };

let world: TestWorld;
beforeEach(async () => {
  world = await createTestWorld();
});
afterEach(async () => await world.close());

/** An administrator lets the App go past the rules, or no longer. */
async function setBypass(allowed: boolean): Promise<void> {
  const { octokit } = world.as('erin');
  const { data } = await octokit.repos.getRepoRulesets(repo);
  const [, gate] = rulesets(world.app.id);
  await octokit.repos.updateRepoRuleset({
    ...repo,
    ruleset_id: data.find(({ name }) => name === gate.name)?.id ?? 0,
    name: gate.name,
    enforcement: gate.enforcement,
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
    rules: gate.rules.map((rule) =>
      rule.type === 'required_status_checks'
        ? {
            ...rule,
            parameters: {
              ...rule.parameters,
              required_status_checks: [...rule.parameters.required_status_checks],
            },
          }
        : rule,
    ),
    bypass_actors: allowed ? [...gate.bypass_actors] : [],
  });
  await world.settle();
}

/** The comment, and when it was last written. */
async function comment(number: number): Promise<{ readonly body: string; readonly at: string }> {
  const { data } = await world.as('erin').octokit.issues.listComments({ ...repo, issue_number: number });
  const [own] = data.filter(({ user }) => user?.login === 'curfew[bot]');
  return { body: own?.body ?? '', at: own?.updated_at ?? '' };
}

/** What the App writes from here on and GitHub takes; a commit is seen by the branch that it moves. */
function observeWrites(): readonly string[] {
  const written: string[] = [];
  world.sandbox.onRequest(({ actor, method, path, status }) => {
    const took = method !== 'GET' && path !== '/api/graphql' && status < 300;
    if (actor === 'curfew[bot]' && took) written.push(`${method} ${path}`);
  });
  return written;
}

test('an end that GitHub refuses is told once, and the access ends as soon as it may', async () => {
  const number = await world.grant('stuck');
  await setBypass(false);
  await world.pass(61);
  expect(await world.grants()).toEqual([grantPath('stuck')]);
  const told = await comment(number);
  expect(told.body).toContain(
    '**Not ended yet: the time is up, but GitHub refuses to take the access away.**',
  );
  expect(told.body).toContain('**alice** still has **debug-pod**');

  const written = observeWrites();
  await world.pass(1);
  await world.pass(1);
  expect(written).toEqual([]);
  expect(await comment(number)).toEqual(told);

  // Once a run: the merge, and then the commit.
  const tried: string[] = [];
  const stop = world.sandbox.onRequest(({ actor, method, route, operation }) => {
    const tries = operation === 'Commit' || route.endsWith('/merge');
    if (actor === 'curfew[bot]' && tries) tried.push(operation ?? `${method} ${route}`);
  });
  await world.sweep();
  expect(tried).toEqual(['PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', 'Commit']);
  stop();

  await setBypass(true);
  await world.sweep();
  expect(await world.grants()).toEqual([]);
  expect((await comment(number)).body).toContain('**Ended: the time is up.**');
});

test('an end that an administrator lands by hand is told', async () => {
  const number = await world.grant('by-hand');
  await setBypass(false);
  await world.pass(61);
  const [revert] = await world.reverts();
  expect(revert?.state).toBe('open');
  await world.forceMerge(revert?.number ?? 0);
  expect(await world.grants()).toEqual([]);
  await world.pass(11);
  expect((await comment(number)).body).toContain('**Ended: the time is up.**');
});

test('a grant that GitHub refuses is told once, and made as soon as it may', async () => {
  await setBypass(false);
  const number = await world.grant('refused');
  expect(await world.state(number)).toBe('merged');
  expect(await world.grants()).toEqual([]);
  const told = await comment(number);
  expect(told.body).toContain('GitHub refuses the commit that would grant this: ');

  const written = observeWrites();
  await world.pass(1);
  await world.pass(1);
  expect(written).toEqual([]);
  expect(await comment(number)).toEqual(told);

  await setBypass(true);
  await world.sweep();
  expect(await world.grants()).toEqual([grantPath('refused')]);
  expect((await comment(number)).body).toContain('access is in force until');
});

test('a grant that GitHub refuses keeps no other waiting', async () => {
  const numbers = [await world.ask('bad'), await world.ask('good')];
  world.sandbox.faults.onDelivery(() => 'drop');
  for (const number of numbers) await world.as('bob').review(number, 'APPROVE');
  for (const number of numbers) await world.forceMerge(number);
  world.sandbox.faults.onDelivery(() => 'deliver');

  let offered = 0;
  const stop = world.sandbox.faults.inject({
    operation: 'Commit',
    when: () => (offered += 1) !== 2,
    effect: {
      kind: 'partial',
      answer: {
        path: ['createCommitOnBranch'],
        type: 'UNPROCESSABLE',
        message: 'Push rule violations found',
      },
    },
  });
  await world.sweep();
  expect(await world.grants()).toEqual([grantPath('good')]);
  expect((await comment(numbers[0] ?? 0)).body).toContain('Push rule violations found');

  // Whatever is new is offered before what was refused.
  offered = 1;
  await world.grant('later');
  expect(await world.grants()).toEqual([grantPath('good'), grantPath('later')]);
  expect(await world.paths()).toContain(requestPath('bad'));

  stop();
  await world.pass(1);
  expect(await world.grants()).toEqual([grantPath('bad'), grantPath('good'), grantPath('later')]);
});
