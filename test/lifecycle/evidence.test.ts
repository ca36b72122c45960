import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  readEndings,
  readEvidence,
  writeEnding,
  writeEvidence,
  type GrantEvidence,
} from '../../src/lifecycle/evidence.ts';
import { noon, sha } from './world.ts';

const id = fc.integer({ min: 1, max: 2 ** 40 });
const word = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9/@:._-]{0,20}$/);
const phrase = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9 ,/@:._-]{0,40}[a-z]$/);
const oid = fc.string().map(sha);
const instant = fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1000);
const blob = fc.record({ name: word, sha: oid });
const person = fc.record({ id, login: word });

const evidence: fc.Arbitrary<GrantEvidence> = fc.record({
  grant: word,
  repositoryId: id,
  pullRequest: id,
  request: word,
  head: oid,
  tip: oid,
  mergeCommit: oid,
  mergedAt: instant,
  requestBlob: oid,
  templateBlob: blob,
  roleBlobs: fc.array(blob, { maxLength: 3 }),
  policyBlob: oid,
  codeownersBlob: oid,
  digest: word,
  policyEntry: phrase,
  requester: person,
  subject: fc.record({ id, login: word, user: word }),
  merger: person,
  grantedAt: instant,
  expiresAt: instant,
  approvals: fc.array(
    fc.record({ id, login: word, review: id, submittedAt: instant, commit: oid, requirement: phrase }),
    { maxLength: 3 },
  ),
});

describe('evidence', () => {
  test('what is written is read back', () => {
    fc.assert(
      fc.property(evidence, fc.string(), (given, text) => {
        const body = `Grant something\n\n${text.replaceAll('\n', ' ')}\n\n${writeEvidence(given)}`;
        expect(readEvidence(body)).toEqual(given);
      }),
    );
  });

  test('no value can write a trailer of its own', () => {
    const breaks = ['\n', '\r', '\u0085', '\u2028', '\u2029', '\v', '\f'];
    fc.assert(
      fc.property(evidence, fc.constantFrom(...breaks), (given, lineBreak) => {
        const forged = { ...given, policyEntry: `x${lineBreak}Curfew-Grant: forged` };
        expect(readEvidence(writeEvidence(forged))?.grant).toBe(given.grant);
      }),
    );
  });

  test('a trailer that is missing or stands twice voids all of it', () => {
    fc.assert(
      fc.property(evidence, fc.nat(), (given, pick) => {
        const lines = writeEvidence(given).split('\n');
        const single = lines.filter((line) => !/^Curfew-(Role-Blob|Approval):/.test(line));
        const line = single[pick % single.length] ?? '';
        expect(readEvidence(lines.filter((each) => each !== line).join('\n'))).toBeNull();
        expect(readEvidence([...lines, line].join('\n'))).toBeNull();
      }),
    );
  });

  test('only the last paragraph counts', () => {
    const [given] = fc.sample(evidence, 1);
    if (given === undefined) throw new Error('nothing was generated');
    expect(readEvidence(`${writeEvidence(given)}\n\nthe end`)).toBeNull();
    expect(readEvidence(`Fix a typo\n\nat ${noon}`)).toBeNull();
  });

  test('endings are read back by grant, and codes that do not exist are not', () => {
    const lines = [
      writeEnding('expired', 'payments-1', 'access-requests/a/b/c.yaml'),
      writeEnding('landed-unapproved', null, 'access-requests/a/b/d.yaml'),
      'Curfew-Ended: constructor payments-2 access-requests/a/b/e.yaml',
    ];
    expect([...readEndings(lines.join('\n'))]).toEqual([
      ['payments-1', 'expired'],
      ['not-granted', 'landed-unapproved'],
    ]);
  });
});
