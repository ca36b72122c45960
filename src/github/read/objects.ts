import { z } from 'zod';
import { checked } from '../answer.ts';
import { repositoryVariables, type RepositoryContext } from '../context.ts';
import { treeHash, treeMode, verifiedText, type GitBlob, type GitTree } from '../git-objects.ts';
import { RetryLater, Truncated } from '../errors.ts';
import { isUnseen, type GraphQLErrorItem } from '../graphql-errors.ts';
import { objectsQuery } from '../queries/objects.ts';
import { aliases, aliasesOf, indexed } from './aliases.ts';
import { oid } from '../schema.ts';

/** Objects in one request: many enough to be few requests, few enough for GitHub to answer in time. */
const batch = 40;

/** The fields of the fragment `Blob`. */
export const blobShape = z.object({
  oid,
  text: z.string().nullable(),
  isBinary: z.boolean().nullable(),
  isTruncated: z.boolean(),
});

const treeShape = z.object({
  oid,
  entries: z.array(z.object({ name: z.string(), mode: z.int(), oid })).nullable(),
});

const codeownersShape = z.object({ errors: z.array(z.object({ line: z.int() })) });

/** A blob as it may be believed. */
export function blobOf(raw: z.output<typeof blobShape>): GitBlob {
  return { text: raw.isBinary === true || raw.isTruncated ? null : verifiedText(raw.oid, raw.text) };
}

/** `33188` is `100644`. */
export function modeOf(mode: number): string {
  return mode.toString(8).padStart(treeMode.length, '0');
}

/** The lines of CODEOWNERS that GitHub finds in error, or why that is not known. */
export type Opinion = readonly number[] | 'hidden' | 'failed';

/**
 * Blobs by id, each read once and for ever; one that is not there is left out. `branch` asks along with the first of
 * them for GitHub's opinion of the CODEOWNERS file there; null where none was asked for.
 */
export async function readBlobs(
  context: RepositoryContext,
  oids: readonly string[],
  branch: string | null = null,
): Promise<{ readonly blobs: ReadonlyMap<string, GitBlob>; readonly opinion: Opinion | null }> {
  const { found, missing } = split(oids, (each) => context.objects.blob(each));
  // With nothing missing there is still one request to make for an opinion.
  const parts = branch !== null && missing.length === 0 ? [[]] : chunks(missing);
  let opinion: Opinion | null = null;
  for (const [index, part] of parts.entries()) {
    const answer = await query(context, part, [], index === 0 ? branch : null);
    for (const [, raw] of aliasesOf(answer.data, 'b', part)) {
      const blob = checked('read files', blobShape.nullable(), raw);
      if (blob === null) continue;
      context.objects.keepBlob(blob.oid, blobOf(blob));
      found.set(blob.oid, blobOf(blob));
    }
    if (index === 0) ({ opinion } = answer);
  }
  return { blobs: found, opinion };
}

function chunks<T>(all: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(all.length / batch);
  return Array.from({ length: count }, (_, index) => all.slice(index * batch, (index + 1) * batch));
}

/**
 * Texts of blobs by id.
 * @throws RetryLater where one is not there, Truncated where one is no text, or too long to be shown whole.
 */
export async function readTexts(
  context: RepositoryContext,
  oids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { blobs } = await readBlobs(context, oids);
  return new Map(
    oids.map((each) => {
      const blob = blobs.get(each);
      if (blob === undefined)
        throw new RetryLater(`GitHub does not show the file ${each} of ${context.fullName}`);
      if (blob.text === null)
        throw new Truncated(`GitHub shows no text of the file ${each} of ${context.fullName}`);
      return [each, blob.text];
    }),
  );
}

/**
 * Trees by id, each read once and for ever; one that is not there is left out.
 * @throws Truncated where the entries are not all of the tree's, or have names that are not UTF-8.
 */
export async function readTrees(
  context: RepositoryContext,
  oids: readonly string[],
): Promise<ReadonlyMap<string, GitTree>> {
  const { found, missing } = split(oids, (each) => context.objects.tree(each));
  for (const part of chunks(missing)) {
    const { data } = await query(context, [], part, null);
    for (const [, raw] of aliasesOf(data, 't', part)) {
      const tree = checked('read folders', treeShape.nullable(), raw);
      if (tree === null) continue;
      const entries = (tree.entries ?? []).map(({ name, mode, oid: entry }) => ({
        name,
        mode: modeOf(mode),
        oid: entry,
      }));
      if (treeHash(entries, tree.oid) !== tree.oid) {
        throw new Truncated(`GitHub shows only a part of the directory ${tree.oid} of ${context.fullName}`);
      }
      context.objects.keepTree(tree.oid, entries);
      found.set(tree.oid, entries);
    }
  }
  return found;
}

async function query(
  context: RepositoryContext,
  blobs: readonly string[],
  trees: readonly string[],
  branch: string | null,
): Promise<{ readonly data: Readonly<Record<string, unknown>>; readonly opinion: Opinion | null }> {
  const errors: GraphQLErrorItem[] = [];
  const { data } = await context.client.query(
    `read files of ${context.fullName}`,
    objectsQuery(blobs.length, trees.length, branch !== null),
    {
      ...repositoryVariables(context),
      ...indexed('b', blobs),
      ...indexed('t', trees),
      ...(branch === null ? {} : { branch }),
    },
    aliases,
    (error) => error.path?.[1] === 'codeowners' && errors.push(error) > 0,
  );
  const { codeowners } = data.repository;
  return { data: data.repository, opinion: branch === null ? null : opinionOf(context, codeowners, errors) };
}

/** That an App may see this is written nowhere; and the files must be read, for ending access needs them. */
function opinionOf(context: RepositoryContext, raw: unknown, errors: readonly GraphQLErrorItem[]): Opinion {
  const opinion = codeownersShape.safeParse(raw);
  if (opinion.success && errors.length === 0) return opinion.data.errors.map(({ line }) => line);
  const [error] = errors;
  context.log.warn(
    { repository: context.fullName, error: error?.message },
    "GitHub's opinion of CODEOWNERS was not read",
  );
  return errors.every(isUnseen) ? 'hidden' : 'failed';
}

/** What is known already, and the rest, each once. */
function split<T>(
  oids: readonly string[],
  cached: (oid: string) => T | undefined,
): { readonly found: Map<string, T>; readonly missing: readonly string[] } {
  const found = new Map<string, T>();
  const missing: string[] = [];
  for (const each of new Set(oids)) {
    const value = cached(each);
    if (value === undefined) missing.push(each);
    else found.set(each, value);
  }
  return { found, missing };
}
