import { z } from 'zod';
import type { AccountFacts, HistoryCommit } from '../../lifecycle/facts.ts';
import { repositoryParameters, type RepositoryContext } from '../context.ts';
import { gitActor, id, instant, oid, signature } from '../schema.ts';

/** The fields of the fragment `HistoryCommit`. */
export const historyCommitShape = {
  oid,
  message: z.string(),
  committedDate: instant,
  author: gitActor.nullable(),
  parents: z.object({ nodes: z.array(z.object({ oid })) }),
  signature,
};

/** A commit as GraphQL tells it, checked. */
export type RawHistoryCommit = z.output<z.ZodObject<typeof historyCommitShape>>;

/** @param blob what the commit left at the path that the history is about; null where it deleted it. */
export async function historyCommit(
  context: RepositoryContext,
  raw: RawHistoryCommit,
  blob: string | null,
): Promise<HistoryCommit> {
  return {
    sha: raw.oid,
    message: raw.message,
    committedAt: raw.committedDate,
    author: await authorOf(context, raw),
    parents: raw.parents.nodes.map((parent) => parent.oid),
    signedByGitHub: raw.signature,
    blob,
  };
}

const restCommit = z.object({
  author: z.object({ id: id.optional(), login: z.string().optional() }).nullable(),
});

/**
 * GraphQL knows the user behind a commit's author, and it is not written anywhere whether a bot is one. Where it
 * names nobody for the address that our bot commits with, REST is asked, once for each commit.
 */
async function authorOf(context: RepositoryContext, raw: RawHistoryCommit): Promise<AccountFacts | null> {
  const { app, memory } = context;
  if (raw.author === null || raw.author.account !== null) return raw.author?.account ?? null;
  if (!raw.author.email.startsWith(`${app.botId}+`)) return null;
  const known = memory.botCommits.get(raw.oid);
  const ours = known ?? (await isOurs(context, raw.oid));
  memory.botCommits.set(raw.oid, ours);
  return ours ? { id: app.botId, login: app.botLogin, type: 'Bot' } : null;
}

async function isOurs(context: RepositoryContext, commit: string): Promise<boolean> {
  const data = await context.client.get(
    `read commit ${commit} of ${context.fullName}`,
    'GET /repos/{owner}/{repo}/commits/{ref}',
    { ...repositoryParameters(context), ref: commit, per_page: 1 },
    restCommit,
  );
  return data.author?.id === context.app.botId;
}
