import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RetryLater } from '../../src/github/errors.ts';
import type { Report } from '../../src/lifecycle/refused-by-cluster.ts';
import { createWorld, start, type GitHubWorld } from './world.ts';

const repo = { owner: 'acme', repo: 'access' };
const prod: Report = { cluster: 'prod-eu', context: 'curfew-prod-eu', creator: 1005 };
const staging: Report = { cluster: 'staging', context: 'curfew-staging', creator: 1003 };

let world: GitHubWorld;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(async () => world.sandbox.close());

type State = 'success' | 'failure' | 'error' | 'pending';

/** A status, a second after whatever was before. */
async function report(
  sha: string,
  state: State,
  { by = 'erin', context = 'curfew-prod-eu' } = {},
): Promise<void> {
  world.clock.advance(1000);
  await world.as(by).repos.createCommitStatus({ ...repo, sha, state, context });
}

function commits(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => world.pushMain({ [`docs/${index}.md`]: `${index}\n` }));
}

const none = { taken: false, refusedSince: null };

describe('readVerdicts', () => {
  it('asks nothing where nobody is believed', async () => {
    expect(await world.port.readVerdicts('0'.repeat(40), [])).toEqual(new Map());
    expect(world.requests()).toEqual([]);
  });

  it('takes one request while all is well, for all clusters, back to what each took last', async () => {
    const [a = '', b = '', c = ''] = commits(3);
    await report(a, 'success');
    await report(b, 'success', { by: 'carol', context: 'curfew-staging' });
    const verdicts = await world.port.readVerdicts(c, [prod, staging]);
    expect(world.requests()).toEqual(['query Verdicts']);
    expect(verdicts).toEqual(
      new Map([
        [
          'prod-eu',
          [
            { sha: c, ...none },
            { sha: b, ...none },
            { sha: a, taken: true, refusedSince: null },
          ],
        ],
        [
          'staging',
          [
            { sha: c, ...none },
            { sha: b, taken: true, refusedSince: null },
          ],
        ],
      ]),
    );
  });

  it('knows since when a commit is refused without a break, and whether it was ever taken', async () => {
    const [a = '', b = ''] = commits(2);
    await report(a, 'failure');
    await report(a, 'success');
    await report(a, 'pending');
    await report(a, 'failure');
    await report(a, 'error');
    await report(b, 'failure');
    await report(b, 'failure');
    expect((await world.port.readVerdicts(b, [prod])).get('prod-eu')).toEqual([
      { sha: b, taken: false, refusedSince: start + 6000 },
      { sha: a, taken: true, refusedSince: start + 4000 },
    ]);
    expect(world.requests()).toHaveLength(3);
  });

  it('believes nobody else, and sees what somebody else covers', async () => {
    const [a = '', b = '', c = ''] = commits(3);
    await report(a, 'success');
    await report(a, 'failure', { by: 'mallory' });
    await report(b, 'failure');
    await report(b, 'success', { by: 'mallory' });
    await report(c, 'failure', { by: 'mallory' });
    await report(c, 'failure', { context: 'curfew-staging' });
    expect((await world.port.readVerdicts(c, [prod])).get('prod-eu')).toEqual([
      { sha: c, ...none },
      { sha: b, taken: false, refusedSince: start + 3000 },
      { sha: a, taken: true, refusedSince: null },
    ]);
  });

  it('finds it behind a hundred other statuses of the commit', async () => {
    const [a = '', b = ''] = commits(2);
    await report(a, 'success');
    await report(b, 'failure');
    for (let index = 0; index < 120; index += 1)
      await report(b, 'success', { by: 'mallory', context: `noise/${index}` });
    const [newest] = (await world.port.readVerdicts(b, [prod])).get('prod-eu') ?? [];
    expect(newest).toEqual({ sha: b, taken: false, refusedSince: start + 2000 });
  });

  it('takes nothing for refused ever since where it cannot read what came before', async () => {
    const [a = '', b = ''] = commits(2);
    await report(a, 'success');
    for (let index = 0; index < 1000; index += 1)
      await report(a, 'success', { by: 'mallory', context: `noise/${index % 2}` });
    await report(a, 'failure', { by: 'mallory' });
    await report(b, 'failure');
    const revisions = (await world.port.readVerdicts(b, [prod])).get('prod-eu');
    expect(revisions?.map(({ taken }) => taken)).toEqual([false, true]);
  });

  it('follows the branch past a pull request of many commits, and only where something is refused', async () => {
    const [taken = ''] = commits(1);
    await report(taken, 'success');
    const { number } = await world.requestAccess({ login: 'alice', branch: 'many' });
    for (let index = 0; index < 120; index += 1) {
      world.sandbox.world.pushFiles('acme/access', 'alice', {
        branch: 'many',
        files: { 'docs/many.md': `${index}\n` },
        message: 'One of many',
      });
    }
    const merged = await world.mergeAsAdmin(number, 'merge');
    const revisions = async () => (await world.port.readVerdicts(merged, [prod])).get('prod-eu') ?? [];
    world.requests();
    await revisions();
    expect(world.requests()).toEqual(['query Verdicts']);
    await report(merged, 'failure');
    expect((await revisions()).map(({ sha }) => sha)).toEqual([merged, taken]);
    expect(await revisions()).toMatchObject([{ taken: false }, { taken: true }]);
  });

  it('gives up behind twenty commits that have to be read whole', async () => {
    const all = commits(25);
    await report(all[0] ?? '', 'success');
    for (const sha of all.slice(1)) await report(sha, 'failure');
    const revisions = (await world.port.readVerdicts(all.at(-1) ?? '', [prod])).get('prod-eu') ?? [];
    expect(revisions).toHaveLength(20);
    expect(revisions.some(({ taken }) => taken)).toBe(false);
    // What is known is not read again, so that the next look comes further.
    world.requests();
    const further = (await world.port.readVerdicts(all.at(-1) ?? '', [prod])).get('prod-eu') ?? [];
    expect(world.requests()).toHaveLength(1 + 4);
    expect(further.slice(0, 20)).toEqual(revisions);
    expect(further.at(-1)).toEqual({ sha: all[0], taken: true, refusedSince: null });
  });

  it('reads a commit whole again where there is news of it, and only then', async () => {
    const [a = ''] = commits(1);
    await report(a, 'failure');
    const newest = async () => (await world.port.readVerdicts(a, [prod])).get('prod-eu')?.[0];
    expect(await newest()).toEqual({ sha: a, taken: false, refusedSince: start + 1000 });
    world.requests();
    await newest();
    expect(world.requests()).toEqual(['query Verdicts']);
    await report(a, 'success', { by: 'mallory' });
    await report(a, 'success');
    await report(a, 'pending', { by: 'mallory' });
    expect(await newest()).toEqual({ sha: a, taken: true, refusedSince: null });
  });

  it('is to be asked again for a tip that GitHub does not show yet', async () => {
    await expect(world.port.readVerdicts('0'.repeat(40), [prod])).rejects.toThrow(RetryLater);
  });
});
