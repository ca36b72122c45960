/**
 * The mutation proof, `npm run mutants [-- <part of a name>…]`: breaks a copy of the project on purpose, one break at a
 * time, and expects a test to fail. What is printed names the test that caught each. Exits with 1 where a break goes
 * unnoticed, where its `find` no longer fits the source, or where the tests fail without any break.
 */
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { copyProject, misfit, whileBroken } from '../project-copy.ts';
import { mutants, type Mutant } from './mutants.ts';

const workers = 2;

/** What `vitest --reporter=json` writes, as far as it is read here. */
const reportSchema = z.object({
  success: z.boolean(),
  numPassedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string(),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
});

type Report = z.infer<typeof reportSchema>;

interface Verdict {
  readonly mutant: Mutant;
  /** The test that failed; null where none did. */
  readonly caughtBy: string | null;
  /** Why nothing caught it. */
  readonly trouble: string;
}

/** Runs test files in a copy, up to the first failure. */
async function runTests(copy: string, tests: readonly string[]): Promise<Report> {
  const output = join(copy, 'mutants-report.json');
  const vitest = join(copy, 'node_modules/vitest/vitest.mjs');
  const options = ['--bail=1', '--max-workers=2', '--reporter=json', `--outputFile=${output}`];
  await rm(output, { force: true });
  const log = await new Promise<string>((done) => {
    const parts = [vitest, 'run', ...tests, ...options];
    // A failing run is what is hoped for, so its exit code says nothing that the report does not.
    execFile(process.execPath, parts, { cwd: copy, maxBuffer: 1 << 26 }, (_, stdout, stderr) => {
      done(stdout + stderr);
    });
  });
  const text = await readFile(output, 'utf8').catch(() => {
    throw new Error(`vitest wrote no report for ${tests.join(' ')}:\n${log}`);
  });
  return reportSchema.parse(JSON.parse(text));
}

/** The test that failed. A file that cannot even be loaded proves nothing: the break may be a mere misprint. */
function failedTest({ testResults }: Report): string | null {
  for (const { name, assertionResults } of testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed');
    if (failed !== undefined) return `${basename(name)}: ${failed.fullName}`;
  }
  return null;
}

async function judge(copy: string, mutant: Mutant): Promise<Verdict> {
  const unfit = await misfit(copy, mutant);
  if (unfit !== null) return { mutant, caughtBy: null, trouble: unfit };
  const report = await whileBroken(copy, mutant, async () => await runTests(copy, mutant.tests));
  const caughtBy = failedTest(report);
  const unloaded = report.testResults.find(({ message }) => message !== '')?.message.split('\n')[0];
  const trouble =
    caughtBy === null ? (unloaded === undefined ? 'survives' : `cannot be loaded: ${unloaded}`) : '';
  return { mutant, caughtBy, trouble };
}

/** Judges all mutants, each copy one at a time. */
async function judgeAll(copies: readonly string[], chosen: readonly Mutant[]): Promise<readonly Verdict[]> {
  const waiting = [...chosen];
  const verdicts = new Map<Mutant, Verdict>();
  const work = async (copy: string): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const verdict = await judge(copy, mutant);
      verdicts.set(mutant, verdict);
      const outcome = verdict.caughtBy === null ? `NOT CAUGHT, ${verdict.trouble}` : 'caught';
      process.stderr.write(`${verdicts.size}/${chosen.length} ${mutant.name}: ${outcome}\n`);
    }
  };
  await Promise.all(copies.map(work));
  return chosen.flatMap((mutant) => verdicts.get(mutant) ?? []);
}

async function main(parts: readonly string[]): Promise<number> {
  const chosen = mutants.filter(
    ({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)),
  );
  if (chosen.length === 0) throw new Error(`no mutant has ${parts.join(' or ')} in its name`);
  const copies = await Promise.all(Array.from({ length: workers }, copyProject));
  const [first = ''] = copies;
  // A test that fails anyway would catch everything.
  process.stderr.write('the tests without any break…\n');
  const sound = await runTests(first, [...new Set(chosen.flatMap(({ tests }) => tests))]);
  if (!sound.success || sound.numPassedTests === 0) {
    process.stderr.write(`they fail: ${failedTest(sound) ?? 'a file cannot be loaded'}\n`);
    return 1;
  }
  const verdicts = await judgeAll(copies, chosen);
  const width = Math.max(...chosen.map(({ name }) => name.length));
  for (const { mutant, caughtBy, trouble } of verdicts) {
    process.stdout.write(`${mutant.name.padEnd(width)}  ${caughtBy ?? `NOT CAUGHT: ${trouble}`}\n`);
  }
  const failed = verdicts.filter(({ caughtBy }) => caughtBy === null).length;
  process.stdout.write(`${verdicts.length - failed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
