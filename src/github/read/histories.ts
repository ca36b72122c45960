/** The commits that touched request and grant, and along with them the pull requests that may have brought them. */
import { z } from 'zod';
import type { AccountFacts, HistoryCommit } from '../../lifecycle/facts.ts';
import { checked } from '../answer.ts';
import { repositoryVariables, type RepositoryContext } from '../context.ts';
import { RetryLater } from '../errors.ts';
import { landingsQuery } from '../queries/landings.ts';
import { oid, pageInfo } from '../schema.ts';
import { aliasesOf, indexed } from './aliases.ts';
import { canWriteBy, hiddenCollaborators, permissionShape } from './details.ts';
import { historyCommit, historyCommitShape } from './history.ts';
import { mergedShape, type RawMerged } from './merges.ts';
import { wholeLists } from './pull-request.ts';

const nodeShape = z.object({
  ...historyCommitShape,
  file: z.object({ oid, type: z.string() }).nullable(),
  associatedPullRequests: z
    .object({ nodes: z.array(z.object({ number: z.int(), state: z.string() })) })
    .nullable(),
});

const historyShape = z.object({ pageInfo, nodes: z.array(nodeShape) });

const objectShape = z
  .object({ recent: z.object({ nodes: z.array(z.object({ oid })) }) })
  .catchall(z.unknown());

/** What one read of histories gave. */
export interface LandingsRead {
  /** By path, newest first. */
  readonly histories: ReadonlyMap<string, readonly HistoryCommit[]>;
  /** By commit, the merged pull requests that GitHub links to it so far. */
  readonly links: ReadonlyMap<string, readonly number[]>;
  readonly pullRequests: ReadonlyMap<number, RawMerged>;
  /** By account id, as far as authors were known beforehand. */
  readonly canWrite: ReadonlyMap<number, boolean>;
  /** The last hundred commits of the branch. */
  readonly recent: ReadonlySet<string>;
}

/** One request, and one more for every further page of the longest history. */
export async function readHistories(
  context: RepositoryContext,
  tip: string,
  wanted: { readonly paths: readonly string[]; readonly pullRequests: readonly number[] },
): Promise<LandingsRead> {
  const histories = new Map<string, HistoryCommit[]>(wanted.paths.map((path) => [path, []]));
  const links = new Map<string, readonly number[]>();
  const pullRequests = new Map<number, RawMerged>();
  const canWrite = new Map<number, boolean>();
  const recent = new Set<string>();
  let open: readonly Open[] = wanted.paths.map((path) => ({ path, after: null }));
  let numbers = wanted.pullRequests;
  while (open.length + numbers.length > 0) {
    const answer = await readPart(context, tip, open, numbers);
    for (const commit of answer.recent) recent.add(commit);
    for (const [number, raw] of answer.pullRequests) pullRequests.set(number, raw);
    for (const [account, writes] of answer.canWrite) canWrite.set(account, writes);
    const further: Open[] = [];
    for (const [path, page] of answer.histories) {
      for (const node of page.nodes) {
        histories.get(path)?.push(await commitOf(context, node));
        links.set(node.oid, linksOf(node));
      }
      if (page.pageInfo.hasNextPage) further.push({ path, after: page.pageInfo.endCursor });
    }
    open = further;
    numbers = [];
  }
  return { histories, links, pullRequests, canWrite, recent };
}

interface Open {
  readonly path: string;
  readonly after: string | null;
}

async function readPart(
  context: RepositoryContext,
  tip: string,
  open: readonly Open[],
  numbers: readonly number[],
) {
  const task = `read the history of ${context.fullName}`;
  const authors = knownAuthors(context, numbers);
  const { data } = await context.client.query(
    task,
    landingsQuery({ paths: open.length, pullRequests: numbers.length, logins: authors.length }),
    {
      ...repositoryVariables(context),
      tip,
      ...indexed(
        'path',
        open.map(({ path }) => path),
      ),
      ...indexed(
        'after',
        open.map(({ after }) => after),
      ),
      ...indexed('number', numbers),
      ...indexed(
        'login',
        authors.map(({ login }) => login),
      ),
      ...(numbers.length > 0 ? { appId: context.app.appId, ...wholeLists } : {}),
    },
    z.object({ repository: z.object({ object: objectShape.nullable() }).catchall(z.unknown()) }),
    hiddenCollaborators,
  );
  const { object, ...rest } = data.repository;
  if (object === null) throw new RetryLater(`GitHub does not yet show commit ${tip} of ${context.fullName}`);
  const permissions = aliasesOf(rest, 'a', authors).map(
    ([account, raw]) => [account, canWriteBy(checked(task, permissionShape, raw), account)] as const,
  );
  return {
    recent: object.recent.nodes.map((commit) => commit.oid),
    histories: aliasesOf(object, 'h', open).map(
      ([{ path }, raw]) => [path, checked(task, historyShape, raw)] as const,
    ),
    pullRequests: aliasesOf(rest, 'p', numbers).map(
      ([number, raw]) => [number, checked(task, mergedShape, raw)] as const,
    ),
    canWrite: permissions.flatMap(([account, seen]) => (seen === null ? [] : [[account.id, seen] as const])),
  };
}

function knownAuthors(context: RepositoryContext, numbers: readonly number[]): readonly AccountFacts[] {
  const accounts = numbers.flatMap((number) => {
    const author = context.memory.authors.get(number);
    return author?.type === 'User' ? [author] : [];
  });
  return [...new Map(accounts.map((account) => [account.id, account])).values()];
}

type RawNode = z.output<typeof nodeShape>;

async function commitOf(context: RepositoryContext, node: RawNode): Promise<HistoryCommit> {
  return historyCommit(context, node, node.file?.type === 'blob' ? node.file.oid : null);
}

function linksOf({ associatedPullRequests }: RawNode): readonly number[] {
  const linked = associatedPullRequests?.nodes ?? [];
  return linked.filter(({ state }) => state === 'MERGED').map(({ number }) => number);
}
