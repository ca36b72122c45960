/**
 * What the sandbox's GitHub remembers, in GitHub's own words. Plain mutable records; only `operations/` changes them.
 * Content (files, commits, branches) is not here but in the bare git repository of each repository.
 */
import type { Instant } from '../base/instant.ts';
import type { GitRepository } from './git/repository.ts';

/** Ordered from least to most. */
export type RepositoryPermission = 'none' | 'read' | 'triage' | 'write' | 'maintain' | 'admin';

/** A permission of an App: `{contents: 'write', members: 'read'}`, in the words of GitHub's API. */
export type AppPermissions = Readonly<Record<string, 'read' | 'write'>>;

export type MergeMethod = 'merge' | 'squash' | 'rebase';

export interface User {
  readonly id: number;
  readonly nodeId: string;
  /** A bot's login ends in `[bot]`, as in REST; GraphQL leaves that off. */
  login: string;
  readonly type: 'User' | 'Bot';
  name: string | null;
  /** Verified addresses; commits are mapped by them. The first is the primary one. */
  emails: readonly string[];
  readonly createdAt: Instant;
}

export interface Organization {
  readonly id: number;
  readonly nodeId: string;
  login: string;
  readonly type: 'Organization';
  readonly createdAt: Instant;
  readonly members: Map<
    number,
    { readonly user: User; role: 'admin' | 'member'; state: 'active' | 'pending' }
  >;
  readonly teams: Team[];
}

export type Account = User | Organization;

export interface TeamMembership {
  readonly user: User;
  role: 'member' | 'maintainer';
  /** Only `active` counts; an invitation that was not accepted is `pending`. */
  state: 'active' | 'pending';
}

export interface Team {
  readonly id: number;
  readonly nodeId: string;
  readonly organization: Organization;
  slug: string;
  name: string;
  privacy: 'closed' | 'secret';
  parent: Team | null;
  /** Direct members by user id; `teamMembers` of access.ts adds those of child teams. */
  readonly members: Map<number, TeamMembership>;
  /** Direct permissions by repository id; a child team inherits its parent's. */
  readonly repositories: Map<number, RepositoryPermission>;
  readonly createdAt: Instant;
}

export interface Repository {
  readonly id: number;
  readonly nodeId: string;
  readonly owner: Account;
  name: string;
  description: string | null;
  private: boolean;
  archived: boolean;
  defaultBranch: string;
  /** What this one was forked from. */
  readonly parent: Repository | null;
  readonly createdAt: Instant;
  pushedAt: Instant;
  /** Merge methods that the settings allow. */
  mergeMethods: readonly MergeMethod[];
  deleteBranchOnMerge: boolean;
  /** Direct collaborators by user id. */
  readonly collaborators: Map<number, { readonly user: User; permission: RepositoryPermission }>;
  readonly rulesets: Ruleset[];
  /** Issues and pull requests by the number that they share. */
  readonly issues: Map<number, Issue | PullRequest>;
  nextNumber: number;
  readonly checkSuites: CheckSuite[];
  readonly statuses: CommitStatus[];
  /** Oldest first. */
  readonly activities: Activity[];
  /** Commits that GitHub made and signed itself: in its page, or by an App without a custom author. */
  readonly signedByGitHub: Set<string>;
  /** Merged commit → pull request and the time from which commit and pull request are linked (facts §10). */
  readonly mergeLinks: Map<string, { readonly pullRequest: PullRequest; readonly visibleAt: Instant }>;
  readonly mergeQueue: MergeQueueEntry[];
  readonly git: GitRepository;
}

/** Rules of a ruleset, as `POST /repos/{owner}/{repo}/rulesets` takes them. */
export type Rule =
  | { readonly type: 'deletion' }
  | { readonly type: 'non_fast_forward' }
  | { readonly type: 'creation' }
  | { readonly type: 'update' }
  | { readonly type: 'required_linear_history' }
  | { readonly type: 'required_signatures' }
  | { readonly type: 'merge_queue'; readonly parameters: MergeQueueParameters }
  | { readonly type: 'pull_request'; readonly parameters: PullRequestParameters }
  | { readonly type: 'required_status_checks'; readonly parameters: StatusCheckParameters };

export interface PullRequestParameters {
  readonly required_approving_review_count: number;
  readonly dismiss_stale_reviews_on_push: boolean;
  readonly require_code_owner_review: boolean;
  readonly require_last_push_approval: boolean;
  readonly required_review_thread_resolution: boolean;
  readonly allowed_merge_methods?: readonly MergeMethod[];
}

export interface StatusCheckParameters {
  readonly strict_required_status_checks_policy: boolean;
  /** `integration_id` pins the check to one App; left out, anybody with write access can set it. */
  readonly required_status_checks: readonly { readonly context: string; readonly integration_id?: number }[];
}

export interface MergeQueueParameters {
  readonly check_response_timeout_minutes: number;
  readonly grouping_strategy: 'ALLGREEN' | 'HEADGREEN';
  readonly max_entries_to_build: number;
  readonly max_entries_to_merge: number;
  readonly merge_method: 'MERGE' | 'SQUASH' | 'REBASE';
  readonly min_entries_to_merge: number;
  readonly min_entries_to_merge_wait_minutes: number;
}

export interface BypassActor {
  readonly actor_type: 'Integration' | 'OrganizationAdmin' | 'RepositoryRole' | 'Team';
  /** App id, team id, or 2 maintain, 4 write, 5 admin for a role; 1 for organisation owners. */
  readonly actor_id: number | null;
  /** `pull_request` lets a merge through but not a direct push. */
  readonly bypass_mode: 'always' | 'pull_request';
}

export interface Ruleset {
  readonly id: number;
  readonly nodeId: string;
  readonly repository: Repository;
  name: string;
  enforcement: 'active' | 'evaluate' | 'disabled';
  /** Full ref names, `~DEFAULT_BRANCH`, `~ALL`, or globs such as `refs/heads/release/*`. */
  refs: { readonly include: readonly string[]; readonly exclude: readonly string[] };
  rules: readonly Rule[];
  bypassActors: readonly BypassActor[];
  readonly createdAt: Instant;
  updatedAt: Instant;
}

interface IssueFields {
  readonly id: number;
  readonly nodeId: string;
  readonly repository: Repository;
  readonly number: number;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  readonly author: User;
  readonly createdAt: Instant;
  updatedAt: Instant;
  closedAt: Instant | null;
  closedBy: User | null;
  /** Oldest first. */
  readonly comments: IssueComment[];
  /** Oldest first. */
  readonly timeline: TimelineEvent[];
}

export interface Issue extends IssueFields {
  readonly kind: 'issue';
}

export interface PullRequest extends IssueFields {
  readonly kind: 'pull-request';
  draft: boolean;
  /** Branch of the base repository, without `refs/heads/`. */
  baseRef: string;
  /** The base's tip as of the last push to the head, not live (facts §3). */
  baseSha: string;
  readonly headRef: string;
  headSha: string;
  /** Another repository for a pull request from a fork; null once that fork is gone. */
  readonly headRepository: Repository | null;
  mergedAt: Instant | null;
  mergedBy: User | null;
  mergeCommitSha: string | null;
  /** Oldest first. */
  readonly reviews: Review[];
  readonly reviewComments: ReviewComment[];
  reviewRequests: readonly ReviewRequest[];
  /** Whether `mergeable` was asked for since it last became unknown: the first answer is null. */
  mergeabilityAsked: boolean;
}

export interface ReviewRequest {
  readonly reviewer: User | Team;
  /** Asked because CODEOWNERS names the reviewer. */
  readonly asCodeOwner: boolean;
}

export interface Review {
  readonly id: number;
  readonly nodeId: string;
  readonly pullRequest: PullRequest;
  readonly author: User;
  state: 'PENDING' | 'COMMENTED' | 'APPROVED' | 'CHANGES_REQUESTED' | 'DISMISSED';
  body: string;
  /** The head when the review was submitted. */
  commitId: string;
  readonly createdAt: Instant;
  /** Null while pending. */
  submittedAt: Instant | null;
  updatedAt: Instant;
  /** Who changed the body after it was submitted. */
  lastEditedAt: Instant | null;
  editor: User | null;
}

/** A comment on a line of the difference. */
export interface ReviewComment {
  readonly id: number;
  readonly nodeId: string;
  readonly review: Review;
  readonly author: User;
  body: string;
  readonly path: string;
  readonly line: number | null;
  readonly commitId: string;
  readonly createdAt: Instant;
  updatedAt: Instant;
}

export interface IssueComment {
  readonly id: number;
  readonly nodeId: string;
  readonly issue: Issue | PullRequest;
  readonly author: User;
  /** The App that wrote it, if one did; stays when a person edits the comment. */
  readonly viaApp: App | null;
  body: string;
  readonly createdAt: Instant;
  updatedAt: Instant;
  /** Null until anybody edits it. */
  lastEditedAt: Instant | null;
  editor: User | null;
}

interface TimelineFields {
  readonly id: number;
  readonly nodeId: string;
  readonly actor: User;
  readonly createdAt: Instant;
}

/** What happened to an issue or pull request, beside comments, commits and reviews. */
export type TimelineEvent = TimelineFields &
  (
    | {
        readonly event: 'base_ref_changed';
        readonly previousRefName: string;
        readonly currentRefName: string;
      }
    | { readonly event: 'head_ref_force_pushed'; readonly beforeCommit: string; readonly afterCommit: string }
    | { readonly event: 'head_ref_deleted'; readonly headRefName: string }
    | { readonly event: 'closed' }
    | { readonly event: 'reopened' }
    | { readonly event: 'merged'; readonly commitId: string; readonly mergeRefName: string }
    | { readonly event: 'renamed'; readonly previousTitle: string; readonly currentTitle: string }
    | { readonly event: 'ready_for_review' }
    | { readonly event: 'convert_to_draft' }
    | { readonly event: 'review_requested'; readonly reviewer: User | Team }
    | {
        readonly event: 'review_dismissed';
        readonly review: Review;
        readonly previousState: Review['state'];
        readonly message: string;
      }
    | { readonly event: 'added_to_merge_queue' }
    | { readonly event: 'removed_from_merge_queue'; readonly reason: string }
  );

export type CheckStatus = 'queued' | 'in_progress' | 'completed';
export type CheckConclusion =
  'action_required' | 'cancelled' | 'failure' | 'neutral' | 'skipped' | 'success' | 'timed_out';

/** All check runs of one App on one commit. */
export interface CheckSuite {
  readonly id: number;
  readonly nodeId: string;
  readonly repository: Repository;
  readonly app: App;
  readonly headSha: string;
  readonly headBranch: string | null;
  /** Oldest first. */
  readonly checkRuns: CheckRun[];
  readonly createdAt: Instant;
  updatedAt: Instant;
}

export interface CheckRun {
  readonly id: number;
  readonly nodeId: string;
  readonly checkSuite: CheckSuite;
  name: string;
  status: CheckStatus;
  conclusion: CheckConclusion | null;
  startedAt: Instant;
  completedAt: Instant | null;
  externalId: string | null;
  detailsUrl: string | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  /** Further requests add to them, as on GitHub. */
  annotations: readonly CheckAnnotation[];
  actions: readonly { readonly label: string; readonly description: string; readonly identifier: string }[];
}

export interface CheckAnnotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly startColumn: number | null;
  readonly endColumn: number | null;
  readonly level: 'notice' | 'warning' | 'failure';
  readonly message: string;
  readonly title: string | null;
  readonly rawDetails: string | null;
}

/** A commit status: the older kind of check, set by anybody with write access. */
export interface CommitStatus {
  readonly id: number;
  readonly nodeId: string;
  readonly sha: string;
  readonly context: string;
  readonly state: 'error' | 'failure' | 'pending' | 'success';
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creator: User;
  /** The App that set it, if one did. */
  readonly appId: number | null;
  readonly createdAt: Instant;
}

/** Who moved which ref, as `GET /repos/{owner}/{repo}/activity` tells it. */
export interface Activity {
  readonly id: number;
  readonly nodeId: string;
  /** Full name: `refs/heads/main`. */
  readonly ref: string;
  /** Forty zeros where the ref did not exist. */
  readonly before: string;
  readonly after: string;
  readonly type:
    'push' | 'force_push' | 'branch_creation' | 'branch_deletion' | 'pr_merge' | 'merge_queue_merge';
  readonly actor: User;
  readonly timestamp: Instant;
}

export interface MergeQueueEntry {
  readonly pullRequest: PullRequest;
  readonly enqueuer: User;
  readonly enqueuedAt: Instant;
  /** The head of the pull request when it was queued. */
  readonly headSha: string;
  /** The temporary branch and the commit on it that the required checks must pass on. */
  readonly groupRef: string;
  readonly groupSha: string;
  readonly baseSha: string;
}

export interface App {
  readonly id: number;
  readonly nodeId: string;
  readonly clientId: string;
  readonly slug: string;
  readonly name: string;
  readonly owner: Account;
  readonly permissions: AppPermissions;
  readonly events: readonly string[];
  /** The bot account that acts for every installation. */
  readonly bot: User;
  /** PEM. GitHub keeps the public half only; the sandbox shows the private one to whoever started it. */
  readonly publicKey: string;
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly createdAt: Instant;
}

export interface Installation {
  readonly id: number;
  readonly nodeId: string;
  readonly app: App;
  readonly account: Account;
  repositorySelection: 'all' | 'selected';
  /** Selected repositories by id; with `all`, those of the account. */
  readonly repositories: Set<number>;
  permissions: AppPermissions;
  suspendedAt: Instant | null;
  readonly createdAt: Instant;
  updatedAt: Instant;
}

export interface PersonalToken {
  readonly kind: 'personal';
  readonly token: string;
  readonly user: User;
}

export interface InstallationToken {
  readonly kind: 'installation';
  readonly token: string;
  readonly installation: Installation;
  readonly permissions: AppPermissions;
  /** Ids; null for every repository of the installation. */
  readonly repositories: ReadonlySet<number> | null;
  /** By the real clock, whatever the sandbox's says. */
  readonly expiresAt: Instant;
}

/** One attempt to tell an App of an event. */
export interface Delivery {
  readonly id: number;
  /** `X-GitHub-Delivery`; the same for a redelivery. */
  readonly guid: string;
  readonly app: App;
  readonly installation: Installation | null;
  readonly repository: Repository | null;
  readonly event: string;
  readonly action: string | null;
  /** The raw JSON body. */
  readonly body: string;
  readonly deliveredAt: Instant;
  readonly redelivery: boolean;
  /** Null while it is on its way. */
  statusCode: number | null;
  /** `OK`, or what went wrong. */
  status: string;
}

/** Every record of the sandbox, with the look-ups that the API needs. Ids are sequential, so that runs repeat. */
export class State {
  readonly accounts = new Map<number, Account>();
  readonly repositories = new Map<number, Repository>();
  readonly apps = new Map<number, App>();
  readonly installations = new Map<number, Installation>();
  readonly tokens = new Map<string, PersonalToken | InstallationToken>();
  /** Newest last. */
  readonly deliveries: Delivery[] = [];
  /** Whatever has a node id, for GraphQL's `node(id:)`. */
  readonly nodes = new Map<string, object>();
  #lastId = 10_000;

  /** A new database id, greater than every one before. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /**
   * A record with a new id and the node id that goes with it, registered for `node(id:)`.
   * @param prefix GitHub's short name of the type: `PR`, `IC`, `PRR`, …
   */
  create<R extends object>(
    prefix: string,
    record: R,
    id = this.nextId(),
  ): R & { readonly id: number; readonly nodeId: string } {
    const created = { ...record, id, nodeId: nodeId(prefix, id) };
    this.nodes.set(created.nodeId, created);
    return created;
  }

  /** Logins compare without case, as on GitHub. */
  account(login: string): Account | undefined {
    const wanted = login.toLowerCase();
    return [...this.accounts.values()].find((account) => account.login.toLowerCase() === wanted);
  }

  user(login: string): User | undefined {
    const account = this.account(login);
    return account?.type === 'Organization' ? undefined : account;
  }

  organization(login: string): Organization | undefined {
    const account = this.account(login);
    return account?.type === 'Organization' ? account : undefined;
  }

  repository(owner: string, name: string): Repository | undefined {
    return [...this.repositories.values()].find(
      (repository) =>
        repository.owner.login.toLowerCase() === owner.toLowerCase() &&
        repository.name.toLowerCase() === name.toLowerCase(),
    );
  }

  /** The user that a commit's address belongs to: a verified one, or `ID+login@users.noreply.github.com`. */
  userByEmail(email: string): User | undefined {
    const wanted = email.toLowerCase();
    const noreply = /^(?:(\d+)\+)?(.+)@users\.noreply\.github\.com$/.exec(wanted);
    const users = [...this.accounts.values()].filter((account) => account.type !== 'Organization');
    if (noreply?.[1] !== undefined) return users.find((user) => user.id === Number(noreply[1]));
    if (noreply?.[2] !== undefined) return users.find((user) => user.login.toLowerCase() === noreply[2]);
    return users.find((user) => user.emails.some((own) => own.toLowerCase() === wanted));
  }
}

/** An opaque global id in the shape of GitHub's: a prefix for the type, then the database id in base64url. */
export function nodeId(prefix: string, id: number | string): string {
  return `${prefix}_${Buffer.from(`sandbox:${id}`).toString('base64url')}`;
}

/** The pull request with that number; undefined for an issue or nothing. */
export function pullRequestOf(repository: Repository, number: number): PullRequest | undefined {
  const issue = repository.issues.get(number);
  return issue?.kind === 'pull-request' ? issue : undefined;
}

/** All pull requests, newest first. */
export function pullRequests(repository: Repository): PullRequest[] {
  return [...repository.issues.values()].filter((issue) => issue.kind === 'pull-request').reverse();
}
