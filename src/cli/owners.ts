/** `curfew owners`: who owns a path, as GitHub would answer, in any folder with a CODEOWNERS. */
import { execFile } from 'node:child_process';
import { lstat, readFile, stat } from 'node:fs/promises';
import { isAbsolute, posix, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import {
  codeownersPaths,
  ownersOf,
  parseCodeowners,
  skippedLinesFor,
  type Codeowners,
  type Ownership,
} from '../approval/codeowners.ts';
import { formatFault } from '../base/fault.ts';
import { parseArguments } from './arguments.ts';
import { exitCode, InputError, UsageError, type Command, type CommandIo } from './command.ts';
import { paint } from './paint.ts';

const git = promisify(execFile);

export const ownersCommand: Command = {
  name: 'owners',
  summary: 'Say who owns a path, and by which line of CODEOWNERS',
  usage: `curfew owners <path…> [--dir DIR] [--ref REF] [--json]

Answers as GitHub does, for any folder with a CODEOWNERS: the last line that matches decides. Paths are those of the
repository, whether they exist or not.

Options:
  --dir DIR   root of the repository (default: the current folder)
  --ref REF   read CODEOWNERS from this commit, branch or tag instead of the folder
  --json      print [{"path": …, "owners": ["@org/team"], "line": 3}]; line is null where no line matches, and owners
              is empty where the line names nobody

Example:
  curfew owners access-requests/prod-eu/payments/inc-4711.yaml
`,
  run: async (args, io) => {
    const { values, positionals } = parseArguments(
      args,
      {
        dir: { type: 'string', default: '.' },
        ref: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
      { min: 1, max: Infinity },
    );
    const folder = resolve(io.cwd, values.dir);
    if ((await stat(folder).catch(() => null)) === null) throw new InputError(`there is no folder ${folder}`);
    const codeowners = await readCodeowners(folder, values.ref);
    const answers = positionals.map((path) => {
      const inRepository = pathInRepository(path, folder);
      return { path, inRepository, ownership: ownersOf(codeowners, inRepository) };
    });
    if (values.json) {
      const list = answers.map(({ path, ownership }) => ({
        path,
        owners: ownership.written,
        line: ownership.line,
      }));
      io.stdout.write(`${JSON.stringify(list)}\n`);
    } else {
      printAnswers(answers, codeowners, io);
    }
    warn(
      codeowners,
      answers.map(({ inRepository }) => inRepository),
      io,
    );
    return exitCode.ok;
  },
};

/** A path as git has it: from the root, with single slashes; a slash at the end stays. */
function pathInRepository(path: string, folder: string): string {
  const inFolder = isAbsolute(path) && resolve(path).startsWith(folder + sep) ? relative(folder, path) : path;
  const plain = posix.normalize(inFolder).replace(/^\/+/, '');
  if (plain === '..' || plain.startsWith('../'))
    throw new UsageError(`${path} lies outside of the repository`);
  return plain;
}

function printAnswers(
  answers: readonly { readonly path: string; readonly ownership: Ownership }[],
  codeowners: Codeowners,
  { stdout }: CommandIo,
): void {
  const width = Math.max(...answers.map(({ path }) => path.length));
  for (const { path, ownership } of answers) {
    const { line, written } = ownership;
    const owners = written.length === 0 ? 'nobody' : paint(stdout, 'bold', written.join(' '));
    const source = line === null ? 'no line matches' : `${codeowners.file}:${line}`;
    stdout.write(`${path.padEnd(width)}  ${owners}  ${paint(stdout, 'dim', `(${source})`)}\n`);
  }
}

/** GitHub does not say when it skips a line; whoever asks wants to know. */
function warn(codeowners: Codeowners, paths: readonly string[], { stderr }: CommandIo): void {
  const faults = new Set(paths.flatMap((path) => skippedLinesFor(codeowners, path)));
  for (const fault of faults) {
    stderr.write(
      `${paint(stderr, 'yellow', 'GitHub skips a line that could have been meant:')} ${formatFault(fault)}\n`,
    );
  }
}

/** The first of the files that GitHub looks for. Throws `InputError` where there is none. */
async function readCodeowners(folder: string, ref: string | undefined): Promise<Codeowners> {
  const found = ref === undefined ? await readFromFolder(folder) : await readFromGit(folder, ref);
  if (found !== null) return parseCodeowners(found.file, found.text);
  const where = ref === undefined ? folder : `${folder} at ${ref}`;
  throw new InputError(
    `there is no CODEOWNERS in ${where}; GitHub looks for ${codeownersPaths.join(', ')}, in this order`,
  );
}

interface Found {
  readonly file: string;
  readonly text: string;
}

async function readFromFolder(folder: string): Promise<Found | null> {
  for (const file of codeownersPaths) {
    const path = resolve(folder, file);
    const stats = await lstat(path).catch(() => null);
    if (stats?.isSymbolicLink() === true) throw symbolicLink(file);
    if (stats?.isFile() === true) return { file, text: await readFile(path, 'utf8') };
  }
  return null;
}

async function readFromGit(folder: string, ref: string): Promise<Found | null> {
  const commit = await run(folder, ref, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${ref}^{commit}`,
  ]);
  const tree = await run(folder, ref, ['ls-tree', '-z', commit.trim(), '--', ...codeownersPaths]);
  // <mode> <type> <object>\t<path>, the path as it was asked for.
  const entries = new Map(
    tree.split('\0').map((entry) => {
      const [meta = '', path = ''] = entry.split('\t');
      const [mode = '', type = '', object = ''] = meta.split(' ');
      return [path, { mode, type, object }];
    }),
  );
  for (const file of codeownersPaths) {
    const entry = entries.get(file);
    if (entry?.mode === '120000') throw symbolicLink(file);
    if (entry?.type === 'blob')
      return { file, text: await run(folder, ref, ['cat-file', 'blob', entry.object]) };
  }
  return null;
}

function symbolicLink(file: string): InputError {
  return new InputError(`${file} is a symbolic link; commit the file itself`);
}

/** Output of git on a commit. Throws `InputError` with what git says. */
async function run(folder: string, ref: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await git('git', args, { cwd: folder, maxBuffer: 2 ** 26 });
    return stdout;
  } catch (error) {
    // A number is git's own exit status; anything else says that git could not be run.
    const isAnswer =
      error instanceof Error && 'stderr' in error && 'code' in error && typeof error.code === 'number';
    if (!isAnswer) throw error;
    const told = String(error.stderr).trim();
    throw new InputError(
      `cannot read "${ref}" in ${folder}: ${told === '' ? 'there is no such commit' : told}`,
    );
  }
}
