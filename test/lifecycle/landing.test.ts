import { describe, expect, test } from 'vitest';
import { finding } from '../../src/base/reasons.ts';
import type { CommentFacts } from '../../src/lifecycle/facts.ts';
import { judgeLanding } from '../../src/lifecycle/landing.ts';
import { commitOf, granted, landed } from './branch-world.ts';
import { file, hour, minute, noon, people, requestFile, requestText, sha } from './world.ts';

function revokedBy(author: CommentFacts['author']): CommentFacts {
  return { id: 1, author, body: '/revoke', createdAt: noon, edited: false, editedBy: null };
}

/** So many grants of alice that are in force. */
function openGrants(count: number): readonly (readonly [string, string])[] {
  const { commit } = granted();
  return Array.from({ length: count }, (_, n) => [`grants/staging/payments/open-${n}.yaml`, commit.text]);
}

const elsewhere = { path: 'templates/read-logs.yaml', change: 'modified', previousPath: null } as const;
const itself = { path: requestFile, change: 'added', previousPath: null } as const;

describe('a landed request', () => {
  test('is granted', () => {
    expect(judgeLanding(landed())).toMatchObject({ kind: 'grant', finding: { code: 'granted' } });
  });

  test('is granted once only: what ended stays ended', () => {
    const { made, commit } = granted();
    const deletion = commitOf({
      sha: sha('deletion'),
      message: `Revert\n\nCurfew-Ended: expired ${commit.evidence.grant} ${requestFile}`,
    });
    const grantHistory = [deletion, made];
    expect(judgeLanding(landed({ landing: { grantHistory } }))).toMatchObject({
      kind: 'ended',
      finding: { code: 'expired' },
      evidence: { grant: commit.evidence.grant },
    });
    const byHand = [commitOf({ ...deletion, author: people.mallory }), made];
    expect(judgeLanding(landed({ landing: { grantHistory: byHand } }))).toMatchObject({
      kind: 'ended',
      finding: { code: 'grant-removed' },
    });
  });

  test('is granted once only, also where the history that says so is no more', () => {
    const merges = [
      { sha: sha('end'), message: `Revert\n\nCurfew-Ended: revoked ${granted().commit.evidence.grant} x` },
    ];
    expect(judgeLanding(landed({ question: { merges } }))).toMatchObject({
      kind: 'ended',
      finding: { code: 'grant-removed' },
    });
    const others = [{ sha: sha('end'), message: 'Revert\n\nCurfew-Ended: revoked payments-000000000000 x' }];
    expect(judgeLanding(landed({ question: { merges: others } }))).toMatchObject({ kind: 'grant' });
  });

  test.each([
    ['with other files', { landing: { landed: [itself, elsewhere] } }, 'landed-differently'],
    ['as a change', { landing: { landed: [{ ...itself, change: 'modified' }] } }, 'landed-differently'],
    ['in a difference too large to read', { landing: { landed: null } }, 'landed-differently'],
    ['on another base', { pullRequest: { baseRef: 'release' } }, 'landed-differently'],
    ['with other bytes', { question: { file: file(requestFile, `${requestText}\n`) } }, 'request-edited'],
    [
      'as a symbolic link',
      { question: { file: file(requestFile, requestText, '120000') } },
      'request-edited',
    ],
    ['without an approval', { pullRequest: { reviews: [] } }, 'landed-unapproved'],
    ['too long after it was opened', { pullRequest: { createdAt: noon - 1000 * hour } }, 'approval-expired'],
    ['and was revoked', { pullRequest: { comments: [revokedBy(people.alice)] } }, 'revoked'],
    ['too long ago', { question: { now: noon + 1000 * hour } }, 'not-granted-in-time'],
  ] as const)('that landed %s has ended', (_, given, code) => {
    expect(judgeLanding(landed(given))).toMatchObject({ kind: 'ended', finding: { code } });
  });

  test('waits for its start, and no longer', () => {
    const text = `${requestText}  notBefore: 2026-12-01T12:30:00Z\n`;
    const start = noon + 30 * minute;
    const at = (now: number) => judgeLanding(landed({ text, question: { now } }));
    expect(at(start - 1)).toMatchObject({ kind: 'wait', finding: { code: 'scheduled' }, until: start });
    expect(at(start)).toMatchObject({ kind: 'grant' });
  });

  test('waits while there is an obstacle', () => {
    const verdict = judgeLanding(landed({ question: { obstacles: [finding('paused')] } }));
    expect(verdict).toMatchObject({ kind: 'wait', finding: { code: 'paused' } });
  });

  test('waits while its subject has as many grants as the policy allows', () => {
    expect(judgeLanding(landed({ files: openGrants(4) }))).toMatchObject({ kind: 'grant' });
    expect(judgeLanding(landed({ files: openGrants(5) }))).toMatchObject({
      kind: 'wait',
      finding: { code: 'too-many-open' },
    });
  });
});

describe('a request without a pull request', () => {
  const pushed = (committedAt: number) =>
    judgeLanding(
      landed({ landing: { pullRequest: null, landed: null, history: [commitOf({ committedAt })] } }),
    );
  const now = noon + minute;

  test('may still be linked to one, for ten minutes', () => {
    const waiting = { kind: 'wait', finding: { code: 'landing-unknown' } };
    expect(pushed(now - 10 * minute + 1)).toMatchObject({ ...waiting, until: now + 1 });
    expect(pushed(now - 10 * minute)).toMatchObject({
      kind: 'ended',
      finding: { code: 'landed-without-pull-request' },
    });
  });

  test('does not wait longer for a date in the future, which whoever pushed chose', () => {
    expect(pushed(now + 1000 * hour)).toMatchObject({ kind: 'wait', until: now + 10 * minute });
  });
});
