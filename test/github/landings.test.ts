import { Octokit } from '@octokit/rest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LandingFacts } from '../../src/lifecycle/facts.ts';
import type { BranchRead } from '../../src/github/port.ts';
import { createWorld, requestPath, requestText, start, type GitHubWorld } from './world.ts';

let world: GitHubWorld;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(async () => world.sandbox.close());

const grantPath = 'grants/prod-eu/payments/inc-1.yaml';
const added = [{ path: requestPath, change: 'added', previousPath: null }];

async function landing(branch?: BranchRead): Promise<LandingFacts> {
  const read = branch ?? (await world.port.readBranch());
  const landings = await world.port.readLandings(read, { granted: [], pending: [requestPath] });
  const found = landings.get(requestPath);
  if (found === undefined) throw new Error('was not read');
  return found;
}

async function grant(): Promise<string> {
  const { tip } = await world.port.readBranch();
  const outcome = await world.port.commit({
    branch: 'main',
    expectedHead: tip.sha,
    headline: 'Grant',
    body: 'Curfew-Grant: x',
    additions: [{ path: grantPath, text: 'kind: RoleBinding\n' }],
    deletions: [],
  });
  if (outcome.kind !== 'committed') throw new Error(outcome.kind);
  return outcome.sha;
}

describe('the pull request behind a request', () => {
  it('is found by the link of GitHub where it has more commits than are read', async () => {
    const { number, head } = await world.requestAccess();
    const { git } = world.as('alice').rest;
    const at = { owner: 'acme', repo: 'access' };
    const { data: first } = await git.getCommit({ ...at, commit_sha: head });
    let last = head;
    for (let each = 0; each < 105; each++) {
      const made = { message: `Nothing ${each}`, tree: first.tree.sha, parents: [last] };
      last = (await git.createCommit({ ...at, ...made })).data.sha;
    }
    await git.updateRef({ ...at, ref: 'heads/alice/inc-1', sha: last });
    await world.mergeAsAdmin(number, 'rebase');
    expect(await landing()).toMatchObject({ pullRequest: { number, commitsComplete: false } });
  });

  it.each(['merge', 'squash', 'rebase'] as const)(
    'is found after a %s, with what it landed',
    async (method) => {
      const { number, head } = await world.requestAccess();
      await world.approve(number, 'bob');
      await world.port.readPullRequest(number);
      // The default branch moves on: what landed is the difference to its own parent, not to the head's.
      world.pushMain({ 'README.md': 'Other\n' });
      world.clock.advance(60_000);
      const sha = await world.mergeAsAdmin(number, method);
      world.pushMain({ 'clusters/prod-eu/more.yaml': 'x\n' });
      const branch = await world.port.readBranch();
      world.requests();
      const found = await landing(branch);
      expect(found).toMatchObject({
        path: requestPath,
        grantHistory: [],
        landed: added,
        lastPush: { account: { id: 1001, login: 'alice' }, at: start },
        pullRequest: {
          number,
          head,
          state: 'merged',
          mergedAt: start + 60_000,
          mergedBy: { id: 1005, login: 'erin' },
          mergeCommit: sha,
          authorCanWrite: true,
          filesComplete: true,
          files: added,
          addedFile: { path: requestPath, text: requestText },
        },
      });
      expect(found.pullRequest?.reviews).toMatchObject([{ state: 'APPROVED', commit: head }]);
      expect(found.history).toMatchObject([
        {
          sha: method === 'merge' ? head : sha,
          author: { id: 1001 },
          signedByGitHub: method === 'squash',
          blob: found.pullRequest?.addedFile?.sha,
        },
      ]);
      expect(world.requests().filter((name) => name !== 'query Objects')).toEqual([
        'query Landings',
        'GET /repos/{owner}/{repo}/activity',
      ]);
    },
  );

  it.each(['merge', 'squash', 'rebase'] as const)(
    'shows everything that a %s of several commits landed',
    async (method) => {
      world.sandbox.world.pushFiles('acme/access', 'alice', {
        branch: 'alice/inc-1',
        files: { 'docs/x.md': 'x\n' },
        message: 'One',
      });
      world.clock.advance(1000);
      const { number } = await world.requestAccess();
      world.clock.advance(1000);
      world.sandbox.world.pushFiles('acme/access', 'alice', {
        branch: 'alice/inc-1',
        files: { 'docs/y.md': 'y\n' },
        message: 'Three',
      });
      world.pushMain({ 'README.md': 'Other\n' });
      await world.mergeAsAdmin(number, method);
      const found = await landing();
      expect(found.pullRequest?.number).toBe(number);
      expect(found.landed?.map(({ path }) => path).sort()).toEqual(
        [requestPath, 'docs/x.md', 'docs/y.md'].sort(),
      );
    },
  );

  it('is found by the links of GitHub where it was merged long ago, once there are any', async () => {
    await world.sandbox.close();
    world = await createWorld({ linkDelay: 30_000 });
    const { number } = await world.requestAccess();
    await world.mergeAsAdmin(number);
    const branch: BranchRead = { ...(await world.port.readBranch()), recentlyMerged: [] };
    expect((await landing(branch)).pullRequest).toBeNull();
    world.clock.advance(30_000);
    expect((await landing(branch)).pullRequest?.number).toBe(number);
  });

  it('is none for a push past the rules', async () => {
    world.pushMain({ [requestPath]: requestText });
    expect(await landing()).toMatchObject({
      pullRequest: null,
      landed: null,
      lastPush: null,
      history: [{ author: { id: 1005 } }],
    });
  });

  it('is the one of the file that stands there now, where a path is used again', async () => {
    const first = await world.requestAccess();
    await world.mergeAsAdmin(first.number);
    await grant();
    world.pushMain({ [requestPath]: null, [grantPath]: null }, 'End');
    const second = await world.requestAccess({
      branch: 'alice/again',
      text: 'kind: AccessRequest # again\n',
    });
    await world.mergeAsAdmin(second.number);
    const found = await landing();
    expect(found.pullRequest?.number).toBe(second.number);
    expect(found.history.map(({ blob }) => blob === null)).toEqual([false, true, false]);
    expect(found.grantHistory.map(({ blob }) => blob === null)).toEqual([true, false]);
  });

  it('is the one that added the file, where somebody edited it later', async () => {
    const { number } = await world.requestAccess();
    await world.mergeAsAdmin(number);
    world.pushMain({ [requestPath]: 'kind: Other\n' });
    const found = await landing();
    expect(found.pullRequest?.number).toBe(number);
    expect(found.history).toHaveLength(2);
  });

  it('is the older one, where a second was opened from its commit', async () => {
    const { number } = await world.requestAccess();
    world.sandbox.world.pushFiles('acme/access', 'mallory', { branch: 'm', base: 'alice/inc-1', files: {} });
    await world
      .as('mallory')
      .rest.pulls.create({ owner: 'acme', repo: 'access', title: 'Mine', base: 'main', head: 'm' });
    await world.mergeAsAdmin(number);
    expect((await landing()).pullRequest?.number).toBe(number);
  });

  it('does not count where it was merged into another branch', async () => {
    world.sandbox.world.pushFiles('acme/access', 'erin', { branch: 'other', files: { x: 'x' } });
    const { head } = await world.requestAccess();
    const { data } = await world
      .as('alice')
      .rest.pulls.create({ owner: 'acme', repo: 'access', title: 'x', head: 'alice/inc-1', base: 'other' });
    await world.mergeAsAdmin(data.number);
    world.sandbox.world.pushFiles('acme/access', 'erin', { branch: 'main', base: head, files: { y: 'y' } });
    const found = await landing();
    expect(found.history).toMatchObject([{ sha: head }]);
    expect(found.pullRequest?.number).not.toBe(data.number);
  });

  it('counts only while its merge is in the history', async () => {
    const { tip } = await world.port.readBranch();
    const { number, head } = await world.requestAccess();
    await world.mergeAsAdmin(number);
    // An administrator throws the merge away and brings the commit back by hand.
    for (const ruleset of world.acme.repository.rulesets) ruleset.enforcement = 'disabled';
    await world
      .as('erin')
      .rest.git.updateRef({ owner: 'acme', repo: 'access', ref: 'heads/main', sha: tip.sha, force: true });
    await world
      .as('erin')
      .rest.git.updateRef({ owner: 'acme', repo: 'access', ref: 'heads/main', sha: head, force: true });
    const found = await landing();
    expect(found.history).toMatchObject([{ sha: head }]);
    expect(found.pullRequest).toBeNull();
  });
});

describe('who pushed', () => {
  it('is whoever moved the branch to the head last before the merge', async () => {
    const { number, head } = await world.requestAccess();
    await world.port.readPullRequest(number);
    expect(await world.port.readLastPush('alice/inc-1', head)).toMatchObject({
      account: { id: 1001, type: 'User' },
    });
    // Away and back by somebody else.
    const move = (sha: string) =>
      world
        .as('mallory')
        .rest.git.updateRef({ owner: 'acme', repo: 'access', ref: 'heads/alice/inc-1', sha, force: true });
    const { tip } = await world.port.readBranch();
    world.clock.advance(1000);
    const other = world.sandbox.world.pushFiles('acme/access', 'mallory', {
      branch: 'm',
      base: tip.sha,
      files: { x: 'x' },
    });
    await move(other);
    await move(head);
    expect(await world.port.readLastPush('alice/inc-1', head)).toMatchObject({
      account: { id: 1008 },
      at: start + 1000,
      earlier: [{ id: 1001 }],
    });
    expect(await world.port.readLastPush('alice/inc-1', '1'.repeat(40))).toBeNull();
    expect(await world.port.readLastPush('nothing', head)).toBeNull();
  });

  it('is nobody where a workflow moved the branch to the head, whoever did before', async () => {
    const { head } = await world.requestAccess();
    const { tip } = await world.port.readBranch();
    const before = { owner: 'acme', repo: 'access', ref: 'heads/alice/inc-1', force: true };
    await world.as('alice').rest.git.updateRef({ ...before, sha: tip.sha });
    const { world: sandbox, fetch } = world.sandbox;
    const workflow = new Octokit({
      baseUrl: 'http://github.sandbox.localhost',
      auth: sandbox.installationToken(world.acme.installation),
      request: { fetch },
    });
    await workflow.rest.git.updateRef({ ...before, sha: head });
    expect(await world.port.readLastPush('alice/inc-1', head)).toBeNull();
  });

  it('is found beyond the first hundred moves', async () => {
    const { head } = await world.requestAccess();
    for (let index = 0; index < 130; index += 1) {
      world.sandbox.world.pushFiles('acme/access', 'bob', {
        branch: 'alice/inc-1',
        files: { [requestPath]: `${index}\n` },
      });
    }
    await world.port.readBranch();
    world.requests();
    expect(await world.port.readLastPush('alice/inc-1', head)).toMatchObject({ account: { id: 1001 } });
    expect(world.requests()).toHaveLength(2);
  });
});

describe('grants in force', () => {
  const read = async (): Promise<LandingFacts | undefined> => {
    const branch = await world.port.readBranch();
    return (await world.port.readLandings(branch, { granted: [requestPath], pending: [] })).get(requestPath);
  };

  it('need their history alone, and that once', async () => {
    const { number } = await world.requestAccess();
    await world.mergeAsAdmin(number);
    const sha = await grant();
    const found = await read();
    expect(found).toMatchObject({
      pullRequest: null,
      grantHistory: [
        { sha, message: 'Grant\n\nCurfew-Grant: x', signedByGitHub: true, author: { type: 'Bot' } },
      ],
    });
    world.requests();
    expect(await read()).toEqual(found);
    expect(world.requests()).toEqual(['query Branch']);
  });

  it('need nothing more where the branch moves on by a commit that leaves them alone', async () => {
    const { number } = await world.requestAccess();
    await world.mergeAsAdmin(number);
    await grant();
    const found = await read();
    world.pushMain({ 'README.md': 'Other\n' });
    world.requests();
    expect(await read()).toEqual(found);
    expect(world.requests()).not.toContain('query Landings');
    world.pushMain({ [grantPath]: 'kind: Other\n' });
    const edited = await read();
    expect(edited?.grantHistory).toHaveLength(2);
    // Two commits at once: what lies between is not known.
    world.pushMain({ [grantPath]: 'kind: RoleBinding\n' });
    world.pushMain({ [grantPath]: 'kind: Other\n' });
    expect((await read())?.grantHistory).toHaveLength(4);
  });

  it('are read by tens', async () => {
    const paths = Array.from(
      { length: 25 },
      (_, index) => `access-requests/prod-eu/payments/inc-${index}.yaml`,
    );
    world.pushMain(Object.fromEntries(paths.map((path) => [path, requestText])));
    const branch = await world.port.readBranch();
    world.requests();
    const landings = await world.port.readLandings(branch, { granted: paths, pending: [] });
    expect([...landings.values()].every(({ history }) => history.length === 1)).toBe(true);
    expect(world.requests()).toEqual(['query Landings', 'query Landings', 'query Landings']);
  });

  it('have their whole history, however long', async () => {
    for (let index = 0; index < 45; index += 1) world.pushMain({ [grantPath]: `${index}\n` });
    expect((await read())?.grantHistory).toHaveLength(45);
  });

  it('know a commit of ours by REST where GraphQL names nobody for it', async () => {
    const { number } = await world.requestAccess();
    await world.mergeAsAdmin(number);
    await grant();
    const other = world
      .restarted({
        fetch: async (input, init) => {
          const answer = await world.sandbox.fetch(input, init);
          const { url } = new Request(input, init);
          if (!url.endsWith('/graphql')) return answer;
          const body = (await answer.text()).replaceAll(
            /"user":\{"databaseId":\d+,"login":"curfew(\[bot\])?"\}/g,
            '"user":null',
          );
          return new Response(body, { headers: answer.headers });
        },
      })
      .repository(world.acme.installation.id, 'acme', 'access');
    for (const _ of [1, 2]) {
      const branch = await other.readBranch();
      const found = (await other.readLandings(branch, { granted: [requestPath], pending: [] })).get(
        requestPath,
      );
      expect(found?.grantHistory).toMatchObject([{ author: { login: 'curfew[bot]', type: 'Bot' } }]);
    }
    expect(
      world.requests().filter((name) => name === 'GET /repos/{owner}/{repo}/commits/{ref}'),
    ).toHaveLength(1);
  });
});
