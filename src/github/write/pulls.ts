import { z } from 'zod';
import { repositoryParameters, type RepositoryContext } from '../context.ts';
import { Denied } from '../errors.ts';
import { id } from '../schema.ts';
import { settle } from './outcome.ts';

const pullShape = z.object({
  number: z.int(),
  state: z.string(),
  user: z.object({ id, login: z.string() }).nullable(),
});

/**
 * Opens a pull request from a branch against the default branch, or finds the open one.
 * @throws Denied where somebody else opened one from this branch: GitHub allows one only.
 */
export async function openPullRequest(
  context: RepositoryContext,
  branch: string,
  title: string,
  body: string,
): Promise<number> {
  const task = `open a pull request from ${branch} of ${context.fullName}`;
  const base = context.memory.defaultBranch ?? (await readDefaultBranch(context));
  const written = await context.client.write(task, 'POST /repos/{owner}/{repo}/pulls', {
    ...repositoryParameters(context),
    title,
    body,
    head: branch,
    base,
  });
  if (written.kind === 'refused' && written.status === 422 && /already exists/i.test(written.message)) {
    const existing = await findPullRequest(context, branch, base);
    if (existing !== null) return existing;
  }
  return settle(task, written, numberOf, () => findPullRequest(context, branch, base));
}

/** Closes a pull request; one that is closed or merged already is no error. */
export async function closePullRequest(context: RepositoryContext, number: number): Promise<void> {
  const task = `close pull request #${number} of ${context.fullName}`;
  const written = await context.client.write(task, 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
    ...repositoryParameters(context),
    pull_number: number,
    state: 'closed',
  });
  if (written.kind === 'refused' && written.status === 422 && (await isClosed(context, number)) !== null)
    return;
  await settle(task, written, numberOf, () => isClosed(context, number));
}

function numberOf(body: unknown): number | null {
  return pullShape.safeParse(body).data?.number ?? null;
}

/** Our own open pull request from a branch. */
async function findPullRequest(
  context: RepositoryContext,
  branch: string,
  base: string,
): Promise<number | null> {
  const data = await context.client.get(
    `find the pull request from ${branch} of ${context.fullName}`,
    'GET /repos/{owner}/{repo}/pulls',
    {
      ...repositoryParameters(context),
      head: `${context.owner}:${branch}`,
      base,
      state: 'open',
      per_page: 100,
    },
    z.array(pullShape),
  );
  const [found] = data;
  if (found === undefined) return null;
  const ours = data.find(({ user }) => user?.id === context.app.botId);
  if (ours !== undefined) return ours.number;
  throw new Denied(
    `Pull request #${found.number} from ${branch} of ${context.fullName} was opened by ${found.user?.login ?? 'a deleted account'}, and GitHub allows one only; close it`,
  );
}

async function isClosed(context: RepositoryContext, number: number): Promise<number | null> {
  const data = await context.client.get(
    `read pull request #${number} of ${context.fullName}`,
    'GET /repos/{owner}/{repo}/pulls/{pull_number}',
    { ...repositoryParameters(context), pull_number: number },
    pullShape,
  );
  return data.state === 'closed' ? number : null;
}

async function readDefaultBranch(context: RepositoryContext): Promise<string> {
  const data = await context.client.get(
    `read ${context.fullName}`,
    'GET /repos/{owner}/{repo}',
    repositoryParameters(context),
    z.object({ default_branch: z.string() }),
  );
  return data.default_branch;
}
