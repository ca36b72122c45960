/** A reporter that prints one table at the end: how access ended with what was down. */
import type { Reporter, TestModule } from 'vitest/node';
import { table } from '../table.ts';

/** How one person's access ended. */
export interface OutageRow {
  /** What ended it, such as `expiry`. */
  readonly end: string;
  readonly down: string;
  /** Who deleted the binding. */
  readonly by: string;
  /** From the end until the API server says no. */
  readonly lag: string;
  /** Whether it ended while all of that was down. */
  readonly held: string;
}

declare module 'vitest' {
  interface TaskMeta {
    outages?: readonly OutageRow[];
  }
}

export default class OutageTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const rows = tests.flatMap((test) => test.meta().outages ?? []);
    if (rows.length === 0) return;
    const headings = [
      'end',
      'down',
      'binding deleted by',
      'end to SubjectAccessReview no',
      'ended in spite of it',
    ];
    const cells = rows.map(({ end, down, by, lag, held }) => [end, down, by, lag, held]);
    process.stdout.write(`\n${table(headings, cells).join('\n')}\n`);
  }
}
