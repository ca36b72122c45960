/**
 * `npm run simulate:breaks [-- <part of a name>…]`: what the simulation is worth. Breaks a copy of the engine on purpose,
 * one break at a time, and expects the simulation to see it within two hundred histories. Exits with 1 where it does not.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { copyProject, misfit, whileBroken } from '../project-copy.ts';
import { breaks } from './breaks.ts';

const histories = 200;

/** What the simulation says about a copy: its first failure, and how many histories it took; null where all pass. */
async function simulate(copy: string): Promise<string | null> {
  const options = ['--histories', String(histories), '--first'];
  const output = await new Promise<string>((done) => {
    const program = [join(copy, 'test/simulation/simulate.ts'), ...options];
    execFile(process.execPath, program, { cwd: copy, maxBuffer: 1 << 26 }, (_, stdout, stderr) => {
      done(stderr + stdout);
    });
  });
  const failure = /^seed \d+ failed: (.*)$/m.exec(output)?.[1];
  const played = /^(\d+) histories /m.exec(output)?.[1];
  if (played === undefined) throw new Error(`the simulation did not come to its end:\n${output}`);
  return failure === undefined ? null : `${played} histories: ${failure}`;
}

async function main(parts: readonly string[]): Promise<number> {
  const chosen = breaks.filter(({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)));
  const copy = await copyProject();
  for (const each of breaks) {
    const unfit = await misfit(copy, each);
    if (unfit !== null) throw new Error(`${each.name}: ${unfit}`);
  }
  let missed = 0;
  for (const each of chosen) {
    const seen = await whileBroken(copy, each, async () => await simulate(copy));
    if (seen === null) missed += 1;
    process.stdout.write(`${each.name}\n    ${seen ?? `NOT SEEN in ${histories} histories`}\n`);
  }
  process.stdout.write(`${chosen.length - missed} seen, ${missed} not seen\n`);
  return missed === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
