/** Objects of a git repository, all that are wanted with one process. */
import type { GitCommit, GitPerson } from '../lifecycle/access-history.ts';
import { InputError } from './command.ts';
import { runGit } from './git-process.ts';

/** The contents of these objects by id. @throws InputError where one is missing. */
async function readObjects(folder: string, ids: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
  const wanted = [...new Set(ids)];
  const output = await runGit(
    folder,
    ['cat-file', '--batch', '--buffer'],
    wanted.map((id) => `${id}\n`).join(''),
  );
  const objects = new Map<string, Buffer>();
  let position = 0;
  for (const id of wanted) {
    // <id> <type> <size>\n<content>\n
    const end = output.indexOf(0x0a, position);
    const [, , size] = output.toString('latin1', position, end).split(' ');
    if (size === undefined)
      throw new InputError(`object ${id} is missing in ${folder}; clone it again, whole`);
    objects.set(id, output.subarray(end + 1, end + 1 + Number(size)));
    position = end + 1 + Number(size) + 1;
  }
  return objects;
}

/** Texts of blobs; null for what is no UTF-8. */
export async function readTexts(
  folder: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const objects = await readObjects(folder, ids);
  return new Map([...objects].map(([id, content]) => [id, utf8(content)]));
}

/** Null for what is no UTF-8. */
export function utf8(content: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return null;
  }
}

/** Commits by id. */
export async function readCommits(
  folder: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, GitCommit>> {
  const objects = await readObjects(folder, ids);
  return new Map([...objects].map(([id, content]) => [id, parseCommit(id, content.toString('utf8'))]));
}

/** A commit object: headers, an empty line, the message. Continued headers, such as signatures, begin with a space. */
function parseCommit(sha: string, text: string): GitCommit {
  const end = text.indexOf('\n\n');
  const headers = (end === -1 ? text : text.slice(0, end)).split('\n');
  const values = (name: string): readonly string[] =>
    headers.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  const committer = values('committer')[0] ?? '';
  return {
    sha,
    parents: values('parent'),
    author: parsePerson(values('author')[0] ?? ''),
    committer: parsePerson(committer),
    committedAt: Number(/> (\d{1,12}) [-+]\d+$/.exec(committer)?.[1] ?? 0) * 1000,
    message: end === -1 ? '' : text.slice(end + 2),
  };
}

/** `Erin <erin@example.com> 1795268844 +0000` */
function parsePerson(line: string): GitPerson {
  const match = /^(.*?) ?<([^<>]*)>/.exec(line);
  return { name: match?.[1] ?? '', email: match?.[2] ?? '' };
}
