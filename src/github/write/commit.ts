import { z } from 'zod';
import { repositoryVariables, type RepositoryContext } from '../context.ts';
import { NotFound } from '../errors.ts';
import { graphqlError, type GraphQLErrorItem } from '../graphql-errors.ts';
import type { CommitContent, CommitOutcome } from '../port.ts';
import { commitMutation, lastCommitsQuery } from '../queries/commit.ts';
import { historyCommit, historyCommitShape, type RawHistoryCommit } from '../read/history.ts';
import { gitActor, oid } from '../schema.ts';
import { sameText } from '../texts.ts';
import { foreseeHistories, foreseeTip } from './foresee.ts';
import { answerLost } from './outcome.ts';

/** What GitHub gives to files that it writes. */
const fileMode = '100644';

const committedShape = z.object({
  createCommitOnBranch: z.object({ commit: z.object(historyCommitShape) }),
});

/** One atomic commit, written only where the branch is exactly at the expected head. */
export async function commit(context: RepositoryContext, content: CommitContent): Promise<CommitOutcome> {
  const task = `commit to ${content.branch} of ${context.fullName}`;
  const written = await context.client.mutate(task, commitMutation, { input: inputOf(context, content) });
  if (written.kind === 'done') {
    const made = committedShape.safeParse(written.data);
    if (made.success) {
      const { commit: raw } = made.data.createCommitOnBranch;
      await foresee(context, content, raw);
      return { kind: 'committed', sha: raw.oid };
    }
  }
  if (written.kind === 'refused' && isRefusal(written.error)) return refusal(task, written.error);
  const found = await look(context, content);
  if (found !== null) return found;
  throw answerLost(task, written.kind === 'unknown' ? written.answer : null);
}

/** Spares the next read of what is known of this commit already. */
async function foresee(
  context: RepositoryContext,
  { branch, expectedHead, additions, deletions }: CommitContent,
  raw: RawHistoryCommit,
): Promise<void> {
  const { memory } = context;
  if (expectedHead !== memory.tip?.commit) return;
  const changes = [
    ...deletions.map((path) => ({ path, text: null, mode: fileMode })),
    ...additions.map(({ path, text }) => ({ path, text, mode: fileMode })),
  ];
  foreseeTip(context, changes);
  if (branch === memory.defaultBranch)
    foreseeHistories(context, await historyCommit(context, raw, null), changes);
}

function inputOf(context: RepositoryContext, content: CommitContent): Readonly<Record<string, unknown>> {
  return {
    branch: { repositoryNameWithOwner: context.fullName, branchName: content.branch },
    expectedHeadOid: content.expectedHead,
    message: { headline: content.headline, body: content.body },
    fileChanges: {
      additions: content.additions.map(({ path, text }) => ({
        path,
        contents: Buffer.from(text, 'utf8').toString('base64'),
      })),
      deletions: content.deletions.map((path) => ({ path })),
    },
  };
}

/** Errors by which GitHub says that it wrote nothing; of any other that is not sure. */
function isRefusal({ type }: GraphQLErrorItem): boolean {
  return ['STALE_DATA', 'FORBIDDEN', 'NOT_FOUND', 'UNPROCESSABLE', 'INSUFFICIENT_SCOPES'].includes(
    type ?? '',
  );
}

function refusal(task: string, error: GraphQLErrorItem): CommitOutcome {
  if (error.type === 'STALE_DATA') return { kind: 'lost-race' };
  if (error.type === 'NOT_FOUND') throw graphqlError(task, error);
  return { kind: 'refused', message: error.message };
}

const commitsShape = z.object({
  repository: z.object({
    ref: z
      .object({
        target: z.object({
          oid,
          history: z.object({
            nodes: z.array(
              z.object({
                oid,
                message: z.string(),
                author: gitActor.nullable(),
                parents: z.object({ nodes: z.array(z.object({ oid })) }),
              }),
            ),
          }),
        }),
      })
      .nullable(),
  }),
});

/** What became of a commit whose answer was lost; null where it has not taken effect so far. */
async function look(context: RepositoryContext, content: CommitContent): Promise<CommitOutcome | null> {
  const task = `read the last commits of ${content.branch} of ${context.fullName}`;
  const { data } = await context.client.query(
    task,
    lastCommitsQuery,
    { ...repositoryVariables(context), ref: `refs/heads/${content.branch}` },
    commitsShape,
  );
  const target = data.repository.ref?.target;
  if (target === undefined) throw new NotFound(`Could not ${task}: there is no such branch`);
  const { nodes } = target.history;
  const ours = nodes.find(
    ({ parents, message, author }) =>
      parents.nodes[0]?.oid === content.expectedHead &&
      sameText(message, content.body === '' ? content.headline : `${content.headline}\n\n${content.body}`) &&
      isOurs(context, author),
  );
  if (ours !== undefined) return { kind: 'committed', sha: ours.oid };
  // Somebody else's commit on the expected head: ours can no longer be written.
  const overtaken = nodes.some(({ parents }) =>
    parents.nodes.some(({ oid: parent }) => parent === content.expectedHead),
  );
  return overtaken ? { kind: 'lost-race' } : null;
}

function isOurs({ app }: RepositoryContext, author: z.output<typeof gitActor> | null): boolean {
  return author?.account?.id === app.botId || (author?.email.startsWith(`${app.botId}+`) ?? false);
}
