import { describe, expect, test } from 'vitest';
import type { HistoryCommit } from '../../src/lifecycle/facts.ts';
import { mergedRequest, type MergedRequest } from '../../src/lifecycle/merged-request.ts';
import { commitOf, granted, landed, tipWith } from './branch-world.ts';
import { people, repository, requestFile, requestText, sha } from './world.ts';

const { made, commit, file: grantFile } = granted();
const { evidence } = commit;

/** What became of the pull request that was granted, or of one a number later. */
function became(
  stands: { readonly request?: boolean; readonly grant?: boolean },
  grantHistory: readonly HistoryCommit[],
  options: { readonly later?: boolean; readonly linked?: boolean } = {},
): MergedRequest {
  const { landing } = landed();
  const tip = tipWith([
    ...(stands.request === true ? [[requestFile, requestText] as const] : []),
    ...(stands.grant === true ? [[grantFile.path, commit.text] as const] : []),
  ]);
  const pullRequest = options.linked === false ? null : landing.pullRequest;
  const number = evidence.pullRequest + (options.later === true ? 1 : 0);
  return mergedRequest({ ...landing, grantHistory, pullRequest }, repository, tip, number);
}

function revert(code: string, grant = evidence.grant): HistoryCommit {
  const message = `Revert\n\nCurfew-Ended: ${code} ${grant} ${requestFile}`;
  return commitOf({ sha: sha(`revert ${code}`), message });
}

describe('a merged request', () => {
  test('is in force while its grant stands', () => {
    expect(became({ request: true, grant: true }, [made])).toMatchObject({ kind: 'in-force', by: made.sha });
  });

  test('is in force although somebody touched the grant, until it is gone', () => {
    const touched = commitOf({ sha: sha('touched'), author: people.mallory });
    expect(became({ grant: true }, [touched, made])).toMatchObject({ kind: 'in-force', by: made.sha });
  });

  test('has ended as the commit of ours says that took the grant away', () => {
    const expired = revert('expired');
    const ended = { kind: 'ended', finding: { code: 'expired' }, evidence: { grant: evidence.grant } };
    expect(became({}, [expired, made])).toMatchObject({ ...ended, by: expired.sha });
    const later = commitOf({ sha: sha('later'), message: 'Another grant at the path' });
    expect(became({ request: true }, [later, expired, made])).toMatchObject({ ...ended, by: expired.sha });
  });

  test('has ended by whoever else took the grant away', () => {
    const byHand = commitOf({ sha: sha('by hand'), author: people.mallory });
    expect(became({}, [revert('expired', 'another'), byHand, made])).toMatchObject({
      kind: 'ended',
      finding: { code: 'grant-removed' },
      by: byHand.sha,
    });
    const forged = commitOf({ ...revert('revoked'), author: people.mallory });
    expect(became({}, [forged, made])).toMatchObject({ finding: { code: 'grant-removed' }, by: forged.sha });
  });

  test('has ended where the grant at its path is that of another pull request', () => {
    const other = commitOf({
      ...made,
      sha: sha('other grant'),
      message: made.message.replace(/^Curfew-Pull-Request: .*$/m, 'Curfew-Pull-Request: 99'),
    });
    expect(became({ request: true, grant: true }, [other, revert('expired'), made])).toMatchObject({
      kind: 'ended',
      finding: { code: 'expired' },
    });
  });

  test('waits where nothing was granted yet and its file stands', () => {
    expect(became({ request: true }, [])).toEqual({ kind: 'waiting', linked: true });
    expect(became({ request: true }, [], { linked: false })).toEqual({ kind: 'waiting', linked: false });
  });

  test('without a grant has ended where its file is gone, or is that of another', () => {
    const ended = { kind: 'ended', evidence: null, finding: { code: 'request-removed' } };
    expect(became({}, [])).toMatchObject(ended);
    expect(became({ request: true }, [], { later: true })).toMatchObject(ended);
  });
});
