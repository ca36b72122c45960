import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dispatch } from '../../src/cli/dispatch.ts';
import { explainCommand } from '../../src/cli/explain.ts';
import { createTestWorld, requestPath, requestText, type TestWorld } from '../e2e/world.ts';
import { fakeIo } from './fake-io.ts';

let world: TestWorld;

beforeAll(async () => {
  world = await createTestWorld({ transport: { kind: 'http', host: '127.0.0.1', port: 0 } });
});

afterAll(async () => await world.close());

async function explain(
  number: number | string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  const app = { APP_ID: String(world.app.id), PRIVATE_KEY: world.app.privateKey };
  const io = fakeIo({
    now: world.clock.now(),
    env: { ...app, GITHUB_API_URL: `${world.url}/api/v3`, ...env },
  });
  const table = { explain: () => Promise.resolve(explainCommand) };
  const status = await dispatch(['explain', String(number), '--repo', 'acme/access', ...args], io, table);
  return { status, out: io.out(), err: io.err() };
}

/** As plain data. */
async function answer(number: number, ...args: readonly string[]): Promise<Record<string, unknown>> {
  const parsed: Record<string, unknown> = JSON.parse((await explain(number, ['--json', ...args])).out);
  return parsed;
}

describe('an open request', () => {
  it('waits for whom the check run says', async () => {
    const number = await world.ask('waits');
    const { status, out, err } = await explain(number);
    expect({ status, err }).toEqual({ status: 1, err: '' });
    expect(out).toMatch(
      /^#\d+ Debug payments-api: waits \(open, head \w{12}\)\n\nWaiting for 1 of 1 approval\.\n/,
    );
    expect(out).toContain('\nWaiting for\n- one of @acme/payments (CODEOWNERS line 16): bob, frank\n');
    expect(await answer(number)).toMatchObject({
      pullRequest: number,
      state: 'open',
      title: (await world.check(number))?.title,
      findings: [{ code: 'waiting-for-approval' }],
      requirements: [
        {
          requirement: 'one of @acme/payments (CODEOWNERS line 16)',
          met: false,
          satisfiedBy: [],
          could: ['bob', 'frank'],
        },
      ],
      notCounted: [],
      changesRequested: [],
      approvedAs: [],
    });
  });

  it('would be granted if an owner approved', async () => {
    const number = await world.ask('what-if');
    const { status, out } = await explain(`#${number}`, ['--approve-as', 'bob']);
    expect(status).toBe(0);
    expect(out).toContain(
      '\nAs if bob approved it now, and GitHub itself asked for nothing more:\n\nApproved: everything that the policy demands is met.\n',
    );
    expect(out).toContain('\nApproved by\n- bob, for one of @acme/payments (CODEOWNERS line 16)\n');
    expect(await world.state(number)).toBe('open');
  });

  it.each([
    ['alice', 'requester', 'is the requester'],
    ['carol', 'not-required', 'is not among those who are asked'],
    ['curfew[bot]', 'not-a-person', 'is not a person'],
  ])('would not be granted if %s approved', async (login, why, message) => {
    const number = await world.ask(`not-${login.replace(/\W/g, '')}`);
    const { status, out } = await explain(number, ['--approve-as', login]);
    expect(status).toBe(1);
    expect(out).toContain(`\nDid not count\n- ${login} ${message}\n`);
    expect(await answer(number, '--approve-as', login)).toMatchObject({
      notCounted: [{ login, why, message }],
      approvedAs: [login],
    });
  });

  it('says who cannot write here', async () => {
    world.sandbox.world.createUser({ login: 'zoe', id: 1098, emails: ['zoe@example.com'] });
    const number = await world.ask('stranger');
    expect((await explain(number, ['--approve-as', 'zoe'])).out).toContain(
      '\nDid not count\n- zoe cannot write here\n',
    );
    expect(await answer(number, '--approve-as', 'zoe')).toMatchObject({
      notCounted: [{ login: 'zoe', why: 'cannot-write' }],
    });
  });

  it('says who approved an older commit, and for all that who could approve', async () => {
    const number = await world.ask('older');
    const old = world.repository.git.branch('older') ?? '';
    await world.as('alice').write('older', requestPath('older'), requestText({ duration: '2h' }), 'Longer');
    const review = { owner: 'acme', repo: 'access', pull_number: number, event: 'APPROVE' } as const;
    await world.as('bob').octokit.pulls.createReview({ ...review, commit_id: old });
    await world.settle();
    const { out } = await explain(number);
    expect(out).toContain('\nDid not count\n- bob approved an older commit\n');
    expect(out).toContain('(CODEOWNERS line 16): bob, frank\n');
    expect((await explain(number, ['--approve-as', 'bob'])).status).toBe(0);
  });

  it('needs everybody whom production demands', async () => {
    const number = await world.as('alice').propose({
      path: 'access-requests/prod-eu/payments/inc-1.yaml',
      text: requestText({ more: '  ticket: INC-1\n' }),
      title: 'Production',
      branch: 'production',
    });
    await world.as('bob').review(number, 'APPROVE');
    expect(await answer(number, '--approve-as', 'carol')).toMatchObject({
      title: 'Waiting for 1 of 3 approvals',
      requirements: [
        { satisfiedBy: ['bob'], met: true },
        { satisfiedBy: [], could: ['dan'] },
        { satisfiedBy: ['carol'], met: true },
      ],
    });
    const waits = await explain(number, ['--approve-as', 'carol']);
    expect(waits.status).toBe(1);
    expect(waits.out).toMatch(/\nWaiting for\n- [^\n]*acme\/security[^\n]*: dan\n/);
    expect(waits.out).toMatch(/\nApproved by\n- bob, for [^\n]*\n- carol, for /);
    const { status } = await explain(number, ['--approve-as', 'carol', '--approve-as', 'dan']);
    expect(status).toBe(0);
  });

  it('says why a review does not count any more', async () => {
    const number = await world.ask('pushed', { more: '  ticket: INC-9\n' });
    world.sandbox.faults.onDelivery(() => 'drop');
    await world.as('bob').review(number, 'APPROVE');
    await world.as('alice').write('pushed', requestPath('pushed'), requestText({ duration: '2h' }), 'Longer');
    const { out } = await explain(number);
    world.sandbox.faults.onDelivery(() => 'deliver');
    expect(out).toContain('\nDid not count\n- bob has a dismissed review\n');
  });

  it('says that somebody requests changes', async () => {
    const number = await world.ask('changes');
    await world.as('frank').review(number, 'REQUEST_CHANGES');
    expect(await answer(number, '--approve-as', 'bob')).toMatchObject({
      findings: [{ code: 'changes-requested' }],
      changesRequested: ['frank'],
    });
    expect((await explain(number, ['--approve-as', 'bob', '--approve-as', 'frank'])).status).toBe(0);
  });

  it('that is refused says where and why', async () => {
    const number = await world.ask('refused', { duration: 'soon' });
    const { status, out } = await explain(number);
    expect(status).toBe(1);
    expect(out).toContain('Refused: ');
    expect(out).toContain(`- ${requestPath('refused')}:7: `);
    expect(await answer(number)).toMatchObject({ requirements: [], findings: [{ code: 'invalid-request' }] });
  });
});

describe('another pull request', () => {
  it('that is none of ours is let through', async () => {
    const change = { path: 'README.md', text: '# Docs\n', title: 'Docs', branch: 'docs' };
    const { status, out } = await explain(await world.as('erin').propose(change));
    expect(status).toBe(0);
    expect(out).toContain('The pull request touches nothing that Curfew looks after.');
  });

  it('that is granted says until when, and once it has ended, why', async () => {
    const number = await world.grant('life', { by: 'grace' });
    expect((await explain(number)).out).toMatch(
      /\(merged, head \w{12}\)\n\nIt is granted, by commit \w{40}, until 2026-12-01T10:00:00Z\.\n$/,
    );
    await world.as('grace').comment(number, '/revoke');
    const { status, out } = await explain(number, ['--approve-as', 'bob']);
    expect(status).toBe(0);
    expect(out).not.toContain('As if');
    expect(out).toMatch(
      /It was granted at 2026-12-01T09:00:00Z, and has ended by commit \w{40}: The access was handed back or revoked\.\n$/,
    );
  });

  it('that was merged without approval says that nothing was granted', async () => {
    const number = await world.ask('unapproved');
    await world.forceMerge(number);
    // The look that the merge causes may have been one too early: the next one is a second later.
    await world.pass(1);
    expect((await explain(number)).out).toContain(
      'It is merged, and nothing was granted; its comment says why.',
    );
  });

  it('that was merged while Curfew was away says that it is undecided', async () => {
    const number = await world.ask('undecided');
    world.sandbox.faults.onDelivery(() => 'drop');
    await world.forceMerge(number);
    expect((await explain(number)).out).toContain(
      'It is merged, and Curfew has not decided about the grant yet',
    );
    world.sandbox.faults.onDelivery(() => 'deliver');
  });

  it('that is closed, or against another branch, says so', async () => {
    const number = await world.ask('closed');
    await world.as('alice').close(number);
    expect((await explain(number)).out).toContain('It is closed, so nothing comes of it.');
    const other = await world.ask('elsewhere');
    await world
      .as('alice')
      .octokit.pulls.update({ owner: 'acme', repo: 'access', pull_number: other, base: 'docs' });
    expect((await explain(other)).out).toContain(
      'It is not against the default branch, so Curfew does not look at it.',
    );
  });
});

describe('what cannot be read', () => {
  it.each([
    ['a word', 'mine', [], {}, /"mine" is no pull request; write its number, such as 12/],
    ['no such pull request', 999, [], {}, /pull request #999/],
    ['no such account', 1, ['--approve-as', 'nobody-at-all'], {}, /GitHub has no account "nobody-at-all"/],
    ['another repository', 1, ['--repo', 'acme/other'], {}, /the App is not installed on acme\/other/],
    ['no App', 1, [], { APP_ID: '' }, /APP_ID is missing/],
  ])('%s', async (_, number, args, env, message) => {
    const { status, out, err } = await explain(number, args, env);
    expect(err).toMatch(message);
    expect({ status, out }).toEqual({ status: 2, out: '' });
  });
});
