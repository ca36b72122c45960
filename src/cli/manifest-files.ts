/** Manifests for commands that take `-f`: files, folders with all that is below them, standard input. */
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { formatFault } from '../base/fault.ts';
import type { KubernetesObject } from '../base/json.ts';
import { readManifests } from '../request/manifests.ts';
import { manifestLimits } from '../request/yaml-limits.ts';
import { type CommandIo, InputError } from './command.ts';

/** Files of one's own, dumps of whole clusters among them: only bounded so that a wrong file is noticed. */
const limits = { ...manifestLimits, bytes: 2 ** 26, keys: 5_000_000, tokens: 50_000_000, documents: 200_000 };

const extensions = ['.yaml', '.yml', '.json'];

/** No manifests, though they are YAML: what `kustomize build` reads. */
const kustomization = /^kustomization\.ya?ml$/;

/**
 * The objects of all paths, in order; `-` is standard input. Throws `InputError` where one cannot be read, for an
 * answer from the rest would be wrong.
 */
export async function readManifestFiles(
  paths: readonly string[],
  io: CommandIo,
): Promise<readonly KubernetesObject[]> {
  const objects: KubernetesObject[] = [];
  for (const path of paths) {
    if (path === '-') objects.push(...parse('standard input', await standardInput()));
    else
      for (const file of await filesOf(resolve(io.cwd, path), io))
        objects.push(...(await read(file, io.cwd)));
  }
  return objects;
}

async function standardInput(): Promise<string> {
  return text(createReadStream('', { fd: 0, autoClose: false }));
}

async function read(file: string, cwd: string): Promise<readonly KubernetesObject[]> {
  const name = relative(cwd, file);
  return parse(name.startsWith('..') ? file : name, await readFile(file, 'utf8'));
}

function parse(name: string, content: string): readonly KubernetesObject[] {
  const result = readManifests(name, content.replace(/^\ufeff/, ''), limits);
  if (result.ok) return result.value;
  throw new InputError(`cannot read manifests\n${result.faults.map(formatFault).join('\n')}`);
}

/** The file itself, or the manifests anywhere below the folder, in the order of their paths. */
async function filesOf(path: string, io: CommandIo): Promise<readonly string[]> {
  const stats = await stat(path).catch(() => null);
  if (stats === null) throw new InputError(`there is no file or folder ${path}`);
  if (!stats.isDirectory()) return [path];
  const files: string[] = [];
  const entries = await readdir(path, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const inside = join(path, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) files.push(...(await filesOf(inside, io)));
    else if (kustomization.test(entry.name))
      io.stderr.write(
        `left out: ${inside} holds no manifests itself; pipe the output of "kustomize build" into -f -\n`,
      );
    else if (extensions.some((extension) => entry.name.endsWith(extension)) && (await stat(inside)).isFile())
      files.push(inside);
  }
  return files;
}
