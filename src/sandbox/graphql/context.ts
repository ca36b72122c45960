/**
 * What resolvers work with: the request's context, and the sandbox's record behind each type of GitHub's schema.
 * Types that are not in `Types` are answered by plain objects with the schema's own field names.
 */
import type * as GitHub from '@octokit/graphql-schema';
import type { GraphQLResolveInfo } from 'graphql';
import type { AccountActor } from '../auth.ts';
import type { SandboxContext } from '../context.ts';
import type { FileChange } from '../git/diff.ts';
import type * as git from '../git/objects.ts';
import type { RateStatus } from '../limits.ts';
import type * as state from '../state.ts';
import type { Cost } from './cost.ts';
import type { ErrorType } from './errors.ts';

/** A fault to be injected: the field at this path of the answer fails, the rest stays. */
export interface PartialAnswer {
  readonly path: readonly (string | number)[];
  readonly type: ErrorType;
  readonly message: string;
}

/** What one request carries to its resolvers. */
export interface Context {
  readonly sandbox: SandboxContext;
  readonly actor: AccountActor;
  readonly cost: Cost;
  readonly rateLimit: RateStatus;
  readonly partial: PartialAnswer | null;
}

/** A branch or tag as it was when it was looked up. */
export interface Ref {
  readonly __typename: 'Ref';
  readonly repository: state.Repository;
  /** Full name: `refs/heads/main`. */
  readonly name: string;
  /** How it was asked for: `refs/heads/` in most cases; what a list of refs was restricted to. */
  readonly prefix: string;
  readonly sha: string;
}

export interface Commit {
  readonly __typename: 'Commit';
  readonly repository: state.Repository;
  readonly commit: git.Commit;
}

export interface Tree {
  readonly __typename: 'Tree';
  readonly repository: state.Repository;
  readonly sha: string;
  /** Where it lies in the tree that it was reached from; empty for a root and for one asked for by id. */
  readonly path: string;
}

export interface Blob {
  readonly __typename: 'Blob';
  readonly repository: state.Repository;
  readonly sha: string;
  readonly data: Buffer;
}

export interface TreeEntry {
  readonly repository: state.Repository;
  readonly entry: git.TreeEntry;
  readonly path: string;
}

interface GitActor {
  readonly signature: git.Signature;
}

export interface ChangedFile {
  readonly path: string;
  readonly status: FileChange['status'];
  /** Counts of lines, which cost a look into both blobs. */
  readonly lines: () => { readonly additions: number; readonly deletions: number };
}

export interface PullRequestCommit {
  readonly __typename: 'PullRequestCommit';
  readonly pullRequest: state.PullRequest;
  readonly commit: git.Commit;
}

/** All checks of one kind on one commit. */
export interface CommitChecks {
  readonly repository: state.Repository;
  readonly sha: string;
}

export interface ReviewRequest {
  readonly pullRequest: state.PullRequest;
  readonly request: state.ReviewRequest;
}

/** Type of GitHub's schema → its TypeScript shape, and what stands behind it here. */
export interface Types {
  App: [GitHub.App, state.App];
  Blob: [GitHub.Blob, Blob];
  Bot: [GitHub.Bot, state.User];
  CheckRun: [GitHub.CheckRun, state.CheckRun];
  CheckSuite: [GitHub.CheckSuite, state.CheckSuite];
  Commit: [GitHub.Commit, Commit];
  GitActor: [GitHub.GitActor, GitActor];
  IssueComment: [GitHub.IssueComment, state.IssueComment];
  Organization: [GitHub.Organization, state.Organization];
  PullRequest: [GitHub.PullRequest, state.PullRequest];
  PullRequestChangedFile: [GitHub.PullRequestChangedFile, ChangedFile];
  PullRequestCommit: [GitHub.PullRequestCommit, PullRequestCommit];
  PullRequestReview: [GitHub.PullRequestReview, state.Review];
  Query: [GitHub.Query, undefined];
  Mutation: [GitHub.Mutation, undefined];
  Ref: [GitHub.Ref, Ref];
  Repository: [GitHub.Repository, state.Repository];
  RepositoryRuleset: [GitHub.RepositoryRuleset, state.Ruleset];
  ReviewRequest: [GitHub.ReviewRequest, ReviewRequest];
  Status: [GitHub.Status, CommitChecks];
  StatusCheckRollup: [GitHub.StatusCheckRollup, CommitChecks];
  StatusContext: [GitHub.StatusContext, state.CommitStatus];
  Team: [GitHub.Team, state.Team];
  Tree: [GitHub.Tree, Tree];
  TreeEntry: [GitHub.TreeEntry, TreeEntry];
  User: [GitHub.User, state.User];
}

/** Resolvers of a type; the compiler holds their names against GitHub's schema. */
export type Fields<Name extends keyof Types> = {
  readonly [Field in keyof Types[Name][0]]?: (
    source: Types[Name][1],
    args: never,
    context: Context,
    info: GraphQLResolveInfo,
  ) => unknown;
};
