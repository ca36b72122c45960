/** Prints what a benchmark found: for a person, or with `--json` the same figures as one JSON object. */
export function report(figures: Readonly<Record<string, unknown>>, lines: readonly string[]): void {
  process.stdout.write(
    process.argv.includes('--json') ? `${JSON.stringify(figures)}\n` : `${lines.join('\n')}\n`,
  );
}
