/** From the checked answer to `PullRequestFacts`, with whatever further requests the answer asks for. */
import type { Review } from '../../approval/approval.ts';
import type {
  AccountFacts,
  ChangedFile,
  CommentFacts,
  CommitFacts,
  FileFacts,
  PullRequestFacts,
  RepositoryFacts,
} from '../../lifecycle/facts.ts';
import type { RepositoryContext } from '../context.ts';
import { foreignChecks, ownCheckRuns, readContexts, readHead } from './checks.ts';
import { ownComments, relevantComments } from './comments.ts';
import { keyOf, readDetails, type FileAt } from './details.ts';
import { changedFiles } from './files.ts';
import { readLists } from './pages.ts';
import type { RawCommit, RawContext, RawHead, RawPullRequest, RawReview } from './pull-request-shape.ts';

/** Everything of one pull request but what `readDetails` reads for several at once. */
export interface Draft {
  readonly raw: RawPullRequest;
  readonly reviews: readonly RawReview[];
  readonly comments: readonly CommentFacts[];
  readonly files: readonly ChangedFile[];
  readonly head: RawHead;
  readonly contexts: readonly RawContext[];
}

/** Reads on where the first answer was not the whole. */
export async function readDraft(context: RepositoryContext, raw: RawPullRequest): Promise<Draft> {
  const lists = await readLists(context, raw);
  if (raw.author !== null) context.memory.authors.set(raw.number, raw.author);
  // Beyond 250 commits the list does not end with the head; just after a push it may not either.
  const [last] = raw.headCommit.nodes;
  const head = last?.commit.oid === raw.headRefOid ? last.commit : await readHead(context, raw.headRefOid);
  const comments = relevantComments(context, lists.comments);
  context.memory.keepOwnComments(raw.number, ownComments(context, comments));
  return {
    raw,
    reviews: lists.reviews,
    comments,
    files: await changedFiles(context, raw.number, lists.files),
    head,
    contexts: await readContexts(context, head),
  };
}

/**
 * The facts of each, in the same order, with one request for all that is new about them, but for what they propose.
 * @param canWrite who may write, by account id, as far as it was read just now; what is read here is added to it.
 */
export async function finishDrafts(
  context: RepositoryContext,
  repository: RepositoryFacts,
  drafts: readonly Draft[],
  canWrite: Map<number, boolean>,
): Promise<readonly PullRequestFacts[]> {
  const files = new Map<string, FileFacts>();
  const newFiles: FileAt[] = [];
  const newAuthors = new Map<number, AccountFacts>();
  for (const draft of drafts) {
    const { author } = draft.raw;
    if (author?.type === 'User' && !canWrite.has(author.id)) newAuthors.set(author.id, author);
    const at = addedFileOf(draft);
    if (at === null) continue;
    const known = context.memory.addedFiles.get(at.head);
    if (known?.path === at.path) files.set(keyOf(at), known);
    else newFiles.push(at);
  }
  const details = await readDetails(context, { files: newFiles, accounts: [...newAuthors.values()] });
  for (const at of newFiles) {
    const file = details.files.get(keyOf(at));
    if (file === undefined) continue;
    context.memory.addedFiles.set(at.head, file);
    files.set(keyOf(at), file);
  }
  for (const [account, writes] of details.canWrite) canWrite.set(account, writes);
  return drafts.map((draft) => {
    const at = addedFileOf(draft);
    return pullRequestFacts(repository, draft, {
      addedFile: at === null ? null : (files.get(keyOf(at)) ?? null),
      authorCanWrite: canWrite.get(draft.raw.author?.id ?? 0) ?? false,
    });
  });
}

/** The one file that a pull request adds, if that is all that it changes. */
function addedFileOf({ raw, files }: Draft): FileAt | null {
  const [file, ...others] = files;
  if (file?.change !== 'added' || others.length > 0) return null;
  return { head: raw.headRefOid, path: file.path };
}

function pullRequestFacts(
  repository: RepositoryFacts,
  { raw, reviews, comments, files, head, contexts }: Draft,
  details: { readonly addedFile: FileFacts | null; readonly authorCanWrite: boolean },
): PullRequestFacts {
  const commits = raw.commits.nodes.map(({ commit }) => commit);
  return {
    number: raw.number,
    title: raw.title,
    state: states[raw.state],
    draft: raw.isDraft,
    author: raw.author,
    authorCanWrite: details.authorCanWrite,
    baseRef: raw.baseRefName,
    headRef: raw.headRefName,
    head: raw.headRefOid,
    fromFork: raw.isCrossRepository,
    createdAt: raw.createdAt,
    mergedAt: raw.mergedAt,
    mergedBy: raw.mergedBy,
    mergeCommit: raw.mergeCommit?.oid ?? null,
    baseChangedAt: raw.timelineItems.nodes.at(-1)?.createdAt ?? null,
    files,
    filesComplete: raw.files !== null && files.length === raw.changedFiles,
    commits: commits.map(commitFacts),
    commitsComplete:
      commits.length === raw.commits.totalCount &&
      commits.every(({ authors }) => !authors.pageInfo.hasNextPage) &&
      commits.some(({ oid }) => oid === raw.headRefOid),
    reviews: reviews.flatMap(reviewFacts),
    reviewDecision: raw.reviewDecision,
    addedFile: details.addedFile,
    proposed: null,
    sameHead: (head.associatedPullRequests?.nodes ?? [])
      .filter(
        ({ number, state, headRefOid }) =>
          number !== raw.number && state === 'OPEN' && headRefOid === raw.headRefOid,
      )
      .map(({ number }) => number),
    checkRuns: ownCheckRuns(head),
    foreignChecks: foreignChecks(contexts, repository),
    comments,
  };
}

const states = { OPEN: 'open', CLOSED: 'closed', MERGED: 'merged' } as const;

/** GitHub commits what is made in its page, and signs it as itself; nobody else can have that signature. */
function commitFacts({ oid, authors, committer, signature }: RawCommit): CommitFacts {
  const byGitHub = signature && (committer === null || committer.account === null);
  return {
    sha: oid,
    authors: authors.nodes,
    committer: byGitHub ? null : (committer ?? { email: '', account: null }),
  };
}

/** Somebody whose account is gone counts for nobody. */
const ghost = { id: 0, login: 'ghost', type: 'User' } as const;

function reviewFacts(raw: RawReview): readonly Review[] {
  const { state, submittedAt } = raw;
  if (state === 'COMMENTED' || state === 'PENDING' || submittedAt === null) return [];
  return [
    {
      id: raw.fullDatabaseId,
      state,
      reviewer: { ...(raw.author ?? ghost), canWrite: raw.author !== null && raw.authorCanPushToRepository },
      commit: raw.commit?.oid ?? null,
      submittedAt,
    },
  ];
}
