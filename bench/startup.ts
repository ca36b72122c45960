/** Start-up time: from the command to the first answer of /healthz, median of five. `node bench/startup.ts [--json]`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { report } from './report.ts';

const runs = 5;
const main = resolve(import.meta.dirname, '../src/cli/main.ts');

async function start(): Promise<number> {
  const started = performance.now();
  const child = spawn(process.execPath, [main, 'start'], {
    env: { ...process.env, PORT: '0', LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
    if (address === undefined) continue;
    const answer = await fetch(new URL('/healthz', address));
    if (answer.ok) break;
  }
  const took = performance.now() - started;
  child.kill('SIGTERM');
  await once(child, 'exit');
  return took;
}

const times: number[] = [];
for (let run = 0; run < runs; run++) times.push(await start());
const sorted = times.map(Math.round).toSorted((a, b) => a - b);
const median = sorted[Math.floor(runs / 2)] ?? 0;
report({ milliseconds: sorted, median }, [
  `Start-up, sandbox and app together: median ${median} ms of ${sorted.join(', ')}`,
]);
