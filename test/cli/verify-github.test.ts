import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dispatch } from '../../src/cli/dispatch.ts';
import { verifyCommand } from '../../src/cli/verify.ts';
import { createTestWorld, grantPath, type TestWorld } from '../e2e/world.ts';
import { fakeIo } from './fake-io.ts';
import { asCurfew, cloneOf, type Clone } from './lives.ts';

const repo = { owner: 'acme', repo: 'access' };
let world: TestWorld;
let clone: Clone;

beforeAll(async () => {
  world = await createTestWorld({ transport: { kind: 'http', host: '127.0.0.1', port: 0 } });
  await world.grant('expired');
  await world.pass(61);
  await world.ask('automatic', { template: 'read-logs' });
  clone = cloneOf(world);
});

beforeEach(() => clone.restore());

afterAll(async () => {
  clone.remove();
  await world.close();
});

async function verify(
  args: readonly string[] = [],
  { login = 'erin', terminal = false } = {},
): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  const env = { GITHUB_TOKEN: world.as(login).token, GITHUB_API_URL: `${world.url}/api/v3` };
  const io = fakeIo({ cwd: clone.folder, now: world.clock.now(), env, colours: terminal });
  const table = { verify: () => Promise.resolve(verifyCommand) };
  const status = await dispatch(['verify', '--repo', 'acme/access', ...args], io, table);
  return { status, out: io.out(), err: io.err() };
}

describe('curfew verify --repo', () => {
  it('has GitHub agree', async () => {
    expect(await verify()).toEqual({
      status: 0,
      out: expect.stringMatching(
        /^No difference: 2 grants in \d+ commits, 1 of them in the tree\. GitHub agrees\.\n$/,
      ),
      err: '',
    });
    expect(JSON.parse((await verify(['--json'])).out)).toMatchObject({ corroborated: true, differences: [] });
  });

  it('shows a person how far it is', async () => {
    expect((await verify([], { terminal: true })).err).toContain('asked GitHub about 2 of 2 grants');
  });

  it('names the token where GitHub does not accept it', async () => {
    const env = { GITHUB_TOKEN: 'wrong', GITHUB_API_URL: `${world.url}/api/v3` };
    const io = fakeIo({ cwd: clone.folder, now: world.clock.now(), env });
    const table = { verify: () => Promise.resolve(verifyCommand) };
    expect(await dispatch(['verify', '--repo', 'acme/access'], io, table)).toBe(2);
    expect(io.err()).toBe(
      'curfew verify: GitHub does not accept GITHUB_TOKEN; it may have ended: make a new one that may read the repository\n',
    );
  });

  it('says that the clone is old', async () => {
    clone.git(['reset', '--quiet', '--hard', 'HEAD~1']);
    const { status, err } = await verify();
    expect(status).toBe(0);
    expect(err).toMatch(
      /^Not up to date: the default branch of acme\/access is at \w{40}; fetch to verify that\n$/,
    );
  });

  it('names a grant commit that GitHub does not have', async () => {
    const message = clone.git(['log', '-1', '--format=%B']);
    clone.git(['reset', '--quiet', '--soft', 'HEAD^']);
    clone.commit(`${message}\n`, asCurfew(world));
    const { status, out } = await verify();
    expect(status).toBe(1);
    expect(out).toMatch(
      new RegExp(`^\\w{12}  ${grantPath('automatic')}: GitHub does not have this commit\n1 difference`),
    );
  });

  it('refuses a token that may not read', async () => {
    world.sandbox.world.createUser({ login: 'zoe', id: 1099 });
    const { status, out, err } = await verify([], { login: 'zoe' });
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain('Could not read the grants of acme/access');
  });
});

describe('what GitHub contradicts', () => {
  it('is named: a review that was dismissed', async () => {
    const erin = world.as('erin').octokit;
    const { data: reviews } = await erin.pulls.listReviews({ ...repo, pull_number: 1 });
    const review = reviews[0]?.id ?? 0;
    await erin.pulls.dismissReview({ ...repo, pull_number: 1, review_id: review, message: 'No' });
    const { status, out } = await verify();
    expect(status).toBe(1);
    expect(out).toMatch(
      new RegExp(
        `^\\w{12}  ${grantPath('expired')}: for GitHub review ${review} by bob is DISMISSED by bob of \\w{40} at 2026`,
      ),
    );
  });

  it('is named: a grant commit that GitHub did not sign', async () => {
    // An administrator pushes what Curfew would have committed, in the name of Curfew, while it is away.
    world.sandbox.faults.onDelivery(() => 'drop');
    await world.force({ 'README.md': '# Not yet\n' });
    const message = clone.git(['log', '-1', '--format=%B']);
    clone.git(['reset', '--quiet', '--hard', 'HEAD^']);
    clone.git(['checkout', '--quiet', 'origin/main', '--', grantPath('automatic')]);
    const forged = clone.commit(`${message}\n`, asCurfew(world));
    world.repository.git.run(['fetch', '--quiet', clone.folder, `+${forged}:refs/heads/main`]);
    world.repository.git.reloadRefs();
    const { status, out } = await verify();
    expect(status).toBe(1);
    expect(out).toContain(
      `${forged.slice(0, 12)}  ${grantPath('automatic')}: GitHub did not sign this commit, so it is not proved that Curfew made it`,
    );
  });
});
