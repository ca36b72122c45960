/**
 * The app's requests to GitHub in one whole life of a grant with one approval: opened, planned, approved, merged, granted,
 * expired, reverted. Tokens are not counted. Goal: at most 20 in all, at most 13 of them writes.
 */
import { pino } from 'pino';
import { createWorld } from '../src/cli/world.ts';
import { createWorldClock } from '../src/cli/world-clock.ts';
import { manualClock } from '../src/sandbox/clock.ts';
import type { RequestReport } from '../src/sandbox/faults.ts';
import { report } from './report.ts';
import { requestText } from './request.ts';

/** What a request was for, as a person says it; writes are what changes GitHub. */
function purposeOf({ method, route, operation }: RequestReport): {
  readonly name: string;
  readonly write: boolean;
} {
  if (route === '/graphql') {
    const name = operation ?? 'GraphQL';
    return { name: `GraphQL ${name}`, write: /^(Commit|Create|Merge|Update|Delete)/.test(name) };
  }
  return { name: `${method} ${route}`, write: method !== 'GET' };
}

const world = await createWorld({
  clock: createWorldClock(manualClock(Date.now())),
  log: pino({ level: 'silent' }),
  transport: { kind: 'in-process' },
});
await world.sweep();
const counts = new Map<string, { write: boolean; count: number }>();
world.sandbox.onRequest((seen) => {
  if (seen.actor !== 'curfew[bot]' || seen.route.endsWith('/access_tokens')) return;
  const { name, write } = purposeOf(seen);
  counts.set(name, { write, count: (counts.get(name)?.count ?? 0) + 1 });
});
const number = await world.as('alice').propose({
  path: 'access-requests/staging/payments/bench.yaml',
  branch: 'bench',
  title: 'Bench',
  text: requestText,
});
world.clock.advance(60_000);
await world.as('bob').review(number, 'APPROVE');
world.clock.advance(3_600_000);
await world.settle();
await world.close();

const all = [...counts.values()];
const requests = all.reduce((sum, { count }) => sum + count, 0);
const writes = all.filter(({ write }) => write).reduce((sum, { count }) => sum + count, 0);
report({ requests, writes }, [
  `One whole life: ${requests} requests (goal: 20), ${writes} of them writes (goal: 13)`,
  ...[...counts].map(
    ([name, { write, count }]) => `${String(count).padStart(4)}  ${write ? 'write' : 'read '}  ${name}`,
  ),
]);
