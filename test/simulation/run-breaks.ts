/**
 * `npm run simulate:breaks [-- <part of a name>…]`: what the simulation is worth. Breaks a copy of the engine on purpose,
 * one break at a time, and expects the simulation to see it within a hundred histories. Exits with 1 where it does not.
 */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { cp, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { breaks } from './breaks.ts';

const root = resolve(import.meta.dirname, '../..');
const left = new Set(['node_modules', '.git', 'dist']);
const histories = 100;

async function copyProject(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'curfew-breaks-'));
  process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
  await cp(root, copy, {
    recursive: true,
    filter: (path) => !left.has(relative(root, path).split(sep)[0] ?? ''),
  });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

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
  for (const { name, file, find } of breaks) {
    const places = (await readFile(join(copy, file), 'utf8')).split(find).length - 1;
    if (places !== 1) throw new Error(`${name}: its find stands ${places} times in ${file}`);
  }
  let missed = 0;
  for (const { name, file, find, replace } of chosen) {
    const path = join(copy, file);
    const source = await readFile(path, 'utf8');
    // A function, for in a replacement text `$` has a meaning.
    await writeFile(
      path,
      source.replace(find, () => replace),
    );
    const seen = await simulate(copy);
    await writeFile(path, source);
    if (seen === null) missed += 1;
    process.stdout.write(`${name}\n    ${seen ?? `NOT SEEN in ${histories} histories`}\n`);
  }
  process.stdout.write(`${chosen.length - missed} seen, ${missed} not seen\n`);
  return missed === 0 ? 0 : 1;
}

// So that the copy goes, whatever ends this.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main(process.argv.slice(2));
