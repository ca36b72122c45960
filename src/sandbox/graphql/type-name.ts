/** Which type of GitHub's schema a record of the sandbox is, where the schema has an interface or a union. */
import type * as state from '../state.ts';
import type { Blob, Commit, Ref, Tree } from './context.ts';

/** Types whose values are met where the schema leaves the type open. */
export interface Records {
  App: state.App;
  Blob: Blob;
  Bot: state.User;
  CheckRun: state.CheckRun;
  CheckSuite: state.CheckSuite;
  Commit: Commit;
  IssueComment: state.IssueComment;
  Organization: state.Organization;
  PullRequest: state.PullRequest;
  PullRequestReview: state.Review;
  Ref: Ref;
  Repository: state.Repository;
  RepositoryRuleset: state.Ruleset;
  StatusContext: state.CommitStatus;
  Team: state.Team;
  Tree: Tree;
  User: state.User;
}

/** A property that only records of one type have. */
const marks = {
  CheckSuite: 'checkRuns',
  CheckRun: 'checkSuite',
  RepositoryRuleset: 'bypassActors',
  App: 'clientId',
  PullRequestReview: 'submittedAt',
  IssueComment: 'viaApp',
  StatusContext: 'targetUrl',
  Repository: 'defaultBranch',
  Team: 'slug',
} as const satisfies { readonly [Name in keyof Records]?: keyof Records[Name] };

/** Undefined for what no field of an open type gives. */
export function typeNameOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('__typename' in value) return String(value['__typename']);
  if ('login' in value && 'type' in value) return String(value.type);
  if ('kind' in value) return value.kind === 'pull-request' ? 'PullRequest' : 'Issue';
  return Object.entries(marks).find(([, mark]) => mark in value)?.[0];
}

export function isType<Name extends keyof Records>(value: object, name: Name): value is Records[Name] {
  return typeNameOf(value) === name;
}
