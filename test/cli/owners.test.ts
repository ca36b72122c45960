import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CommandIo, Output } from '../../src/cli/command.ts';
import { dispatch } from '../../src/cli/dispatch.ts';
import { ownersCommand } from '../../src/cli/owners.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'curfew-owners-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function git(...args: readonly string[]): void {
  const identity = ['-c', 'user.name=Alice', '-c', 'user.email=alice@example.com'];
  execFileSync('git', [...identity, ...args], { cwd: folder, stdio: 'pipe' });
}

async function owners(
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
  const status = await dispatch(['owners', ...args], io, { owners: () => Promise.resolve(ownersCommand) });
  return { status, ...written };
}

const codeowners = ['* @Acme/everybody', '', '/docs/ @acme/docs boss@example.com', '/apps/github'].join('\n');

describe('curfew owners', () => {
  test('prints JSON: owners as written, the line, null and nobody', async () => {
    write('.github/CODEOWNERS', codeowners.slice(codeowners.indexOf('\n')));
    const { status, stdout, stderr } = await owners('--json', 'docs/a.md', 'src/a', 'apps/github/a');
    expect(JSON.parse(stdout)).toEqual([
      { path: 'docs/a.md', owners: ['@acme/docs', 'boss@example.com'], line: 3 },
      { path: 'src/a', owners: [], line: null },
      { path: 'apps/github/a', owners: [], line: 4 },
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('prints a line for each path for people', async () => {
    write('CODEOWNERS', codeowners);
    const { stdout } = await owners('a', 'docs/x', 'apps/github');
    expect(stdout).toBe(
      [
        'a            @Acme/everybody  (CODEOWNERS:1)',
        'docs/x       @acme/docs boss@example.com  (CODEOWNERS:3)',
        'apps/github  nobody  (CODEOWNERS:4)',
        '',
      ].join('\n'),
    );
  });

  test('reads the first of the three files only', async () => {
    write('docs/CODEOWNERS', '* @third');
    expect((await owners('--json', 'a')).stdout).toContain('@third');
    write('CODEOWNERS', '* @second');
    expect((await owners('--json', 'a')).stdout).toContain('@second');
    write('.github/CODEOWNERS', '# nothing');
    expect((await owners('--json', 'a')).stdout).toBe('[{"path":"a","owners":[],"line":null}]\n');
  });

  test('takes paths as people write them, and shows them so', async () => {
    write('CODEOWNERS', '/docs/ @acme/docs');
    const given = ['./docs/a', '/docs/a', 'docs//a', 'x/../docs/a', join(folder, 'docs/a')];
    const { stdout } = await owners('--json', ...given);
    expect(JSON.parse(stdout)).toEqual(given.map((path) => ({ path, owners: ['@acme/docs'], line: 1 })));
  });

  test('reads another folder, and a commit', async () => {
    write('repo/CODEOWNERS', '* @old');
    git('init', '-q', '-b', 'main', 'repo');
    git('-C', 'repo', 'add', '-A');
    git('-C', 'repo', 'commit', '-q', '-m', 'one');
    git('-C', 'repo', 'tag', 'v1');
    write('repo/.github/CODEOWNERS', '* @new');
    expect((await owners('--dir', 'repo', '--json', 'a')).stdout).toContain('@new');
    expect((await owners('--dir', 'repo', '--ref', 'v1', '--json', 'a')).stdout).toContain('@old');
    expect((await owners('--dir', 'repo', '--ref', 'main', '--json', 'a')).stdout).toContain('@old');
  });

  test('warns of a skipped line that could have been meant, beside the answer', async () => {
    write('CODEOWNERS', '* @acme/everybody\n/docs/ nobody-here\n/src/ nobody-there');
    const { status, stdout, stderr } = await owners('--json', 'docs/a', 'docs/b');
    expect({ status, answers: JSON.parse(stdout) as unknown }).toEqual({
      status: 0,
      answers: ['docs/a', 'docs/b'].map((path) => ({ path, owners: ['@acme/everybody'], line: 1 })),
    });
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringContaining('CODEOWNERS:2:8: "nobody-here" is not an owner'),
    ]);
  });

  test.each<[string, readonly string[], string]>([
    ['no path', [], 'an argument is missing'],
    ['an unknown option', ['--josn', 'a'], '--josn'],
    ['a path outside', ['../a'], 'outside'],
    [
      'a folder without CODEOWNERS',
      ['a'],
      'GitHub looks for .github/CODEOWNERS, CODEOWNERS, docs/CODEOWNERS',
    ],
    ['a folder that is not there', ['--dir', 'nowhere', 'a'], 'nowhere'],
    ['a folder without git', ['--ref', 'main', 'a'], 'main'],
  ])('exits with 2 on %s', async (name, args, message) => {
    if (name === 'a path outside') write('CODEOWNERS', '');
    const { status, stdout, stderr } = await owners(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('exits with 2 on a commit that is not there, or that holds no CODEOWNERS', async () => {
    git('init', '-q', '-b', 'main');
    git('commit', '-q', '--allow-empty', '-m', 'empty');
    expect((await owners('--ref', 'nope', 'a')).stderr).toContain('there is no such commit');
    expect(await owners('--ref', '--output=x', 'a')).toMatchObject({ status: 2, stdout: '' });
    expect((await owners('--ref', 'main', 'a')).stderr).toContain('there is no CODEOWNERS');
  });

  test('follows no symbolic link', async () => {
    write('elsewhere', '* @mallory');
    symlinkSync('elsewhere', join(folder, 'CODEOWNERS'));
    expect(await owners('a')).toMatchObject({ status: 2, stdout: '' });
    git('init', '-q', '-b', 'main');
    git('add', '-A');
    git('commit', '-q', '-m', 'link');
    expect((await owners('--ref', 'main', 'a')).stderr).toContain('symbolic link');
  });
});

test('a folder that is not there is said to be missing', async () => {
  const { status, stderr } = await owners('a', '--dir', 'nowhere');
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: `curfew owners: there is no folder ${join(folder, 'nowhere')}\n`,
  });
});
