/**
 * Manifests as they are found anywhere: many documents, lists, other kinds, files that are no manifests. Not read by
 * the hardened reader of access repositories: these are the user's own files, and dumps of whole clusters are large;
 * js-yaml is six times as fast.
 */
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { CORE_SCHEMA, loadAll, mergeTag, YAMLException } from 'js-yaml';
import type { Json } from '../../base/json.ts';
import { loadNetwork } from '../../effect/network/load.ts';
import { sayGaps } from '../../effect/network/unknown.ts';
import { count, joinWords } from '../../effect/network/words.ts';
import type { NetworkWorld } from '../../effect/network/world.ts';
import { InputError, type CommandIo } from '../command.ts';
import { paint } from '../paint.ts';

/** The documents of one file. */
interface Source {
  readonly name: string;
  readonly documents: readonly Json[];
}

/** Merge keys are no part of YAML 1.2, but of what kubectl reads. */
const schema = CORE_SCHEMA.withTags(mergeTag);

const extensions = ['.yaml', '.yml', '.json'];

/** What documents say, by their text: two dumps of one cluster differ in few. */
export type ReadDocuments = Map<string, readonly Json[]>;

/**
 * Reads files, folders with all that is below them, or `-`, and says on standard error what was read and what that
 * leaves open. Documents that are among `read` are not parsed again. Throws `InputError` where something cannot be read,
 * for an answer from the rest would be wrong.
 */
export async function readWorld(
  paths: readonly string[],
  io: CommandIo,
  read: ReadDocuments = new Map(),
): Promise<NetworkWorld> {
  const sources = (await Promise.all(paths.map(async (path) => readSources(path, io, read)))).flat();
  const world = loadNetwork(sources.flatMap(({ documents }) => documents));
  if (world.problems.length > 0) throw unreadable(world, sources);
  report(world, paths.map((path) => (path === '-' ? 'standard input' : path)).join(' and '), io);
  return world;
}

async function readSources(path: string, io: CommandIo, read: ReadDocuments): Promise<readonly Source[]> {
  if (path === '-') {
    return [parse('standard input', await text(createReadStream('', { fd: 0, autoClose: false })), read)];
  }
  const files = await filesOf(resolve(io.cwd, path));
  return Promise.all(
    files.map(async (file) => parse(nameOf(file, io.cwd), await readFile(file, 'utf8'), read)),
  );
}

function nameOf(file: string, cwd: string): string {
  const name = relative(cwd, file);
  return name.startsWith('..') ? file : name;
}

/** The file itself, or what a folder holds at any depth; hidden files and folders are left out. */
async function filesOf(path: string): Promise<readonly string[]> {
  const stats = await stat(path).catch(() => null);
  if (stats === null) throw new InputError(`there is no file or folder ${path}`);
  if (!stats.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && extensions.some((extension) => entry.name.endsWith(extension)))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/(^|[\\/])(\.|node_modules[\\/])/.test(relative(path, file)))
    .toSorted();
}

function parse(name: string, content: string, read: ReadDocuments): Source {
  const documents = parseJson(content) ?? parseParts(content, read) ?? parseYaml(name, content);
  return { name, documents: documents.filter((document) => document !== null) };
}

/** What `kubectl -o json` prints; JSON is YAML too, but this is a hundred times as fast. */
function parseJson(content: string): readonly Json[] | null {
  if (!/^\s*[{[]/.test(content)) return null;
  try {
    return [JSON.parse(content)];
  } catch {
    return null;
  }
}

/**
 * One document at a time. A line that begins with `---` ends a document wherever it stands; only a directive holds for
 * what comes behind it. Null where the text has to be read whole, also to say where it is wrong.
 */
function parseParts(content: string, read: ReadDocuments): readonly Json[] | null {
  if (/^%/m.test(content)) return null;
  try {
    return content.split(/(?<=\n)(?=---\s)/).flatMap((part) => {
      const documents = read.get(part) ?? loadAll(part, { schema }).filter(isJson);
      read.set(part, documents);
      return documents;
    });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return null;
  }
}

function parseYaml(name: string, content: string): readonly Json[] {
  try {
    return loadAll(content, { schema }).filter(isJson);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const where = error.mark === undefined ? name : `${name}:${error.mark.line + 1}:${error.mark.column + 1}`;
    const remedy = content.includes('{{') ? '; a template has to be rendered first' : '';
    throw new InputError(`${where}: ${error.reason}${remedy}`);
  }
}

/** The schema makes nothing but what JSON has, so the outermost value tells. */
function isJson(value: unknown): value is Json {
  return value === null || ['object', 'string', 'number', 'boolean'].includes(typeof value);
}

function unreadable({ problems }: NetworkWorld, sources: readonly Source[]): InputError {
  const lines = problems.map(({ object, message }) => {
    const source = sources.find(({ documents }) =>
      loadNetwork(documents).problems.some(
        (problem) => problem.object === object && problem.message === message,
      ),
    );
    return `${source === undefined ? '' : `${source.name}: `}${object}: ${message}`;
  });
  return new InputError(`an API server would refuse what cannot be read here\n${lines.join('\n')}`);
}

function report(world: NetworkWorld, source: string, { stderr }: CommandIo): void {
  const { pods, policies, namespaces, skipped } = world;
  const what = [
    count(pods.length, 'pod'),
    count(policies.length, 'network policy', 'network policies'),
    count(namespaces.size, 'namespace'),
  ];
  const others = [...skipped].map(([kind, number]) => `${number} ${kind.replace(/^\S+\/\S+ /, '')}`);
  const passed = others.length === 0 ? '' : `; passed over: ${others.join(', ')}`;
  stderr.write(`${paint(stderr, 'dim', `${source}: ${joinWords(what)}${passed}`)}\n`);
  for (const gap of sayGaps(world, source)) stderr.write(`${paint(stderr, 'yellow', 'Not known:')} ${gap}\n`);
}
