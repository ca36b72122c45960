/** A request and the access repository around it, as they lie in folders. */
import { lstat, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { gitHash } from '../github/git-objects.ts';
import { treeFacts, trustedFiles } from '../github/tip-files.ts';
import type { FileFacts, TipFacts } from '../lifecycle/facts.ts';
import { policyPath } from '../lifecycle/trusted-paths.ts';
import { InputError, type CommandIo } from './command.ts';
import { utf8 } from './git-objects.ts';
import { readRepositoryFiles } from './validate.ts';

export interface Place {
  /** Of the access repository. */
  readonly root: string;
  /** Absolute. */
  readonly file: string;
  /** Of the file in the repository. */
  readonly path: string;
}

/**
 * Where a file lies, in which repository, and under which path it would be asked for. A draft outside of the
 * repository has the path that its own folders give it.
 */
export async function locate(argument: string, dir: string | undefined, { cwd }: CommandIo): Promise<Place> {
  const given = dir === undefined ? null : resolve(cwd, dir);
  const candidates = [resolve(cwd, argument), ...(given === null ? [] : [resolve(given, argument)])];
  const file = await firstThatExists(candidates);
  if (file === null) throw new InputError(`there is no file ${candidates[0]}`);
  const root = given ?? (await rootAbove(file));
  if (root === null) {
    throw new InputError(
      `no folder above ${file} holds ${policyPath}; say with --dir where the access repository is`,
    );
  }
  const path = relative(root, file).split(sep).join('/');
  const drafted = /(?:^|\/)(access-requests\/.+)$/.exec(path)?.[1];
  return { root, file, path: path.startsWith('../') && drafted !== undefined ? drafted : path };
}

async function firstThatExists(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) if (await exists(path)) return path;
  return null;
}

/** The nearest access repository that holds a file; null where none does. */
export async function rootAbove(file: string): Promise<string | null> {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (await exists(join(folder, policyPath))) return folder;
    if (folder === dirname(folder)) return null;
  }
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}

/** The trusted files around the request, as if they were the tip of the default branch; the request is not among them. */
export async function readFolderTip({ root, path }: Place): Promise<TipFacts> {
  const others = [...(await readRepositoryFiles(root))].filter(([other]) => other !== path);
  const files = others.map(([other, text]) => ({
    path: other,
    mode: '100644',
    text,
    oid: blobId(text ?? ''),
  }));
  const blobs = new Map(files.map(({ oid, text }) => [oid, { text }]));
  return { sha: blobId(root), codeownersErrorLines: [], ...treeFacts(trustedFiles(files), blobs) };
}

/** The request with git's modes, so that a link or an executable is refused as it will be. */
export async function readRequest({ file, path }: Place): Promise<FileFacts> {
  const stats = await lstat(file);
  if (stats.isSymbolicLink()) return { path, mode: '120000', sha: blobId(file), text: null };
  if (!stats.isFile()) throw new InputError(`${file} is no file`);
  const content = await readFile(file);
  const mode = (stats.mode & 0o100) === 0 ? '100644' : '100755';
  return { path, mode, sha: blobId(content), text: utf8(content) };
}

function blobId(content: string | Uint8Array): string {
  return gitHash('blob', Buffer.from(content), '0'.repeat(40));
}
