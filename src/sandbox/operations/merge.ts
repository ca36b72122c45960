/** Merging pull requests: by merge commit, squash or rebase. */
import { authorizeWrite } from '../access.ts';
import type { AccountActor, Actor } from '../auth.ts';
import type { SandboxContext } from '../context.ts';
import { ApiError } from '../errors.ts';
import type { Commit } from '../git/objects.ts';
import { commitsReachable } from '../git/history.ts';
import { accountSignature, commitAuthors, webFlowSignature } from '../identity.ts';
import { violations } from '../rules.ts';
import type { MergeMethod, PullRequest } from '../state.ts';
import { writeCommit } from './commits.ts';
import { changeRef, refMoved } from './refs.ts';
import { markMerged } from './synchronize.ts';

export interface MergeInput {
  readonly method: MergeMethod;
  /** The head that the caller looked at. */
  readonly expectedHead?: string;
  readonly title?: string;
  readonly message?: string;
}

/**
 * Merges a pull request.
 * @returns the SHA of the merge commit, of the squashed commit, or of the last rebased one
 * @throws ApiError 409 where the head is another than expected; 405 for everything else that stands in the way
 */
export function mergePullRequest(
  context: SandboxContext,
  actor: Actor,
  pullRequest: PullRequest,
  input: MergeInput,
): string {
  const { repository } = pullRequest;
  const account = authorizeWrite(context.state, actor, repository, {
    app: ['contents:write'],
    role: 'write',
  });
  if (pullRequest.state === 'closed') throw notMergeable();
  if (pullRequest.draft) throw notMergeable('Pull Request is still a draft');
  if (input.expectedHead !== undefined && input.expectedHead !== pullRequest.headSha) {
    throw new ApiError(409, 'Head branch was modified. Review and try the merge again.');
  }
  if (!repository.mergeMethods.includes(input.method)) throw notMergeable(methodRefused[input.method]);
  const ref = `refs/heads/${pullRequest.baseRef}`;
  const before = repository.git.branch(pullRequest.baseRef);
  if (before === undefined) throw notMergeable();
  const after = buildMerge(context, account, pullRequest, before, input);
  const merge = { pullRequest, method: input.method, queued: false };
  const change = { repository, ref, before, after, merge };
  const violated = violations(context, account, change);
  if (violated.length > 0)
    throw notMergeable(`Repository rule violations found\n\n${violated.join('\n\n')}\n\n`);
  changeRef(context, account, change, 'pr_merge');
  markMerged(context, account.user, pullRequest, after);
  deleteMergedBranch(context, account, pullRequest);
  return after;
}

function notMergeable(message = 'Pull Request is not mergeable'): ApiError {
  return new ApiError(405, message);
}

const methodRefused: Readonly<Record<MergeMethod, string>> = {
  merge: 'Merge commits are not allowed on this repository.',
  squash: 'Squash merges are not allowed on this repository.',
  rebase: 'Rebase merges are not allowed on this repository.',
};

/**
 * Writes the commits that a merge would put on top of `base`; moves no ref.
 * @throws ApiError 405 for a conflict
 */
export function buildMerge(
  context: SandboxContext,
  actor: AccountActor,
  pullRequest: PullRequest,
  base: string,
  input: Pick<MergeInput, 'method' | 'title' | 'message'>,
): string {
  if (input.method === 'rebase') return rebase(context, actor, pullRequest, base);
  const { git } = pullRequest.repository;
  const merged = git.mergeTree(base, pullRequest.headSha);
  if (merged.kind === 'conflict') throw notMergeable();
  const now = context.clock.now();
  const squash = input.method === 'squash';
  const author = squash ? pullRequest.author : actor.user;
  return writeCommit(pullRequest.repository, {
    tree: merged.tree,
    parents: squash ? [base] : [base, pullRequest.headSha],
    author: accountSignature(author, now),
    committer: webFlowSignature(now),
    message: squash ? squashMessage(context, pullRequest, base, input) : mergeMessage(pullRequest, input),
    signed: true,
  });
}

function mergeMessage(pullRequest: PullRequest, input: Pick<MergeInput, 'title' | 'message'>): string {
  const owner = pullRequest.headRepository?.owner.login ?? 'unknown';
  const title =
    input.title ?? `Merge pull request #${pullRequest.number} from ${owner}/${pullRequest.headRef}`;
  return joinMessage(title, input.message ?? pullRequest.title);
}

function squashMessage(
  context: SandboxContext,
  pullRequest: PullRequest,
  base: string,
  input: Pick<MergeInput, 'title' | 'message'>,
): string {
  const { git } = pullRequest.repository;
  const commits = commitsReachable(git, [pullRequest.headSha], [base]).reverse();
  const only = commits.length === 1 ? commits[0] : undefined;
  const title =
    input.title ?? `${only === undefined ? pullRequest.title : subject(only)} (#${pullRequest.number})`;
  const ownMessage =
    only === undefined ? commits.map((commit) => `* ${commit.message.trim()}`).join('\n\n') : '';
  const others = commits.flatMap((commit) => commitAuthors(context.state, commit));
  const coAuthors = others
    .filter(({ user }) => user !== pullRequest.author)
    .map(({ name, email }) => `Co-authored-by: ${name} <${email}>`);
  return joinMessage(
    title,
    [input.message ?? ownMessage, [...new Set(coAuthors)].join('\n')].filter(Boolean).join('\n\n'),
  );
}

function subject(commit: Commit): string {
  return commit.message.split('\n')[0] ?? '';
}

function joinMessage(title: string, message: string): string {
  return message === '' ? title : `${title}\n\n${message}`;
}

/** Replays the commits of the pull request; merge commits among them are left out, as GitHub does. */
function rebase(
  context: SandboxContext,
  actor: AccountActor,
  pullRequest: PullRequest,
  base: string,
): string {
  const { repository } = pullRequest;
  const committer = accountSignature(actor.user, context.clock.now());
  let tip = base;
  for (const commit of commitsReachable(repository.git, [pullRequest.headSha], [base]).reverse()) {
    if (commit.parents.length > 1) continue;
    const { author, message } = commit;
    const tree = cherryPick(pullRequest, commit, tip);
    tip = writeCommit(repository, { tree, parents: [tip], author, committer, message, signed: false });
  }
  return tip;
}

/**
 * The tree of one commit's change on top of `onto`. `git merge-tree` of git 2.39 takes no merge base, so a commit with
 * the tree of `onto` and the parent of `commit` stands in for it.
 */
function cherryPick(pullRequest: PullRequest, commit: Commit, onto: string): string {
  const { git } = pullRequest.repository;
  const { author, committer } = commit;
  const tree = git.commit(onto).tree;
  const standIn = git.objects.writeCommit({
    tree,
    parents: commit.parents,
    author,
    committer,
    message: 'rebase',
  });
  const merged = git.mergeTree(standIn, commit.sha);
  if (merged.kind === 'conflict') throw notMergeable();
  return merged.tree;
}

/** With the repository's setting, a merged branch goes; rules that forbid it are respected silently. */
export function deleteMergedBranch(
  context: SandboxContext,
  actor: AccountActor,
  pullRequest: PullRequest,
): void {
  const { repository, headRepository, headRef } = pullRequest;
  if (
    !repository.deleteBranchOnMerge ||
    headRepository !== repository ||
    headRef === repository.defaultBranch
  )
    return;
  const ref = `refs/heads/${headRef}`;
  const change = { repository, ref, before: pullRequest.headSha, after: null };
  if (repository.git.refs.get(ref) !== pullRequest.headSha || violations(context, actor, change).length > 0)
    return;
  repository.git.updateRef(ref, null, pullRequest.headSha);
  refMoved(context, actor.user, change);
}

/**
 * Whether a pull request can be merged without conflict. As on GitHub the first question after a change is answered
 * by null, and only the next by the truth.
 */
export function mergeable(pullRequest: PullRequest): boolean | null {
  const { repository, baseRef, headSha } = pullRequest;
  const base = repository.git.branch(baseRef);
  if (pullRequest.state === 'closed' || base === undefined) return null;
  if (!pullRequest.mergeabilityAsked) {
    pullRequest.mergeabilityAsked = true;
    return null;
  }
  return repository.git.mergeTree(base, headSha).kind === 'clean';
}
