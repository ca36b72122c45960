import { z } from 'zod';
import type { RevertFacts } from '../../lifecycle/facts.ts';
import { repositoryVariables, type RepositoryContext } from '../context.ts';
import type { BranchRead } from '../port.ts';
import { branchQuery } from '../queries/branch.ts';
import { instant, oid, pageInfo } from '../schema.ts';
import { historyCommit, historyCommitShape } from './history.ts';
import { repositoryFacts, repositoryShape } from './repository.ts';
import { hiddenRules } from './rules.ts';
import { readTip } from './tip.ts';

const refShape = z.object({
  prefix: z.string(),
  name: z.string(),
  target: z.object(historyCommitShape),
  associatedPullRequests: z.object({
    nodes: z.array(
      z.object({ number: z.int(), state: z.enum(['OPEN', 'CLOSED', 'MERGED']), headRefOid: oid }),
    ),
  }),
});

const answerShape = z.object({
  repository: z.object({
    ...repositoryShape,
    refs: z.object({ pageInfo, nodes: z.array(refShape) }).nullable(),
    pullRequests: z.object({
      nodes: z.array(
        z.object({
          number: z.int(),
          updatedAt: instant,
          baseRefName: z.string(),
          files: z.object({ nodes: z.array(z.object({ path: z.string() })) }).nullable(),
        }),
      ),
    }),
  }),
});

/** Pages of branches `curfew/…`: anybody who may push can make thousands, and ending must not wait for them. */
const refPages = 4;

/** One request where the tip is known and there are at most fifty branches of ours. */
export async function readBranch(context: RepositoryContext): Promise<BranchRead> {
  const first = await readPage(context, null);
  const refs = [...(first.data.repository.refs?.nodes ?? [])];
  let page = first.data.repository.refs?.pageInfo;
  for (let pages = 1; page?.hasNextPage === true && pages < refPages; pages += 1) {
    const { refs: more } = (await readPage(context, page.endCursor)).data.repository;
    refs.push(...(more?.nodes ?? []));
    page = more?.pageInfo;
  }
  if (page?.hasNextPage === true) {
    context.log.warn(
      { repository: context.fullName },
      'more branches curfew/… than are read; delete those that nobody needs',
    );
  }
  const { repository, tip } = await repositoryFacts(context, first.data.repository);
  return {
    now: first.now,
    repository,
    tip: await readTip(context, tip, repository.defaultBranch),
    reverts: await Promise.all(refs.map((ref) => revertFacts(context, ref))),
    recentlyMerged: first.data.repository.pullRequests.nodes.map(
      ({ number, updatedAt, baseRefName, files }) => ({
        number,
        updatedAt,
        baseRef: baseRefName,
        paths: (files?.nodes ?? []).map(({ path }) => path),
      }),
    ),
  };
}

async function readPage(context: RepositoryContext, refsAfter: string | null) {
  return context.client.query(
    `read the default branch of ${context.fullName}`,
    branchQuery,
    { ...repositoryVariables(context), refsAfter },
    answerShape,
    hiddenRules,
  );
}

const states = { OPEN: 'open', CLOSED: 'closed', MERGED: 'merged' } as const;

async function revertFacts(
  context: RepositoryContext,
  { prefix, name, target, associatedPullRequests }: z.output<typeof refShape>,
): Promise<RevertFacts> {
  const [pullRequest] = associatedPullRequests.nodes;
  return {
    number: pullRequest?.number ?? null,
    state: pullRequest === undefined ? null : states[pullRequest.state],
    // A query with a longer prefix may give the name relative to it.
    headRef: `${prefix}${name}`.replace(/^refs\/heads\//, ''),
    head: await historyCommit(context, target, null),
  };
}
