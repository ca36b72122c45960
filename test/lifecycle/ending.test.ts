import { describe, expect, test } from 'vitest';
import type { CommentFacts, HistoryCommit } from '../../src/lifecycle/facts.ts';
import { grantId } from '../../src/lifecycle/grant.ts';
import { judgeGrant, type GrantQuestion, type GrantState } from '../../src/lifecycle/grant-state.ts';
import { parseRequestPath } from '../../src/request/path.ts';
import { commitOf, granted, tipWith } from './branch-world.ts';
import {
  file,
  hour,
  minute,
  noon,
  people,
  repository,
  repositoryFiles,
  requestFile,
  requestText,
  sha,
  teams,
} from './world.ts';

type Files = Readonly<Record<string, string>>;

/** What becomes of the grant five minutes later, with these files replaced. */
function judge(overrides: Partial<GrantQuestion> = {}, files: Files = {}): GrantState {
  const { commit, file: grant, made, landing } = granted();
  const landed = [
    [requestFile, requestText],
    [commit.path, commit.text],
  ] as const;
  return judgeGrant({
    repository,
    tip: tipWith([...landed, ...Object.entries(files)]),
    file: grant,
    landing: { ...landing, grantHistory: [made] },
    now: noon + 5 * minute,
    teams,
    commentsOf: () => [],
    merges: [],
    blobs: new Map(),
    ...overrides,
  });
}

/** The same, where the newest commits on the grant file are these. */
function judgeHistory(...grantHistory: readonly HistoryCommit[]): GrantState {
  return judge({ landing: { ...granted().landing, grantHistory } });
}

/** The same, where the commit that granted says something else. */
function judgeMessage(change: (message: string) => string): GrantState {
  const { made } = granted();
  const message = change(made.message);
  expect(message).not.toBe(made.message);
  return judgeHistory({ ...made, message });
}

function comment(author: CommentFacts['author'], overrides: Partial<CommentFacts> = {}): CommentFacts {
  return { id: 1, author, body: '/revoke', createdAt: noon, edited: false, editedBy: null, ...overrides };
}

function policyWith(from: string, to: string): Files {
  const path = '.github/curfew.yaml';
  const text = repositoryFiles().get(path) ?? '';
  expect(text).toContain(from);
  return { [path]: text.replaceAll(from, to) };
}

describe('a grant', () => {
  test('ends at the very moment that it names', () => {
    expect(judge({ now: noon + hour - 1 })).toMatchObject({ kind: 'in-force' });
    expect(judge({ now: noon + hour })).toMatchObject({ kind: 'ended', finding: { code: 'expired' } });
  });

  test.each([
    ['is gone', null, 'request-removed'],
    ['was edited', file(requestFile, `${requestText}\n`), 'request-edited'],
    ['became a symbolic link', file(requestFile, requestText, '120000'), 'request-edited'],
  ] as const)('ends where its request %s', (_, request, code) => {
    expect(judge({ tip: { ...tipWith([]), requests: request === null ? [] : [request] } })).toMatchObject({
      kind: 'ended',
      finding: { code },
    });
  });

  test.each([
    ['a revoker who has another login now', { ...people.erin, login: 'erin-smith' }, 'ended'],
    ['somebody else who took the login of a revoker', { ...people.mallory, login: 'erin' }, 'in-force'],
  ] as const)('knows a revoker by the account: /revoke by %s', (_, author, kind) => {
    const path = '.github/curfew.yaml';
    const policy = repositoryFiles().get(path) ?? '';
    const text = policy.replace(/^  revokers: .*$/m, '  revokers: [erin]');
    expect(text).not.toBe(policy);
    const tip = tipWith([
      [path, text],
      [requestFile, requestText],
    ]);
    expect(judge({ tip, commentsOf: () => [comment(author)] })).toMatchObject({ kind });
  });

  test.each([
    ['its subject', people.alice],
    ['an owner', people.bob],
    ['a revoker', people.dan],
  ])('ends where %s comments /revoke', (_, author) => {
    const state = judge({ commentsOf: () => [comment(author)] });
    expect(state).toMatchObject({ kind: 'ended', finding: { code: 'revoked' } });
  });

  test.each([
    ['somebody else comments /revoke', comment(people.mallory)],
    ['nobody knows who commented', comment(null)],
    ['the comment was edited', comment(people.alice, { edited: true })],
    ['the command is not the first line', comment(people.alice, { body: 'no:\n/revoke' })],
    ['the first line says more', comment(people.alice, { body: '/revoke tomorrow' })],
  ])('goes on where %s', (_, said) => {
    expect(judge({ commentsOf: () => [said] })).toMatchObject({ kind: 'in-force' });
  });

  test.each([
    ['maps its subject to another user', policyWith("'oidc:alice'", "'oidc:somebody'")],
    ['knows its subject no more', policyWith('login: alice, id: 1001', 'login: alice, id: 1999')],
    ['knows the cluster no more', policyWith('staging', 'testing')],
    ['protects the namespace', policyWith('[vault]', '[vault, payments]')],
  ])('ends where the policy %s', (_, files) => {
    expect(judge({}, files)).toMatchObject({ kind: 'ended', finding: { code: 'not-entitled' } });
  });

  test('ends where its subject left the team that may ask', () => {
    const left = new Map([...teams, ['acme/engineers', { members: new Map(), canWrite: true }]]);
    expect(judge({ teams: left })).toMatchObject({ kind: 'ended', finding: { code: 'not-entitled' } });
  });

  test('goes on where that team cannot be seen, or the policy cannot be read', () => {
    const unseen = new Map([...teams].filter(([name]) => name !== 'acme/engineers'));
    expect(judge({ teams: unseen })).toMatchObject({ kind: 'in-force' });
    expect(judge({}, { '.github/curfew.yaml': 'a: [' })).toMatchObject({ kind: 'in-force' });
  });
});

describe('a file below grants/', () => {
  const foreign = { kind: 'foreign', finding: { code: 'grant-without-evidence' } };

  test('is nothing where nothing was read of it', () => {
    expect(judge({ landing: null })).toEqual({ kind: 'unknown' });
    expect(judgeHistory()).toMatchObject(foreign);
  });

  test('needs the signature where the server signs', () => {
    const { made, landing } = granted();
    const unsigned = { ...landing, grantHistory: [{ ...made, signedByGitHub: false }] };
    const unsigning = { ...repository, signsCommits: false };
    expect(judge({ landing: unsigned })).toMatchObject(foreign);
    expect(judge({ landing: unsigned, repository: unsigning })).toMatchObject({ kind: 'in-force' });
  });

  test.each<[string, Partial<HistoryCommit>]>([
    ['by somebody else', { author: people.mallory }],
    ['by nobody', { author: null }],
    ['that left other bytes', { blob: sha('other bytes') }],
    ['that deleted it', { blob: null }],
    ['made on another tip than it was decided', { parents: [sha('another tip')] }],
    ['that is a merge', { parents: [tipWith([[requestFile, requestText]]).sha, sha('another tip')] }],
    ['that says nothing', { message: 'Grant something' }],
  ])('is none of ours by a commit %s', (_, overrides) => {
    expect(judgeHistory(commitOf({ ...granted().made, ...overrides }))).toMatchObject(foreign);
  });

  test('is none of ours as a symbolic link', () => {
    const { commit } = granted();
    const link = { ...file(commit.path, commit.text), mode: '120000' };
    expect(judge({ file: link })).toMatchObject(foreign);
  });

  test('is none of ours with the evidence of another repository', () => {
    const foreigner = judgeMessage((text) => text.replace('Curfew-Repository: 4242', 'Curfew-Repository: 1'));
    expect(foreigner).toMatchObject(foreign);
    expect(judge({ repository: { ...repository, id: 1 } })).toMatchObject(foreign);
  });

  test('is none of ours under an id that is another’s', () => {
    const { grant } = granted().commit.evidence;
    const state = judgeMessage((text) => text.replace(`Curfew-Grant: ${grant}`, 'Curfew-Grant: payments-1'));
    expect(state).toMatchObject(foreign);
  });

  test('is none of ours where its evidence is of another request, though the id is its own', () => {
    const { commit, made, landing } = granted();
    const other = requestFile.replace('inc-4711', 'inc-1');
    const path = parseRequestPath(other);
    if (!path.ok) throw new Error('not a path');
    const { grant, pullRequest } = commit.evidence;
    const message = made.message.replace(
      `Curfew-Grant: ${grant}`,
      `Curfew-Grant: ${grantId(repository.id, path.value, pullRequest)}`,
    );
    const moved = file(commit.path.replace('inc-4711', 'inc-1'), commit.text);
    const state = judge({ file: moved, landing: { ...landing, grantHistory: [{ ...made, message }] } });
    expect(state).toMatchObject(foreign);
  });

  test('stays ended when somebody takes its deletion back', () => {
    const { made, file: grant } = granted();
    const deletion = commitOf({ sha: sha('deletion'), message: 'Revert', parents: [made.sha] });
    const back = commitOf({ ...made, sha: sha('back'), message: 'Revert "Revert"', author: people.mallory });
    expect(judgeHistory({ ...back, blob: grant.sha }, deletion, made)).toMatchObject(foreign);
  });
});
