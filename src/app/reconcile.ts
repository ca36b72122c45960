/**
 * What the app asks of the engine: look at one thing, bring it to what it should be, say when to look again. The
 * queue sees to it that two runs for one thing never overlap in this process; another replica may still be at work.
 */
import type { Logger } from 'pino';
import type { Instant } from '../base/instant.ts';
import type { ReasonCode } from '../base/reasons.ts';
import type { GitHubError } from '../github/errors.ts';
import type { RepositoryPort } from '../github/port.ts';

/**
 * All functions read everything anew, are safe to repeat, and throw one of the errors of `github/errors.ts` where
 * GitHub does not let them finish; the queue then comes back.
 */
export interface Reconciler {
  /** Evaluates one pull request, open or closed. */
  pullRequest(port: RepositoryPort, number: number, context: PullRequestContext): Promise<PullRequestOutcome>;

  /**
   * Looks over all open pull requests, a page of them with one read, and writes nothing: what is to be written about
   * one is left to a run of its own.
   */
  openPullRequests(port: RepositoryPort, context: ReconcileContext): Promise<readonly OpenPullRequest[]>;

  /** Looks at the default branch: grants what is due, ends what is over, puts right what was changed by hand. */
  branch(port: RepositoryPort, context: ReconcileContext): Promise<BranchOutcome>;
}

/** What every run is given. */
export interface ReconcileContext {
  /** Carries the fields `installation`, `repository` and, where it applies, `pullRequest` and `delivery`. */
  readonly log: Logger;
  /** Aborted when the process is about to end: start no further write. */
  readonly signal: AbortSignal;
  readonly observe: Observer;
}

/** What a run for one pull request is given. */
export interface PullRequestContext extends ReconcileContext {
  /**
   * Commits of merge groups that carry this pull request and wait for our check: it is published on each of them as
   * well. Empty outside a merge queue.
   */
  readonly mergeGroups: readonly string[];
}

/** What the engine tells the metrics, at the moment at which it is true. */
export interface Observer {
  /** A decision was taken. Called once for each request that a run decides on. */
  decided(reason: ReasonCode): void;
  /** Access is off the default branch, so long after it should have been. */
  revoked(lagMilliseconds: number): void;
  /** Something that a person should look at. The caller writes the error into the log as well. */
  alerted(reason: ReasonCode): void;
}

/** What a run for one pull request came to. */
export interface PullRequestOutcome {
  /** The head that was evaluated: an event about this commit, such as somebody else's check, leads back here. */
  readonly head: string;
  /** True where the run landed something on the default branch, which is then looked at without delay. */
  readonly branchTouched: boolean;
  /** When the verdict changes by the mere passing of time; null where it does not. */
  readonly requeueAt: Instant | null;
}

/** What a look at one of all open pull requests came to. */
export interface OpenPullRequest extends Omit<PullRequestOutcome, 'branchTouched'> {
  readonly number: number;
  /** True where a run of its own would write something. */
  readonly due: boolean;
}

/** What a run for a default branch came to. */
export interface BranchOutcome {
  /** False where the tip holds neither a policy nor a grant: not an access repository, swept rarely. */
  readonly adopted: boolean;
  /** The nearest start or end; null where there is none. */
  readonly wakeAt: Instant | null;
  /** Pull requests whose check or comment should say something new because of what this run did. */
  readonly pullRequests: readonly number[];
  /** What kept the run from doing all that was due, though it did the rest; null where nothing did. */
  readonly failure: GitHubError | null;
}
