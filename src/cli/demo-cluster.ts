/** `curfew demo --cluster`: the same life against a real control plane, which the tests of a checkout bring. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { InputError } from './command.ts';

/** Beside `src`, and so in a checkout only: what is installed has no Go modules to build a cluster from. */
const script = resolve(import.meta.dirname, '../../test/cluster/demo.ts');

/** Gives the exit status. */
export async function demoInCluster(): Promise<number> {
  if (!existsSync(script)) {
    throw new InputError(
      'demo --cluster builds a cluster from the Go modules of a checkout of Curfew, and this is none: clone the repository, and there "npm ci && npm run demo -- --cluster"',
    );
  }
  const child = spawn(process.execPath, [script], { stdio: 'inherit' });
  return await new Promise((done, failed) => {
    child.once('error', failed);
    child.once('exit', (code) => done(code ?? 1));
  });
}
