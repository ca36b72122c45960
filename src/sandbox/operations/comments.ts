/** Issues and the comments on issues and pull requests. */
import { authorize, authorizeWrite, canSee } from '../access.ts';
import { requireAccount } from '../auth.ts';
import type { AccountActor, Actor } from '../auth.ts';
import type { SandboxContext } from '../context.ts';
import { forbidden, unprocessable, validationFailed } from '../errors.ts';
import type { Issue, IssueComment, PullRequest, Repository } from '../state.ts';

const maxBody = 65_536;

/** What an App needs to comment: either permission does on a pull request. */
function needs(issue: Issue | PullRequest): { app: readonly `${string}:write`[] } {
  return { app: issue.kind === 'issue' ? ['issues:write'] : ['issues:write', 'pull_requests:write'] };
}

/** Comments on an issue or pull request; whoever can read may. */
export function createComment(
  context: SandboxContext,
  actor: Actor,
  issue: Issue | PullRequest,
  body: string,
): IssueComment {
  const { repository } = issue;
  authorize(context.state, actor, repository, { ...needs(issue), role: 'read' });
  if (repository.archived) throw forbidden('Repository was archived so is read-only.');
  const account = requireAccount(actor);
  assertBody(body);
  const now = context.clock.now();
  const comment: IssueComment = context.state.create('IC', {
    issue,
    author: account.user,
    viaApp: account.kind === 'installation' ? account.app : null,
    body,
    createdAt: now,
    updatedAt: now,
    lastEditedAt: null,
    editor: null,
  });
  issue.comments.push(comment);
  issue.updatedAt = now;
  context.emit({ event: 'issue_comment', action: 'created', repository, comment, sender: account.user });
  return comment;
}

function assertBody(body: string): void {
  if (body.trim() === '') throw validationFailed('IssueComment', 'body', 'missing_field');
  if (body.length > maxBody) throw unprocessable(`Body is too long (maximum is ${maxBody} characters)`);
}

/** Edits a comment: its author, or anybody with write access, and the author stays who it was (facts §10). */
export function updateComment(
  context: SandboxContext,
  actor: Actor,
  comment: IssueComment,
  body: string,
): IssueComment {
  const { repository } = comment.issue;
  const { user } = authorizeChange(context, actor, comment);
  assertBody(body);
  const changes = { body: { from: comment.body } };
  const now = context.clock.now();
  Object.assign(comment, {
    body,
    updatedAt: now,
    lastEditedAt: now,
    editor: user,
  } satisfies Partial<IssueComment>);
  context.emit({ event: 'issue_comment', action: 'edited', repository, comment, changes, sender: user });
  return comment;
}

export function deleteComment(context: SandboxContext, actor: Actor, comment: IssueComment): void {
  const { issue } = comment;
  const { user } = authorizeChange(context, actor, comment);
  issue.comments.splice(issue.comments.indexOf(comment), 1);
  context.state.nodes.delete(comment.nodeId);
  context.emit({
    event: 'issue_comment',
    action: 'deleted',
    repository: issue.repository,
    comment,
    sender: user,
  });
}

function authorizeChange(context: SandboxContext, actor: Actor, comment: IssueComment): AccountActor {
  const { repository } = comment.issue;
  const own = actor.kind === 'user' && actor.user === comment.author;
  if (own && canSee(context.state, actor, repository) && !repository.archived) return actor;
  return authorizeWrite(context.state, actor, repository, { ...needs(comment.issue), role: 'write' });
}

/** Opens a plain issue. */
export function createIssue(
  context: SandboxContext,
  actor: Actor,
  repository: Repository,
  title: string,
  body: string | null,
): Issue {
  authorize(context.state, actor, repository, { app: ['issues:write'], role: 'read' });
  if (repository.archived) throw forbidden('Repository was archived so is read-only.');
  const { user } = requireAccount(actor);
  const now = context.clock.now();
  const issue: Issue = context.state.create('I', {
    kind: 'issue',
    repository,
    number: repository.nextNumber,
    title,
    body,
    state: 'open',
    author: user,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    closedBy: null,
    comments: [],
    timeline: [],
  });
  repository.nextNumber += 1;
  repository.issues.set(issue.number, issue);
  return issue;
}
