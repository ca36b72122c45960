/** The corpus of CODEOWNERS: data for the tests and for the benchmark. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A pattern with an owner, alone in a file, and the paths that it does and does not own. */
const patternCase = z.strictObject({
  row: z.string(),
  pattern: z.string(),
  owns: z.array(z.string()),
  not: z.array(z.string()),
});

/** One line: what is read in it (null where it is blank or a comment), or why GitHub skips it. */
const lineCase = z.strictObject({
  row: z.string(),
  line: z.string(),
  reads: z
    .strictObject({ pattern: z.string(), owners: z.array(z.string()) })
    .nullable()
    .optional(),
  skipped: z.strictObject({ column: z.int(), says: z.string(), remedy: z.string() }).optional(),
});

/** A whole file, its answers by path, and the skipped lines that could have been meant for a path. */
const fileCase = z.strictObject({
  row: z.string(),
  lines: z.array(z.string()).optional(),
  text: z.string().optional(),
  answers: z.record(z.string(), z.strictObject({ line: z.int().nullable(), owners: z.array(z.string()) })),
  skipped: z.record(z.string(), z.array(z.int())).default({}),
});

export const patternCases = z.array(patternCase).parse(read('patterns.json'));

export const lineCases = z.array(lineCase).parse(read('lines.json'));

export const fileCases = z
  .array(fileCase)
  .parse(read('files.json'))
  .map(({ lines, text, ...other }) => ({ ...other, text: text ?? lines?.join('\n') ?? '' }));

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`corpus/${name}`, import.meta.url), 'utf8'));
}
