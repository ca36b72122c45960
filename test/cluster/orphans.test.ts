import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const run = promisify(execFile);

const module = new URL('cluster.ts', import.meta.url).href;
const flux = new URL('flux.ts', import.meta.url).href;
const script = `
import { startCluster } from '${module}';
import { startFlux } from '${flux}';
const cluster = await startCluster();
await startFlux(cluster);
console.log(cluster.folder);
`;

/** Command lines that mention the folder: of the programs, their shells and the janitor. */
async function processesOf(folder: string): Promise<readonly string[]> {
  const { stdout } = await run('ps', ['-A', '-ww', '-o', 'args']);
  return stdout.split('\n').filter((line) => line.includes(folder));
}

describe('what a test run leaves behind', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('is nothing after %s', async (signal) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    let folder = '';
    for await (const line of createInterface(child.stdout)) {
      folder = line;
      break;
    }
    expect(existsSync(folder)).toBe(true);
    expect((await processesOf(folder)).length).toBeGreaterThan(6);
    child.kill(signal);
    await exited;
    await expect.poll(async () => await processesOf(folder), { timeout: 20_000 }).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });
});
