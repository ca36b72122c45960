import { schema as published } from '@octokit/graphql-schema';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { branchQuery } from '../../src/github/queries/branch.ts';
import { commitMutation, lastCommitsQuery } from '../../src/github/queries/commit.ts';
import { landingsQuery, rebaseQuery, treesQuery } from '../../src/github/queries/landings.ts';
import { entriesQuery, objectsQuery } from '../../src/github/queries/objects.ts';
import {
  commentsQuery,
  contextsQuery,
  detailsQuery,
  headQuery,
  openPullRequestsQuery,
  pullRequestPagesQuery,
  pullRequestQuery,
} from '../../src/github/queries/pull-request.ts';
import { teamsQuery } from '../../src/github/queries/teams.ts';
import { verdictsQuery } from '../../src/github/queries/verdicts.ts';

const schema = buildSchema(published.idl, { assumeValidSDL: true });

const documents: Readonly<Record<string, string>> = {
  'branchQuery(0)': branchQuery(0),
  'branchQuery(2)': branchQuery(2),
  commitMutation,
  lastCommitsQuery,
  rebaseQuery,
  treesQuery,
  contextsQuery,
  headQuery,
  openPullRequestsQuery,
  pullRequestPagesQuery,
  'pullRequestQuery(0)': pullRequestQuery(0),
  'pullRequestQuery(2)': pullRequestQuery(2),
  'commentsQuery(2)': commentsQuery(2),
  'detailsQuery(1, 0)': detailsQuery(1, 0),
  'detailsQuery(0, 1)': detailsQuery(0, 1),
  'detailsQuery(2, 2)': detailsQuery(2, 2),
  'landingsQuery of paths': landingsQuery({ paths: 2, pullRequests: 0, logins: 0 }),
  'landingsQuery of everything': landingsQuery({ paths: 2, pullRequests: 2, logins: 2 }),
  'objectsQuery of blobs': objectsQuery(2, 0, false),
  'objectsQuery of trees': objectsQuery(0, 2, false),
  'objectsQuery with codeowners': objectsQuery(1, 1, true),
  'objectsQuery of codeowners alone': objectsQuery(0, 0, true),
  'entriesQuery(2)': entriesQuery(2),
  'teamsQuery(2)': teamsQuery(2),
  'verdictsQuery(2)': verdictsQuery(2),
};

describe('every document is one that GitHub would accept', () => {
  it.each(Object.entries(documents))('%s', (_, text) => {
    expect(validate(schema, parse(text)).map((error) => error.message)).toEqual([]);
  });
});
