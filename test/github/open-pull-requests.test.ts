import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PullRequestWorld } from '../../src/lifecycle/facts.ts';
import type { RepositoryPort } from '../../src/github/port.ts';
import { createWorld, requestPath, type GitHubWorld } from './world.ts';

let world: GitHubWorld;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(async () => world.sandbox.close());

async function all(port: RepositoryPort = world.port): Promise<readonly PullRequestWorld[]> {
  const worlds: PullRequestWorld[] = [];
  for await (const page of port.readOpenPullRequests()) worlds.push(...page);
  return worlds;
}

async function openMany(count: number): Promise<readonly number[]> {
  const numbers: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const path = `access-requests/prod-eu/payments/inc-${index}.yaml`;
    const login = index % 2 === 0 ? 'alice' : 'mallory';
    numbers.push((await world.requestAccess({ login, branch: `b${index}`, path })).number);
  }
  return numbers;
}

describe('readOpenPullRequests', () => {
  it('says of each what readPullRequest says of one', async () => {
    const [first = 0, second = 0] = await openMany(2);
    await world.approve(first, 'bob');
    await world
      .as('bob')
      .rest.issues.createComment({ owner: 'acme', repo: 'access', issue_number: second, body: '/revoke' });
    expect(await all()).toEqual([
      await world.port.readPullRequest(first),
      await world.port.readPullRequest(second),
    ]);
  });

  it('takes one request a page where nothing is new, two where something is', async () => {
    const numbers = await openMany(45);
    await world.port.readBranch();
    world.requests();
    expect((await all()).map(({ pullRequest }) => pullRequest.number)).toEqual(numbers);
    expect(world.requests()).toEqual(
      ['OpenPullRequests', 'Details', 'OpenPullRequests', 'Details', 'OpenPullRequests', 'Details'].map(
        (name) => `query ${name}`,
      ),
    );
    const worlds = await all();
    expect(
      worlds.every(({ pullRequest }) => pullRequest.authorCanWrite && pullRequest.addedFile !== null),
    ).toBe(true);
    // Who may write is asked again once in a while of pages: here with the first page that names each author.
    expect(world.requests()).toEqual(
      ['OpenPullRequests', 'Details', 'OpenPullRequests', 'OpenPullRequests'].map((name) => `query ${name}`),
    );
  });

  it('notices that an author may no longer write', async () => {
    await openMany(2);
    await all();
    world.sandbox.world.setCollaborator('acme/access', 'mallory', 'read');
    expect((await all()).map(({ pullRequest }) => pullRequest.authorCanWrite)).toEqual([true, false]);
  });

  it('leaves out what is closed or against another branch, known beforehand or not', async () => {
    const [first = 0, second = 0] = await openMany(3);
    world.sandbox.world.pushFiles('acme/access', 'erin', { branch: 'other', files: { x: 'x' } });
    await world
      .as('alice')
      .rest.pulls.update({ owner: 'acme', repo: 'access', pull_number: first, base: 'other' });
    await world
      .as('alice')
      .rest.pulls.update({ owner: 'acme', repo: 'access', pull_number: second, state: 'closed' });
    expect(await all()).toHaveLength(1);
    expect(await all()).toHaveLength(1);
  });

  it('reads one with many commits by itself', async () => {
    const { number } = await world.requestAccess();
    for (let index = 0; index < 15; index += 1) {
      world.sandbox.world.pushFiles('acme/access', 'alice', {
        branch: 'alice/inc-1',
        files: { [requestPath]: `${index}\n` },
      });
    }
    const [one] = await all();
    expect(one).toEqual(await world.port.readPullRequest(number));
    expect(one?.pullRequest.commits).toHaveLength(16);
  });

  it('is empty where nothing is open', async () => {
    expect(await all()).toEqual([]);
  });
});
