import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accessCommand } from '../../src/cli/access.ts';
import { dispatch } from '../../src/cli/dispatch.ts';
import { createTestWorld, grantPath, requestPath, requestText, type TestWorld } from '../e2e/world.ts';
import { fakeIo } from './fake-io.ts';
import { as, asCurfew, cloneOf, type Clone } from './lives.ts';

let world: TestWorld;
let clone: Clone;

/** 9:00 one is granted for an hour; 9:30 two for two hours, and grace's is handed back; 10:01 one is over. */
beforeAll(async () => {
  world = await createTestWorld();
  await world.grant('one');
  await world.pass(30);
  await world.grant('two', { duration: '2h', more: '  ticket: INC-2\n' });
  const back = await world.grant('back', { by: 'grace' });
  await world.as('grace').comment(back, '/revoke');
  await world.pass(31);
  await world.ask('logs', { template: 'read-logs' });
  clone = cloneOf(world);
});

beforeEach(() => clone.restore());

afterAll(async () => {
  clone.remove();
  await world.close();
});

async function access(
  args: readonly string[] = [],
  now = world.clock.now(),
): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  const io = fakeIo({ cwd: clone.folder, now });
  const status = await dispatch(['access', ...args], io, { access: () => Promise.resolve(accessCommand) });
  return { status, out: io.out(), err: io.err() };
}

/** `alice one`, in the order of the answer. */
async function holders(args: readonly string[] = [], now = world.clock.now()): Promise<readonly string[]> {
  const { out } = await access([...args, '--json'], now);
  const answer: {
    readonly grants: readonly { readonly subject: { readonly login: string }; readonly request: string }[];
  } = JSON.parse(out);
  return answer.grants.map(
    ({ subject, request }) => `${subject.login} ${/([^/]+)\.yaml$/.exec(request)?.[1]}`,
  );
}

describe('curfew access', () => {
  it('says who has what now', async () => {
    const { status, out, err } = await access();
    expect(status).toBe(0);
    expect(err).toBe('');
    expect(out.split('\n').slice(1)).toEqual([
      '',
      'SUBJECT  TEMPLATE   SCOPE             UNTIL                              PULL REQUEST  APPROVED BY',
      expect.stringMatching(
        /^alice    read-logs  staging\/payments  2026-12-01T11:01:00Z \(1h left\) +#\d+ +the policy \(engineers read logs in staging\)$/,
      ),
      expect.stringMatching(
        /^alice    debug-pod  staging\/payments  2026-12-01T11:30:00Z \(1h29m left\) +#\d+ +bob$/,
      ),
      '',
    ]);
  });

  it('says who had what then', async () => {
    expect(await holders(['--at', '2026-12-01T09:10:00Z'])).toEqual(['alice one']);
    expect(await holders(['--at', '2026-12-01T09:45:00Z'])).toEqual(['alice one', 'alice two']);
    expect(await holders(['--at', '2026-12-01T11:45:00+01:00'])).toEqual(['alice logs', 'alice two']);
    expect(await holders(['--at', '2026-12-01T12:00:00Z'])).toEqual([]);
    expect(await holders(['--at', '2026-11-30T12:00:00Z'])).toEqual([]);
  });

  it('says who had what at a commit', async () => {
    const granted = clone.git(['log', '--diff-filter=A', '--format=%H', '--', grantPath('back')]);
    clone.git(['tag', 'granted', granted]);
    expect(await holders(['--at', 'granted'])).toEqual(['grace back', 'alice one', 'alice two']);
    expect(await holders(['--at', `${granted}^`])).toEqual(['alice one', 'alice two']);
  });

  it('says that nobody has anything', async () => {
    const { status, out } = await access(['--at', '2026-11-30T12:00:00Z']);
    expect({ status, out }).toEqual({
      status: 0,
      out: 'Nobody has access at 2026-11-30T12:00:00Z (before the first commit).\n',
    });
    expect((await access([], world.clock.now() + 24 * 60 * 60_000)).out).toMatch(
      /^Nobody has access at 2026-12-02/,
    );
  });

  it('tells with --all what has ended, and why', async () => {
    const { out } = await access(['--all']);
    const [, ended = ''] = out.split('\nEnded\n\n');
    expect(ended.split('\n')).toEqual([
      'SUBJECT  TEMPLATE   SCOPE             FROM                  ENDED                 PULL REQUEST  APPROVED BY  WHY',
      expect.stringMatching(
        /^grace    debug-pod  staging\/payments  2026-12-01T09:30:00Z  2026-12-01T09:30:00Z  #\d+ +bob +The access was handed back or revoked$/,
      ),
      expect.stringMatching(
        /^alice    debug-pod  staging\/payments  2026-12-01T09:00:00Z  2026-12-01T10:01:00Z  #1 +bob +The time is up$/,
      ),
      '',
    ]);
    expect((await access(['--all', '--at', '2026-12-01T09:10:00Z'])).out).toContain('\nNothing has ended.\n');
  });

  it('prints JSON', async () => {
    const { out } = await access(['--all', '--json', '--at', '2026-12-01T10:30:00Z']);
    const answer: unknown = JSON.parse(out);
    expect(answer).toMatchObject({
      at: '2026-12-01T10:30:00Z',
      commit: expect.stringMatching(/^\w{40}$/),
      grants: [
        { template: 'read-logs', approvedBy: [] },
        {
          grant: expect.stringMatching(/^payments-\w{12}$/),
          subject: { id: 1001, login: 'alice', user: 'oidc:alice' },
          requester: { id: 1001, login: 'alice' },
          template: 'debug-pod',
          cluster: 'staging',
          namespace: 'payments',
          request: requestPath('two'),
          grantedAt: '2026-12-01T09:30:00Z',
          expiresAt: '2026-12-01T11:30:00Z',
          approvedBy: ['bob'],
          policyEntry: 'engineers debug staging',
          commit: expect.stringMatching(/^\w{40}$/),
        },
      ],
      ended: [
        { reason: 'revoked', endedAt: '2026-12-01T09:30:00Z', endedBy: expect.stringMatching(/^\w{40}$/) },
        { reason: 'expired', message: 'The time is up', endedAt: '2026-12-01T10:01:00Z' },
      ],
    });
    expect(JSON.parse((await access(['--json'])).out)).not.toHaveProperty('ended');
  });
});

describe('a grant that is no access any more', () => {
  it('by its time, though its file is still there', async () => {
    expect(await holders(['--at', 'HEAD'], 0)).toEqual(['alice logs', 'alice two']);
    expect(await holders([], Date.parse('2026-12-01T11:30:00Z'))).toEqual([]);
    const { out } = await access(['--all', '--json'], Date.parse('2026-12-01T12:00:00Z'));
    expect(JSON.parse(out)).toMatchObject({
      ended: [{}, {}, { reason: 'expired', endedAt: '2026-12-01T11:01:00Z', endedBy: null }, {}],
    });
  });

  it('by its request being gone, while Curfew has not been there', async () => {
    clone.git(['rm', '--quiet', requestPath('two')]);
    clone.commit('No longer needed');
    expect(await holders()).toEqual(['alice logs']);
    expect((await access(['--all'])).out).toMatch(/being taken away .* The request file was removed\n/);
  });

  it('by a role that gives more', async () => {
    const path = 'templates/roles/debug-pod.yaml';
    const more = "  - apiGroups: ['']\n    resources: [configmaps]\n    verbs: [get]\n";
    clone.write(path, `${clone.git(['show', `HEAD:${path}`])}\n${more}`);
    clone.commit('More');
    expect(await holders()).toEqual(['alice logs']);
  });

  it.each([
    ['edited', () => clone.write(grantPath('two'), 'kind: RoleBinding\n')],
    ['added', () => clone.write(grantPath('mine'), clone.git(['show', `HEAD:${grantPath('two')}`]))],
    ['put in another place', () => clone.write('grants/staging/x.yaml', 'kind: RoleBinding\n')],
  ])('for it was %s by hand', async (_, tamper) => {
    tamper();
    clone.commit('By hand');
    const { out, err } = await access();
    expect(err).toMatch(
      /^No grant of Curfew: grants\/\S+ is not a file that Curfew wrote; see curfew verify\n$/,
    );
    expect(out).not.toContain('mine');
  });

  it('for the time that it was taken away and put back', async () => {
    const text = clone.git(['show', `HEAD:${grantPath('two')}`]);
    clone.git(['rm', '--quiet', grantPath('two')]);
    clone.commit('Away');
    clone.write(grantPath('two'), `${text}\n`);
    clone.commit('Back');
    expect(await holders()).toEqual(['alice logs']);
    expect((await access(['--all'])).out).toContain(
      'Erin <erin@example.com> changed or removed the grant by hand',
    );
  });

  it('for a merge took it from before its end', async () => {
    const granted = clone.git(['log', '--diff-filter=A', '--format=%H', '--', grantPath('back')]);
    clone.git(['checkout', '--quiet', granted, '--', grantPath('back'), requestPath('back')]);
    const tree = clone.git(['write-tree']);
    const merge = clone.git(['commit-tree', tree, '-p', 'HEAD', '-p', granted, '-m', 'Merge']);
    clone.git(['reset', '--quiet', '--hard', merge]);
    expect(clone.git(['log', '-1', '--format=%H', '--', grantPath('back')])).toBe(granted);
    expect(await holders()).toEqual(['alice logs', 'alice two']);
    expect((await access(['--all'])).out).toContain('putting its files back does not bring it back');
  });

  it('for somebody wrote the name of Curfew over other bytes', async () => {
    const message = clone.git(['log', '--diff-filter=A', '--format=%B', '--', grantPath('two')]);
    clone.write(grantPath('two'), 'kind: RoleBinding\n');
    clone.commit(message, asCurfew(world));
    expect(await holders()).toEqual(['alice logs']);
  });
});

describe('a history', () => {
  it('in which main was merged into a branch that became main keeps its grants', async () => {
    clone.git(['checkout', '--quiet', '-b', 'topic', 'HEAD~6']);
    clone.write('README.md', '# Mine\n');
    clone.commit('Topic');
    clone.git(['merge', '--quiet', '--no-ff', '-m', 'Merge main', 'main']);
    expect(await holders()).toEqual(['alice logs', 'alice two']);
  });

  it('with a commit from the future is as late as that', async () => {
    clone.commit('Tomorrow', as('Erin', 'erin@example.com', Date.parse('2026-12-02T09:00:00Z')));
    expect((await access()).out).toMatch(/^Nobody has access at 2026-12-02T09:00:00Z/);
  });

  it('that Curfew never adopted gives nobody anything', async () => {
    clone.git(['init', '--quiet', 'other']);
    clone.write(`other/${requestPath('x')}`, requestText());
    clone.write(`other/${grantPath('x')}`, 'kind: RoleBinding\n');
    clone.git(['-C', 'other', 'add', '--all']);
    clone.git(['-C', 'other', 'commit', '--quiet', '-m', 'Mine']);
    const { status, out, err } = await access(['--dir', 'other']);
    expect(status).toBe(0);
    expect(out).toContain('Nobody has access');
    expect(err).toContain(`No grant of Curfew: ${grantPath('x')} is not a file that Curfew wrote`);
  });
});

describe('what cannot be read', () => {
  it.each([
    ['a name that stands for nothing', ['--at', 'yesterday'], /--at: "yesterday" is neither a time such as/],
    ['an option in place of a name', ['--at=--all'], /--at: "--all" is neither/],
    ['no repository', ['--dir', '/'], /git cannot read \/: not a git repository/],
    ['wrong use', ['grants'], /"grants" is one argument too many/],
  ])('%s', async (_, args, message) => {
    const { status, out, err } = await access(args);
    expect(err).toMatch(message);
    expect({ status, out }).toEqual({ status: 2, out: '' });
  });
});
