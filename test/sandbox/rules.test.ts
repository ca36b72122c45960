import type { RestEndpointMethodTypes } from '@octokit/rest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { access, openPullRequest, permissions, startAcme } from './support.ts';
import type { World } from './support.ts';

let world: World;

const codeowners = '/payments/ @acme/payments\n/orders/ @grace\n';

beforeEach(async () => {
  world = await startAcme({
    files: { '.github/CODEOWNERS': codeowners, 'payments/a': 'a\n', 'orders/a': 'a\n' },
  });
});

afterEach(async () => {
  await world.sandbox.close();
});

function merge(login: string, number: number): Promise<unknown> {
  return world.as(login).pulls.merge({ ...access, pull_number: number });
}

function approve(login: string, number: number): Promise<unknown> {
  return world.as(login).pulls.createReview({ ...access, pull_number: number, event: 'APPROVE' });
}

async function headOf(number: number): Promise<string> {
  return (await world.bot.pulls.get({ ...access, pull_number: number })).data.head.sha;
}

async function check(number: number, conclusion: 'success' | 'failure' = 'success'): Promise<void> {
  await world.bot.checks.create({ ...access, name: 'curfew', head_sha: await headOf(number), conclusion });
}

function push(login: string, branch: string): string {
  return world.sandbox.world.pushFiles('acme/access', login, { branch, files: { x: login } });
}

describe('a direct push to the protected branch', () => {
  it('is refused to people, owners of the organisation included', () => {
    for (const login of ['alice', 'erin']) {
      expect(() => push(login, 'main')).toThrow('Changes must be made through a pull request.');
    }
  });

  it('is open to the App that may always bypass, but not by force', async () => {
    const main = world.repository.git.branch('main') ?? '';
    const { tree } = world.repository.git.commit(main);
    const { data } = await world.bot.git.createCommit({ ...access, message: 'm', tree, parents: [main] });
    await world.bot.git.updateRef({ ...access, ref: 'heads/main', sha: data.sha });
    const forced = world.bot.git.updateRef({ ...access, ref: 'heads/main', sha: main, force: true });
    await expect(forced).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('Cannot force-push'),
    });
  });

  it('is refused to an App that may bypass for pull requests only', async () => {
    const [, ruleset] = world.repository.rulesets;
    if (ruleset !== undefined)
      ruleset.bypassActors = [{ actor_type: 'Integration', actor_id: 900, bypass_mode: 'pull_request' }];
    const put = world.bot.repos.createOrUpdateFileContents({
      ...access,
      path: 'x',
      message: 'm',
      content: 'eA==',
    });
    await expect(put).rejects.toMatchObject({ status: 422 });
    const number = await openPullRequest(world, 'alice', 'a');
    await world.bot.pulls.merge({ ...access, pull_number: number });
  });

  it('does not concern other branches', () => {
    const sha = push('alice', 'feature');
    expect(world.repository.git.branch('feature')).toBe(sha);
  });
});

describe('a merge by a person', () => {
  it('waits for the review of a code owner of every changed file, and for the check', async () => {
    const number = await openPullRequest(world, 'alice', 'a', { 'payments/b': '1', 'orders/b': '1' });
    await check(number);
    await approve('carol', number);
    await expect(merge('alice', number)).rejects.toThrow('Waiting on code owner review from acme/payments');
    await approve('bob', number);
    await expect(merge('alice', number)).rejects.toThrow('Waiting on code owner review from grace');
    await approve('grace', number);
    await merge('alice', number);
  });

  it('counts both names of a renamed file', async () => {
    const number = await openPullRequest(world, 'alice', 'a', { 'payments/a': null, unowned: 'a\n' });
    await check(number);
    await approve('carol', number);
    await expect(merge('alice', number)).rejects.toThrow('code owner');
  });

  it('takes the check of the App that it is pinned to, not a status or a check of that name', async () => {
    const number = await openPullRequest(world, 'alice', 'a');
    await approve('carol', number);
    await world.as('mallory').repos.createCommitStatus({
      ...access,
      sha: await headOf(number),
      state: 'success',
      context: 'curfew',
    });
    await expect(merge('alice', number)).rejects.toThrow('Required status check "curfew" is expected.');
    await check(number, 'failure');
    await expect(merge('alice', number)).rejects.toThrow('curfew');
    await check(number);
    await merge('alice', number);
  });

  it.each(['neutral', 'skipped'] as const)('goes through with a check that is %s', async (conclusion) => {
    const number = await openPullRequest(world, 'alice', 'a');
    await approve('carol', number);
    await world.bot.checks.create({ ...access, name: 'curfew', head_sha: await headOf(number), conclusion });
    await expect(merge('alice', number)).resolves.toMatchObject({ status: 200 });
  });

  it('is blocked by changes that were requested, until they are dismissed', async () => {
    const number = await openPullRequest(world, 'alice', 'a');
    const pull = { ...access, pull_number: number };
    await check(number);
    await approve('carol', number);
    const { data } = await world
      .as('dan')
      .pulls.createReview({ ...pull, event: 'REQUEST_CHANGES', body: 'no' });
    await expect(merge('alice', number)).rejects.toThrow('Changes have been requested.');
    await world.as('erin').pulls.dismissReview({ ...pull, review_id: data.id, message: 'settled' });
    await merge('alice', number);
  });

  it('does not count who cannot write', async () => {
    world.sandbox.world.createUser({ login: 'reader' });
    world.sandbox.world.setCollaborator('acme/access', 'reader', 'read');
    const number = await openPullRequest(world, 'alice', 'a');
    await check(number);
    await approve('reader', number);
    await expect(merge('alice', number)).rejects.toThrow('At least 1 approving review');
  });

  it('does not see an approval vanish with a push, unless the rule says so', async () => {
    const [, ruleset] = world.repository.rulesets;
    const number = await openPullRequest(world, 'alice', 'a');
    await approve('carol', number);
    push('alice', 'a');
    await check(number);
    await merge('alice', number);
    if (ruleset !== undefined) {
      ruleset.rules = ruleset.rules.map((rule) =>
        rule.type === 'pull_request'
          ? { ...rule, parameters: { ...rule.parameters, dismiss_stale_reviews_on_push: true } }
          : rule,
      );
    }
    const next = await openPullRequest(world, 'alice', 'b');
    await approve('carol', next);
    push('alice', 'b');
    await check(next);
    await expect(merge('alice', next)).rejects.toThrow('At least 1 approving review');
  });

  it('can ask for approval by another than the last pusher', async () => {
    const [, ruleset] = world.repository.rulesets;
    if (ruleset !== undefined) {
      ruleset.rules = ruleset.rules.map((rule) =>
        rule.type === 'pull_request'
          ? { ...rule, parameters: { ...rule.parameters, require_last_push_approval: true } }
          : rule,
      );
    }
    const number = await openPullRequest(world, 'alice', 'a');
    push('carol', 'a');
    await check(number);
    await approve('carol', number);
    await expect(merge('alice', number)).rejects.toThrow('someone other than the last pusher');
    await approve('dan', number);
    await merge('alice', number);
  });
});

describe('rules of other kinds', () => {
  const branch = { ref_name: { include: ['refs/heads/release/**/*'], exclude: [] } };
  const base = { name: 'r', target: 'branch', enforcement: 'active', conditions: branch } as const;

  it('hold for the branches that they name', () => {
    world.sandbox.world.createRuleset('acme/access', { ...base, rules: [{ type: 'creation' }] });
    expect(() => push('alice', 'release/1')).toThrow('creations');
    expect(() => push('alice', 'release/a/b')).toThrow('creations');
    push('alice', 'other');
  });

  it('forbid merge commits and unsigned ones', () => {
    push('alice', 'release/1');
    world.sandbox.world.createRuleset('acme/access', { ...base, rules: [{ type: 'required_signatures' }] });
    expect(() => push('alice', 'release/1')).toThrow('verified signatures');
  });

  it('let an administrator pass only where listed', () => {
    world.sandbox.world.createRuleset('acme/access', {
      ...base,
      bypass_actors: [{ actor_type: 'RepositoryRole', actor_id: 5, bypass_mode: 'always' }],
      rules: [{ type: 'creation' }],
    });
    expect(() => push('alice', 'release/1')).toThrow('creations');
    push('erin', 'release/1');
  });

  it('that the sandbox does not know are refused, not ignored', async () => {
    const rules = [{ type: 'code_scanning', parameters: { code_scanning_tools: [] } }];
    const created = world.as('erin').request('POST /repos/acme/access/rulesets', { ...base, rules });
    await expect(created).rejects.toMatchObject({ status: 422 });
  });
});

describe('rulesets by the API', () => {
  it('tell the App what holds for a branch, but not who may bypass', async () => {
    const { data: rules } = await world.bot.repos.getBranchRules({ ...access, branch: 'main' });
    expect(rules.map(({ type }) => type)).toEqual([
      'deletion',
      'non_fast_forward',
      'pull_request',
      'required_status_checks',
    ]);
    expect(rules[3]).toMatchObject({
      ruleset_source: 'acme/access',
      parameters: { required_status_checks: [{ context: 'curfew', integration_id: 900 }] },
    });
    expect((await world.bot.repos.getBranchRules({ ...access, branch: 'other' })).data).toEqual([]);
    const id = world.repository.rulesets[1]?.id ?? 0;
    const seen = (await world.bot.repos.getRepoRuleset({ ...access, ruleset_id: id })).data;
    expect(seen).not.toHaveProperty('bypass_actors');
    const byAdmin = (await world.as('erin').repos.getRepoRuleset({ ...access, ruleset_id: id })).data;
    expect(byAdmin.bypass_actors).toEqual([
      { actor_type: 'Integration', actor_id: 900, bypass_mode: 'always' },
    ]);
  });

  it('are changed by administrators only', async () => {
    const ruleset: RestEndpointMethodTypes['repos']['createRepoRuleset']['parameters'] = {
      ...access,
      name: 'mine',
      enforcement: 'active',
      conditions: { ref_name: { include: ['~ALL'], exclude: [] } },
      rules: [{ type: 'deletion' }],
    };
    await expect(world.as('alice').repos.createRepoRuleset(ruleset)).rejects.toMatchObject({ status: 403 });
    await expect(world.bot.repos.createRepoRuleset(ruleset)).rejects.toMatchObject({ status: 403 });
    const { data } = await world.as('erin').repos.createRepoRuleset(ruleset);
    await world
      .as('erin')
      .repos.updateRepoRuleset({ ...ruleset, ruleset_id: data.id, enforcement: 'disabled' });
    await world.as('erin').repos.deleteRepoRuleset({ ...access, ruleset_id: data.id });
    expect((await world.as('erin').repos.getRepoRulesets(access)).data).toHaveLength(2);
  });
});

describe('a merge queue', () => {
  beforeEach(() => {
    world.sandbox.world.createRuleset('acme/access', {
      name: 'queue',
      enforcement: 'active',
      conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
      rules: [
        {
          type: 'merge_queue',
          parameters: {
            check_response_timeout_minutes: 60,
            grouping_strategy: 'ALLGREEN',
            max_entries_to_build: 5,
            max_entries_to_merge: 5,
            merge_method: 'MERGE',
            min_entries_to_merge: 1,
            min_entries_to_merge_wait_minutes: 5,
          },
        },
      ],
    });
  });

  function succeed(sha: string): Promise<unknown> {
    return world.bot.checks.create({ ...access, name: 'curfew', head_sha: sha, conclusion: 'success' });
  }

  it('lands a group once the check has passed on its commit, one on top of the other', async () => {
    const [one, two] = [
      await openPullRequest(world, 'alice', 'a'),
      await openPullRequest(world, 'alice', 'b'),
    ];
    await check(one);
    await approve('carol', one);
    await expect(merge('alice', one)).rejects.toThrow('merge queue');
    expect(() => world.sandbox.world.enqueue('acme/access', 'alice', two)).toThrow('approving review');
    await approve('carol', two);
    const first = world.sandbox.world.enqueue('acme/access', 'alice', one);
    const second = world.sandbox.world.enqueue('acme/access', 'alice', two);
    await world.sandbox.settle();
    const groups = world.received.filter(({ name }) => name === 'merge_group');
    expect(groups.map(({ payload }) => JSON.parse(payload))).toMatchObject([
      { action: 'checks_requested', merge_group: { head_sha: first.groupSha } },
      { action: 'checks_requested', merge_group: { head_sha: second.groupSha, base_sha: first.groupSha } },
    ]);
    await succeed(second.groupSha);
    expect(world.repository.mergeQueue).toHaveLength(2);
    await succeed(first.groupSha);
    expect(world.repository.mergeQueue).toHaveLength(0);
    expect(world.repository.git.branch('main')).toBe(second.groupSha);
    for (const number of [one, two]) {
      expect((await world.bot.pulls.get({ ...access, pull_number: number })).data.merged).toBe(true);
    }
  });

  it('drops a pull request whose head moves', async () => {
    const number = await openPullRequest(world, 'alice', 'a');
    await approve('carol', number);
    const entry = world.sandbox.world.enqueue('acme/access', 'alice', number);
    push('alice', 'a');
    await succeed(entry.groupSha);
    expect((await world.bot.pulls.get({ ...access, pull_number: number })).data.merged).toBe(false);
  });

  it('drops a pull request that is closed, and its branch', async () => {
    const number = await openPullRequest(world, 'alice', 'a');
    await approve('carol', number);
    const { groupSha, groupRef } = world.sandbox.world.enqueue('acme/access', 'alice', number);
    await world.as('alice').pulls.update({ ...access, pull_number: number, state: 'closed' });
    expect(world.repository.git.refs.has(groupRef)).toBe(false);
    await succeed(groupSha);
    const { merged } = (await world.bot.pulls.get({ ...access, pull_number: number })).data;
    expect([merged, world.repository.mergeQueue]).toEqual([false, []]);
  });

  it('drops a group when a bypass goes past it', async () => {
    const number = await openPullRequest(world, 'alice', 'a');
    await approve('carol', number);
    const entry = world.sandbox.world.enqueue('acme/access', 'alice', number);
    for (const ruleset of world.repository.rulesets) ruleset.enforcement = 'disabled';
    push('alice', 'main');
    for (const ruleset of world.repository.rulesets) ruleset.enforcement = 'active';
    await succeed(entry.groupSha);
    expect(world.repository.mergeQueue).toHaveLength(0);
    expect((await world.bot.pulls.get({ ...access, pull_number: number })).data.merged).toBe(false);
  });
});

it('an archived repository takes nothing', async () => {
  const number = await openPullRequest(world, 'alice', 'a');
  await world.as('erin').repos.update({ ...access, archived: true });
  await expect(merge('erin', number)).rejects.toMatchObject({ status: 403 });
  expect(() => push('alice', 'a')).toThrow('archived');
  const comment = world.bot.issues.createComment({ ...access, issue_number: number, body: 'x' });
  await expect(comment).rejects.toMatchObject({ status: 403 });
  await expect(world.as('alice').repos.update({ ...access, archived: false })).rejects.toMatchObject({
    status: 403,
  });
  await world.as('erin').repos.update({ ...access, archived: false });
  push('alice', 'a');
});

it('an App without administration changes no settings', async () => {
  expect(permissions).not.toHaveProperty('administration');
  await expect(world.bot.repos.update({ ...access, archived: true })).rejects.toMatchObject({ status: 403 });
});
