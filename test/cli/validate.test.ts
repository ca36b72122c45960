import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandIo, Output } from '../../src/cli/command.ts';
import { dispatch } from '../../src/cli/dispatch.ts';
import { validateCommand } from '../../src/cli/validate.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'curfew-validate-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

/** An access repository without faults: this one. */
function seed(): void {
  for (const path of [
    '.github/curfew.yaml',
    '.github/CODEOWNERS',
    'templates',
    'clusters',
    'access-requests',
  ]) {
    cpSync(path, join(folder, path), { recursive: true });
  }
}

async function validate(
  ...args: readonly string[]
): Promise<{ status: number; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  const output = (name: keyof typeof written): Output => ({
    write: (text) => {
      written[name] += text;
    },
    isTerminal: false,
    colours: false,
  });
  const io: CommandIo = {
    stdout: output('stdout'),
    stderr: output('stderr'),
    env: {},
    cwd: folder,
    now: () => 0,
  };
  const status = await dispatch(['validate', ...args], io, {
    validate: () => Promise.resolve(validateCommand),
  });
  return { status, ...written };
}

describe('curfew validate', () => {
  it('says what it read where there is no fault', async () => {
    seed();
    expect(await validate()).toEqual({
      status: 0,
      stdout:
        'No faults in 25 files: policy, CODEOWNERS, 5 templates, 5 roles, 12 snapshot files, no requests, no grants.\n',
      stderr: '',
    });
  });

  it('prints each fault with its place, and exits with 1', async () => {
    seed();
    write(
      'access-requests/prod-eu/payments/a.yaml',
      'apiVersion: curfew.dev/v1\nkind: AccessRequest\nspec:\n  tempalte: x\n  reason: y\n',
    );
    const { status, stdout } = await validate();
    expect(status).toBe(1);
    expect(stdout).toBe(
      [
        'access-requests/prod-eu/payments/a.yaml:3:1: spec.template is missing; add it: text',
        'access-requests/prod-eu/payments/a.yaml:4:3: spec.tempalte is not allowed here; did you mean "template"?',
        '2 faults in 1 file.',
        '',
      ].join('\n'),
    );
  });

  it('prints JSON', async () => {
    seed();
    write('access-requests/x.yaml', '');
    const { status, stdout } = await validate('--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      valid: false,
      files: 26,
      faults: [
        {
          file: 'access-requests/x.yaml',
          line: 1,
          column: 1,
          message: 'this is not the path of an access request',
          remedy: 'name it access-requests/<cluster>/<namespace>/<name>.yaml',
        },
      ],
    });
  });

  it('reads another folder', async () => {
    expect(await validate('no-such-folder')).toMatchObject({ status: 2, stdout: '' });
    write('sub/.github/curfew.yaml', '');
    const { status, stdout } = await validate('sub');
    expect(status).toBe(1);
    expect(stdout).toContain('.github/curfew.yaml:1:1: the file is empty');
  });

  it('says that a folder holds nothing of an access repository', async () => {
    const { status, stdout } = await validate();
    expect(status).toBe(1);
    expect(stdout).toContain(`Nothing of an access repository is in ${folder}.\n`);
    expect(stdout).toContain('.github/curfew.yaml:1:1: the policy is missing');
  });

  it('follows no link, and reads nothing that is not UTF-8', async () => {
    seed();
    symlinkSync('/etc', join(folder, 'grants'));
    symlinkSync('read-logs.yaml', join(folder, 'templates/link.yaml'));
    write('access-requests/prod-eu/payments/latin1.yaml', Uint8Array.from([0x61, 0x3a, 0x20, 0xe4]));
    write('access-requests/prod-eu/payments/bom.yaml', '\ufeffa: 1\n');
    const { status, stdout } = await validate();
    expect(status).toBe(1);
    expect(stdout.split('\n')).toEqual([
      'access-requests/prod-eu/payments/bom.yaml:1:1: there is a byte order mark or zero-width space (U+FEFF); save as UTF-8 without it',
      'access-requests/prod-eu/payments/latin1.yaml:1:1: this is not a plain text file; commit it as an ordinary file of UTF-8 text',
      'grants:1:1: this is not a plain text file; commit it as an ordinary file of UTF-8 text',
      'templates/link.yaml:1:1: this is not a plain text file; commit it as an ordinary file of UTF-8 text',
      '4 faults in 4 files.',
      '',
    ]);
  });

  it.each([[['a', 'b']], [['--jsn']]])('exits with 2 on wrong use: %j', async (args) => {
    const { status, stdout } = await validate(...args);
    expect(status).toBe(2);
    expect(stdout).toBe('');
  });
});
