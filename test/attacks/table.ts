/** A reporter that prints one table of all attacks at the end, above the closing lines of vitest. */
import type { Reporter, TestModule } from 'vitest/node';
import { table } from '../table.ts';

interface Row {
  readonly attack: string;
  readonly refused: string;
  readonly reason: string;
  readonly failed: boolean;
}

export default class AttackTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = modules.flatMap(rowsOf);
    if (rows.length === 0) return;
    const cells = rows.map(({ attack, refused, reason }) => [attack, refused, reason]);
    const lines = table(['attack', 'what was refused', 'reason code'], cells);
    const failed = rows.filter((row) => row.failed).length;
    const count = `${rows.length} attacks, ${failed === 0 ? 'each refused' : `${failed} NOT REFUSED`}`;
    process.stdout.write(`\n${lines.join('\n')}\n\n${count}\n`);
  }
}

function rowsOf(module: TestModule): readonly Row[] {
  return [...module.children.allTests()].flatMap((test) => {
    const { attack } = test.meta();
    if (attack === undefined) return [];
    const failed = !test.ok();
    const reason = failed ? 'NOT REFUSED' : attack.reason;
    return [{ attack: `${attack.group}: ${test.name}`, refused: attack.refused, reason, failed }];
  });
}
