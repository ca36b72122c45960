import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RetryLater, Truncated } from '../../src/github/errors.ts';
import { createWorld, requestPath, start, type GitHubWorld } from './world.ts';

let world: GitHubWorld;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(async () => world.sandbox.close());

const signed = {
  author: { id: expect.any(Number), login: 'curfew[bot]', type: 'Bot' },
  signedByGitHub: true,
};

describe('readBranch', () => {
  it('takes one request where the tip is known', async () => {
    const first = await world.port.readBranch();
    expect(world.requests()).toEqual([
      'query Branch',
      'GET /repos/{owner}/{repo}/git/trees/{tree_sha}',
      'query Objects',
    ]);
    const second = await world.port.readBranch();
    expect(world.requests()).toEqual(['query Branch']);
    expect(second).toEqual(first);
    expect(first).toMatchObject({ now: start, reverts: [], recentlyMerged: [], repository: { id: 500 } });
  });

  it('knows the tip that a commit or a merge of its own makes', async () => {
    const { tip } = await world.port.readBranch();
    const { number, head } = await world.requestAccess();
    await world.port.readPullRequest(number);
    await world.port.merge(number, head, 'merge', 'Merge', '');
    world.requests();
    const merged = await world.port.readBranch();
    expect(merged.tip.requests.map(({ path }) => path)).toContain(requestPath);
    expect(world.requests()).toEqual(['query Branch']);

    await world.port.commit({
      branch: 'main',
      expectedHead: merged.tip.sha,
      headline: 'Grant',
      body: '',
      additions: [{ path: 'grants/prod-eu/payments/inc-1.yaml', text: 'kind: RoleBinding\n' }],
      deletions: [requestPath],
    });
    world.requests();
    const granted = await world.port.readBranch();
    expect(world.requests()).toEqual(['query Branch']);
    expect(granted.tip).toEqual({
      ...tip,
      sha: granted.tip.sha,
      grants: [...tip.grants, expect.objectContaining({ text: 'kind: RoleBinding\n' })],
    });
    // What was foreseen is what another process reads.
    const other = world.restarted().repository(world.acme.installation.id, 'acme', 'access');
    expect((await other.readBranch()).tip).toEqual(granted.tip);
  });

  it('names branches of ours with their newest pull request, or without', async () => {
    const { port } = world;
    const { tip } = await port.readBranch();
    for (const name of ['curfew/a', 'curfew/b']) {
      await port.createBranch(name, tip.sha);
      const content = {
        additions: [],
        deletions: ['access-requests/README.md'],
        headline: name,
        body: 'Why',
      };
      await port.commit({ ...content, branch: name, expectedHead: tip.sha });
    }
    const first = await port.openPullRequest('curfew/a', 'One', '');
    await port.closePullRequest(first);
    world.clock.advance(1000);
    const second = await port.openPullRequest('curfew/a', 'Two', '');
    world.sandbox.world.pushFiles('acme/access', 'mallory', { branch: 'curfewish', files: { x: 'x' } });
    world.requests();
    const { reverts } = await port.readBranch();
    expect(reverts).toMatchObject([
      {
        number: second,
        state: 'open',
        headRef: 'curfew/a',
        head: { message: 'curfew/a\n\nWhy', parents: [tip.sha], ...signed },
      },
      { number: null, state: null, headRef: 'curfew/b' },
    ]);
    expect(world.requests()).toEqual(['query Branch']);
  });

  it('is not held up by somebody who makes hundreds of branches', async () => {
    const { git } = world.sandbox.world.repository('acme/access');
    const { tip } = await world.port.readBranch();
    for (let index = 0; index < 220; index += 1) git.updateRef(`refs/heads/curfew/x${index}`, tip.sha, null);
    world.requests();
    expect((await world.port.readBranch()).reverts).toHaveLength(200);
    expect(world.requests()).toHaveLength(4);
  });

  it('names what was merged last, with its files', async () => {
    const { number } = await world.requestAccess();
    await world.mergeAsAdmin(number);
    const { recentlyMerged, tip } = await world.port.readBranch();
    expect(recentlyMerged).toEqual([
      {
        number,
        updatedAt: start,
        baseRef: 'main',
        mergeCommit: { sha: tip.sha, message: expect.stringContaining(`#${number}`) },
        paths: [requestPath],
      },
    ]);
  });

  it('asks REST for the rules where GraphQL hides them', async () => {
    const seen = (await world.port.readBranch()).repository;
    world.sandbox.faults.inject({
      operation: 'Branch',
      effect: {
        kind: 'partial',
        answer: { path: ['repository', 'defaultBranchRef', 'rules'], type: 'FORBIDDEN', message: 'no' },
      },
    });
    world.requests();
    const { repository } = await world.port.readBranch();
    // REST leaves out the methods where a rule allows all of them.
    expect(repository).toEqual({ ...seen, rules: { ...seen.rules, mergeMethods: null } });
    expect(world.requests()).toEqual(['query Branch', 'GET /repos/{owner}/{repo}/rules/branches/{branch}']);
  });

  it('takes together what several rulesets say', async () => {
    const ruleset = (name: string, rules: readonly unknown[]) =>
      world.sandbox.world.createRuleset('acme/access', {
        name,
        target: 'branch',
        enforcement: 'active',
        conditions: { ref_name: { include: ['~ALL'], exclude: [] } },
        bypass_actors: [],
        rules,
      });
    const parameters = {
      required_approving_review_count: 0,
      dismiss_stale_reviews_on_push: false,
      require_code_owner_review: false,
      require_last_push_approval: false,
      required_review_thread_resolution: false,
    };
    ruleset('one', [
      { type: 'pull_request', parameters: { ...parameters, allowed_merge_methods: ['squash', 'merge'] } },
    ]);
    ruleset('two', [
      { type: 'pull_request', parameters: { ...parameters, allowed_merge_methods: ['squash', 'rebase'] } },
      { type: 'required_signatures' },
    ]);
    expect((await world.port.readBranch()).repository.rules).toMatchObject({
      codeOwnerReviewRequired: true,
      mergeMethods: ['squash'],
      signaturesRequired: true,
      mergeQueue: false,
    });
  });
});

describe('the tip', () => {
  it('carries what GitHub says of CODEOWNERS, and nothing where that may not be seen', async () => {
    world.pushMain({ '.github/CODEOWNERS': '* @acme/platform\n/x [y\n/z @nobody-at-all\n' });
    expect((await world.port.readBranch()).tip.codeownersErrorLines).toEqual([2, 3]);
    const other = world.restarted().repository(world.acme.installation.id, 'acme', 'access');
    world.sandbox.faults.inject({
      operation: 'Objects',
      effect: {
        kind: 'partial',
        answer: { path: ['repository', 'codeowners'], type: 'FORBIDDEN', message: 'no' },
      },
    });
    expect((await other.readBranch()).tip.codeownersErrorLines).toEqual([]);
  });

  it('takes every line of CODEOWNERS for wrong while GitHub fails to say what it thinks of it', async () => {
    const fail = world.sandbox.faults.inject({
      operation: 'Objects',
      effect: {
        kind: 'partial',
        answer: { path: ['repository', 'codeowners'], type: 'INTERNAL', message: 'no' },
      },
    });
    expect((await world.port.readBranch()).tip.codeownersErrorLines).toEqual([1, 2, 3]);
    fail();
    expect((await world.port.readBranch()).tip.codeownersErrorLines).toEqual([]);
  });

  it('is read directory by directory where GitHub cuts the list of files', async () => {
    const expected = (await world.port.readBranch()).tip;
    let cut = 0;
    const other = world
      .restarted({
        fetch: async (input, init) => {
          const answer = await world.sandbox.fetch(input, init);
          if (!new Request(input, init).url.includes('/git/trees/')) return answer;
          cut += 1;
          const body: unknown = await answer.json();
          return Response.json({ ...Object(body), tree: [], truncated: true }, { headers: answer.headers });
        },
      })
      .repository(world.acme.installation.id, 'acme', 'access');
    expect((await other.readBranch()).tip).toEqual(expected);
    expect(cut).toBe(1);
  });

  it('is not read at all where a directory comes in part', async () => {
    const other = world
      .restarted({
        fetch: async (input, init) => {
          const answer = await world.sandbox.fetch(input, init);
          const body = await answer.text();
          const cut = body.includes('"truncated"')
            ? body.replace('"truncated":false', '"truncated":true')
            : body;
          return new Response(cut.replace(/\{"name":"README.md"[^}]*\},?/, ''), {
            headers: answer.headers,
            status: answer.status,
          });
        },
      })
      .repository(world.acme.installation.id, 'acme', 'access');
    await expect(other.readBranch()).rejects.toBeInstanceOf(Truncated);
  });

  it('takes as many requests for texts as there are forties of them', async () => {
    world.pushMain(
      Object.fromEntries(
        Array.from({ length: 95 }, (_, index) => [`clusters/prod-eu/${index}.yaml`, `${index}\n`]),
      ),
    );
    world.requests();
    const { tip } = await world.port.readBranch();
    expect(tip.clusters.filter(({ text }) => text !== null)).toHaveLength(96);
    expect(world.requests().filter((name) => name === 'query Objects')).toHaveLength(3);
  });
});

describe('readBlobs', () => {
  it('reads texts once', async () => {
    const [template] = (await world.port.readBranch()).tip.templates;
    const other = world.restarted().repository(world.acme.installation.id, 'acme', 'access');
    await other.readAccount('alice');
    world.requests();
    const sha = template?.sha ?? '';
    expect(await other.readBlobs([sha, sha])).toEqual(new Map([[sha, 'kind: Template\n']]));
    expect(await other.readBlobs([sha])).toEqual(new Map([[sha, 'kind: Template\n']]));
    expect(await other.readBlobs([])).toEqual(new Map());
    expect(world.requests()).toEqual(['query Objects']);
  });

  it('fails where one is missing or no text', async () => {
    await expect(world.port.readBlobs(['1'.repeat(40)])).rejects.toBeInstanceOf(RetryLater);
    const binary = world.sandbox.world
      .repository('acme/access')
      .git.objects.write('blob', Buffer.from([0, 1]));
    await expect(world.port.readBlobs([binary])).rejects.toBeInstanceOf(Truncated);
  });
});
