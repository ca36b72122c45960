/** The resolvers of every type that has any, by the type's name. */
import type { GraphQLResolveInfo } from 'graphql';
import type { Context, Types } from '../context.ts';
import { botFields, organizationFields, teamFields, userFields } from './account.ts';
import {
  appFields,
  checkRunFields,
  checkSuiteFields,
  rollupFields,
  statusContextFields,
  statusFields,
} from './check.ts';
import { commitFields } from './commit.ts';
import { blobFields, gitActorFields, treeEntryFields, treeFields } from './git.ts';
import { mutationFields } from './mutation.ts';
import {
  changedFileFields,
  pullRequestCommitFields,
  pullRequestFields,
  reviewRequestFields,
} from './pull-request.ts';
import { queryFields } from './query.ts';
import { refFields, rulesetFields } from './ref.ts';
import { repositoryFields } from './repository.ts';
import { commentFields, reviewFields } from './review.ts';

/** What graphql calls for one field. */
export type Resolver = (
  source: unknown,
  args: unknown,
  context: Context,
  info: GraphQLResolveInfo,
) => unknown;

const all = {
  App: appFields,
  Blob: blobFields,
  Bot: botFields,
  CheckRun: checkRunFields,
  CheckSuite: checkSuiteFields,
  Commit: commitFields,
  GitActor: gitActorFields,
  IssueComment: commentFields,
  Mutation: mutationFields,
  Organization: organizationFields,
  PullRequest: pullRequestFields,
  PullRequestChangedFile: changedFileFields,
  PullRequestCommit: pullRequestCommitFields,
  PullRequestReview: reviewFields,
  Query: queryFields,
  Ref: refFields,
  Repository: repositoryFields,
  RepositoryRuleset: rulesetFields,
  ReviewRequest: reviewRequestFields,
  Status: statusFields,
  StatusCheckRollup: rollupFields,
  StatusContext: statusContextFields,
  Team: teamFields,
  Tree: treeFields,
  TreeEntry: treeEntryFields,
  User: userFields,
} satisfies Record<keyof Types, object>;

/**
 * Type → field → resolver. The one unchecked step between the schema's types and ours: graphql hands each resolver
 * the source and the arguments that the schema promises, which is what the resolvers are typed for.
 */
export const resolvers: Readonly<Record<string, Readonly<Record<string, Resolver>> | undefined>> =
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  all as never;
