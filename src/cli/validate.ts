/** `curfew validate`: every file of an access repository, checked without GitHub. */
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { codeownersPaths } from '../approval/codeowners.ts';
import { formatFault, type Fault } from '../base/fault.ts';
import { policyPath } from '../lifecycle/trusted-paths.ts';
import { validateRepository, type RepositoryFiles } from '../lifecycle/validate.ts';
import { parseArguments } from './arguments.ts';
import { exitCode, InputError, type Command, type CommandIo } from './command.ts';
import { paint } from './paint.ts';

/** The folders that are Curfew's, whole. */
const folders = ['templates', 'clusters', 'access-requests', 'grants'];

export const validateCommand: Command = {
  name: 'validate',
  summary: 'Check every file of an access repository',
  usage: `curfew validate [dir] [--json]

Reads the policy, CODEOWNERS, templates, the catalog, cluster snapshots, requests and grants of an access repository
(default: the current folder) and prints every fault with file, line and column, statements of the policy about the
network that do not hold among them. Nothing is asked of GitHub.

Options:
  --json   print {"valid": …, "files": …, "faults": [{"file", "line", "column", "message", "remedy"}]}

Exits with 1 where there is a fault, with 2 where the folder cannot be read.

Example:
  curfew validate ../access
`,
  run: async (args, io) => {
    const { values, positionals } = parseArguments(
      args,
      { json: { type: 'boolean', default: false } },
      { max: 1 },
    );
    const folder = resolve(io.cwd, positionals[0] ?? '.');
    const files = await readRepositoryFiles(folder);
    const faults = validateRepository(files);
    if (values.json)
      io.stdout.write(`${JSON.stringify({ valid: faults.length === 0, files: files.size, faults })}\n`);
    else print(folder, files, faults, io);
    return faults.length === 0 ? exitCode.ok : exitCode.finding;
  },
};

/** The files that validation looks at; null for what is no plain UTF-8 text. Throws `InputError`. */
export async function readRepositoryFiles(folder: string): Promise<RepositoryFiles> {
  const stats = await lstat(folder).catch(() => null);
  if (stats === null) throw new InputError(`there is no folder ${folder}`);
  if (!stats.isDirectory()) throw new InputError(`${folder} is not a folder`);
  const listed = await Promise.all(folders.map((name) => filesBelow(folder, name)));
  const paths = [policyPath, ...codeownersPaths, ...listed.flat().toSorted()];
  const files = new Map<string, string | null>();
  for (const path of paths) {
    const file = await lstat(join(folder, path)).catch(() => null);
    if (file !== null) files.set(path, file.isFile() ? await readText(join(folder, path)) : null);
  }
  return files;
}

/** Everything below a folder that is not itself a folder, links included; a folder that is a link counts as a file. */
async function filesBelow(root: string, folder: string): Promise<readonly string[]> {
  const stats = await lstat(join(root, folder)).catch(() => null);
  if (stats === null) return [];
  if (!stats.isDirectory()) return [folder];
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const nested = await Promise.all(
    entries.map(async (entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? await filesBelow(root, path) : [path];
    }),
  );
  return nested.flat();
}

async function readText(path: string): Promise<string | null> {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path));
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function print(
  folder: string,
  files: RepositoryFiles,
  faults: readonly Fault[],
  { stdout }: CommandIo,
): void {
  if (files.size === 0) stdout.write(`Nothing of an access repository is in ${folder}.\n`);
  for (const fault of faults) stdout.write(`${formatFault(fault)}\n`);
  const inFiles = new Set(faults.map(({ file }) => file)).size;
  if (faults.length > 0)
    stdout.write(
      paint(stdout, 'red', `${count(faults.length, 'fault')} in ${count(inFiles, 'file')}.`) + '\n',
    );
  else
    stdout.write(
      `${paint(stdout, 'green', 'No faults')} in ${count(files.size, 'file')}: ${inventory(files)}.\n`,
    );
}

/** `policy, CODEOWNERS, 5 templates, 5 roles, 10 snapshot files, no requests, no grants`. */
function inventory(files: RepositoryFiles): string {
  const number = (pattern: RegExp): number => [...files.keys()].filter((path) => pattern.test(path)).length;
  return [
    'policy',
    'CODEOWNERS',
    count(number(/^templates\/[^/]+\.yaml$/), 'template'),
    count(number(/^templates\/roles\/.+\.yaml$/), 'role'),
    count(number(/^clusters\/.+\.yaml$/), 'snapshot file'),
    count(number(/^access-requests\/.+\.yaml$/), 'request'),
    count(number(/^grants\/.+\.yaml$/), 'grant'),
  ].join(', ');
}

function count(number: number, noun: string): string {
  return `${number === 0 ? 'no' : number} ${noun}${number === 1 ? '' : 's'}`;
}
