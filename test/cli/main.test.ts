import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { RetryLater } from '../../src/github/errors.ts';
import { parseArguments } from '../../src/cli/arguments.ts';
import { exitCode, InputError, UsageError, type Command } from '../../src/cli/command.ts';
import { commands } from '../../src/cli/commands.ts';
import { dispatch, type CommandTable } from '../../src/cli/dispatch.ts';
import { printable } from '../../src/cli/io.ts';
import { fakeIo } from './fake-io.ts';

const usage = 'curfew sample [dir] [--json]\n\nLooks at things.\n';

function sample(run: Command['run']): CommandTable {
  const command: Command = { name: 'sample', summary: 'Look at things', usage, run };
  return { sample: async () => command, other: async () => ({ ...command, name: 'other' }) };
}

async function runCurfew(
  args: readonly string[],
  run: Command['run'] = async () => exitCode.ok,
): Promise<readonly [number, string, string]> {
  const io = fakeIo();
  return [await dispatch(args, io, sample(run)), io.out(), io.err()];
}

describe('dispatch', () => {
  test('hands the arguments on and the exit status back', async () => {
    const seen: (readonly string[])[] = [];
    const status = await runCurfew(['sample', 'a', '--json'], async (args) => {
      seen.push(args);
      return exitCode.finding;
    });
    expect([status, seen]).toEqual([[1, '', ''], [['a', '--json']]]);
  });

  test.each([[['--help']], [['-h']], [['help']]])('%j lists the commands', async (args) => {
    const [status, out, err] = await runCurfew(args);
    expect([status, err]).toEqual([0, '']);
    expect(out).toContain('  sample  Look at things\n');
    expect(out).toContain('Exit status: 0 ');
  });

  test('nothing at all is wrong use', async () => {
    const [status, out, err] = await runCurfew([]);
    expect([status, out]).toEqual([2, '']);
    expect(err).toContain('  sample  Look at things\n');
  });

  test.each([[['sample', '--help']], [['sample', 'a', '-h']], [['help', 'sample']]])(
    '%j explains it',
    async (args) => {
      expect(await runCurfew(args, async () => Promise.reject(new Error('must not run')))).toEqual([
        0,
        `Usage: ${usage}`,
        '',
      ]);
    },
  );

  test('--help after -- is an argument', async () => {
    expect((await runCurfew(['sample', '--', '--help'], async (args) => args.length))[0]).toBe(2);
  });

  test.each([
    ['sampel', 'curfew: there is no command "sampel"; did you mean "sample"?\n'],
    ['xyzzy', 'curfew: there is no command "xyzzy"; known are sample, other\n'],
    ['__proto__', 'curfew: there is no command "__proto__"; known are sample, other\n'],
    ['toString', 'curfew: there is no command "toString"; known are sample, other\n'],
  ])('%s is no command', async (name, message) => {
    expect(await runCurfew([name])).toEqual([2, '', message]);
    expect(await runCurfew(['help', name])).toEqual([2, '', message]);
  });

  test.each([
    [
      'wrong use',
      new UsageError('no'),
      2,
      'curfew sample: no\nUsage: curfew sample [dir] [--json]\nMore: curfew sample --help\n',
    ],
    [
      'unreadable input',
      new InputError('a.yaml cannot be read'),
      2,
      'curfew sample: a.yaml cannot be read\n',
    ],
    [
      'a missing file',
      Object.assign(new Error('ENOENT: a.yaml'), { code: 'ENOENT', syscall: 'open' }),
      2,
      'curfew sample: ENOENT: a.yaml\n',
    ],
    ['GitHub away', new RetryLater('timeout'), 2, 'curfew sample: timeout\n'],
  ])('%s', async (_what, error, status, message) => {
    expect(await runCurfew(['sample'], async () => Promise.reject(error))).toEqual([status, '', message]);
  });

  test.each([
    ['look', 'curfew both look FILE'],
    ['tell', 'curfew both tell A\n       curfew both tell B'],
    ['lok', 'curfew both look FILE\n       curfew both tell A\n       curfew both tell B'],
  ])('wrong use of "both %s" shows the lines about it', async (action, synopsis) => {
    const command: Command = {
      name: 'both',
      summary: 'Do both',
      usage:
        'curfew both look FILE\n       curfew both tell A\n       curfew both tell B\n\nLooks and tells.\n',
      run: async () => Promise.reject(new UsageError('no')),
    };
    const io = fakeIo();
    expect(await dispatch(['both', action], io, { both: async () => Promise.resolve(command) })).toBe(2);
    expect(io.err()).toBe(`curfew both: no\nUsage: ${synopsis}\nMore: curfew both --help\n`);
  });

  test('a defect is told as one', async () => {
    const [status, , err] = await runCurfew(['sample'], async () =>
      Promise.reject(new TypeError('x is undefined')),
    );
    expect(status).toBe(70);
    expect(err).toContain('this is a defect in Curfew');
    expect(err).toContain('TypeError: x is undefined\n    at ');
  });
});

describe('parseArguments', () => {
  const options = { json: { type: 'boolean' }, dir: { type: 'string' } } as const;

  test('gives typed values', () => {
    const { values, positionals } = parseArguments(['a', '--dir', 'b', '--json'], options, { max: 1 });
    expect([values.json, values.dir, positionals]).toEqual([true, 'b', ['a']]);
  });

  test.each([
    [['--jsno'], { max: 0 }, 'there is no option --jsno; did you mean "--json"?'],
    [['-x'], { max: 0 }, 'there is no option -x; known are --json, --dir'],
    [['--dir'], { max: 0 }, "Option '--dir <value>' argument missing"],
    [['--json=1'], { max: 0 }, "Option '--json' does not take an argument"],
    [['a', 'b'], { max: 1 }, '"b" is one argument too many'],
    [[], { min: 1, max: 1 }, 'an argument is missing'],
    [['a'], { min: 2, max: 2 }, '2 arguments are needed'],
  ])('%j is refused', (args, positionals, message) => {
    expect(() => parseArguments(args, options, positionals)).toThrow(new UsageError(message));
  });
});

test('nothing that is printed plays tricks with a terminal', () => {
  const evil = 'a\u001b[2Jb\u001b[31mc\rd\u202ee\u0007f\n\tg\u009b';
  expect(printable(evil, false)).toBe('a\\u001b[2Jb\\u001b[31mc\\u000dd\\u202ee\\u0007f\n\tg\\u009b');
  expect(printable(evil, true)).toBe('a\\u001b[2Jb\u001b[31mc\\u000dd\\u202ee\\u0007f\n\tg\\u009b');
  const json = JSON.stringify({ evil });
  expect(JSON.parse(printable(json, false))).toEqual({ evil });
});

describe('the program', () => {
  const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
  const run = promisify(execFile);

  test('says its version', async () => {
    const manifest: { readonly version: string } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    );
    expect((await run(process.execPath, [main, '--version'])).stdout).toBe(`${manifest.version}\n`);
  });

  test('ends quietly when nobody reads on', async () => {
    const child = spawn(process.execPath, [main, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    const errors: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect([errors.join(''), [0, 141].includes(Number(status))]).toEqual(['', true]);
  });

  test('has commands that explain themselves', async () => {
    for (const [name, load] of Object.entries(commands)) {
      const command = await load();
      expect(command.name).toBe(name);
      expect(command.summary).toMatch(/^[A-Z][^\n]*[^.\n]$/);
      expect(command.usage.split('\n')[0]).toMatch(new RegExp(`^curfew ${name}\\b`));
    }
  });
});
