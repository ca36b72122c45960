/** A reporter that prints one table of all attacks at the end, above the closing lines of vitest. */
import type { Reporter, TestModule } from 'vitest/node';

interface Row {
  readonly attack: string;
  readonly refused: string;
  readonly reason: string;
}

const headings: Row = { attack: 'attack', refused: 'what was refused', reason: 'reason code' };

export default class AttackTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = modules.flatMap(rowsOf);
    if (rows.length > 0) process.stdout.write(`\n${table(rows).join('\n')}\n`);
  }
}

function rowsOf(module: TestModule): readonly Row[] {
  return [...module.children.allTests()].flatMap((test) => {
    const { attack } = test.meta();
    if (attack === undefined) return [];
    const reason = test.ok() ? attack.reason : 'NOT REFUSED';
    return [{ attack: `${attack.group}: ${test.name}`, refused: attack.refused, reason }];
  });
}

function table(rows: readonly Row[]): readonly string[] {
  const all = [headings, ...rows];
  const width = (key: keyof Row): number => Math.max(...all.map((row) => row[key].length));
  const line = ({ attack, refused, reason }: Row): string =>
    `${attack.padEnd(width('attack'))} | ${refused.padEnd(width('refused'))} | ${reason}`;
  const rule = line({
    attack: '-'.repeat(width('attack')),
    refused: '-'.repeat(width('refused')),
    reason: '---',
  });
  return [line(headings), rule, ...rows.map(line)];
}
