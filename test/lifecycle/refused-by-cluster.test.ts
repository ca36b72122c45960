import { describe, expect, test } from 'vitest';
import { decideBranch } from '../../src/lifecycle/branch.ts';
import type { BranchWorld, RevisionFacts } from '../../src/lifecycle/facts.ts';
import { expectedReports, judgeRefusals, patience } from '../../src/lifecycle/refused-by-cluster.ts';
import { parseRequestPath } from '../../src/request/path.ts';
import { deliveryName } from '../../src/cluster/manifests/delivery.ts';
import { granted, landed, tipWith } from './branch-world.ts';
import { minute, noon, repository, repositoryFiles, requestFile, sha, teams } from './world.ts';

const policyPath = '.github/curfew.yaml';
const policyText = repositoryFiles().get(policyPath) ?? '';

/** A revision as the report on it has it: `taken`, `refused` at a minute after noon, both, or nothing. */
function revision(name: string, { taken = false, refused = null as number | null } = {}): RevisionFacts {
  return { sha: sha(name), taken, refusedSince: refused === null ? null : noon + refused * minute };
}

const grant = granted();
const parsed = parseRequestPath(requestFile);
if (!parsed.ok) throw new Error('no request path');
const proven = {
  file: grant.file,
  path: parsed.value,
  evidence: grant.commit.evidence,
  commit: grant.made.sha,
};
const { cluster } = proven.path;

/** What is judged of these revisions, newest first, so many minutes after noon. */
function judge(revisions: readonly RevisionFacts[], at: number) {
  const refusals = judgeRefusals(new Map([[cluster, revisions]]), [proven], noon + at * minute);
  return {
    withdrawn: refusals.withdrawn.get(grant.made.sha)?.code ?? null,
    failing: refusals.failing.has(cluster),
    wakeAt: refusals.wakeAt === null ? null : (refusals.wakeAt - noon) / minute,
  };
}

const taken = revision('before', { taken: true });

describe('a grant that its cluster refuses', () => {
  const nothing = { withdrawn: null, failing: false, wakeAt: null };
  test.each([
    ['no report at all', [revision('tip'), revision('grant'), revision('before')], 9, nothing],
    ['taken with the grant', [revision('grant', { taken: true })], 9, nothing],
    ['taken since', [revision('tip', { taken: true })], 9, nothing],
    ['refused just now', [revision('grant', { refused: 1 }), taken], 1.5, { ...nothing, wakeAt: 2 }],
    [
      'refused for a minute',
      [revision('grant', { refused: 1 }), taken],
      2,
      { withdrawn: 'cluster-refused', failing: true, wakeAt: null },
    ],
    [
      'a later revision refused, with the grant in it',
      [revision('tip', { refused: 1 }), revision('grant'), taken],
      2,
      { withdrawn: 'cluster-refused', failing: true, wakeAt: null },
    ],
    [
      'several revisions refused: the first counts',
      [revision('tip', { refused: 3 }), revision('grant', { refused: 1 }), taken],
      2,
      { withdrawn: 'cluster-refused', failing: true, wakeAt: null },
    ],
    [
      'refused before it came, and with it only just now',
      [revision('grant', { refused: 4 }), revision('other', { refused: 1 }), taken],
      4.5,
      { withdrawn: null, failing: true, wakeAt: 5 },
    ],
    [
      'an older revision refused, the one with the grant not judged yet',
      [revision('grant'), revision('other', { refused: 1 }), taken],
      9,
      { withdrawn: null, failing: true, wakeAt: null },
    ],
    [
      'taken once with the grant, refused since: something else is wrong',
      [revision('grant', { taken: true, refused: 1 })],
      9,
      { withdrawn: null, failing: true, wakeAt: null },
    ],
    [
      'refused after a later revision was taken',
      [revision('tip', { refused: 2 }), revision('between', { taken: true })],
      9,
      { withdrawn: null, failing: true, wakeAt: null },
    ],
    [
      'a cluster that never took anything',
      [revision('grant', { refused: 1 }), revision('before', { refused: 0 })],
      9,
      { withdrawn: null, failing: true, wakeAt: null },
    ],
  ] as const)('%s', (_, revisions, at, expected) => {
    expect(judge(revisions, at)).toEqual(expected);
  });

  test('one of another cluster is not concerned', () => {
    const verdicts = new Map([['elsewhere', [revision('grant', { refused: 0 }), taken]]]);
    const { withdrawn, failing } = judgeRefusals(verdicts, [proven], noon + 9 * minute);
    expect([[...withdrawn], [...failing.keys()]]).toEqual([[], ['elsewhere']]);
  });
});

describe('the default branch', () => {
  const refused = new Map([[cluster, [revision('grant', { refused: 0 }), taken]]]);

  function decide(world: Partial<BranchWorld>) {
    const { tip } = landed({ files: [[grant.file.path, grant.file.text ?? '']] });
    const landing = { ...grant.landing, grantHistory: [grant.made] };
    const before: BranchWorld = {
      now: noon + minute,
      repository,
      tip,
      landings: new Map([[requestFile, landing]]),
      commands: [],
      reverts: [],
      merges: [],
      verdicts: new Map(),
    };
    const now = world.now ?? before.now;
    const context = { teams, accounts: new Map(), blobs: new Map(), localNow: now, latestNow: now };
    return decideBranch({ ...before, ...world }, context);
  }

  test('ends the access, says why, and says that the cluster takes nothing', () => {
    const decision = decide({ verdicts: refused });
    expect(decision).toMatchObject({
      inForce: [],
      ended: [
        {
          pullRequest: 12,
          finding: {
            code: 'cluster-refused',
            message: `${cluster} has refused every revision that holds this access since 2026-12-01T12:00:00Z, so it should never have been in effect there; ask again once it is known why`,
          },
        },
      ],
      failing: [{ cluster, finding: { code: 'cluster-failing' } }],
    });
    expect(decision.ended[0]?.deletions.map(({ path }) => path)).toEqual([grant.file.path, requestFile]);
    expect(decide({}).ended).toEqual([]);
  });

  test('wakes when patience ends', () => {
    expect(decide({ verdicts: refused, now: noon + minute - 1 })).toMatchObject({
      ended: [],
      failing: [],
      wakeAt: noon + patience,
    });
  });

  test('grants nothing new to a cluster that takes nothing, and something to others', () => {
    const { tip, landing } = landed();
    const pending = { tip, landings: new Map([[requestFile, landing]]) };
    const failing = [revision('tip', { refused: 0 }), taken];
    expect(decide({ ...pending, verdicts: new Map([[cluster, failing]]) })).toMatchObject({
      grants: [],
      tells: [{ pullRequest: 12, landing: { kind: 'wait', finding: { code: 'cluster-failing' } } }],
    });
    expect(decide({ ...pending, verdicts: new Map([['elsewhere', failing]]) }).grants).toHaveLength(1);
    expect(decide(pending).grants).toHaveLength(1);
  });
});

describe('whom the policy believes', () => {
  test('nobody unless it says so, then one account under one context', () => {
    expect(expectedReports(landed().tip)).toEqual([]);
    const text = policyText.replace(
      'prod-eu: {environment: production}',
      "prod-eu: {environment: production, reporter: {login: 'flux[bot]', id: 2001}}",
    );
    expect(expectedReports(tipWith([[policyPath, text]]))).toEqual([
      { cluster: 'prod-eu', context: 'curfew-prod-eu', creator: 2001 },
    ]);
  });

  test('the context is the one under which the shipped Flux reports', () => {
    const name = deliveryName({ cluster: 'prod-eu' });
    expect(name).toBe('curfew-prod-eu');
  });
});
