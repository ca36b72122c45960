/** What a head or an author needs once: the file that is added, and whether the author may write. */
import { z } from 'zod';
import type { AccountFacts, FileFacts } from '../../lifecycle/facts.ts';
import { checked } from '../answer.ts';
import { repositoryParameters, repositoryVariables, type RepositoryContext } from '../context.ts';
import { NotFound } from '../errors.ts';
import { isUnseen, type Tolerate } from '../graphql-errors.ts';
import { detailsQuery } from '../queries/pull-request.ts';
import { id, oid } from '../schema.ts';
import { aliases, aliasesOf, indexed } from './aliases.ts';
import { blobOf, blobShape, modeOf } from './objects.ts';

/** The fields of the fragment `Permission`. */
export const permissionShape = z
  .object({
    edges: z.array(z.object({ permission: z.string(), node: z.object({ databaseId: id }) })).nullable(),
  })
  .nullish();

const fileShape = z
  .object({
    file: z.object({ mode: z.int(), oid, object: z.unknown() }).nullable(),
  })
  .nullable();

/** A file at a commit. */
export interface FileAt {
  readonly head: string;
  readonly path: string;
}

/** A name for it; a path may hold any character, a commit id may not. */
export function keyOf({ head, path }: FileAt): string {
  return `${head}:${path}`;
}

/** Only the parts about collaborators may be hidden: REST is asked instead. */
export const hiddenCollaborators: Tolerate = (error) =>
  isUnseen(error) && (error.path?.[1] === 'collaborators' || /^a\d+$/.test(String(error.path?.[1])));

/** What GraphQL said of one person; null where it hides collaborators. */
export function canWriteBy(raw: z.output<typeof permissionShape>, account: AccountFacts): boolean | null {
  if (!raw) return null;
  const edge = raw.edges?.find(({ node }) => node.databaseId === account.id);
  return edge !== undefined && ['WRITE', 'MAINTAIN', 'ADMIN'].includes(edge.permission);
}

/** Reads files and permissions in one request; each list may be empty. */
export async function readDetails(
  context: RepositoryContext,
  wanted: { readonly files: readonly FileAt[]; readonly accounts: readonly AccountFacts[] },
): Promise<{
  /** By `keyOf`; one that is not there is left out. */
  readonly files: ReadonlyMap<string, FileFacts>;
  readonly canWrite: ReadonlyMap<number, boolean>;
}> {
  const { files, accounts } = wanted;
  if (files.length + accounts.length === 0) return { files: new Map(), canWrite: new Map() };
  const task = `read new heads of ${context.fullName}`;
  const { data } = await context.client.query(
    task,
    detailsQuery(files.length, accounts.length),
    {
      ...repositoryVariables(context),
      ...indexed(
        'head',
        files.map(({ head }) => head),
      ),
      ...indexed(
        'path',
        files.map(({ path }) => path),
      ),
      ...indexed(
        'login',
        accounts.map(({ login }) => login),
      ),
    },
    aliases,
    hiddenCollaborators,
  );
  const canWrite = new Map<number, boolean>();
  for (const [account, raw] of aliasesOf(data.repository, 'a', accounts)) {
    const seen = canWriteBy(checked(task, permissionShape, raw), account);
    canWrite.set(account.id, seen ?? (await readPermission(context, account)));
  }
  const found = new Map<string, FileFacts>();
  for (const [at, raw] of aliasesOf(data.repository, 'f', files)) {
    const file = fileFacts(at.path, checked(task, fileShape, raw));
    if (file !== null) found.set(keyOf(at), file);
  }
  return { files: found, canWrite };
}

function fileFacts(path: string, raw: z.output<typeof fileShape>): FileFacts | null {
  if (!raw?.file) return null;
  const { mode, oid: sha, object } = raw.file;
  // A directory or a submodule has no text.
  const blob = blobShape.safeParse(object);
  return { path, mode: modeOf(mode), sha, text: blob.success ? blobOf(blob.data).text : null };
}

const restPermission = z.object({ permission: z.string(), user: z.object({ id }).nullable() });

/** The documented way for an App (Metadata: read), one request for each person. */
async function readPermission(context: RepositoryContext, account: AccountFacts): Promise<boolean> {
  try {
    const data = await context.client.get(
      `read the permission of ${account.login} on ${context.fullName}`,
      'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
      { ...repositoryParameters(context), username: account.login },
      restPermission,
    );
    return data.user?.id === account.id && ['admin', 'maintain', 'write'].includes(data.permission);
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}
