import { z } from 'zod';
import type { PullRequestWorld } from '../../lifecycle/facts.ts';
import { repositoryVariables, type RepositoryContext } from '../context.ts';
import { openPullRequestsQuery } from '../queries/pull-request.ts';
import { pageInfo } from '../schema.ts';
import { finishDrafts, readDraft } from './assemble.ts';
import { pullRequestShape } from './pull-request-shape.ts';
import { readPullRequest } from './pull-request.ts';
import { withProposed } from './proposed.ts';
import { repositoryFacts, repositoryShape } from './repository.ts';
import { hiddenRules } from './rules.ts';
import { readTip } from './tip.ts';

type Page = z.output<typeof pageInfo>;

/**
 * Pull requests in one page, and the sizes of their lists: a request has one commit and few reviews, and whichever
 * list is longer is read on. What a page costs grows with all of these numbers.
 */
const sizes = { page: 20, items: 50, commits: 5 } as const;

const pageShape = z.object({
  repository: z.object({
    ...repositoryShape,
    pullRequests: z.object({ pageInfo, nodes: z.array(pullRequestShape) }),
  }),
});

/** One request for a page of twenty, two where a head or an author among them is new. */
export async function* readOpenPullRequests(
  context: RepositoryContext,
): AsyncGenerator<readonly PullRequestWorld[], void, undefined> {
  const canWrite = new Map<number, boolean>();
  // Null before the first read: then pull requests against other branches come along and are left out below.
  const base = context.memory.defaultBranch;
  let page: Page = { hasNextPage: true, endCursor: null };
  while (page.hasNextPage) {
    const { data, now } = await context.client.query(
      `read the open pull requests of ${context.fullName}`,
      openPullRequestsQuery,
      {
        ...repositoryVariables(context),
        ...sizes,
        base,
        after: page.endCursor,
        appId: context.app.appId,
      },
      pageShape,
      hiddenRules,
    );
    const { pullRequests, ...rest } = data.repository;
    const { repository, tip } = await repositoryFacts(context, rest);
    const facts = await readTip(context, tip, repository.defaultBranch);
    const against = pullRequests.nodes.filter(({ baseRefName }) => baseRefName === repository.defaultBranch);
    const cut = against.filter(({ commits }) => commits.totalCount > sizes.commits);
    const whole = against.filter((raw) => !cut.includes(raw));
    const drafts = await Promise.all(whole.map((raw) => readDraft(context, raw)));
    const finished = await finishDrafts(context, repository, drafts, canWrite);
    const worlds = await Promise.all(
      finished.map((pullRequest) => withProposed(context, { now, repository, tip: facts, pullRequest })),
    );
    yield [...worlds, ...(await Promise.all(cut.map(({ number }) => readPullRequest(context, number))))];
    page = pullRequests.pageInfo;
  }
}
