/**
 * The value that a record holds under a name that came from outside; undefined where it holds none. A plain
 * `record[name]` would answer `constructor` with a function that every object inherits.
 */
export function lookup<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
