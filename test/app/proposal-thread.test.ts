import { setImmediate } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { decideApart, type ProposalQuestion } from '../../src/app/proposal-thread.ts';
import type { ProposedFiles } from '../../src/lifecycle/facts.ts';
import { proposed, standing } from '../lifecycle/proposal-world.ts';
import { context, pullRequestOf, sha, worldOf } from '../lifecycle/world.ts';

const log = pino({ level: 'silent' });
const policyPath = '.github/curfew.yaml';

/** A pull request that deletes the policy; null leaves out what was read of it. */
function question(
  head: string,
  files: ProposedFiles | null = proposed({ [policyPath]: null }),
): ProposalQuestion {
  const pullRequest = pullRequestOf({
    head: sha(head),
    files: [{ path: policyPath, change: 'deleted', previousPath: null }],
    addedFile: null,
    proposed: files,
  });
  return { world: worldOf({ pullRequest }), context: { ...context, standing: standing() } };
}

test('a proposal is decided elsewhere, and nothing waits for it', async () => {
  const decided = decideApart(question('sound'), log);
  const first = await Promise.race([decided.then(() => 'the decision'), setImmediate('everything else')]);
  expect(first).toBe('everything else');
  expect((await decided).findings.map(({ code }) => code)).toContain('proposal-invalid');
});

test('what cannot be worked out is refused, and the next one is decided', async () => {
  // It throws, there as here: that this is left out is a fault of whoever asks.
  const broken = question('broken', null);
  const together = await Promise.all([decideApart(broken, log), decideApart(question('next'), log)]);
  expect(together.map(({ findings: [first] }) => first?.code)).toEqual([
    'proposal-too-large',
    'proposal-invalid',
  ]);
  expect(together[0].check?.conclusion).toBe('failure');
  // The head is not tried again.
  const again = await decideApart(question('broken'), log);
  expect(again.findings[0]?.code).toBe('proposal-too-large');
});
