/** The Go program that answers for cyclonus: built once, then asked line by line. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Json } from '../../../src/base/json.ts';

const source = fileURLToPath(new URL('oracle', import.meta.url));
const binary = fileURLToPath(new URL('../../../node_modules/.cache/curfew/network-oracle', import.meta.url));

/** Why the oracle cannot be had; the message says what to do. */
export class OracleMissing extends Error {
  override readonly name = 'OracleMissing';
}

/** Builds the oracle; instant where nothing changed. Throws `OracleMissing`. */
export function buildOracle(): void {
  mkdirSync(dirname(binary), { recursive: true });
  const { error, status, stderr } = spawnSync('go', ['build', '-trimpath', '-o', binary, '.'], {
    cwd: source,
    encoding: 'utf8',
  });
  if (error !== undefined) {
    throw new OracleMissing(
      'there is no command "go"; install Go 1.26 or later from your packages, then try again',
    );
  }
  if (status !== 0) throw new OracleMissing(`go build failed\n${stderr}`);
}

/** One of the oracle's commands, asked with JSON lines; its answers are lines of JSON. */
export function ask(command: 'cases' | 'judge' | 'select', questions: readonly Json[]): readonly string[] {
  const { error, status, stdout, stderr } = spawnSync(binary, [command], {
    input: questions.map((question) => `${JSON.stringify(question)}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`oracle ${command} failed\n${stderr}`);
  return stdout.split('\n').filter((line) => line !== '');
}
