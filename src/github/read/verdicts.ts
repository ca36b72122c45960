import { z } from 'zod';
import type { Instant } from '../../base/instant.ts';
import type { RevisionFacts } from '../../lifecycle/facts.ts';
import type { Report } from '../../lifecycle/refused-by-cluster.ts';
import { repositoryParameters, repositoryVariables, type RepositoryContext } from '../context.ts';
import { checked } from '../answer.ts';
import { RetryLater } from '../errors.ts';
import { verdictsQuery } from '../queries/verdicts.ts';
import { actor, id, instant, oid, pageInfo } from '../schema.ts';
import { indexed } from './aliases.ts';

const commitShape = z.object({
  oid,
  parents: z.object({ nodes: z.array(z.object({ oid })) }),
  status: z.record(z.string(), z.unknown()).nullable(),
});

const answerShape = z.object({
  repository: z.object({
    object: z.object({ history: z.object({ pageInfo, nodes: z.array(commitShape) }) }).nullable(),
  }),
});

type Commit = z.output<typeof commitShape>;

const newestShape = z
  .object({ id: z.string(), createdAt: instant, state: z.string(), creator: actor })
  .nullable();

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

/** Pages of commits: a pull request can bring hundreds that lie beside the branch, and are listed with it. */
const historyPages = 5;

/**
 * What the reporters say of the newest commits behind `tip`, by cluster. One request where the newest verdict of each
 * is a good one; else one more for each commit that was not plainly taken and of which there is news, and for pages until
 * one was.
 */
export async function readVerdicts(
  context: RepositoryContext,
  tip: string,
  reports: readonly Report[],
): Promise<ReadonlyMap<string, readonly RevisionFacts[]>> {
  if (reports.length === 0) return new Map();
  const readers = reports.map((report, index) => new ReportReader(context, report, index));
  const commits = new Map<string, Commit>();
  let next: string | undefined = tip;
  let after: string | null = null;
  for (let page = 0; page < historyPages; page += 1) {
    const { nodes, pageInfo: more } = await readPage(context, tip, reports, after);
    for (const commit of nodes) commits.set(commit.oid, commit);
    // Along first parents: what the branch pointed at.
    for (let commit = commits.get(next ?? ''); commit !== undefined; commit = commits.get(next ?? '')) {
      for (const reader of readers) await reader.read(commit);
      next = commit.parents.nodes[0]?.oid;
    }
    after = more.endCursor;
    const isOpen = readers.some((reader) => !reader.isDone && reader.isRefusing);
    if (next === undefined || !more.hasNextPage || !isOpen) break;
  }
  return new Map(readers.map(({ report, revisions }) => [report.cluster, revisions]));
}

async function readPage(
  context: RepositoryContext,
  tip: string,
  reports: readonly Report[],
  after: string | null,
) {
  const contexts = reports.map((report) => report.context);
  const { data } = await context.client.query(
    `read the verdicts on the newest commits of ${context.fullName}`,
    verdictsQuery(reports.length),
    { ...repositoryVariables(context), tip, after, ...indexed('context', contexts) },
    answerShape,
  );
  if (data.repository.object === null)
    throw new RetryLater(`GitHub does not yet show ${tip} of ${context.fullName}`);
  return data.repository.object.history;
}

/** Follows one reporter back to the newest commit that was ever taken. */
class ReportReader {
  readonly report: Report;
  readonly revisions: RevisionFacts[] = [];
  readonly #context: RepositoryContext;
  /** Of the report in the answer. */
  readonly #alias: string;
  #readWhole = 0;
  isDone = false;

  constructor(context: RepositoryContext, report: Report, index: number) {
    this.#context = context;
    this.report = report;
    this.#alias = `p${index}`;
  }

  get isRefusing(): boolean {
    return this.revisions.some(({ refusedSince }) => refusedSince !== null);
  }

  async read({ oid: sha, status }: Commit): Promise<void> {
    if (this.isDone) return;
    const newest = checked('read a commit status', newestShape, status?.[this.#alias] ?? null);
    const revision = await this.#revision(sha, newest);
    if (revision !== null) this.revisions.push(revision);
    this.isDone = revision === null || revision.taken;
  }

  /** Null where enough has been read. */
  async #revision(sha: string, newest: z.output<typeof newestShape>): Promise<RevisionFacts | null> {
    if (newest === null) return { sha, taken: false, refusedSince: null };
    if (newest.state === 'SUCCESS' && newest.creator?.id === this.report.creator)
      return { sha, taken: true, refusedSince: null };
    const { revisions } = this.#context.memory;
    const key = [sha, this.report.creator, newest.id].join(' ');
    const known = revisions.get(key);
    if (known !== undefined) return known;
    // Whoever may write can hide a status behind one of the same context.
    if (this.#readWhole === mostReadWhole) return null;
    this.#readWhole += 1;
    const { latest, ...revision } = await readWholly(this.#context, sha, this.report);
    // A list that lacks the newest one may lack others.
    if (latest !== null && latest >= newest.createdAt) revisions.set(key, revision);
    return revision;
  }
}

/** The facts, and when the newest status of the context was made of those that were listed. */
async function readWholly(
  context: RepositoryContext,
  sha: string,
  report: Report,
): Promise<RevisionFacts & { readonly latest: Instant | null }> {
  const pages = context.client.pages(
    `read the statuses of ${sha} of ${context.fullName}`,
    'GET /repos/{owner}/{repo}/commits/{ref}/statuses',
    { ...repositoryParameters(context), ref: sha },
    statusesShape,
  );
  let taken = false;
  let refusedSince: Instant | null = null;
  let latest: Instant | null = null;
  let read = 0;
  // Newest first.
  for await (const page of pages) {
    for (const { state, context: name, created_at: at, creator } of page) {
      if (name !== report.context) continue;
      latest ??= at;
      if (creator?.id !== report.creator || state === 'pending') continue;
      if (state === 'success') taken = true;
      else if (!taken) refusedSince = at;
    }
    read += 1;
    if (read < statusPages) continue;
    // A good one may be hidden behind so many: what is not known ends nothing.
    taken = true;
    break;
  }
  return { sha, taken, refusedSince, latest };
}
