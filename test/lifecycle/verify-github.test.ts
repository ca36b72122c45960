import { describe, expect, it } from 'vitest';
import type { MainlineCommit } from '../../src/lifecycle/access-history.ts';
import type { GrantEvidence } from '../../src/lifecycle/evidence.ts';
import { planRequest } from '../../src/lifecycle/plan.ts';
import type { VerifiedGrant } from '../../src/lifecycle/verify.ts';
import { corroborate, type PullRequestRecord } from '../../src/lifecycle/verify-github.ts';
import {
  file,
  head,
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
  tipOf,
} from './world.ts';

const merge = sha('merge');
const curfew = { ...people.curfew, login: 'curfew[bot]' };

const evidence: GrantEvidence = {
  grant: 'payments-1',
  repositoryId: repository.id,
  pullRequest: 12,
  request: requestFile,
  head,
  tip: merge,
  mergeCommit: merge,
  mergedAt: noon,
  requestBlob: sha('request'),
  templateBlob: { name: 'debug-pod', sha: sha('template') },
  roleBlobs: [],
  policyBlob: sha('policy'),
  codeownersBlob: sha('owners'),
  digest: 'digest',
  policyEntry: 'engineers debug staging',
  requester: people.alice,
  subject: { ...people.alice, user: 'oidc:alice' },
  merger: curfew,
  grantedAt: noon,
  expiresAt: noon + hour,
  approvals: [
    { id: 1002, login: 'bob', review: 77, submittedAt: noon - minute, commit: head, requirement: 'owners' },
  ],
};

const commit: MainlineCommit = {
  sha: sha('grant'),
  parents: [merge],
  author: { name: 'curfew[bot]', email: '2001+curfew[bot]@users.noreply.github.com' },
  committer: { name: 'GitHub', email: 'noreply@github.com' },
  committedAt: noon,
  message: '',
  changes: [],
  brought: [],
};

function grantOf(text = requestText): VerifiedGrant {
  const planned = planRequest({
    repositoryId: repository.id,
    tip: tipOf(repositoryFiles()),
    file: file(requestFile, text),
    pullRequest: 12,
    openedAt: -Infinity,
    requester: people.alice,
    subjectAccount: null,
    teams,
  });
  const adoption = {
    commit: sha('adoption'),
    bot: curfew,
    pin: { repositoryId: repository.id, defaultBranch: 'main' },
  };
  const path = requestFile.replace('access-requests', 'grants');
  return {
    life: { path, entry: { mode: '100644', sha: sha('bytes') }, evidence, adoption, commit, end: null },
    plan: planned.ok ? planned.plan : null,
  };
}

const review: PullRequestRecord['reviews'][number] = {
  id: 77,
  state: 'APPROVED',
  author: people.bob,
  commit: head,
  submittedAt: noon - minute,
};

const pullRequest: PullRequestRecord = {
  author: people.alice,
  createdAt: noon - hour,
  mergedAt: noon,
  mergeCommit: merge,
  head,
  reviews: [review],
};

const signed = { authorId: curfew.id, signed: true };

function said(change: Partial<PullRequestRecord>, text = requestText): readonly string[] {
  const record = { commit: signed, pullRequest: { ...pullRequest, ...change } };
  return corroborate(grantOf(text), record, true).map(({ message }) => message);
}

describe('what GitHub has', () => {
  it('agrees', () => {
    expect(said({})).toEqual([]);
  });

  it('agrees where accounts were deleted since', () => {
    expect(said({ author: null, reviews: [{ ...review, author: null }] })).toEqual([]);
  });

  it.each([
    ['another merge commit', { mergeCommit: head }, 'for the merge commit of pull request #12'],
    [
      'another time of the merge',
      { mergedAt: noon + minute },
      'for the time of the merge of pull request #12',
    ],
    ['another head', { head: merge }, 'for the head of pull request #12'],
    [
      'another author',
      { author: people.mallory },
      'for the author of pull request #12, and GitHub says 1008',
    ],
    ['no merge', { mergedAt: null, mergeCommit: null }, 'for GitHub pull request #12 was never merged'],
    [
      'a pull request that waited too long',
      { createdAt: noon - 25 * hour },
      'the time to approve it was over',
    ],
    ['no such review', { reviews: [{ ...review, id: 78 }] }, 'GitHub has no review 77 by bob'],
    ['a dismissed review', { reviews: [{ ...review, state: 'DISMISSED' as const }] }, 'is DISMISSED by bob'],
    ['a review by another', { reviews: [{ ...review, author: people.dan }] }, 'is APPROVED by dan'],
    ['a review of another commit', { reviews: [{ ...review, commit: merge }] }, `by bob of ${merge}`],
    ['a review at another time', { reviews: [{ ...review, submittedAt: noon }] }, 'at 2026-12-01T12:00:00Z'],
  ])('contradicts: %s', (_, change, message) => {
    expect(said(change)).toEqual([expect.stringContaining(message)]);
  });

  it('contradicts: a start that was past when the pull request was opened', () => {
    const text = `${requestText}  notBefore: 2026-12-01T10:30:00Z\n`;
    expect(said({}, text)).toEqual([
      'its start at 2026-12-01T10:30:00Z was past when pull request #12 was opened',
    ]);
  });

  it('contradicts where it has nothing', () => {
    const found = corroborate(grantOf(), { commit: null, pullRequest: null }, true);
    expect(found).toEqual([
      { commit: commit.sha, path: grantOf().life.path, message: 'GitHub does not have this commit' },
      { commit: commit.sha, path: grantOf().life.path, message: 'GitHub does not have pull request #12' },
    ]);
  });

  it.each([
    ['no signature', { ...signed, signed: false }, true, 1],
    ['no signature where none are made', { ...signed, signed: false }, false, 0],
    ['another author of the commit', { ...signed, authorId: 1008 }, true, 1],
    ['an author whom it does not know', { ...signed, authorId: null }, true, 0],
  ])('is judged by %s', (_, record, signs, count) => {
    expect(corroborate(grantOf(), { commit: record, pullRequest }, signs)).toHaveLength(count);
  });
});
