/**
 * Sweeps: what makes sure that nothing is missed. Webhooks and timers only make it prompt. A sweep queues work and does
 * nothing itself.
 */
import { schedule } from 'node-cron';
import type { Logger } from 'pino';
import { branchWork, installationsWork, type AppWork } from './work.ts';
import type { Directory } from './directory.ts';

/** The branch of every access repository, or everything: branches and open pull requests of all installations. */
export type Sweep = 'branches' | 'everything';

const schedules: Readonly<Record<Sweep, string>> = { branches: '* * * * *', everything: '*/10 * * * *' };

/** The work of a sweep. */
export function sweepWork(sweep: Sweep, directory: Directory): readonly AppWork[] {
  return sweep === 'branches'
    ? directory.adopted().map((repository) => branchWork(repository))
    : [installationsWork()];
}

/** Sweeps by the machine's clock until the function that it gives back is called. */
export function scheduleSweeps(sweep: (which: Sweep) => void, log: Logger): () => void {
  const tasks = (['branches', 'everything'] as const).map((which) =>
    schedule(schedules[which], () => sweep(which), { noOverlap: true, name: which, logger: log }),
  );
  return () => {
    for (const task of tasks) void task.destroy();
  };
}
