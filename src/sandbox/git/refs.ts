/**
 * Refs as loose files, with git's own protocol: take `<ref>.lock`, look, write, rename. Ordinary names are handled in
 * process, for a simulation moves refs all the time; whatever is out of the ordinary is left to `git update-ref`.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gitEnvironment } from './environment.ts';

/** Git refused to move a ref: it was not where it was expected, or its name is none. */
export class RefRefused extends Error {
  override readonly name = 'RefRefused';
}

/** Moves a ref from `before` to `after`; null stands for "does not exist". @throws RefRefused */
export function writeRef(
  directory: string,
  refs: ReadonlyMap<string, string>,
  ref: string,
  after: string | null,
  before: string | null,
): void {
  if ((refs.get(ref) ?? null) !== before) throw new RefRefused(`${ref} is not at ${before ?? 'nothing'}`);
  if (!isOrdinary(ref) || existsSync(join(directory, 'packed-refs'))) {
    updateRefByGit(directory, ref, after, before);
    return;
  }
  const conflict = [...refs.keys()].find(
    (other) => other.startsWith(`${ref}/`) || ref.startsWith(`${other}/`),
  );
  if (conflict !== undefined && after !== null)
    throw new RefRefused(`'${conflict}' exists; cannot create '${ref}'`);
  underLock(directory, ref, after, before);
}

/** Names that need none of git's finer rules: no `..`, `.lock`, leading dot or dash, or character that git forbids. */
function isOrdinary(ref: string): boolean {
  return /^refs(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$/.test(ref) && !/\.\.|\.(\/|$)|\.lock(\/|$)/.test(ref);
}

function underLock(directory: string, ref: string, after: string | null, before: string | null): void {
  const path = join(directory, ref);
  const lock = `${path}.lock`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(lock, after === null ? '' : `${after}\n`, { flag: 'wx' });
  } catch (error) {
    throw new RefRefused(`cannot lock ref '${ref}': ${String(error)}`, { cause: error });
  }
  try {
    // A push may have moved the ref since the refs were read.
    const current = existsSync(path) ? readFileSync(path, 'utf8').trim() : null;
    if (current !== before)
      throw new RefRefused(`${ref} is at ${current ?? 'nothing'}, not at ${before ?? 'nothing'}`);
    if (after === null) rmSync(path);
    else renameSync(lock, path);
  } catch (error) {
    throw error instanceof RefRefused ? error : new RefRefused(String(error), { cause: error });
  } finally {
    rmSync(lock, { force: true });
    if (after === null) removeEmptyFolders(directory, ref);
  }
}

/** So that `refs/heads/a` can be created where `refs/heads/a/b` was. */
function removeEmptyFolders(directory: string, ref: string): void {
  for (let folder = dirname(ref); folder.split('/').length > 2; folder = dirname(folder)) {
    if (readdirSync(join(directory, folder)).length > 0) return;
    rmdirSync(join(directory, folder));
  }
}

function updateRefByGit(directory: string, ref: string, after: string | null, before: string | null): void {
  const zeros = '0'.repeat(40);
  const args = after === null ? ['-d', ref, before ?? zeros] : [ref, after, before ?? zeros];
  const result = spawnSync('git', ['update-ref', ...args], {
    cwd: directory,
    env: gitEnvironment,
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new RefRefused(result.stderr.trim());
}

/** All refs by full name. */
export function readRefs(directory: string): Map<string, string> {
  const refs = new Map<string, string>();
  if (existsSync(join(directory, 'packed-refs'))) {
    const listed = execFileSync('git', ['for-each-ref', '--format=%(objectname) %(refname)'], {
      cwd: directory,
      env: gitEnvironment,
      encoding: 'utf8',
    });
    for (const line of listed.split('\n').filter(Boolean)) refs.set(line.slice(41), line.slice(0, 40));
    return refs;
  }
  for (const file of readdirSync(join(directory, 'refs'), { recursive: true, withFileTypes: true })) {
    if (!file.isFile() || file.name.endsWith('.lock')) continue;
    const path = join(file.parentPath, file.name);
    refs.set(path.slice(directory.length + 1), readFileSync(path, 'utf8').trim());
  }
  return refs;
}
