/** Issues, and comments on issues and pull requests. */
import { z } from 'zod';
import { parseInstant } from '../../base/instant.ts';
import { authorize } from '../access.ts';
import { notFound } from '../errors.ts';
import { createComment, createIssue, deleteComment, updateComment } from '../operations/comments.ts';
import { updatePullRequest } from '../operations/pull-requests.ts';
import { issueComment, issueJson } from '../represent/pull-request.ts';
import type { Issue, IssueComment, PullRequest } from '../state.ts';
import { pick } from './repositories.ts';
import { json, noContent, numberParam, paginate, parseBody, repositoryOf, route } from './route.ts';
import type { Answer, Call } from './route.ts';

const read = { app: ['issues:read', 'pull_requests:read'], role: 'read' } as const;

export const issueRoutes = [
  route('GET /repos/{owner}/{repo}/issues', listIssues),
  route('POST /repos/{owner}/{repo}/issues', postIssue),
  route('GET /repos/{owner}/{repo}/issues/comments', listAllComments),
  route('GET /repos/{owner}/{repo}/issues/comments/{comment_id}', (call) => {
    authorize(call.context.state, call.actor, repositoryOf(call), read);
    return json(issueComment(call.context, commentOf(call)));
  }),
  route('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', (call) => {
    const { body } = parseBody(call, bodyOnly);
    return json(issueComment(call.context, updateComment(call.context, call.actor, commentOf(call), body)));
  }),
  route('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', (call) => {
    deleteComment(call.context, call.actor, commentOf(call));
    return noContent;
  }),
  route('GET /repos/{owner}/{repo}/issues/{issue_number}', (call) =>
    json(issueJson(call.context, readIssue(call))),
  ),
  route('PATCH /repos/{owner}/{repo}/issues/{issue_number}', patchIssue),
  route('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', (call) => {
    const comments = since(call, readIssue(call).comments);
    return paginate(call, comments, (comment) => issueComment(call.context, comment));
  }),
  route('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', (call) => {
    const { body } = parseBody(call, bodyOnly);
    return json(
      issueComment(call.context, createComment(call.context, call.actor, issueOf(call), body)),
      201,
    );
  }),
];

const bodyOnly = z.object({ body: z.string() });

function issueOf(call: Call): Issue | PullRequest {
  const issue = repositoryOf(call).issues.get(numberParam(call, 'issue_number'));
  if (issue === undefined) throw notFound();
  return issue;
}

function readIssue(call: Call): Issue | PullRequest {
  const issue = issueOf(call);
  authorize(call.context.state, call.actor, issue.repository, read);
  return issue;
}

function commentOf(call: Call): IssueComment {
  const id = numberParam(call, 'comment_id');
  const comments = [...repositoryOf(call).issues.values()].flatMap(({ comments }) => comments);
  const comment = comments.find((one) => one.id === id);
  if (comment === undefined) throw notFound();
  return comment;
}

/** Comments that changed since the time that the request names. */
function since(call: Call, comments: readonly IssueComment[]): readonly IssueComment[] {
  const from = parseInstant(call.query.get('since') ?? '');
  return from === null ? comments : comments.filter(({ updatedAt }) => updatedAt >= from);
}

function listAllComments(call: Call): Answer {
  const repository = repositoryOf(call);
  authorize(call.context.state, call.actor, repository, read);
  const comments = [...repository.issues.values()].flatMap(({ comments }) => comments);
  const sort = call.query.get('sort') === 'updated' ? 'updatedAt' : 'createdAt';
  const ordered = [...since(call, comments)].sort((a, b) => a[sort] - b[sort] || a.id - b.id);
  if (call.query.get('direction') === 'desc') ordered.reverse();
  return paginate(call, ordered, (comment) => issueComment(call.context, comment));
}

/** Issues and pull requests, newest first. */
function listIssues(call: Call): Answer {
  const repository = repositoryOf(call);
  authorize(call.context.state, call.actor, repository, read);
  const state = call.query.get('state') ?? 'open';
  const creator = call.query.get('creator');
  const found = [...repository.issues.values()].filter(
    (issue) =>
      (state === 'all' || issue.state === state) && (creator === null || issue.author.login === creator),
  );
  return paginate(call, found.reverse(), (issue) => issueJson(call.context, issue));
}

function postIssue(call: Call): Answer {
  const { title, body } = parseBody(
    call,
    z.object({ title: z.string(), body: z.string().nullable().default(null) }),
  );
  return json(
    issueJson(call.context, createIssue(call.context, call.actor, repositoryOf(call), title, body)),
    201,
  );
}

const issueBody = z.object({
  title: z.string().optional(),
  body: z.string().nullable().optional(),
  state: z.enum(['open', 'closed']).optional(),
});

/** Pull requests only: a plain issue of the sandbox is a place for comments. */
function patchIssue(call: Call): Answer {
  const issue = issueOf(call);
  if (issue.kind === 'issue') throw notFound();
  const fields = pick(parseBody(call, issueBody), 'title', 'body', 'state');
  return json(issueJson(call.context, updatePullRequest(call.context, call.actor, issue, fields)));
}
