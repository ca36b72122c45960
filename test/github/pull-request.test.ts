import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Denied, NotFound, RetryLater } from '../../src/github/errors.ts';
import { createWorld, requestPath, requestText, start, type GitHubWorld } from './world.ts';

let world: GitHubWorld;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(async () => world.sandbox.close());

describe('readPullRequest', () => {
  it('reads everything of a request', async () => {
    const { number, head } = await world.requestAccess();
    await world.approve(number, 'bob');
    const { now, repository, tip, pullRequest } = await world.port.readPullRequest(number);
    expect(now).toBe(start);
    expect(repository).toMatchObject({
      id: 500,
      owner: 'acme',
      name: 'access',
      defaultBranch: 'main',
      archived: false,
      mergeMethods: ['merge', 'squash', 'rebase'],
      appId: 900,
      signsCommits: false,
      rules: {
        pullRequestRequired: true,
        codeOwnerReviewRequired: true,
        forcePushBlocked: true,
        deletionBlocked: true,
        requiredChecks: [{ context: 'curfew', appId: 900 }],
        strictChecks: false,
        linearHistory: false,
        signaturesRequired: false,
        mergeQueue: false,
      },
    });
    expect(tip.policy?.text).toBe('kind: Policy\n');
    expect(pullRequest).toMatchObject({
      number,
      state: 'open',
      draft: false,
      author: { id: 1001, login: 'alice', type: 'User' },
      authorCanWrite: true,
      baseRef: 'main',
      headRef: 'alice/inc-1',
      head,
      fromFork: false,
      createdAt: start,
      mergedAt: null,
      mergedBy: null,
      mergeCommit: null,
      baseChangedAt: null,
      files: [{ path: requestPath, change: 'added', previousPath: null }],
      filesComplete: true,
      commitsComplete: true,
      addedFile: { path: requestPath, mode: '100644', text: requestText },
      sameHead: [],
      checkRuns: [],
      foreignChecks: [],
      comments: [],
    });
    expect(pullRequest.commits).toEqual([
      {
        sha: head,
        authors: [{ email: 'alice@example.com', account: { id: 1001, login: 'alice', type: 'User' } }],
        committer: { email: 'alice@example.com', account: { id: 1001, login: 'alice', type: 'User' } },
      },
    ]);
    expect(pullRequest.reviews).toMatchObject([
      {
        state: 'APPROVED',
        commit: head,
        submittedAt: start,
        reviewer: { id: 1002, login: 'bob', type: 'User', canWrite: true },
      },
    ]);
  });

  it('takes one request where tip, head and author are known', async () => {
    const { number } = await world.requestAccess();
    await world.port.readPullRequest(number);
    expect(world.requests()).toEqual([
      'query PullRequest',
      'query Details',
      'GET /repos/{owner}/{repo}/git/trees/{tree_sha}',
      'query Objects',
    ]);
    await world.port.readPullRequest(number);
    expect(world.requests()).toEqual(['query PullRequest']);
    world.sandbox.world.pushFiles('acme/access', 'alice', {
      branch: 'alice/inc-1',
      files: { [requestPath]: 'other\n' },
    });
    const again = await world.port.readPullRequest(number);
    expect(world.requests()).toEqual(['query PullRequest', 'query Details']);
    expect(again.pullRequest.addedFile?.text).toBe('other\n');
  });
});
