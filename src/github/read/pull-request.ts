import { z } from 'zod';
import type { PullRequestWorld } from '../../lifecycle/facts.ts';
import { repositoryVariables, type RepositoryContext } from '../context.ts';
import { NotFound } from '../errors.ts';
import { pullRequestQuery } from '../queries/pull-request.ts';
import { finishDrafts, readDraft } from './assemble.ts';
import { canWriteBy, hiddenCollaborators, permissionShape } from './details.ts';
import { pullRequestShape } from './pull-request-shape.ts';
import { withProposed } from './proposed.ts';
import { repositoryFacts, repositoryShape } from './repository.ts';
import { hiddenRules } from './rules.ts';
import { TeamsAlong } from './teams.ts';
import { readTip } from './tip.ts';

/** The sizes of the lists in the first request: the most that GitHub gives at once. */
export const wholeLists = { items: 100, commits: 100 } as const;

const answerShape = z
  .object({
    repository: z.object({
      ...repositoryShape,
      pullRequest: pullRequestShape,
      collaborators: permissionShape,
    }),
  })
  .catchall(z.unknown());

/** One request where the tip, the head and the author are known. */
export async function readPullRequest(context: RepositoryContext, number: number): Promise<PullRequestWorld> {
  const author = context.memory.authors.get(number) ?? null;
  const along = new TeamsAlong(context);
  const { data, now } = await context.client.query(
    `read pull request #${number} of ${context.fullName}`,
    pullRequestQuery(along.teams.length),
    {
      ...repositoryVariables(context),
      ...wholeLists,
      ...along.variables,
      number,
      appId: context.app.appId,
      author: author?.login ?? '',
      knowsAuthor: author !== null,
    },
    answerShape,
    (error) => hiddenCollaborators(error) || hiddenRules(error) || along.tolerate(error),
  );
  const { pullRequest: raw, collaborators, ...rest } = data.repository;
  const { repository, tip } = await repositoryFacts(context, rest);
  const canWrite = new Map<number, boolean>();
  if (author !== null && raw.author?.id === author.id && raw.author.login === author.login) {
    const seen = canWriteBy(collaborators, author);
    if (seen !== null) canWrite.set(author.id, seen);
  }
  const draft = await readDraft(context, raw);
  const [pullRequest] = await finishDrafts(context, repository, [draft], canWrite);
  if (pullRequest === undefined) {
    throw new NotFound(`There is no pull request #${number} in ${context.fullName}`);
  }
  const facts = await readTip(context, tip, repository.defaultBranch);
  await along.keep(data);
  return await withProposed(context, { now, repository, tip: facts, pullRequest });
}
