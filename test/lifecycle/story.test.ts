import { describe, expect, test } from 'vitest';
import type { CommentFacts } from '../../src/lifecycle/facts.ts';
import type { ProvenGrant } from '../../src/lifecycle/grant-state.ts';
import { notEndedComment, retoldComment, tellsEnd } from '../../src/lifecycle/story.ts';
import { file, head, hour, minute, noon, people, requestFile, sha } from './world.ts';

const made = sha('grant');
const bob = { id: people.bob.id, login: 'bob' };

const grant: ProvenGrant = {
  file: file('grants/staging/payments/inc-4711.yaml', ''),
  path: { cluster: 'staging', namespace: 'payments', name: 'inc-4711' },
  evidence: {
    grant: 'payments-0123456789ab',
    repositoryId: 4242,
    pullRequest: 12,
    request: requestFile,
    head,
    tip: sha('tip'),
    mergeCommit: sha('merge'),
    mergedAt: noon,
    requestBlob: sha('request'),
    templateBlob: { name: 'debug-pod', sha: sha('template') },
    roleBlobs: [],
    policyBlob: sha('policy'),
    codeownersBlob: sha('owners'),
    digest: sha('digest'),
    policyEntry: 'engineers debug staging',
    requester: { id: people.alice.id, login: 'alice' },
    subject: { id: people.alice.id, login: 'alice', user: 'oidc:alice' },
    merger: bob,
    grantedAt: noon,
    expiresAt: noon + hour,
    approvals: [{ ...bob, review: 1, submittedAt: noon, commit: head, requirement: 'one of @acme/payments' }],
  },
  commit: made,
};

function comment(body: string, editedBy: CommentFacts['editedBy'] = null): CommentFacts {
  const edited = editedBy !== null;
  return { id: 1, author: people.curfew, body, createdAt: noon, edited, editedBy };
}

const telling = `<!-- curfew -->\n**Approved**\n\nGranted by ${made}.`;

describe('the comment on access in force', () => {
  test.each([
    ['was never edited', comment(telling)],
    ['was last edited by the App', comment(telling, people.curfew)],
  ])('stays where it tells of the grant and %s', (_, own) => {
    expect(retoldComment(grant, own, noon + 30 * minute)).toBeNull();
  });

  test('is put back where somebody else edited it, and says so', () => {
    const body = retoldComment(grant, comment(telling, people.mallory), noon + 1);
    expect(body).toContain('access is in force until 2026-12-01T13:');
    expect(body).toContain(made);
    expect(body).toContain('**alice** has **debug-pod**');
    expect(body).toContain('approved by bob');
    expect(body).toContain('Somebody else had changed this comment');
  });

  test.each([
    ['is gone', null],
    ['tells of the time before the grant', comment('<!-- curfew -->\n**Waiting for 1 of 1 approval.**')],
  ])('comes by itself where it %s, but not at once', (_, own) => {
    expect(retoldComment(grant, own, noon + 1)).toBeNull();
    const body = retoldComment(grant, own, noon + 2 * minute);
    expect(body).toContain('access is in force');
    expect(body).not.toContain('Somebody else');
  });
});

test('the comment on access that GitHub does not let us end says so, and that it goes on', () => {
  const body = notEndedComment({ code: 'expired', message: 'The time is up' }, grant.evidence);
  expect(body).toContain('**Not ended yet: the time is up, but GitHub refuses');
  expect(body).toContain('**alice** still has **debug-pod**');
  expect(tellsEnd(body)).toBe(false);
});
