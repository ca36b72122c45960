/** The program of the thread in `proposal-thread.ts`. */
import { parentPort } from 'node:worker_threads';
import { sharing, type TreeFacts } from '../github/tip-files.ts';
import type { TipFacts } from '../lifecycle/facts.ts';
import type { Standing } from '../lifecycle/proposal/side.ts';
import { decidePullRequest } from '../lifecycle/pull-request.ts';
import type { ProposalQuestion } from './proposal-thread.ts';

/** The default branch of the last question. */
let before: TreeFacts | null = null;

/** Every question comes as a copy: what is known of a file is known of the file as it came first. */
function withKnownFiles(tip: TipFacts): TipFacts {
  const known = { ...tip, ...sharing(before, tip) };
  before = known;
  return known;
}

function recognise(standing: Standing): Standing {
  return { ...standing, world: { ...standing.world, tip: withKnownFiles(standing.world.tip) } };
}

parentPort?.on('message', ({ world, context }: ProposalQuestion) => {
  const standing = context.standing === null ? null : recognise(context.standing);
  parentPort?.postMessage(decidePullRequest(world, { ...context, standing }));
});
parentPort?.postMessage('ready');
