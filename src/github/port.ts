/**
 * What the engine needs of GitHub, bound to one repository of one installation. The engine never sees a client.
 *
 * Reads either give complete facts or throw one of the errors of `errors.ts`: a truncated list, a partial GraphQL
 * answer or a blob that does not hash to its id is an error, never a shorter list. Writes say what became of them;
 * none is repeated blindly, for the write may have taken effect although its answer was lost.
 */
import type { TeamFacts } from '../approval/approval.ts';
import type { Instant } from '../base/instant.ts';
import type {
  AccountFacts,
  ChangedFile,
  CheckRunFacts,
  CommandsFacts,
  LandingFacts,
  LastPush,
  MergeFacts,
  MergeMethod,
  PullRequestWorld,
  RepositoryFacts,
  RevertFacts,
  RevisionFacts,
  TipFacts,
} from '../lifecycle/facts.ts';
import type { Report } from '../lifecycle/refused-by-cluster.ts';

/**
 * What a request is for, the most important first. Only `ending` may use the whole of the installation's budgets;
 * the others leave a reserve to it (see limiter.ts). `record` is the pull request for an end, where a commit would do.
 */
export type Purpose = 'ending' | 'record' | 'deciding' | 'display';

/** The default branch at one moment. */
export interface BranchRead {
  readonly now: Instant;
  readonly repository: RepositoryFacts;
  readonly tip: TipFacts;
  /**
   * Branches `curfew/…`, two hundred at most: anybody who may push can make more, and ending must not wait for that.
   */
  readonly reverts: readonly RevertFacts[];
  /** The 50 merged pull requests that were touched last: who may have brought a request, who may be commented on. */
  readonly recentlyMerged: readonly MergedPullRequest[];
}

interface MergedPullRequest {
  readonly number: number;
  readonly updatedAt: Instant;
  readonly baseRef: string;
  /** Null where GitHub has lost it. */
  readonly mergeCommit: MergeFacts | null;
  /** The first twenty; a request is alone in its pull request. */
  readonly paths: readonly string[];
}

/** What a check run says of one line of a file. */
export interface Annotation {
  readonly path: string;
  readonly line: number;
  readonly level: 'failure' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

/** A check run that is completed. */
export interface CheckContent {
  readonly head: string;
  /** Carried as `external_id`: how a check run of ours is found again and what it proves. */
  readonly externalId: string;
  readonly conclusion: 'success' | 'failure' | 'action_required';
  /** When the plan that it shows was first shown; approvals before it do not count. */
  readonly startedAt: Instant;
  readonly title: string;
  readonly summary: string;
  readonly text: string;
  readonly annotations: readonly Annotation[];
}

/** A commit to be made. */
export interface CommitContent {
  readonly branch: string;
  /** Compare-and-swap: nothing is written unless the branch is exactly here. */
  readonly expectedHead: string;
  readonly headline: string;
  readonly body: string;
  readonly additions: readonly { readonly path: string; readonly text: string }[];
  readonly deletions: readonly string[];
}

/** What became of a commit. */
export type CommitOutcome =
  | { readonly kind: 'committed'; readonly sha: string }
  /** The branch had moved; read again and decide anew. */
  | { readonly kind: 'lost-race' }
  /** A rule or a permission stands in the way; not to be retried as it is. */
  | { readonly kind: 'refused'; readonly message: string };

/** What became of a merge. */
export type MergeOutcome =
  | { readonly kind: 'merged'; readonly sha: string }
  /** The head is not the one that was evaluated (409), or the base moved underneath (405). */
  | { readonly kind: 'stale' }
  | { readonly kind: 'refused'; readonly message: string };

/** One repository, as the engine sees it. */
export interface RepositoryPort {
  readonly owner: string;
  readonly name: string;

  /** The same repository, for requests of another importance. A port begins as `deciding`. */
  withPurpose(purpose: Purpose): RepositoryPort;

  /**
   * One request where tip, head and author are known: what can change is always read anew. Two where the head or the
   * author is new, and up to two more where the tip is.
   */
  readPullRequest(number: number): Promise<PullRequestWorld>;
  /** One request where the tip is known, up to three where it is new. */
  readBranch(): Promise<BranchRead>;
  /**
   * The history behind request paths (`access-requests/…`) and their grant files. For `pending` ones, which have no
   * grant, also the pull request that brought them, what it landed and who pushed it: `recentlyMerged` names
   * candidates, newest first, and the commits' own links are asked as well. For `granted` ones the history is all.
   * Costs nothing where the tip is known and nothing is pending. `landed` is null where a difference is too large to
   * be read whole.
   */
  readLandings(
    branch: BranchRead,
    paths: { readonly granted: readonly string[]; readonly pending: readonly string[] },
  ): Promise<ReadonlyMap<string, LandingFacts>>;
  /** Every file in which two commits differ, from their trees; null where they are too many to be read whole. */
  readDifference(before: string, after: string): Promise<readonly ChangedFile[] | null>;
  /**
   * What GitOps engines say of the newest commits behind `tip`, by cluster. Costs nothing without reports, one request
   * while all is well, and up to twenty more for each cluster that refuses.
   */
  readVerdicts(
    tip: string,
    reports: readonly Report[],
  ): Promise<ReadonlyMap<string, readonly RevisionFacts[]>>;
  /** Texts of blobs by SHA, verified against it; throws where one is missing. */
  readBlobs(shas: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Comments of these pull requests; one that is not there is left out. */
  readCommands(numbers: readonly number[]): Promise<readonly CommandsFacts[]>;
  /**
   * Teams `org/slug`; a team that cannot be seen is left out. Teams that decisions asked about before come along with
   * `readPullRequest` and `readBranch`, and cost nothing just after one.
   */
  readTeams(teams: readonly string[]): Promise<ReadonlyMap<string, TeamFacts>>;
  /** The account behind a login; null where there is none. */
  readAccount(login: string): Promise<AccountFacts | null>;
  /** Null where GitHub does not know who moved `ref` to `head`. */
  readLastPush(ref: string, head: string): Promise<LastPush | null>;
  /**
   * Every open pull request against the default branch, oldest first: a page of them with one request, or two where a
   * head or an author among them is new. What `readPullRequest` says of one, this says of many.
   */
  readOpenPullRequests(): AsyncIterable<readonly PullRequestWorld[]>;

  /**
   * Writes only where the newest of `existing` does not already say the same. One check run counts for each head:
   * the newest of ours is changed, or where its annotations would not fit any more, followed by a new one.
   */
  publishCheck(content: CheckContent, existing: readonly CheckRunFacts[]): Promise<'written' | 'unchanged'>;
  /** The one comment of ours on the pull request, found by author id and marker, created or edited on change only. */
  publishComment(pullRequest: number, body: string): Promise<'written' | 'unchanged'>;
  merge(
    pullRequest: number,
    head: string,
    method: MergeMethod,
    title: string,
    message: string,
  ): Promise<MergeOutcome>;
  commit(content: CommitContent): Promise<CommitOutcome>;
  /** Says `exists` of any branch of that name, whoever made it and wherever it points; it is left as it is. */
  createBranch(name: string, sha: string): Promise<'created' | 'exists'>;
  /** A branch that is gone already is no error. */
  deleteBranch(name: string): Promise<void>;
  /**
   * Finds our open pull request from this branch, or opens it against the default branch.
   * @throws Denied where somebody else opened one from it: GitHub allows one only.
   */
  openPullRequest(branch: string, title: string, body: string): Promise<number>;
  /** One that is closed or merged already is no error. */
  closePullRequest(number: number): Promise<void>;
}
