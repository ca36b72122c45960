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
    leftOpen: [],
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

  test('says once what may still be open, and of whom', () => {
    const one = {
      ...neverGranted('access-requests/a.yaml'),
      leftOpen: ['exec: for ever', 'a watch: an hour'],
    };
    const two = { ...neverGranted('access-requests/b.yaml'), leftOpen: ['a watch: an hour'] };
    const { body } = revertOf([one, two]);
    expect(body).toContain('- exec: for ever (`access-requests/a.yaml` #7)\n');
    expect(body).toContain('- a watch: an hour (`access-requests/a.yaml` #7, `access-requests/b.yaml` #7)\n');
    expect(revertOf([one]).body).toContain('- exec: for ever\n');
    expect(revertOf([neverGranted('access-requests/a.yaml')]).body).not.toContain('still be open');
  });

  test('of a thousand has a body that GitHub takes, and a commit that names them all', () => {
    const ended = Array.from({ length: 1000 }, (_, index) => ({
      ...neverGranted(`access-requests/prod-eu/payments/incident-number-${index}.yaml`),
      pullRequest: index,
      leftOpen: [
        `exec into pods in namespace-${index % 200}: until it is closed or the pod is gone; no time limit`,
      ],
    }));
    const { body, commitBody } = revertOf(ended);
    expect(body.length).toBeLessThan(65_000);
    expect(body).toContain('more; the commit names them all');
    expect(readEndings(commitBody).size).toBe(1);
    expect(commitBody.match(/^Curfew-Ended: /gm)?.length).toBe(1000);
  });
});
