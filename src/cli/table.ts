/** Tables for the terminal. */
import type { CommandIo } from './command.ts';
import { paint } from './paint.ts';

/** Columns as wide as their widest cell, two spaces apart. */
export function printTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  { stdout }: CommandIo,
): void {
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  stdout.write(`${paint(stdout, 'bold', line(heads))}\n`);
  for (const row of rows) stdout.write(`${line(row)}\n`);
}
