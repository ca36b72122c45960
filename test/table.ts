/** Rows as a table of columns, under headings. The last column is as wide as it likes. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const last = headings.length - 1;
  const line = (cells: readonly string[]): string =>
    headings
      .map((_, column) => {
        const cell = cells[column] ?? '';
        return column === last ? cell : cell.padEnd(widths[column] ?? 0);
      })
      .join(' | ');
  const rule = widths.map((width, column) => '-'.repeat(column === last ? 3 : width));
  return [line(headings), line(rule), ...rows.map(line)];
}
