/** The folder of a snapshot in an access repository, and what the repository says of the same cluster. */
import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { formatFault } from '../base/fault.ts';
import type { KubernetesObject } from '../base/json.ts';
import type { Result } from '../base/result.ts';
import type { GrantFile } from '../cluster/snapshot/grants.ts';
import { isSnapshotFile } from '../cluster/snapshot/files.ts';
import { readGrantFile } from '../lifecycle/grant.ts';
import { readManifests } from '../request/manifests.ts';
import { parseCatalogRole } from '../template/parse.ts';
import type { CatalogRole } from '../template/template.ts';
import { InputError, UsageError } from './command.ts';

export interface SnapshotFolder {
  readonly cluster: string;
  /** `clusters/<cluster>` of the access repository, absolute. */
  readonly folder: string;
  /** Root of the access repository. */
  readonly root: string;
}

/** @throws UsageError where the path is not that of a cluster in an access repository */
export function snapshotFolder(out: string, cwd: string): SnapshotFolder {
  const folder = resolve(cwd, out);
  const cluster = basename(folder);
  if (basename(dirname(folder)) !== 'clusters')
    throw new UsageError(`--out: ${out} is not the folder clusters/<name> of an access repository`);
  return { cluster, folder, root: dirname(dirname(folder)) };
}

/** The texts of the snapshot's files by their path below its folder; other files are not looked at. */
export async function readSnapshotFiles({ folder }: SnapshotFolder): Promise<ReadonlyMap<string, string>> {
  const paths = (await filesBelow(folder)).filter(isSnapshotFile);
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(folder, path), 'utf8')] as const)),
  );
}

/** Writes what is new or different, and removes what is a snapshot's and no longer part of it. */
export async function writeSnapshotFiles(
  { folder }: SnapshotFolder,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Promise<{ readonly written: readonly string[]; readonly removed: readonly string[] }> {
  const written = [...after].filter(([path, text]) => before.get(path) !== text);
  const removed = [...before.keys()].filter((path) => !after.has(path));
  for (const [path, text] of written) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  for (const path of removed) await rm(join(folder, path));
  return { written: written.map(([path]) => path), removed };
}

/** The objects of committed files. @throws InputError */
export function objectsOf(
  { cluster }: SnapshotFolder,
  files: ReadonlyMap<string, string>,
): readonly KubernetesObject[] {
  return [...files].flatMap(([path, text]) => read(`clusters/${cluster}/${path}`, text, readManifests));
}

/** The grants that git has for the cluster. @throws InputError */
export async function readGrantFiles({ cluster, root }: SnapshotFolder): Promise<readonly GrantFile[]> {
  return readAll(root, `grants/${cluster}`, readGrantFile);
}

/** The roles of the catalog in git. @throws InputError */
export async function readCatalog({ root }: SnapshotFolder): Promise<readonly CatalogRole[]> {
  return readAll(root, 'templates/roles', parseCatalogRole);
}

async function readAll<T>(
  root: string,
  folder: string,
  parse: (file: string, text: string) => Result<T>,
): Promise<readonly T[]> {
  const paths = (await filesBelow(join(root, folder))).filter((path) => path.endsWith('.yaml'));
  return Promise.all(
    paths.map(async (path) =>
      read(`${folder}/${path}`, await readFile(join(root, folder, path), 'utf8'), parse),
    ),
  );
}

function read<T>(file: string, text: string, parse: (file: string, text: string) => Result<T>): T {
  const result = parse(file, text);
  if (result.ok) return result.value;
  throw new InputError(result.faults.map(formatFault).join('\n'));
}

/** Plain files at any depth, by their path; none where the folder is not there. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  const stats = await lstat(folder).catch(() => null);
  if (stats === null) return [];
  if (!stats.isDirectory()) throw new InputError(`${folder} is not a folder`);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .toSorted();
}
