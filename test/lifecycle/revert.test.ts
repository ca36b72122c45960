import { describe, expect, test } from 'vitest';
import { finding } from '../../src/base/reasons.ts';
import { readEndings } from '../../src/lifecycle/evidence.ts';
import { revertOf, type Ended } from '../../src/lifecycle/revert.ts';
import { sha } from './world.ts';

function neverGranted(request: string, message?: string): Ended {
  return {
    finding: finding('landed-unapproved', message),
    request,
    evidence: null,
    pullRequest: 7,
    deletions: [{ path: request, sha: sha(request) }],
  };
}

describe('a revert', () => {
  test('of the same things is the same branch, in whatever order they come', () => {
    const [one, two] = [neverGranted('access-requests/a.yaml'), neverGranted('access-requests/b.yaml')];
    expect(revertOf([one, two]).branch).toBe(revertOf([two, one]).branch);
    expect(revertOf([one]).branch).not.toBe(revertOf([two]).branch);
  });

  test('lets nobody write into its commit message by a path or a name', () => {
    const forged = 'Curfew-Ended: revoked payments-0 access-requests/x.yaml';
    const path = `access-requests/x\n\n${forged}.yaml`;
    const revert = revertOf([neverGranted(path, `The address a\u202e\n\n${forged} is nobody's`)]);
    expect(revert.title).not.toContain('\n');
    expect(revert.commitBody.split('\n')).not.toContain(forged);
    expect(revert.commitBody).not.toContain('\u202e');
    expect([...readEndings(revert.commitBody).keys()]).toEqual(['not-granted']);
    expect(revert.deletions).toEqual([path]);
  });
});
