/**
 * A sweep over 1,000 open requests in which nothing has changed. Goal: no write, reads in pages.
 * `node bench/sweep.ts [--json]`.
 */
import { pino } from 'pino';
import { createWorld } from '../src/cli/world.ts';
import { createWorldClock } from '../src/cli/world-clock.ts';
import { manualClock } from '../src/sandbox/clock.ts';
import { createPullRequest } from '../src/sandbox/operations/pull-requests.ts';
import { report } from './report.ts';
import { requestText } from './request.ts';

const open = 1000;

const clock = createWorldClock(manualClock(Date.now()));
const world = await createWorld({
  clock,
  log: pino({ level: 'silent' }),
  transport: { kind: 'in-process' },
  sandbox: { limits: false },
});
await world.sweep();
const { sandbox, repository } = world;
const actor = sandbox.world.actor('alice');
sandbox.faults.onDelivery(() => 'drop');
for (let index = 0; index < open; index++) {
  const branch = `request-${index}`;
  const files = { [`access-requests/staging/payments/${branch}.yaml`]: requestText };
  sandbox.world.pushFiles('acme/access', 'alice', { branch, files, base: 'main' });
  createPullRequest(sandbox.context, actor, repository, {
    head: branch,
    base: 'main',
    title: branch,
    body: null,
    draft: false,
  });
}
// The first sweeps write a check run and a comment for each, no faster than GitHub's 500 an hour allow.
let shown = 0;
await world.sweep();
for (let minute = 1; shown < open; minute++) {
  if (minute > 1000)
    throw new Error(`only ${shown} of ${open} requests were shown before the sweep to be measured`);
  clock.advance(60_000);
  await world.settle();
  shown = [...repository.issues.values()].filter(({ comments }) => comments.length > 0).length;
  if (minute % 30 === 0) process.stderr.write(`warming up: ${shown} of ${open} requests are shown\n`);
}
let reads = 0;
let writes = 0;
sandbox.onRequest(({ actor: who, method, route, operation }) => {
  if (who !== 'curfew[bot]' || route.endsWith('/access_tokens')) return;
  const isWrite = route === '/graphql' ? /^(Commit|Create|Merge)/.test(operation ?? '') : method !== 'GET';
  if (isWrite) writes += 1;
  else reads += 1;
});
const started = performance.now();
await world.sweep();
const seconds = (performance.now() - started) / 1000;
await world.close();
report({ openRequests: open, reads, writes, seconds: Number(seconds.toFixed(2)) }, [
  `A sweep over ${open} open requests with nothing changed: ${writes} writes (goal: 0), ${reads} reads, ${seconds.toFixed(2)} s`,
]);
