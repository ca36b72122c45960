/**
 * From the end of a grant to the API server's no, against a real control plane (test/cluster). Goal: p99 at most 1 s
 * through the guard at 1,000 labelled objects, at most 5 s through git and Flux. `npm run bench:revoke [-- guard|git]
 * [--json]`; needs Go, or its warm cache.
 */
import { loadavg } from 'node:os';
import { report } from './report.ts';
import { gitWay } from './revoke/git.ts';
import { guardWay } from './revoke/guard.ts';
import type { Lags, Measured } from './revoke/measure.ts';
import type { Scenario, Way } from './revoke/way.ts';

const ways: readonly Way[] = [guardWay, gitWay].filter(
  ({ name }) =>
    ![guardWay, gitWay].some((way) => process.argv.includes(way.name)) || process.argv.includes(name),
);

const scenarios: readonly Scenario[] = [
  { name: '100 in the same second', count: 100, seconds: 0 },
  { name: '1,000 in the same second', count: 1000, seconds: 0 },
  { name: '1,000 in a minute', count: 1000, seconds: 60 },
];

interface Row extends Measured {
  readonly way: string;
  readonly scenario: string;
  readonly goal: number;
  /** Of the machine over the last minute: processes that want to run. */
  readonly load: number;
}

function told({ min, median, p99, max }: Lags): string {
  return `min ${min}, median ${median}, p99 ${p99}, max ${max} ms`;
}

async function run(way: Way, scenario: Scenario): Promise<Row> {
  process.stderr.write(`${way.name}: ${scenario.name}\n`);
  const measured = await way.run(scenario);
  // All of it takes a quarter of an hour: what is known is said, should one of the others fail.
  process.stderr.write(`  gone after ${told(measured.absent)}\n`);
  return { way: way.name, scenario: scenario.name, goal: way.goal, load: loadavg()[0] ?? 0, ...measured };
}

const rows: Row[] = [];
for (const way of ways) for (const scenario of scenarios) rows.push(await run(way, scenario));

report(
  { ways: rows },
  rows.flatMap(({ way, scenario, goal, absent, denied, early, load }) => [
    `${way}, ${scenario}: gone after ${told(absent)} (goal: p99 at most ${goal} ms); ${early} early, load ${load.toFixed(1)}`,
    `  denied by the API server, ${denied.count} of them asked all the time: ${told(denied)}`,
  ]),
);
process.exitCode = rows.every(({ absent, goal, early }) => absent.p99 <= goal && early === 0) ? 0 : 1;
