/** What the cluster refuses is withdrawn by the verdict of its GitOps engine, and by nobody else's. */
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestWorld, grantPath, requestPath, type TestWorld } from './world.ts';

const repo = { owner: 'acme', repo: 'access' };
const context = 'curfew-staging';

let world: TestWorld;
beforeEach(async () => {
  const policy = await readFile('.github/curfew.yaml', 'utf8');
  const staging = 'staging: {environment: staging}';
  const reporter = 'staging: {environment: staging, reporter: {login: flux, id: 2001}}';
  world = await createTestWorld({
    files: new Map([['.github/curfew.yaml', policy.replace(staging, reporter)]]),
  });
  const github = world.sandbox.world;
  github.createUser({ login: 'flux', id: 2001, name: 'Flux', emails: ['flux@example.com'] });
  github.setCollaborator('acme/access', 'flux', 'write');
  await report('success');
});
afterEach(async () => await world.close());

async function tip(): Promise<string> {
  const { data } = await world.as('erin').octokit.git.getRef({ ...repo, ref: 'heads/main' });
  return data.object.sha;
}

interface Status {
  readonly by?: string;
  readonly context?: string;
  readonly sha?: string;
}

/** As Flux's notification-controller does it. */
async function report(state: 'success' | 'failure', status: Status = {}): Promise<void> {
  const { by = 'flux', sha = await tip() } = status;
  await world.as(by).octokit.repos.createCommitStatus({
    ...repo,
    sha,
    state,
    context: status.context ?? context,
    description: `reconciliation ${state === 'success' ? 'succeeded' : 'failed'}`,
  });
  await world.settle();
}

async function wait(seconds: number): Promise<void> {
  world.clock.advance(seconds * 1000);
  await world.settle();
}

/** Innocent access that the cluster took, and then something that it refuses. */
async function poison(): Promise<number> {
  await world.grant('innocent');
  await report('success');
  const number = await world.grant('poison');
  await report('failure');
  return number;
}

describe('a grant that the cluster refuses', () => {
  test('is withdrawn after a minute, told why, and nothing else ends', async () => {
    const number = await poison();
    await wait(59);
    expect(await world.grants()).toEqual([grantPath('innocent'), grantPath('poison')]);
    // No sweep, no delivery: the run that saw the refusal has set itself a timer.
    await wait(1);
    expect(await world.grants()).toEqual([grantPath('innocent')]);
    expect(await world.paths()).not.toContain(requestPath('poison'));
    const comment = await world.comment(number);
    expect(comment).toContain('staging has refused every revision that holds this access since');
    expect(comment).toContain('ask again once it is known why');
    const [revert] = await world.reverts();
    expect(revert).toMatchObject({ state: 'merged' });
  });

  test('holds up what is asked for meanwhile, until the cluster takes a revision', async () => {
    await poison();
    await wait(60);
    const number = await world.grant('later');
    expect(await world.grants()).toEqual([grantPath('innocent')]);
    expect(await world.comment(number)).toContain('staging has taken no revision since');
    await report('success');
    expect(await world.grants()).toEqual([grantPath('innocent'), grantPath('later')]);
  });

  test('stays where the cluster takes it in the end', async () => {
    await poison();
    await wait(30);
    await report('success');
    await world.pass(5);
    expect(await world.grants()).toEqual([grantPath('innocent'), grantPath('poison')]);
  });

  test('that the cluster took before stays, whatever the cluster refuses later', async () => {
    await world.grant('innocent');
    await report('success');
    await report('failure');
    await world.pass(5);
    expect(await world.grants()).toEqual([grantPath('innocent')]);
  });

  test('the expiry of another is not held up', async () => {
    await world.grant('short', { duration: '5m' });
    await report('success');
    await world.grant('poison');
    await report('failure');
    await world.pass(6);
    expect(await world.grants()).toEqual([]);
  });
});

test('a verdict that cannot be read ends nothing, and keeps nothing from ending', async () => {
  await poison();
  const number = await world.grant('revoked');
  const stop = world.sandbox.faults.inject({
    operation: 'Verdicts',
    effect: { kind: 'status', status: 502 },
  });
  await world.pass(2);
  await world.as('alice').comment(number, '/revoke');
  expect(await world.grants()).toEqual([grantPath('innocent'), grantPath('poison')]);
  stop();
  await world.pass(1);
  expect(await world.grants()).toEqual([grantPath('innocent')]);
});

describe('what anybody may write changes nothing', () => {
  test.each([
    ['somebody else', { by: 'mallory' }],
    ['another context', { context: 'ci/build' }],
    ['the context of another cluster', { context: 'curfew-prod-eu' }],
  ])('a refusal by %s', async (_, status) => {
    await world.grant('one');
    await report('failure', status);
    await world.pass(2);
    await world.pass(2);
    expect(await world.grants()).toEqual([grantPath('one')]);
  });

  test('a success of somebody else does not hide a refusal', async () => {
    await poison();
    await report('success', { by: 'mallory' });
    await wait(60);
    expect(await world.grants()).toEqual([grantPath('innocent')]);
  });

  test('a refusal of somebody else does not hide that a revision was taken', async () => {
    await world.grant('one');
    await report('success');
    await report('failure', { by: 'mallory' });
    await world.grant('two');
    await world.pass(2);
    expect(await world.grants()).toEqual([grantPath('one'), grantPath('two')]);
  });

  test('neither do many statuses of other contexts', async () => {
    await poison();
    const sha = await tip();
    for (let index = 0; index < 70; index += 1) {
      const options = { ...repo, sha, state: 'success', context: `noise/${index}` } as const;
      await world.as('mallory').octokit.repos.createCommitStatus(options);
    }
    await wait(60);
    expect(await world.grants()).toEqual([grantPath('innocent')]);
  });
});
