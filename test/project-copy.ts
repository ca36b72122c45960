/** Copies of the project to break on purpose, one break at a time. */
import { rmSync } from 'node:fs';
import { cp, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';

export interface Break {
  /** Relative to the root of the project. */
  readonly file: string;
  /** Stands exactly once in that file. */
  readonly find: string;
  readonly replace: string;
}

const root = resolve(import.meta.dirname, '..');
const left = new Set(['node_modules', '.git', 'dist']);

/** A copy of the project, with the packages of the original; it goes when the process ends. */
export async function copyProject(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'curfew-copy-'));
  process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
  await cp(root, copy, {
    recursive: true,
    filter: (path) => !left.has(relative(root, path).split(sep)[0] ?? ''),
  });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** Why a break does not fit a copy; null where its `find` stands in the file exactly once. */
export async function misfit(copy: string, { file, find }: Break): Promise<string | null> {
  const source = await readFile(join(copy, file), 'utf8').catch(() => '');
  const places = source.split(find).length - 1;
  return places === 1 ? null : `its find stands ${places} times in ${file}`;
}

/** What `look` makes of a copy while it is broken. */
export async function whileBroken<Seen>(
  copy: string,
  { file, find, replace }: Break,
  look: () => Promise<Seen>,
): Promise<Seen> {
  const path = join(copy, file);
  const source = await readFile(path, 'utf8');
  // A function, for in a replacement text `$` has a meaning.
  const broken = source.replace(find, () => replace);
  await writeFile(path, broken);
  const seen = await look();
  await writeFile(path, source);
  return seen;
}

// So that the copies go, whatever ends this.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
