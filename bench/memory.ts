/**
 * Memory after 10,000 evaluations of open pull requests. Goal: flat. `node --expose-gc bench/memory.ts [--json]`.
 */
import { pino } from 'pino';
import { createEngine } from '../src/app/engine.ts';
import { createWorld } from '../src/cli/world.ts';
import { createWorldClock } from '../src/cli/world-clock.ts';
import { manualClock } from '../src/sandbox/clock.ts';
import { report } from './report.ts';
import { requestText } from './request.ts';

const evaluations = 10_000;

const clock = createWorldClock(manualClock(Date.now()));
const log = pino({ level: 'silent' });
const world = await createWorld({
  clock,
  log,
  transport: { kind: 'in-process' },
  sandbox: { limits: false },
});
await world.sweep();
const numbers: number[] = [];
for (let index = 0; index < 20; index++) {
  const branch = `request-${index}`;
  const path = `access-requests/staging/payments/${branch}.yaml`;
  numbers.push(await world.as('alice').propose({ path, text: requestText, title: branch, branch }));
}
const engine = createEngine(clock);
const port = world.github.repository(world.installation.id, 'acme', 'access');
const observe = { decided: () => {}, revoked: () => {}, alerted: () => {} };
const context = { log, signal: new AbortController().signal, observe, mergeGroups: [] };
const samples: { readonly after: number; readonly megabytes: number }[] = [];
for (let done = 0; done <= evaluations; done++) {
  if (done % (evaluations / 10) === 0) {
    globalThis.gc?.();
    samples.push({ after: done, megabytes: Math.round(process.memoryUsage().heapUsed / 2 ** 20) });
    process.stderr.write(`${done} of ${evaluations} evaluations\n`);
  }
  // Budgets are an hour's worth of requests: let the time pass that they take.
  clock.advance(2000);
  await engine.pullRequest(port, numbers[done % numbers.length] ?? 1, context);
}
await world.close();
report({ evaluations, samples }, [
  `Heap in use, after garbage collection, by number of evaluations (goal: flat):`,
  ...samples.map(({ after, megabytes }) => `${String(after).padStart(7)}  ${megabytes} MB`),
]);
