/**
 * Everything that the decisions know of GitHub, as plain readonly data. An adapter reads it (`src/github`), the
 * decisions judge it. What could not be read is never left out silently: an adapter throws a typed error instead,
 * and nothing is decided. The one exception is teams, where "cannot be seen" counts for nobody.
 */
import type { Instant } from '../base/instant.ts';
import type { Review } from '../approval/approval.ts';

/** A file of a tree as git has it. */
export interface FileFacts {
  readonly path: string;
  /** `100644`, `100755`, `120000` (symlink), `160000` (submodule). */
  readonly mode: string;
  /** Object id of the blob, verified against the text. */
  readonly sha: string;
  /** Null where the blob is binary, not UTF-8, or over 500 kB. */
  readonly text: string | null;
}

/** How GitHub merges a pull request. */
export type MergeMethod = 'merge' | 'squash' | 'rebase';

/** One effective rule of the default branch that we lean on or must respect. */
export interface RuleFacts {
  readonly pullRequestRequired: boolean;
  readonly codeOwnerReviewRequired: boolean;
  readonly forcePushBlocked: boolean;
  readonly deletionBlocked: boolean;
  /** Required checks with the id of the App that each is pinned to; null where any source will do. */
  readonly requiredChecks: readonly { readonly context: string; readonly appId: number | null }[];
  readonly strictChecks: boolean;
  readonly linearHistory: boolean;
  readonly signaturesRequired: boolean;
  readonly mergeQueue: boolean;
  /** Null where the rules allow every method. */
  readonly mergeMethods: readonly MergeMethod[] | null;
}

/** The default branch at its live tip: trusted files, and what stands there now. Immutable for one `sha`. */
export interface TipFacts {
  readonly sha: string;
  /** `.github/curfew.yaml`; null where it is missing. */
  readonly policy: FileFacts | null;
  /** The one CODEOWNERS file that GitHub reads; null where there is none. */
  readonly codeowners: FileFacts | null;
  /** GitHub's own opinion of that file: lines it found in error. Only ever takes away. */
  readonly codeownersErrorLines: readonly number[];
  /** Files directly in `templates/`. */
  readonly templates: readonly FileFacts[];
  /** Files directly in `templates/roles/`. */
  readonly roles: readonly FileFacts[];
  /** Every file below `access-requests/`, README and all. */
  readonly requests: readonly FileFacts[];
  /** Every file below `grants/`. */
  readonly grants: readonly FileFacts[];
  /** Every file below `clusters/`. */
  readonly clusters: readonly FileFacts[];
}

/** The access repository and its settings, and who the App is there. */
export interface RepositoryFacts {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
  readonly archived: boolean;
  readonly mergeMethods: readonly MergeMethod[];
  readonly deletesBranchOnMerge: boolean;
  readonly rules: RuleFacts;
  /** The numeric id of the App (`integration_id` of a pinned check). */
  readonly appId: number;
  /** The account id of the App's bot user: author of its commits, comments and pull requests. */
  readonly botId: number;
  /** Whether this server signs what the App commits: always on github.com, on Enterprise Server only where web signing is on. */
  readonly signsCommits: boolean;
}

/** An account of GitHub: the id counts, for a login can change hands. */
export interface AccountFacts {
  readonly id: number;
  readonly login: string;
  readonly type: 'User' | 'Bot' | 'Mannequin' | 'Organization' | 'EnterpriseUserAccount';
}

/** A commit of a pull request, for who took part in it. */
export interface CommitFacts {
  readonly sha: string;
  /** Authors and co-authors; an `account` null is an e-mail address that maps to nobody. */
  readonly authors: readonly { readonly email: string; readonly account: AccountFacts | null }[];
  /** Null where GitHub itself committed, proved by its signature. */
  readonly committer: { readonly email: string; readonly account: AccountFacts | null } | null;
}

/** A file that a pull request or a commit changes. */
export interface ChangedFile {
  readonly path: string;
  readonly change: 'added' | 'modified' | 'deleted' | 'renamed' | 'copied' | 'changed';
  /** The path before, for renames and copies. */
  readonly previousPath: string | null;
}

/** A check run of ours. */
export interface CheckRunFacts {
  readonly id: number;
  /** `external_id`: see lifecycle/check.ts for what it carries. */
  readonly externalId: string;
  readonly conclusion: string | null;
  readonly startedAt: Instant;
  readonly title: string;
  /** Digest over everything that was published, to write only on change. */
  readonly contentDigest: string;
}

/** A comment on a pull request. */
export interface CommentFacts {
  readonly id: number;
  readonly author: AccountFacts | null;
  readonly body: string;
  readonly createdAt: Instant;
  /** True once anybody has edited it; an edited comment commands nothing. */
  readonly edited: boolean;
  /** Who did so last; null where nobody did, or whose account is gone. */
  readonly editedBy: AccountFacts | null;
}

/** A pull request, open or not. */
export interface PullRequestFacts {
  readonly number: number;
  readonly title: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly draft: boolean;
  readonly author: AccountFacts | null;
  readonly authorCanWrite: boolean;
  readonly baseRef: string;
  readonly headRef: string;
  readonly head: string;
  readonly fromFork: boolean;
  readonly createdAt: Instant;
  readonly mergedAt: Instant | null;
  readonly mergedBy: AccountFacts | null;
  /** The commit on the default branch; for a rebase the last of them. */
  readonly mergeCommit: string | null;
  /** When the base branch was last changed (BaseRefChangedEvent); null where never. */
  readonly baseChangedAt: Instant | null;
  readonly files: readonly ChangedFile[];
  /** False where GitHub truncated the list of files: refuse. */
  readonly filesComplete: boolean;
  readonly commits: readonly CommitFacts[];
  readonly commitsComplete: boolean;
  /** Latest opinionated reviews of everybody, complete. */
  readonly reviews: readonly Review[];
  readonly reviewDecision: 'APPROVED' | 'CHANGES_REQUESTED' | 'REVIEW_REQUIRED' | null;
  /** The one changed file at the head where exactly one file is added; else null. */
  readonly addedFile: FileFacts | null;
  /** Null where none have to be judged: see `pullRequestNeeds`. */
  readonly proposed: ProposedFiles | null;
  /** Numbers of other open pull requests with the same head commit. */
  readonly sameHead: readonly number[];
  /** Our own check runs on the head, newest first. */
  readonly checkRuns: readonly CheckRunFacts[];
  /** Checks of other Apps and statuses that the rules require on this head, with whether they pass. */
  readonly foreignChecks: readonly {
    readonly context: string;
    readonly appId: number | null;
    readonly passed: boolean;
  }[];
  /** All comments that might matter: ours (by author id) and those whose first line is a command; complete. */
  readonly comments: readonly CommentFacts[];
}

/** The trusted files that a pull request changes, as its head has them. Shown and judged; never granted by. */
export interface ProposedFiles {
  /** By path; null where the head has no such file. Where CODEOWNERS changes, every place that GitHub looks at. */
  readonly files: ReadonlyMap<string, FileFacts | null>;
  /** GitHub's own opinion of the CODEOWNERS file at the head; empty where it does not change. */
  readonly codeownersErrorLines: readonly number[];
  /** Why they were not read, in a sentence: they are too many, or too large. Then there are none above. */
  readonly excess: string | null;
}

/** Who last moved the head branch, from the activity of the repository; null where GitHub does not know. */
export interface LastPush {
  readonly account: AccountFacts;
  readonly at: Instant;
  /** Who moved the branch to the same head before: moving it away and back makes nothing one's own. */
  readonly earlier: readonly AccountFacts[];
}

/** Everything for one decision on one pull request, read at `now`. */
export interface PullRequestWorld {
  /** GitHub's clock at the time of the read. */
  readonly now: Instant;
  readonly repository: RepositoryFacts;
  readonly tip: TipFacts;
  readonly pullRequest: PullRequestFacts;
}

/** A commit on the default branch that touched a path, as far as evidence needs it. */
export interface HistoryCommit {
  readonly sha: string;
  readonly message: string;
  readonly committedAt: Instant;
  readonly author: AccountFacts | null;
  readonly parents: readonly string[];
  /** Signed by GitHub itself, signature valid. */
  readonly signedByGitHub: boolean;
  /** The blob that this commit left at the path; null where it deleted it. */
  readonly blob: string | null;
}

/** What brought a request file to the default branch. */
export interface LandingFacts {
  readonly path: string;
  /** Newest first, all commits on the default branch that touched the request file. */
  readonly history: readonly HistoryCommit[];
  /** Newest first, all commits on the default branch that touched the grant file of the same path. */
  readonly grantHistory: readonly HistoryCommit[];
  /** The merged pull request that brought it; null where none is known (GitHub links them with a delay). */
  readonly pullRequest: PullRequestFacts | null;
  /** What the merge really changed on the default branch, from the trees; null without a pull request. */
  readonly landed: readonly ChangedFile[] | null;
  readonly lastPush: LastPush | null;
}

/** The commit by which a pull request was merged, as GitHub remembers it whatever becomes of the branch. */
export interface MergeFacts {
  readonly sha: string;
  readonly message: string;
}

/** A branch `curfew/…`, which ends access, with its newest pull request. */
export interface RevertFacts {
  /** Null, and the state with it, where none was ever opened: a run was interrupted, or somebody else made the branch. */
  readonly number: number | null;
  readonly state: 'open' | 'closed' | 'merged' | null;
  readonly headRef: string;
  readonly head: HistoryCommit;
}

/** A pull request that brought a grant in force, as far as a revocation by comment needs it. */
export interface CommandsFacts {
  readonly pullRequest: number;
  readonly comments: readonly CommentFacts[];
}

/** A commit of the default branch, and what the GitOps engine of one cluster says of it. */
export interface RevisionFacts {
  readonly sha: string;
  /** Whether it ever said that the cluster took this revision. */
  readonly taken: boolean;
  /** Since when it says without a break that the cluster refuses it; null where that is not what it says now. */
  readonly refusedSince: Instant | null;
}

/** Everything for one decision on the default branch, read at `now`. */
export interface BranchWorld {
  readonly now: Instant;
  readonly repository: RepositoryFacts;
  readonly tip: TipFacts;
  /** For each grant file and each request file on the tip without a grant. Keyed by request path. */
  readonly landings: ReadonlyMap<string, LandingFacts>;
  /** Comments of the pull requests of grants in force. */
  readonly commands: readonly CommandsFacts[];
  /** All branches `curfew/…`. */
  readonly reverts: readonly RevertFacts[];
  /** How the pull requests that were touched last were merged. */
  readonly merges: readonly MergeFacts[];
  /**
   * By cluster, the newest commits of the default branch, from the tip back to the newest that the cluster ever took.
   * The last is another one where that lies too far back. A cluster without a reporter is left out.
   */
  readonly verdicts: ReadonlyMap<string, readonly RevisionFacts[]>;
}
