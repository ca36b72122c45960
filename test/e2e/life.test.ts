import { afterEach, describe, expect, test } from 'vitest';
import { createTestWorld, grantPath, requestPath, requestText, type TestWorld } from './world.ts';

let world: TestWorld;
afterEach(async () => await world.close());

describe('the whole life', () => {
  test('planned, approved, merged, granted, reverted', async () => {
    world = await createTestWorld();
    const number = await world.ask('inc-4711');
    expect(await world.check(number)).toMatchObject({
      conclusion: 'action_required',
      title: 'Waiting for 1 of 1 approval',
    });
    expect(await world.comment(number)).toContain('**alice** gets **debug-pod**');
    await world.as('bob').review(number, 'APPROVE');
    expect(await world.check(number)).toMatchObject({ conclusion: 'success' });
    expect(await world.state(number)).toBe('merged');
    expect(await world.grants()).toEqual([grantPath('inc-4711')]);
    expect(await world.text(grantPath('inc-4711'))).toContain(
      'curfew.dev/expires-at: "2026-12-01T10:00:00Z"',
    );
    expect(await world.comment(number)).toContain('/revoke');
    await world.pass(59);
    expect(await world.grants()).toEqual([grantPath('inc-4711')]);
    await world.pass(1);
    expect(await world.grants()).toEqual([]);
    expect(await world.paths()).not.toContain(requestPath('inc-4711'));
    expect(await world.paths()).toContain('grants/staging/README.md');
    expect(await world.comment(number)).toContain('**Ended: ');
    expect(await world.reverts()).toMatchObject([{ state: 'merged' }]);
  });

  test('what may stay open is told before anybody approves, and when it ends', async () => {
    world = await createTestWorld();
    const number = await world.grant('shell');
    const open = 'exec into pods in payments: until closed or the pod is gone; no time limit';
    expect(await world.comment(number)).toContain(`**May stay open at the end**\n- ${open}`);
    await world.pass(61);
    const [revert] = await world.reverts();
    const { data } = await world
      .as('erin')
      .octokit.pulls.get({ owner: 'acme', repo: 'access', pull_number: revert?.number ?? 0 });
    expect(data.body).toContain(`- ${open}`);
    expect(data.body).not.toContain('(alice');
  });

  test('where sessions have to end, a shell into pods of others is refused, and reading goes on', async () => {
    world = await createTestWorld();
    const policy = await world.text('.github/curfew.yaml');
    const ending = policy.replace("- scopes: ['*/*']\n", "- scopes: ['*/*']\n      openSessions: end\n");
    expect(ending).not.toBe(policy);
    await world.force({ '.github/curfew.yaml': ending });
    const shell = await world.ask('shell');
    expect(await world.check(shell)).toMatchObject({ conclusion: 'failure' });
    expect(await world.comment(shell)).toContain(
      'exec into pods in payments can stay open after the end, and openSessions of the policy is',
    );
    await world.grant('logs', { template: 'read-logs' });
    expect(await world.grants()).toEqual([grantPath('logs')]);
  });

  test('an automatic request is granted without anybody', async () => {
    world = await createTestWorld();
    const number = await world.ask('logs', { template: 'read-logs' });
    expect(await world.state(number)).toBe('merged');
    expect(await world.grants()).toEqual([grantPath('logs')]);
  });

  test('a scheduled start waits for its time', async () => {
    world = await createTestWorld();
    const number = await world.grant('later', { more: '  notBefore: 2026-12-01T12:00:00Z\n' });
    expect(await world.state(number)).toBe('merged');
    expect(await world.grants()).toEqual([]);
    expect(await world.comment(number)).toContain('starts at a later time');
    await world.pass(179);
    expect(await world.grants()).toEqual([]);
    await world.pass(1);
    expect(await world.text(grantPath('later'))).toContain('expires-at: "2026-12-01T13:00:00Z"');
    await world.pass(60);
    expect(await world.grants()).toEqual([]);
  });

  test('a request that nobody approves in time stays without a grant', async () => {
    world = await createTestWorld();
    const number = await world.ask('slow');
    await world.pass(25 * 60);
    expect(await world.check(number)).toMatchObject({ conclusion: 'failure' });
    await world.as('bob').review(number, 'APPROVE');
    expect(await world.state(number)).toBe('open');
    expect(await world.grants()).toEqual([]);
  });

  test('a pull request that touches nothing of ours is let through without a word', async () => {
    world = await createTestWorld();
    const number = await world
      .as('erin')
      .propose({ path: 'README.md', text: '# Changed\n', title: 'Docs', branch: 'docs' });
    expect(await world.check(number)).toMatchObject({ conclusion: 'success' });
    expect(await world.comment(number)).toBe('');
  });

  test('a used path is refused, and free again after the end', async () => {
    world = await createTestWorld();
    await world.grant('again');
    const second = await world.as('alice').propose({
      path: requestPath('again'),
      text: requestText({ duration: '2h' }),
      title: 'More',
      branch: 'more',
    });
    expect(await world.check(second)).toMatchObject({ conclusion: 'failure' });
    await world.pass(61);
    const third = await world
      .as('alice')
      .propose({ path: requestPath('again'), text: requestText(), title: 'Again', branch: 'again-2' });
    await world.as('bob').review(third, 'APPROVE');
    expect(await world.grants()).toEqual([grantPath('again')]);
  });
});

describe('ending early', () => {
  test.each([
    ['the subject', 'alice'],
    ['an owner', 'frank'],
    ['a revoker', 'dan'],
  ])('by a comment of %s', async (_, login) => {
    world = await createTestWorld();
    const number = await world.grant('early');
    await world.as(login).comment(number, '/revoke\nno longer needed');
    expect(await world.grants()).toEqual([]);
    expect(await world.comment(number)).toContain(`revoked by ${login}`);
  });

  test.each([
    ['somebody without the right', 'grace', '/revoke'],
    ['the subject, in passing', 'alice', 'please do not /revoke'],
    ['the subject, in a longer line', 'alice', '/revoke it'],
  ])('not by a comment of %s', async (_, login, body) => {
    world = await createTestWorld();
    const number = await world.grant('stays');
    await world.as(login).comment(number, body);
    expect(await world.grants()).toEqual([grantPath('stays')]);
  });

  test.each([
    ['the requester', 'alice'],
    ['an owner', 'bob'],
  ])('by a pull request of %s that deletes the request', async (_, login) => {
    world = await createTestWorld();
    await world.grant('hand-back');
    const number = await world
      .as(login)
      .propose({ path: requestPath('hand-back'), text: null, title: 'Hand back', branch: 'back' });
    expect(await world.state(number)).toBe('merged');
    expect(await world.grants()).toEqual([]);
  });

  test('by anybody else with an owner', async () => {
    world = await createTestWorld();
    await world.grant('stop');
    const number = await world
      .as('grace')
      .propose({ path: requestPath('stop'), text: null, title: 'Stop it', branch: 'stop-it' });
    expect(await world.grants()).toEqual([grantPath('stop')]);
    await world.as('bob').review(number, 'APPROVE');
    expect(await world.grants()).toEqual([]);
  });

  test('when the subject leaves the team that may ask', async () => {
    world = await createTestWorld();
    await world.grant('left');
    world.sandbox.world.removeTeamMember('acme/engineers', 'alice');
    await world.sweep();
    expect(await world.grants()).toEqual([]);
  });

  test('when the policy maps the subject to nobody any more', async () => {
    world = await createTestWorld();
    await world.grant('unmapped');
    const policy = await world.text('.github/curfew.yaml');
    await world.force({ '.github/curfew.yaml': policy.replace(/^.*login: alice.*\n/m, '') });
    expect(await world.grants()).toEqual([]);
  });

  test('when a role that is bound gives more, and not when it gives less', async () => {
    world = await createTestWorld();
    await world.grant('role');
    const path = 'templates/roles/debug-pod.yaml';
    const role = await world.text(path);
    await world.force({ [path]: role.replace('verbs: [get, list, watch]', 'verbs: [get, list]') });
    expect(await world.grants()).toEqual([grantPath('role')]);
    await world.force({
      [path]: `${role.trimEnd()}\n  - apiGroups: ['']\n    resources: [configmaps]\n    verbs: [get]\n`,
    });
    expect(await world.grants()).toEqual([]);
  });
});
