import { afterEach, describe, expect, test } from 'vitest';
import { createTestWorld, grantPath, requestPath, type TestWorld } from './world.ts';

let world: TestWorld;
afterEach(async () => await world.close());

const repo = { owner: 'acme', repo: 'access' };
const rolePath = 'templates/roles/debug-pod.yaml';
const policyPath = '.github/curfew.yaml';
const ownersPath = '.github/CODEOWNERS';
const policiesPath = 'clusters/prod-eu/network-policies.yaml';
const moreRules = "  - apiGroups: ['']\n    resources: [configmaps]\n    verbs: [get]\n";

interface Proposed {
  readonly by?: string;
  readonly branch?: string;
}

/** A pull request that changes these files. */
async function propose(
  files: Readonly<Record<string, string | null>>,
  { by = 'erin', branch = 'proposal' }: Proposed = {},
): Promise<number> {
  world.sandbox.world.pushFiles('acme/access', by, { branch, files, message: 'Change what decides' });
  const { data } = await world
    .as(by)
    .octokit.pulls.create({ ...repo, head: branch, base: 'main', title: 'Change what decides' });
  await world.settle();
  return data.number;
}

async function annotations(number: number) {
  const { octokit } = world.as('erin');
  const { data: pull } = await octokit.pulls.get({ ...repo, pull_number: number });
  const { data } = await octokit.checks.listForRef({ ...repo, ref: pull.head.sha, check_name: 'curfew' });
  const { data: list } = await octokit.checks.listAnnotations({
    ...repo,
    check_run_id: data.check_runs[0]?.id ?? 0,
  });
  return list;
}

describe('a pull request that changes what decides', () => {
  test('and widens a role: what that gives is said, and which grant it would end; merged, it ends it', async () => {
    world = await createTestWorld();
    await world.grant('in-force');
    const role = await world.text(rolePath);
    const number = await propose({ [rolePath]: `${role.trimEnd()}\n${moreRules}` });
    const check = await world.check(number);
    expect(check).toMatchObject({
      conclusion: 'success',
      title: 'Sound: 1 grant in force would end, 1 template would give something else',
    });
    expect(check?.summary).toContain('**alice** has **debug-pod** in payments on staging');
    expect(check?.summary).toContain('gains: get configmaps in payments');
    expect(await world.comment(number)).toBe('');
    expect(await world.grants()).toEqual([grantPath('in-force')]);
    // Security and platform own the catalog; who reviews has seen what follows.
    await world.as('dan').review(number, 'APPROVE');
    expect(await world.state(number)).toBe('open');
    await world.as('dan').merge(number);
    expect(await world.state(number)).toBe('merged');
    expect(await world.grants()).toEqual([]);
  });

  test('and edits the policy: a request on the way that it would refuse is named, and decided as before', async () => {
    world = await createTestWorld();
    const asked = await world.ask('on-the-way');
    const policy = await world.text(policyPath);
    const number = await propose({
      [policyPath]: policy.replace(/ {4}- name: engineers debug staging\n(?: {6}.*\n)+/, ''),
    });
    const check = await world.check(number);
    expect(check).toMatchObject({
      conclusion: 'success',
      title: 'Sound: 1 request would be decided otherwise',
    });
    expect(check?.summary).toContain(`#${asked}: **alice** asks for **debug-pod** in payments on staging`);
    expect(check?.summary).toContain('would be refused: No entry of the policy allows this');
    await world.as('bob').review(asked, 'APPROVE');
    expect(await world.grants()).toEqual([grantPath('on-the-way')]);
  });

  test('and takes the protection away is refused', async () => {
    world = await createTestWorld();
    const owners = await world.text(ownersPath);
    const number = await propose({ [ownersPath]: owners.replace(/^\/grants\/ .*$/m, '/grants/') });
    const check = await world.check(number);
    expect(check).toMatchObject({
      conclusion: 'failure',
      title: 'Refused: grants/new/new/new.yaml would have no owner whom GitHub accepts',
    });
    expect(check?.summary).toContain('`grants/`: @&#8203;acme/platform → nobody');
  });

  test('and names an owner whom GitHub does not know is refused', async () => {
    world = await createTestWorld();
    const owners = await world.text(ownersPath);
    const number = await propose({
      [ownersPath]: owners.replace(/^\/clusters\/ .*$/m, '/clusters/ @acme/nobody-there'),
    });
    expect(await world.check(number)).toMatchObject({
      conclusion: 'failure',
      title: expect.stringContaining('would have no owner whom GitHub accepts'),
    });
  });

  test('and brings a snapshot in which a statement of the policy does not hold is refused', async () => {
    world = await createTestWorld();
    const policies = await world.text(policiesPath);
    const number = await propose({
      [policiesPath]: policies.replace(
        / {2}name: default-deny\n {2}namespace: vault/,
        '  name: other\n  namespace: kube-system',
      ),
    });
    const check = await world.check(number);
    expect(check?.conclusion).toBe('failure');
    expect(check?.summary).toContain(
      '"every production namespace denies by default" would not hold on prod-eu',
    );
    expect(check?.summary).toContain('(no policy selects every pod there)');
  });

  test('and is not valid gets its faults on file and line', async () => {
    world = await createTestWorld();
    const role = await world.text(rolePath);
    const number = await propose({
      [rolePath]: `${role.trimEnd()}\n${moreRules.replace('verbs: [get]', 'verb: get')}`,
      [policiesPath]: 'a: [b\n',
    });
    expect(await world.check(number)).toMatchObject({ conclusion: 'failure' });
    const line = role.trimEnd().split('\n').length + 3;
    const list = await annotations(number);
    expect(list).toContainEqual(
      expect.objectContaining({ path: rolePath, start_line: line, annotation_level: 'failure' }),
    );
    expect(list.map(({ path }) => path)).toContain(policiesPath);
  });

  test('and is too large is refused, and nothing of it is kept', async () => {
    world = await createTestWorld();
    const pod = (n: number) => `apiVersion: v1\nkind: Pod\nmetadata: {name: p${n}, namespace: payments}\n`;
    const large = Array.from({ length: 8000 }, (_, n) => pod(n)).join('---\n');
    const number = await propose({ 'clusters/staging/a.yaml': large, 'clusters/staging/b.yaml': large });
    const check = await world.check(number);
    expect(check?.conclusion).toBe('failure');
    expect(check?.title).toMatch(/kB; 1000 kB at once are judged$/);
    const files = Array.from({ length: 1000 }, (_, n) => [`clusters/staging/${n}.yaml`, pod(n)] as const);
    const many = await propose(Object.fromEntries(files), { branch: 'many' });
    expect(await world.check(many)).toMatchObject({
      conclusion: 'failure',
      title: 'Refused: it changes 1000 files that decide who gets what; 200 at once are judged',
    });
  });

  test('and cannot be read holds up nothing else', async () => {
    world = await createTestWorld();
    // GitHub lists a file whose name is no UTF-8 under a name that it does not find.
    const stop = world.sandbox.faults.inject({
      operation: 'Entries',
      effect: {
        kind: 'partial',
        answer: { path: ['repository', 'object', 'f0'], type: 'NOT_FOUND', message: 'not found' },
      },
    });
    const number = await propose({ 'clusters/staging/odd.yaml': 'kind: Odd\n' });
    world.sandbox.faults.onDelivery(() => 'drop');
    const request = await world.ask('lost');
    world.sandbox.faults.onDelivery(() => 'deliver');
    await world.sweep();
    expect((await world.check(request))?.title).toBe('Waiting for 1 of 1 approval');
    expect(await world.check(number)).toMatchObject({
      conclusion: 'failure',
      title: 'Refused: GitHub does not show clusters/staging/odd.yaml, which it changes',
    });
    stop();
    await world.sweep();
    expect((await world.check(number))?.title).toContain('line 1 of clusters/staging/odd.yaml');
  });

  test('together with a request stays refused', async () => {
    world = await createTestWorld();
    const number = await propose({ [rolePath]: null, [requestPath('mixed')]: 'x: 1\n' }, { by: 'alice' });
    expect(await world.check(number)).toMatchObject({ conclusion: 'failure' });
    expect(await world.comment(number)).toContain('a request is alone in its pull request');
  });

  test('is judged anew at the sweep when what stands has changed, and else nothing is written', async () => {
    world = await createTestWorld();
    const role = await world.text(rolePath);
    const number = await propose({ [rolePath]: `${role.trimEnd()}\n${moreRules}` });
    expect((await world.check(number))?.title).toBe('Sound: 1 template would give something else');
    await world.grant('later');
    await world.pass(11);
    expect((await world.check(number))?.title).toContain('1 grant in force would end');
    const seen: string[] = [];
    world.sandbox.onRequest(({ actor, method, route, operation }) => {
      if (actor === 'curfew[bot]') seen.push(operation ?? `${method} ${route}`);
    });
    await world.pass(11);
    // Nothing is written, and what the head brings is not read again.
    expect(seen.filter((each) => !each.startsWith('GET ') && !/^[A-Z][A-Za-z]+$/.test(each))).toEqual([]);
    expect(seen).not.toContain('Commit');
    expect(seen).not.toContain('Entries');
    expect(seen).toContain('OpenPullRequests');
  });

  test('costs nothing more where it is none', async () => {
    world = await createTestWorld();
    const seen: (string | null)[] = [];
    world.sandbox.onRequest(({ actor, operation }) => {
      if (actor === 'curfew[bot]') seen.push(operation);
    });
    const number = await propose({ 'README.md': '# Other\n' });
    expect(await world.check(number)).toMatchObject({ conclusion: 'success' });
    expect(
      seen.filter((each) => each !== null && /^(?:Entries|Branch|OpenPullRequests)$/.test(each)),
    ).toEqual([]);
  });
});

describe('a proposal decides nothing', () => {
  test('whoever makes themselves an owner and the policy open to all gets nothing by it', async () => {
    world = await createTestWorld();
    const asked = await world.ask('mine');
    const policy = await world.text(policyPath);
    await propose(
      {
        [ownersPath]: '* @mallory\n',
        [policyPath]: policy
          .replaceAll(/approvals: .*$/gm, 'approvals: none')
          .replaceAll('acme/sre', 'mallory'),
      },
      { by: 'mallory' },
    );
    await world.as('mallory').review(asked, 'APPROVE');
    await world.pass(11);
    expect(await world.grants()).toEqual([]);
    expect(await world.check(asked)).toMatchObject({ conclusion: 'action_required' });
  });

  test('its branch as the base of a request grants nothing', async () => {
    world = await createTestWorld();
    const policy = await world.text(policyPath);
    await propose(
      { [policyPath]: policy.replaceAll(/approvals: .*$/gm, 'approvals: none') },
      { by: 'mallory' },
    );
    world.sandbox.world.pushFiles('acme/access', 'mallory', {
      branch: 'on-top',
      files: {
        [requestPath('on-top')]:
          'apiVersion: curfew.dev/v1\nkind: AccessRequest\nspec: {template: debug-pod, parameters: {app: payments-api}, reason: x}\n',
      },
      message: 'Ask',
    });
    await world
      .as('mallory')
      .octokit.pulls.create({ ...repo, head: 'on-top', base: 'proposal', title: 'Ask' });
    await world.settle();
    await world.pass(11);
    expect(await world.grants()).toEqual([]);
  });
});
