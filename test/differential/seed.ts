/** The seed of a run: the one argument of the command, or the usual one. Anything else is wrong use, and ends it. */
export function seedOr(usual: number): number {
  const [given, ...others] = process.argv.slice(2);
  if (given === undefined) return usual;
  if (/^\d{1,9}$/.test(given) && others.length === 0) return Number(given);
  process.stderr.write(`give one seed, a whole number (${usual} where it is left out), and nothing else\n`);
  process.exit(2);
}
