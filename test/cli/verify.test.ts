import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dispatch } from '../../src/cli/dispatch.ts';
import { verifyCommand } from '../../src/cli/verify.ts';
import { createTestWorld, grantPath, requestPath, requestText, type TestWorld } from '../e2e/world.ts';
import { fakeIo } from './fake-io.ts';
import { as, asCurfew, cloneOf, type Clone } from './lives.ts';

/** A few lives, and a clone of them to tamper with. */
let world: TestWorld;
let clone: Clone;

async function liveShortly(): Promise<TestWorld> {
  const world = await createTestWorld();
  await world.grant('expired');
  await world.pass(61);
  await mergedByHand(world, 'squash');
  await world.grant('one', { duration: '2h' });
  await world.grant('two', { by: 'grace', duration: '2h' });
  return world;
}

/** The ways in which access begins and ends, lived for real. */
async function live(): Promise<TestWorld> {
  const world = await createTestWorld();
  await world.grant('expired');
  await world.pass(61);

  const revoked = await world.grant('revoked');
  await world.as('alice').comment(revoked, '/revoke');

  await world.grant('handed-back');
  const back = { path: requestPath('handed-back'), text: null, title: 'Hand back', branch: 'back' };
  await world.as('alice').propose(back);

  await world.ask('automatic', { template: 'read-logs' });
  await world.grant('scheduled', { more: '  notBefore: 2026-12-01T12:00:00Z\n' });
  for (let hour = 0; hour < 3; hour++) await world.pass(60);

  await world.grant('for-another', { by: 'frank', more: '  for: alice\n' });
  const production = await world.as('alice').propose({
    path: 'access-requests/prod-eu/payments/inc-1.yaml',
    text: requestText({ more: '  ticket: INC-1\n' }),
    title: 'Debug production',
    branch: 'inc-1',
  });
  for (const login of ['bob', 'carol', 'dan']) await world.as(login).review(production, 'APPROVE');

  for (const method of ['merge', 'squash', 'rebase'] as const) {
    await world.pass(2);
    await mergedByHand(world, method);
  }
  await world.forceMerge(await world.ask('unapproved'));

  await world.pass(2);

  // All of these bind a role that gives more from now on.
  const path = 'templates/roles/debug-pod.yaml';
  const role = await world.text(path);
  const more = "  - apiGroups: ['']\n    resources: [configmaps]\n    verbs: [get]\n";
  await world.force({ [path]: `${role.trimEnd()}\n${more}` });
  await world.force({ [path]: role });
  await world.pass(2);

  await world.grant('unmapped', { duration: '4h' });
  const policy = await world.text('.github/curfew.yaml');
  await world.force({ '.github/curfew.yaml': policy.replace(/^.*login: alice.*\n/m, '') });
  await world.force({ '.github/curfew.yaml': policy });
  await world.pass(2);

  await directly(world);
  await world.grant('one', { duration: '2h' });
  await world.grant('two', { by: 'grace', duration: '2h' });
  return world;
}

/** Somebody else presses the button while Curfew is away. */
async function mergedByHand(world: TestWorld, method: 'merge' | 'squash' | 'rebase'): Promise<void> {
  const number = await world.ask(method);
  await world.as('alice').write(method, requestPath(method), requestText({ duration: '2h' }), 'Longer');
  world.sandbox.faults.onDelivery(() => 'drop');
  await world.as('bob').review(number, 'APPROVE');
  await world.forceMerge(number, method);
  world.sandbox.faults.onDelivery(() => 'deliver');
  await world.sweep();
}

/** GitHub refuses the revert pull request: a direct commit ends the access. */
async function directly(world: TestWorld): Promise<void> {
  await world.grant('directly');
  const stop = world.sandbox.faults.inject({
    actor: 'curfew[bot]',
    method: 'POST',
    route: '/repos/{owner}/{repo}/pulls',
    effect: { kind: 'status', status: 422 },
  });
  await world.pass(61);
  stop();
  await world.sweep();
}

beforeAll(async () => {
  world = await liveShortly();
  clone = cloneOf(world);
});

beforeEach(() => clone.restore());

afterAll(async () => {
  clone.remove();
  await world.close();
});

async function verify(
  args: readonly string[] = [],
  {
    now = world.clock.now(),
    env = {},
  }: { readonly now?: number; readonly env?: Record<string, string> } = {},
): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  const io = fakeIo({ cwd: clone.folder, now, env });
  const status = await dispatch(['verify', ...args], io, { verify: () => Promise.resolve(verifyCommand) });
  return { status, out: io.out(), err: io.err() };
}

const minutes = 60_000;
const bob = 'Curfew-Approval: 1002 bob';

/** The differences that verification finds, without their commits. */
async function differences(now = world.clock.now()): Promise<readonly string[]> {
  const { status, out } = await verify(['--json'], { now });
  const found: { readonly differences: readonly { readonly path: string; readonly message: string }[] } =
    JSON.parse(out);
  expect(status).toBe(found.differences.length === 0 ? 0 : 1);
  return found.differences.map(({ path, message }) => `${path}: ${message}`);
}

/** Goes back to where a grant had just been made: history without what came after. */
function backToGrant(path: string): string {
  const sha = clone.git(['log', '--first-parent', '--diff-filter=A', '--format=%H', '-1', '--', path]);
  clone.git(['reset', '--quiet', '--hard', sha]);
  return sha;
}

/** Makes the newest commit, a grant, anew: with another message, other bytes, or upon another commit. */
function regrant(
  change: {
    readonly message?: (message: string) => string;
    readonly text?: (text: string) => string;
    readonly before?: () => void;
    readonly env?: Readonly<Record<string, string>>;
  },
  path = grantPath('two'),
): string {
  const message = clone.git(['log', '-1', '--format=%B']);
  const text = clone.git(['show', `HEAD:${path}`]);
  const parent = clone.git(['rev-parse', 'HEAD^']);
  clone.git(['reset', '--quiet', '--hard', 'HEAD^']);
  change.before?.();
  const tip = clone.git(['rev-parse', 'HEAD']);
  clone.write(path, `${(change.text ?? String)(text)}\n`);
  const moved = message.replaceAll(parent, tip);
  return clone.commit((change.message ?? String)(moved), { ...asCurfew(world), ...change.env });
}

describe('curfew verify', () => {
  it('finds nothing in access that was lived', async () => {
    const world = await live();
    const io = fakeIo({ cwd: world.repository.git.directory, now: world.clock.now() });
    await dispatch(['verify'], io, { verify: () => Promise.resolve(verifyCommand) });
    expect(io.out()).toMatch(
      /^No difference: 14 grants in \d+ commits, 2 of them in the tree\. In plain git/,
    );
    expect(io.err()).toBe('');
    await world.close();
  });

  it('finds nothing where a grant is made anew as it was', async () => {
    regrant({});
    expect(await differences()).toEqual([]);
  });

  it('reads a bare repository too', async () => {
    expect((await verify(['--dir', world.repository.git.directory])).status).toBe(0);
  });
});

describe('what somebody did below grants/', () => {
  const two = grantPath('two');
  const byErin = 'Erin <erin@example.com>, who is not Curfew';

  it.each([
    [
      'edited a grant',
      () => clone.write(two, clone.git(['show', `HEAD:${two}`]).replace('2026', '2027')),
      [
        `${two}: it was removed or changed by ${byErin}`,
        `${two}: it was put here by ${byErin}, and is still there`,
      ],
    ],
    [
      'deleted a grant',
      () => clone.git(['rm', '--quiet', two]),
      [`${two}: it was removed or changed by ${byErin}`],
    ],
    [
      'made a grant executable',
      () => chmodSync(join(clone.folder, two), 0o755),
      [
        `${two}: it was removed or changed by ${byErin}`,
        `${two}: it was put here by ${byErin}, and is still there`,
      ],
    ],
    [
      'added a file',
      () => clone.write('grants/staging/kustomization.yaml', 'resources: []\n'),
      [`grants/staging/kustomization.yaml: it was put here by ${byErin}, and is still there`],
    ],
    [
      'changed a README',
      () => clone.write('grants/staging/README.md', '# Mine\n'),
      [`grants/staging/README.md: this README was written by ${byErin}`],
    ],
    [
      'removed a README',
      () => clone.git(['rm', '--quiet', 'grants/staging/README.md']),
      [`grants/staging/README.md: this README was removed by ${byErin}`],
    ],
  ])('%s', async (_, tamper, found) => {
    tamper();
    clone.git(['commit', '--quiet', '--all', '--allow-empty', '-m', 'By hand']);
    if (clone.git(['status', '--porcelain']) !== '') clone.commit('By hand');
    expect(await differences()).toEqual(found);
  });

  it('that was mended is told without "still there"', async () => {
    clone.write('grants/staging/mine.yaml', 'kind: RoleBinding\n');
    clone.commit('By hand');
    clone.git(['rm', '--quiet', 'grants/staging/mine.yaml']);
    clone.commit('Remove a file that Curfew did not write', asCurfew(world));
    expect(await differences()).toEqual([`grants/staging/mine.yaml: it was put here by ${byErin}`]);
  });

  it('is told also where it is not committed', async () => {
    clone.write(two, 'kind: RoleBinding\n');
    clone.write('grants/mine.yaml', 'kind: RoleBinding\n');
    const { status, out } = await verify();
    expect(status).toBe(1);
    expect(out.split('\n').slice(0, 2)).toEqual([
      `not committed  ${two}: in the folder it is not as it is committed`,
      'not committed  grants/mine.yaml: in the folder it is not as it is committed',
    ]);
  });

  it('is told with its commit', async () => {
    clone.write('grants/x.yaml', '');
    const commit = clone.commit('By hand');
    const { status, out } = await verify();
    expect(status).toBe(1);
    expect(out).toContain(`${commit.slice(0, 12)}  grants/x.yaml: it was put here by ${byErin}`);
    expect(out).toContain('1 difference. 4 grants in ');
  });
});

describe('a grant commit', () => {
  const two = grantPath('two');

  it.each([
    ['another approver', bob, 'Curfew-Approval: 1004 dan', /its bytes are not those that follow/],
    [
      'a later end',
      /Expires-At: \S+/,
      'Expires-At: 2026-12-09T00:00:00Z',
      /says end 2026-12-09T00:00:00Z, and/,
    ],
    [
      'no approval',
      /Curfew-Approval: .*/,
      '',
      /wants the approval of one of @acme\/payments .* proves 0 of 1/,
    ],
  ])('whose evidence names %s is named', async (_, from, to, message) => {
    regrant({ message: (text) => text.replace(from, to) });
    expect(await differences()).toContainEqual(expect.stringMatching(message));
  });

  it('without evidence is named', async () => {
    regrant({ message: (text) => text.replace(/\n\nCurfew-Grant:[^]*/, '') });
    expect(await differences()).toEqual([
      `${two}: it was put here by a commit whose message carries no complete evidence, and is still there`,
    ]);
  });

  it('with the evidence of another request is named', async () => {
    const message = clone.git(['log', '-1', '--format=%B']);
    clone.write(grantPath('three'), `${clone.git(['show', `HEAD:${two}`])}\n`);
    clone.commit(message, asCurfew(world));
    expect(await differences()).toEqual([
      `${grantPath('three')}: it was put here by a commit whose evidence is about ${requestPath('two')}, and is still there`,
    ]);
  });

  it('by somebody else is named', async () => {
    regrant({ env: as('curfew[bot]', '1008+mallory@users.noreply.github.com', world.clock.now()) });
    expect(await differences()).toEqual([
      `${two}: it was put here by curfew[bot] <1008+mallory@users.noreply.github.com>, who is not Curfew, and is still there`,
    ]);
  });

  it('with other bytes is named', async () => {
    regrant({ text: (text) => text.replace('name: oidc:grace', 'name: oidc:mallory') });
    expect(await differences()).toEqual([
      `${two}: its bytes are not those that follow from its plan and its evidence`,
    ]);
  });

  it('that does more is named', async () => {
    const message = clone.git(['log', '-1', '--format=%B']);
    clone.git(['reset', '--quiet', '--mixed', 'HEAD^']);
    clone.write('templates/mine.yaml', '');
    clone.commit(message, asCurfew(world));
    expect(await differences()).toEqual([`${two}: its commit changes 2 files, not the grant alone`]);
  });

  it('upon another tip than it was decided at is named', async () => {
    regrant({
      before: () => clone.commit('Something else'),
      message: (text) => text.replace(/Curfew-Tip: \w+/, `Curfew-Tip: ${clone.git(['rev-parse', 'HEAD^'])}`),
    });
    expect(await differences()).toEqual([
      expect.stringMatching(/: it was decided at Curfew-Tip \w+, but its parent is/),
    ]);
  });

  it('whose merge landed more than the request is named', async () => {
    regrant({
      before: () => {
        clone.write('README.md', '# Mine\n');
        clone.git(['commit', '--quiet', '--all', '--amend', '--no-edit']);
      },
    });
    expect(await differences()).toEqual([
      expect.stringMatching(/: its merge \w+ did not land .* and nothing else/),
    ]);
  });

  it('for a pull request that was granted before is named', async () => {
    const sha = backToGrant(grantPath('expired'));
    const message = clone.git(['log', '-1', '--format=%B']);
    clone.git(['reset', '--quiet', '--hard', 'origin/HEAD']);
    clone.write(requestPath('expired'), requestText());
    clone.commit('Ask again');
    clone.git(['checkout', '--quiet', sha, '--', grantPath('expired')]);
    const tip = clone.git(['rev-parse', 'HEAD']);
    clone.commit(message.replace(/Curfew-Tip: \w+/, `Curfew-Tip: ${tip}`), asCurfew(world));
    expect(await differences()).toContain(
      `${grantPath('expired')}: pull request #1 was granted before, by ${sha}`,
    );
  });
});

describe('an end', () => {
  const two = grantPath('two');
  const ending = (code: string): string => {
    const grant = /Curfew-Grant: (\S+)/.exec(clone.git(['log', '-1', '--format=%B']))?.[1];
    return `Revert\n\nCurfew-Ended: ${code} ${grant} ${requestPath('two')}`;
  };
  const curfewAt = (at: number): Readonly<Record<string, string>> =>
    as('curfew[bot]', asCurfew(world)['GIT_AUTHOR_EMAIL'] ?? '', at);

  it('by a person who merged the commit of Curfew is believed', async () => {
    const text = ending('revoked');
    clone.git(['checkout', '--quiet', '-b', 'revert']);
    clone.git(['rm', '--quiet', two, requestPath('two')]);
    clone.commit(text, asCurfew(world));
    clone.git(['checkout', '--quiet', '-']);
    clone.git(['merge', '--quiet', '--no-ff', '-m', 'Merge pull request', 'revert']);
    expect(await differences()).toEqual([]);
  });

  it('that is late is named', async () => {
    const at = world.clock.now() + 3 * 60 * minutes;
    const text = ending('expired');
    clone.git(['rm', '--quiet', two, grantPath('one')]);
    clone.commit(text, curfewAt(at));
    expect(await differences()).toContainEqual(
      expect.stringMatching(/two.yaml: it ended at \S+, though its time was up at/),
    );
  });

  it('that never came is named: history without the revert', async () => {
    backToGrant(grantPath('expired'));
    expect(await differences(world.clock.now() + 10 * minutes)).toEqual([
      expect.stringMatching(
        /expired.yaml: it is still there, though its time was up at 2026-12-01T10:00:00Z; if/,
      ),
    ]);
  });
});

describe('what cannot be read', () => {
  it.each([
    ['no such folder', ['--dir', 'none'], /there is no folder .*none/],
    ['no repository', ['--dir', '/'], /git cannot read \/: not a git repository/],
    ['wrong use', ['--dri', 'x'], /did you mean "--dir"/],
    ['no repository name', ['--repo', 'access'], /--repo: "access" is no repository such as acme\/access/],
    ['no token', ['--repo', 'acme/access'], /--repo needs GITHUB_TOKEN/],
  ])('%s', async (_, args, message) => {
    const { status, out, err } = await verify(args);
    expect(err).toMatch(message);
    expect({ status, out }).toEqual({ status: 2, out: '' });
  });

  it('a history that is cut off', async () => {
    clone.git(['clone', '--quiet', '--depth=1', `file://${world.repository.git.directory}`, 'shallow']);
    const { status, err } = await verify(['--dir', 'shallow']);
    expect(status).toBe(2);
    expect(err).toContain('run "git fetch --unshallow"');
  });

  it('a repository without commits, and one that is no access repository', async () => {
    clone.git(['init', '--quiet', 'empty']);
    expect((await verify(['--dir', 'empty'])).err).toContain('holds no commit');
    clone.git(['-C', 'empty', 'commit', '--quiet', '--allow-empty', '-m', 'Nothing']);
    const { status, err } = await verify(['--dir', 'empty']);
    expect(status).toBe(2);
    expect(err).toContain('is no access repository');
  });
});
