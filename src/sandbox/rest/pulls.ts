/** Pull requests: opened, listed, edited, merged. */
import { z } from 'zod';
import { authorize } from '../access.ts';
import { notFound, unprocessable } from '../errors.ts';
import { mergePullRequest, mergeable } from '../operations/merge.ts';
import { createPullRequest, updatePullRequest } from '../operations/pull-requests.ts';
import { removeReviewRequests, requestReviewers } from '../operations/review-requests.ts';
import { simpleTeam, simpleUser } from '../represent/account.ts';
import { diffEntry, listedCommit } from '../represent/commit.ts';
import { fullPullRequest, pullRequestCommits, simplePullRequest } from '../represent/pull-request.ts';
import { pullRequestChanges } from '../reviews.ts';
import { pullRequests } from '../state.ts';
import type { PullRequest, Repository, Team, User } from '../state.ts';
import { pick } from './repositories.ts';
import { json, paginate, parseBody, pullRequestOfCall, repositoryOf, route } from './route.ts';
import type { Answer, Call } from './route.ts';

const read = { app: ['pull_requests:read'], role: 'read' } as const;

export const pullRequestRoutes = [
  route('GET /repos/{owner}/{repo}/pulls', listPullRequests),
  route('POST /repos/{owner}/{repo}/pulls', postPullRequest),
  route('GET /repos/{owner}/{repo}/pulls/{pull_number}', getPullRequest),
  route('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', patchPullRequest),
  route('GET /repos/{owner}/{repo}/pulls/{pull_number}/files', listFiles),
  route('GET /repos/{owner}/{repo}/pulls/{pull_number}/commits', listCommits),
  route('GET /repos/{owner}/{repo}/pulls/{pull_number}/merge', isMerged),
  route('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', merge),
  route('GET /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', listRequested),
  route('POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', (call) => {
    const pullRequest = pullRequestOfCall(call);
    requestReviewers(call.context, call.actor, pullRequest, reviewersOf(call, pullRequest.repository));
    return json(simplePullRequest(call.context, pullRequest), 201);
  }),
  route('DELETE /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', (call) => {
    const pullRequest = pullRequestOfCall(call);
    removeReviewRequests(call.context, call.actor, pullRequest, reviewersOf(call, pullRequest.repository));
    return json(simplePullRequest(call.context, pullRequest));
  }),
];

/** The pull request of the path, for who may read pull requests. */
export function readPullRequest(call: Call): PullRequest {
  const pullRequest = pullRequestOfCall(call);
  authorize(call.context.state, call.actor, pullRequest.repository, read);
  return pullRequest;
}

/** API version 2026-03-10 no longer says `merge_commit_sha` (facts §10). */
function versioned<T extends { merge_commit_sha: string | null }>(
  call: Call,
  body: T,
): Omit<T, 'merge_commit_sha'> {
  if (call.version === '2022-11-28') return body;
  const { merge_commit_sha: _, ...rest } = body;
  return rest;
}

function listPullRequests(call: Call): Answer {
  const repository = repositoryOf(call);
  authorize(call.context.state, call.actor, repository, read);
  const { query } = call;
  const state = query.get('state') ?? 'open';
  const [head, base] = [query.get('head'), query.get('base')];
  const found = pullRequests(repository).filter(
    (one) =>
      (state === 'all' || one.state === state) &&
      (base === null || one.baseRef === base) &&
      (head === null || head === `${one.headRepository?.owner.login ?? ''}:${one.headRef}`),
  );
  const sort = query.get('sort') ?? 'created';
  const direction = query.get('direction') ?? (query.has('sort') && sort !== 'created' ? 'asc' : 'desc');
  if (sort === 'updated') found.sort((a, b) => b.updatedAt - a.updatedAt);
  if (direction === 'asc') found.reverse();
  return paginate(call, found, (one) => versioned(call, simplePullRequest(call.context, one)));
}

const newBody = z.object({
  title: z.string(),
  head: z.string(),
  base: z.string(),
  body: z.string().nullable().default(null),
  draft: z.boolean().default(false),
});

function postPullRequest(call: Call): Answer {
  const pullRequest = createPullRequest(
    call.context,
    call.actor,
    repositoryOf(call),
    parseBody(call, newBody),
  );
  return json(versioned(call, fullPullRequest(call.context, pullRequest, mergeable(pullRequest))), 201);
}

function getPullRequest(call: Call): Answer {
  const pullRequest = readPullRequest(call);
  return json(versioned(call, fullPullRequest(call.context, pullRequest, mergeable(pullRequest))));
}

const editBody = z.object({
  title: z.string().optional(),
  body: z.string().nullable().optional(),
  base: z.string().optional(),
  state: z.enum(['open', 'closed']).optional(),
});

function patchPullRequest(call: Call): Answer {
  const edit = parseBody(call, editBody);
  const fields = pick(edit, 'title', 'body', 'base', 'state');
  const pullRequest = updatePullRequest(call.context, call.actor, pullRequestOfCall(call), fields);
  return json(versioned(call, fullPullRequest(call.context, pullRequest, mergeable(pullRequest))));
}

/** GitHub lists at most this many files, whatever the page (facts §3). */
const maxFiles = 3_000;

function listFiles(call: Call): Answer {
  const pullRequest = readPullRequest(call);
  const { repository, headSha } = pullRequest;
  const files = pullRequestChanges(pullRequest).slice(0, maxFiles);
  return paginate(call, files, (file) => diffEntry(call.context, repository, headSha, file));
}

/** GitHub lists at most this many commits, whatever the page (facts §3). */
const maxCommits = 250;

function listCommits(call: Call): Answer {
  const pullRequest = readPullRequest(call);
  const commits = pullRequestCommits(pullRequest).slice(0, maxCommits);
  return paginate(call, commits, (commit) => listedCommit(call.context, pullRequest.repository, commit));
}

function isMerged(call: Call): Answer {
  if (readPullRequest(call).mergedAt === null) throw notFound();
  return { status: 204 };
}

const mergeBody = z.object({
  commit_title: z.string().optional(),
  commit_message: z.string().optional(),
  sha: z.string().optional(),
  merge_method: z.enum(['merge', 'squash', 'rebase']).default('merge'),
});

function merge(call: Call): Answer {
  const body = parseBody(call, mergeBody);
  const sha = mergePullRequest(call.context, call.actor, pullRequestOfCall(call), {
    method: body.merge_method,
    ...(body.sha === undefined ? {} : { expectedHead: body.sha }),
    ...(body.commit_title === undefined ? {} : { title: body.commit_title }),
    ...(body.commit_message === undefined ? {} : { message: body.commit_message }),
  });
  return json({ sha, merged: true, message: 'Pull Request successfully merged' });
}

function listRequested(call: Call): Answer {
  const { reviewRequests, repository } = readPullRequest(call);
  const reviewers = reviewRequests.map(({ reviewer }) => reviewer);
  return json({
    users: reviewers.flatMap((one) => ('slug' in one ? [] : [simpleUser(call.context, one)])),
    teams: reviewers.flatMap((one) => ('slug' in one ? [simpleTeam(call.context, one, repository)] : [])),
  });
}

const reviewersBody = z.object({
  reviewers: z.array(z.string()).default([]),
  team_reviewers: z.array(z.string()).default([]),
});

function reviewersOf(call: Call, repository: Repository): (User | Team)[] {
  const { reviewers, team_reviewers: slugs } = parseBody(call, reviewersBody);
  const { owner } = repository;
  const teams = owner.type === 'Organization' ? owner.teams : [];
  const named = [
    ...reviewers.map((login) => call.context.state.user(login)),
    ...slugs.map((slug) => teams.find((team) => team.slug === slug)),
  ];
  return named.map((one) => {
    if (one === undefined) throw unprocessable('Could not resolve to a node with the given reviewer.');
    return one;
  });
}
