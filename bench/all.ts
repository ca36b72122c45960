/** Every benchmark, one after the other. `node bench/all.ts [--json]`: with `--json` one object, by name. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const benchmarks = ['calls', 'sweep', 'memory', 'startup', 'codeowners', 'yaml', 'rbac', 'network'];
const json = process.argv.includes('--json');
const figures: Record<string, unknown> = {};
let failed = 0;

for (const name of benchmarks) {
  process.stderr.write(`\n== ${name}\n`);
  const file = resolve(import.meta.dirname, `${name}.ts`);
  const { status, stdout } = spawnSync(process.execPath, ['--expose-gc', file, ...process.argv.slice(2)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64 * 2 ** 20,
  });
  if (status !== 0) failed += 1;
  if (json) figures[name] = status === 0 ? JSON.parse(stdout) : null;
  else process.stdout.write(stdout);
}
if (json) process.stdout.write(`${JSON.stringify(figures)}\n`);
process.exitCode = failed === 0 ? 0 : 1;
