/** No engine to build images runs here: the steps of the Dockerfile are done in a folder, and what came of it is run. */
import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

const root = resolve(import.meta.dirname, '../../..');

interface Step {
  readonly instruction: string;
  readonly rest: string;
}

const lock = z.object({
  packages: z.record(
    z.string(),
    z.looseObject({ version: z.string().optional(), integrity: z.string().optional() }),
  ),
});

async function lockOf(file: string): Promise<z.infer<typeof lock>['packages']> {
  return lock.parse(JSON.parse(await readFile(join(root, file), 'utf8'))).packages;
}

let steps: readonly Step[];
let image: string;

/** The stage that is shipped, with the packages of the one before: they are those of this repository, see below. */
async function build(): Promise<void> {
  for (const { instruction, rest } of steps.filter((step) => step.instruction === 'COPY')) {
    const words = rest.split(' ');
    if (words[0]?.startsWith('--from=')) continue;
    const target = join(image, words.at(-1) ?? '');
    for (const source of words.slice(0, -1)) {
      const from = join(root, source);
      await mkdir(target, { recursive: true });
      await cp(from, source.endsWith('/') ? target : join(target, basename(source)), { recursive: true });
    }
    expect(instruction).toBe('COPY');
  }
  for (const path of Object.keys(await lockOf('src/cluster/guard/image/package-lock.json')).filter(Boolean)) {
    await cp(join(root, path), join(image, path), { recursive: true });
  }
}

beforeAll(async () => {
  const text = await readFile(join(root, 'Dockerfile.guard'), 'utf8');
  steps = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ instruction: line.split(' ', 1)[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }));
  image = await mkdtemp(join(tmpdir(), 'curfew-guard-image-'));
  await build();
});
afterAll(async () => await rm(image, { recursive: true, force: true }));

describe('the image of the guard', () => {
  test('runs with what was copied and installed, and nothing else', async () => {
    const { rest } = steps.find(({ instruction }) => instruction === 'ENTRYPOINT') ?? { rest: '[]' };
    const [program, ...args] = z.array(z.string()).parse(JSON.parse(rest));
    expect(program).toBe('node');
    const run = promisify(execFile);
    const { stdout, stderr } = await run(process.execPath, [...args, '--help'], { cwd: image, env: {} });
    expect(stdout).toContain('Usage: curfew guard');
    expect(stderr).toBe('');
    // As in a pod whose API server does not answer: it starts, and asks again.
    const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: '1' };
    const guard = spawn(process.execPath, [...args, '--port', '0'], { cwd: image, env });
    let log = '';
    for await (const line of createInterface({ input: guard.stdout })) {
      log += line;
      if (line.includes('watching over grants')) break;
    }
    guard.kill('SIGKILL');
    expect(log).toContain('watching over grants');
  });

  test('is not run as root, and installs without running scripts of packages', () => {
    const said = (instruction: string): readonly string[] =>
      steps.filter((step) => step.instruction === instruction).map(({ rest }) => rest);
    expect(said('USER')).toEqual(['65532:65532']);
    expect(said('RUN')).toEqual(['npm ci --omit=dev --ignore-scripts --no-audit --no-fund']);
    expect(said('ADD')).toEqual([]);
  });

  test('has the very packages that this repository is tested with', async () => {
    const [all, own] = await Promise.all([
      lockOf('package-lock.json'),
      lockOf('src/cluster/guard/image/package-lock.json'),
    ]);
    const packages = Object.entries(own).filter(([path]) => path !== '');
    expect(packages.length).toBeGreaterThan(3);
    for (const [path, { version, integrity }] of packages) {
      expect({ path, version, integrity }).toEqual({
        path,
        version: all[path]?.version,
        integrity: all[path]?.integrity,
      });
    }
    const base = /^node:(\d+\.\d+\.\d+)-/.exec(
      steps.find(({ instruction }) => instruction === 'ARG')?.rest.split('=')[1] ?? '',
    );
    expect(base?.[1]).toBe(all['node_modules/node']?.version);
  });
});
