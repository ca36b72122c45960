import { z } from 'zod';
import type { RevisionFacts } from '../../lifecycle/facts.ts';
import type { Report } from '../../lifecycle/refused-by-cluster.ts';
import { repositoryParameters, repositoryVariables, type RepositoryContext } from '../context.ts';
import { checked } from '../answer.ts';
import { RetryLater } from '../errors.ts';
import { verdictsQuery } from '../queries/verdicts.ts';
import { actor, id, instant, oid } from '../schema.ts';
import { aliasesOf, indexed } from './aliases.ts';

const answerShape = z.object({
  repository: z.object({
    object: z
      .object({
        history: z.object({
          nodes: z.array(
            z.object({
              oid,
              parents: z.object({ nodes: z.array(z.object({ oid })) }),
              status: z.record(z.string(), z.unknown()).nullable(),
            }),
          ),
        }),
      })
      .nullable(),
  }),
});

type Commit = NonNullable<z.output<typeof answerShape>['repository']['object']>['history']['nodes'][number];

const newestShape = z.object({ state: z.string(), creator: actor }).nullable();

const statusesShape = z.array(
  z.object({
    state: z.enum(['success', 'failure', 'error', 'pending']),
    context: z.string(),
    created_at: instant,
    creator: z.object({ id }).nullable(),
  }),
);

/** Commits whose statuses are read whole, for each cluster; what lies behind them is not known then. */
const mostReadWhole = 20;

/** Pages of statuses of one commit: whoever may write can add more, and ending must not wait for them. */
const statusPages = 10;

/**
 * What the reporters say of the newest commits behind `tip`, by cluster. One request where the newest verdict of each
 * is a good one; else one more for each commit that was not plainly taken.
 */
export async function readVerdicts(
  context: RepositoryContext,
  tip: string,
  reports: readonly Report[],
): Promise<ReadonlyMap<string, readonly RevisionFacts[]>> {
  if (reports.length === 0) return new Map();
  const { data } = await context.client.query(
    `read the verdicts on the newest commits of ${context.fullName}`,
    verdictsQuery(reports.length),
    {
      ...repositoryVariables(context),
      tip,
      ...indexed(
        'context',
        reports.map((report) => report.context),
      ),
    },
    answerShape,
  );
  const commits = data.repository.object?.history.nodes ?? [];
  if (commits.length === 0) throw new RetryLater(`GitHub does not yet show ${tip} of ${context.fullName}`);
  const mainline = firstParents(tip, commits);
  const verdicts = new Map<string, readonly RevisionFacts[]>();
  for (const [index, report] of reports.entries())
    verdicts.set(report.cluster, await revisionsOf(context, mainline, report, index, reports));
  return verdicts;
}

/** From the tip along first parents, which is what the branch pointed at. */
function firstParents(tip: string, commits: readonly Commit[]): readonly Commit[] {
  const byOid = new Map(commits.map((commit) => [commit.oid, commit]));
  const mainline: Commit[] = [];
  for (let next = byOid.get(tip); next !== undefined; next = byOid.get(next.parents.nodes[0]?.oid ?? ''))
    mainline.push(next);
  return mainline;
}

/** Back to the newest that was ever taken. */
async function revisionsOf(
  context: RepositoryContext,
  mainline: readonly Commit[],
  report: Report,
  index: number,
  reports: readonly Report[],
): Promise<readonly RevisionFacts[]> {
  const revisions: RevisionFacts[] = [];
  let readWhole = 0;
  for (const { oid: sha, status } of mainline) {
    const raw = aliasesOf(status ?? {}, 'p', reports)[index]?.[1] ?? null;
    const newest = checked('read a commit status', newestShape, raw);
    if (newest === null) {
      revisions.push({ sha, taken: false, refusedSince: null });
      continue;
    }
    const isPlain = newest.state === 'SUCCESS' && newest.creator?.id === report.creator;
    // Whoever may write can hide a status behind one of the same context.
    if (!isPlain && readWhole === mostReadWhole) break;
    if (!isPlain) readWhole += 1;
    const revision = isPlain
      ? { sha, taken: true, refusedSince: null }
      : await readWholly(context, sha, report);
    revisions.push(revision);
    if (revision.taken) break;
  }
  return revisions;
}

async function readWholly(context: RepositoryContext, sha: string, report: Report): Promise<RevisionFacts> {
  const pages = context.client.pages(
    `read the statuses of ${sha} of ${context.fullName}`,
    'GET /repos/{owner}/{repo}/commits/{ref}/statuses',
    { ...repositoryParameters(context), ref: sha },
    statusesShape,
  );
  let taken = false;
  let refusedSince: number | null = null;
  let read = 0;
  // Newest first.
  for await (const page of pages) {
    for (const { state, context: name, created_at: at, creator } of page) {
      if (creator?.id !== report.creator || name !== report.context || state === 'pending') continue;
      if (state === 'success') taken = true;
      else if (!taken) refusedSince = at;
    }
    read += 1;
    if (read === statusPages) break;
  }
  return { sha, taken, refusedSince };
}
