import { describe, expect, test } from 'vitest';
import { writeEnding } from '../../src/lifecycle/evidence.ts';
import { judgeGrant, type GrantQuestion, type GrantState } from '../../src/lifecycle/grant-state.ts';
import { granted } from './branch-world.ts';
import {
  file,
  minute,
  noon,
  repository,
  repositoryFiles,
  requestFile,
  requestText,
  sha,
  teams,
  tipOf,
} from './world.ts';

const { commit, file: grant, made: grantCommit, landing } = granted();

/** What becomes of the grant five minutes later, with these trusted files replaced or, by null, gone. */
function judge(
  files: Readonly<Record<string, string | null>>,
  overrides: Partial<GrantQuestion> = {},
): GrantState {
  const all = new Map([...repositoryFiles(), [requestFile, requestText], [commit.path, commit.text]]);
  for (const [path, text] of Object.entries(files)) {
    if (text === null) all.delete(path);
    else all.set(path, text);
  }
  const role = repositoryFiles().get('templates/roles/debug-pod.yaml') ?? '';
  return judgeGrant({
    repository,
    tip: tipOf(all),
    file: grant,
    landing: { ...landing, grantHistory: [grantCommit] },
    now: noon + 5 * minute,
    teams,
    commentsOf: () => [],
    blobs: new Map([[file('', role).sha, role]]),
    merges: [],
    ...overrides,
  });
}

describe('a grant', () => {
  test('is in force as it was committed', () => {
    expect(judge({})).toMatchObject({ kind: 'in-force' });
  });

  test('is none of ours where its commit is the merge of a pull request, whatever it says', () => {
    const merges = [{ sha: grantCommit.sha, message: grantCommit.message }];
    expect(judge({}, { merges })).toMatchObject({
      kind: 'foreign',
      finding: { code: 'grant-without-evidence' },
    });
  });

  test('has ended where a revert that was merged says so, and nothing else that was merged', () => {
    const merged = (grant: string) => [
      { sha: sha('revert'), message: `Revert\n\n${writeEnding('revoked', grant, requestFile)}` },
    ];
    expect(judge({}, { merges: merged('payments-000000000000') })).toMatchObject({ kind: 'in-force' });
    expect(judge({}, { merges: merged(commit.evidence.grant) })).toMatchObject({
      kind: 'ended',
      finding: { code: 'grant-removed' },
    });
  });

  test.each([
    ['gives more', 'verbs: [get, list, watch, delete]'],
    ['gives less', 'verbs: [get]'],
  ])('whose role %s', (what, verbs) => {
    const path = 'templates/roles/debug-pod.yaml';
    const role = (repositoryFiles().get(path) ?? '').replace('verbs: [get, list, watch]', verbs);
    const state = judge({ [path]: role });
    expect(state.kind).toBe(what === 'gives more' ? 'ended' : 'in-force');
  });

  test.each([
    ['is gone from the catalog', null],
    [
      'is made of others, so that the catalog cannot hold it',
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: curfew:debug-pod}\naggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}\n',
    ],
  ])('ends where its role %s', (_, role) => {
    expect(judge({ 'templates/roles/debug-pod.yaml': role })).toMatchObject({
      kind: 'ended',
      finding: { code: 'role-widened' },
    });
  });
});
