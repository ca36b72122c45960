/** Opening, editing, closing and reopening pull requests. */
import { authorize, authorizeWrite, canSee } from '../access.ts';
import { requireAccount } from '../auth.ts';
import type { AccountActor, Actor } from '../auth.ts';
import type { SandboxContext } from '../context.ts';
import { forbidden, unprocessable, validationFailed } from '../errors.ts';
import { commitsReachable } from '../git/history.ts';
import type { Changes } from '../events.ts';
import type { PullRequest, Repository } from '../state.ts';
import { pullRequests } from '../state.ts';
import { requestCodeOwners } from './review-requests.ts';
import { closeFor } from './synchronize.ts';
import { addTimelineEvent } from './timeline.ts';

export interface NewPullRequest {
  readonly title: string;
  readonly body: string | null;
  /** A branch, or `owner:branch` for one of a fork. */
  readonly head: string;
  /** A branch. */
  readonly base: string;
  readonly draft: boolean;
}

/**
 * Opens a pull request and asks its code owners.
 * @throws ApiError 422 for unknown branches, nothing to merge, or a second one for the same branches
 */
export function createPullRequest(
  context: SandboxContext,
  actor: Actor,
  repository: Repository,
  input: NewPullRequest,
): PullRequest {
  const need = { app: ['pull_requests:write'], role: 'read' } as const;
  authorize(context.state, actor, repository, need);
  if (repository.archived) throw forbidden('Repository was archived so is read-only.');
  const { user } = requireAccount(actor);
  const { headRepository, headRef, headSha } = resolveHead(context, repository, input.head);
  const baseSha = repository.git.branch(input.base);
  if (baseSha === undefined) throw validationFailed('PullRequest', 'base', 'invalid');
  if (headRepository === repository && headRef === input.base) {
    throw validationFailed(
      'PullRequest',
      'head',
      'custom',
      `No commits between ${input.base} and ${input.head}`,
    );
  }
  assertNoDuplicate(repository, headRepository, headRef, input);
  if (headRepository !== repository)
    repository.git.run(['fetch', '--quiet', headRepository.git.directory, headSha]);
  if (commitsReachable(repository.git, [headSha], [baseSha]).length === 0) {
    throw validationFailed(
      'PullRequest',
      'head',
      'custom',
      `No commits between ${input.base} and ${input.head}`,
    );
  }
  const now = context.clock.now();
  const pullRequest: PullRequest = context.state.create('PR', {
    kind: 'pull-request',
    repository,
    number: repository.nextNumber,
    title: input.title,
    body: input.body,
    state: 'open',
    author: user,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    closedBy: null,
    comments: [],
    timeline: [],
    draft: input.draft,
    baseRef: input.base,
    baseSha,
    headRef,
    headSha,
    headRepository,
    mergedAt: null,
    mergedBy: null,
    mergeCommitSha: null,
    reviews: [],
    reviewComments: [],
    reviewRequests: [],
    mergeabilityAsked: false,
  });
  repository.nextNumber += 1;
  repository.issues.set(pullRequest.number, pullRequest);
  repository.git.writePullRequestRef(pullRequest.number, headSha);
  context.emit({ event: 'pull_request', action: 'opened', repository, pullRequest, sender: user });
  if (!pullRequest.draft) requestCodeOwners(context, user, pullRequest);
  return pullRequest;
}

function resolveHead(
  context: SandboxContext,
  repository: Repository,
  head: string,
): { headRepository: Repository; headRef: string; headSha: string } {
  const [owner, branch] = head.includes(':') ? head.split(/:(.*)/s) : [repository.owner.login, head];
  const headRef = branch ?? '';
  const sameOwner = owner?.toLowerCase() === repository.owner.login.toLowerCase();
  const headRepository = sameOwner
    ? repository
    : [...context.state.repositories.values()].find(
        (fork) => fork.parent === repository && fork.owner.login.toLowerCase() === owner?.toLowerCase(),
      );
  const headSha = headRepository?.git.branch(headRef);
  if (headRepository === undefined || headSha === undefined) {
    throw validationFailed('PullRequest', 'head', 'invalid');
  }
  return { headRepository, headRef, headSha };
}

function assertNoDuplicate(
  repository: Repository,
  headRepository: Repository,
  headRef: string,
  input: NewPullRequest,
): void {
  const duplicate = pullRequests(repository).some(
    (other) =>
      other.state === 'open' &&
      other.headRepository === headRepository &&
      other.headRef === headRef &&
      other.baseRef === input.base,
  );
  if (!duplicate) return;
  const head = `${headRepository.owner.login}:${headRef}`;
  throw validationFailed('PullRequest', 'head', 'custom', `A pull request already exists for ${head}.`);
}

/** Fields that may be edited; what is left out stays. */
export interface PullRequestEdit {
  readonly title?: string;
  readonly body?: string | null;
  readonly base?: string;
  readonly state?: 'open' | 'closed';
}

/** Edits, retargets, closes or reopens; authors may edit their own. */
export function updatePullRequest(
  context: SandboxContext,
  actor: Actor,
  pullRequest: PullRequest,
  edit: PullRequestEdit,
): PullRequest {
  const { user } = authorizeEdit(context, actor, pullRequest);
  const changes = {
    ...editText(context, user, pullRequest, edit),
    ...retarget(context, user, pullRequest, edit.base),
  };
  const { repository } = pullRequest;
  if (Object.keys(changes).length > 0) {
    pullRequest.updatedAt = context.clock.now();
    context.emit({ event: 'pull_request', action: 'edited', repository, pullRequest, changes, sender: user });
  }
  if (edit.state === 'closed' && pullRequest.state === 'open') closeFor(context, user, pullRequest, {});
  if (edit.state === 'open' && pullRequest.state === 'closed') reopen(context, user, pullRequest);
  return pullRequest;
}

function authorizeEdit(context: SandboxContext, actor: Actor, pullRequest: PullRequest): AccountActor {
  const need = { app: ['pull_requests:write'], role: 'write' } as const;
  const own = actor.kind === 'user' && actor.user === pullRequest.author;
  if (own && canSee(context.state, actor, pullRequest.repository) && !pullRequest.repository.archived)
    return actor;
  return authorizeWrite(context.state, actor, pullRequest.repository, need);
}

function editText(
  context: SandboxContext,
  user: AccountActor['user'],
  pullRequest: PullRequest,
  edit: PullRequestEdit,
): Changes {
  const { title, body } = pullRequest;
  const changes: Record<string, unknown> = {};
  if (edit.title !== undefined && edit.title !== title) {
    pullRequest.title = edit.title;
    changes['title'] = { from: title };
    addTimelineEvent(context, pullRequest, user, {
      event: 'renamed',
      previousTitle: title,
      currentTitle: edit.title,
    });
  }
  if (edit.body !== undefined && edit.body !== body) {
    pullRequest.body = edit.body;
    changes['body'] = { from: body ?? '' };
  }
  return changes;
}

function retarget(
  context: SandboxContext,
  user: AccountActor['user'],
  pullRequest: PullRequest,
  base: string | undefined,
): Changes {
  const { repository, baseRef, baseSha } = pullRequest;
  if (base === undefined || base === baseRef) return {};
  const tip = repository.git.branch(base);
  if (tip === undefined) throw validationFailed('PullRequest', 'base', 'invalid');
  if (pullRequest.state === 'closed')
    throw unprocessable('Cannot change the base branch of a closed pull request.');
  if (commitsReachable(repository.git, [pullRequest.headSha], [tip]).length === 0) {
    throw unprocessable(
      `There are no new commits between base branch '${base}' and head branch '${pullRequest.headRef}'`,
    );
  }
  pullRequest.baseRef = base;
  pullRequest.baseSha = tip;
  pullRequest.mergeabilityAsked = false;
  addTimelineEvent(context, pullRequest, user, {
    event: 'base_ref_changed',
    previousRefName: baseRef,
    currentRefName: base,
  });
  return { base: { ref: { from: baseRef }, sha: { from: baseSha } } };
}

function reopen(context: SandboxContext, user: AccountActor['user'], pullRequest: PullRequest): void {
  const { repository, headRepository, headRef } = pullRequest;
  const headSha = headRepository?.git.branch(headRef);
  if (pullRequest.mergedAt !== null)
    throw validationFailed(
      'PullRequest',
      'state',
      'invalid',
      'state cannot be changed. The pull request was merged.',
    );
  if (headSha === undefined)
    throw validationFailed(
      'PullRequest',
      'state',
      'invalid',
      `state cannot be changed. The ${headRef} branch has been deleted.`,
    );
  if (headSha !== pullRequest.headSha)
    throw validationFailed(
      'PullRequest',
      'state',
      'invalid',
      `state cannot be changed. The ${headRef} branch was force-pushed or recreated.`,
    );
  const now = context.clock.now();
  Object.assign(pullRequest, {
    state: 'open',
    closedAt: null,
    closedBy: null,
    updatedAt: now,
  } satisfies Partial<PullRequest>);
  addTimelineEvent(context, pullRequest, user, { event: 'reopened' });
  context.emit({ event: 'pull_request', action: 'reopened', repository, pullRequest, sender: user });
}

/** Turns a pull request into a draft, or a draft into one that is ready for review. */
export function setDraft(
  context: SandboxContext,
  actor: Actor,
  pullRequest: PullRequest,
  draft: boolean,
): PullRequest {
  const { user } = authorizeEdit(context, actor, pullRequest);
  if (pullRequest.draft === draft) return pullRequest;
  const { repository } = pullRequest;
  pullRequest.draft = draft;
  pullRequest.updatedAt = context.clock.now();
  addTimelineEvent(context, pullRequest, user, { event: draft ? 'convert_to_draft' : 'ready_for_review' });
  const action = draft ? 'converted_to_draft' : 'ready_for_review';
  context.emit({ event: 'pull_request', action, repository, pullRequest, sender: user });
  if (!draft) requestCodeOwners(context, user, pullRequest);
  return pullRequest;
}
