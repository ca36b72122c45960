import { z } from 'zod';
import type { RevertFacts } from '../../lifecycle/facts.ts';
import { repositoryVariables, type RepositoryContext } from '../context.ts';
import type { BranchRead } from '../port.ts';
import { branchQuery } from '../queries/branch.ts';
import { instant, oid, pageInfo } from '../schema.ts';
import { historyCommit, historyCommitShape } from './history.ts';
import { repositoryFacts, repositoryShape } from './repository.ts';
import { hiddenRules } from './rules.ts';
import { TeamsAlong } from './teams.ts';
import { readTip } from './tip.ts';

const refShape = z.object({
  prefix: z.string(),
  name: z.string(),
  target: z.object(historyCommitShape),
  associatedPullRequests: z.object({
    nodes: z.array(z.object({ number: z.int(), state: z.enum(['OPEN', 'CLOSED', 'MERGED']) })),
  }),
});

const refsShape = z.object({ pageInfo, nodes: z.array(refShape) }).nullable();

type RawRef = z.output<typeof refShape>;
type Refs = z.output<typeof refsShape>;

const answerShape = z
  .object({
    repository: z.object({
      ...repositoryShape,
      refs: refsShape,
      pullRequests: z.object({
        nodes: z.array(
          z.object({
            number: z.int(),
            updatedAt: instant,
            baseRefName: z.string(),
            mergeCommit: z.object({ oid, message: z.string() }).nullable(),
            files: z.object({ nodes: z.array(z.object({ path: z.string() })) }).nullable(),
          }),
        ),
      }),
    }),
  })
  .catchall(z.unknown());

/** Pages of branches `curfew/…`: anybody who may push can make thousands, and ending must not wait for them. */
const refPages = 4;

/** One request where the tip is known and there are at most fifty branches of ours. */
export async function readBranch(context: RepositoryContext): Promise<BranchRead> {
  const along = new TeamsAlong(context);
  const { data, now } = await readPage(context, null, along);
  const { refs, pullRequests, ...rest } = data.repository;
  const { repository, tip } = await repositoryFacts(context, rest);
  const facts = await readTip(context, tip, repository.defaultBranch);
  const branches = await readOn(context, refs);
  const reverts = await Promise.all(branches.map((ref) => revertFacts(context, ref)));
  await along.keep(data);
  return {
    now,
    repository,
    tip: facts,
    reverts,
    recentlyMerged: pullRequests.nodes.map(({ number, updatedAt, baseRefName, mergeCommit, files }) => ({
      number,
      updatedAt,
      baseRef: baseRefName,
      mergeCommit: mergeCommit === null ? null : { sha: mergeCommit.oid, message: mergeCommit.message },
      paths: (files?.nodes ?? []).map(({ path }) => path),
    })),
  };
}

async function readPage(context: RepositoryContext, refsAfter: string | null, along: TeamsAlong | null) {
  return context.client.query(
    `read the default branch of ${context.fullName}`,
    branchQuery(along?.teams.length ?? 0),
    { ...repositoryVariables(context), ...along?.variables, refsAfter },
    answerShape,
    (error) => hiddenRules(error) || along?.tolerate(error) === true,
  );
}

/** The branches of the first page and of those that follow. */
async function readOn(context: RepositoryContext, first: Refs): Promise<readonly RawRef[]> {
  const refs = [...(first?.nodes ?? [])];
  let page = first?.pageInfo;
  for (let pages = 1; page?.hasNextPage === true && pages < refPages; pages += 1) {
    const next = (await readPage(context, page.endCursor, null)).data.repository.refs;
    refs.push(...(next?.nodes ?? []));
    page = next?.pageInfo;
  }
  if (page?.hasNextPage === true) {
    const { fullName: repository } = context;
    context.log.warn({ repository }, 'more branches curfew/… than are read; delete those that nobody needs');
  }
  return refs;
}

const states = { OPEN: 'open', CLOSED: 'closed', MERGED: 'merged' } as const;

async function revertFacts(
  context: RepositoryContext,
  { prefix, name, target, associatedPullRequests }: RawRef,
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
