/** Commits made through the API: by Git Data, by Contents, and by `createCommitOnBranch`. */
import { authorizeWrite } from '../access.ts';
import type { AccountActor, Actor } from '../auth.ts';
import type { SandboxContext } from '../context.ts';
import { ApiError, notFound, unprocessable } from '../errors.ts';
import type { Signature } from '../git/objects.ts';
import type { TreeChange } from '../git/write-tree.ts';
import { accountSignature, webFlowSignature } from '../identity.ts';
import type { Repository } from '../state.ts';
import { changeRef } from './refs.ts';

/** A custom author or committer; GitHub then does not sign. */
export interface CustomSignature {
  readonly name: string;
  readonly email: string;
  readonly date?: number;
}

export interface CommitInput {
  readonly message: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author?: CustomSignature | undefined;
  readonly committer?: CustomSignature | undefined;
}

const contents = { app: ['contents:write'], role: 'write' } as const;

/**
 * Writes a commit object. GitHub signs it only for an App that names neither author nor committer (facts §10).
 * @throws ApiError 422 for a tree or parent that does not exist
 */
export function createCommit(
  context: SandboxContext,
  actor: Actor,
  repository: Repository,
  input: CommitInput,
): string {
  const account = authorizeWrite(context.state, actor, repository, contents);
  const { git } = repository;
  if (git.readTree(input.tree) === undefined) throw unprocessable('Tree SHA does not exist');
  if (input.parents.some((parent) => git.readCommit(parent) === undefined)) {
    throw unprocessable('Parent SHA does not exist or is not a commit object');
  }
  const signed =
    account.kind === 'installation' && input.author === undefined && input.committer === undefined;
  const now = context.clock.now();
  const author = custom(input.author, now) ?? accountSignature(account.user, now);
  const committer = signed ? webFlowSignature(now) : (custom(input.committer, now) ?? author);
  return writeCommit(repository, { ...input, author, committer, signed });
}

function custom(signature: CustomSignature | undefined, now: number): Signature | undefined {
  if (signature === undefined) return undefined;
  return { name: signature.name, email: signature.email, date: signature.date ?? now, offset: '+0000' };
}

/** Writes a commit and remembers whether GitHub signed it. */
export function writeCommit(
  repository: Repository,
  commit: {
    readonly message: string;
    readonly tree: string;
    readonly parents: readonly string[];
    readonly author: Signature;
    readonly committer: Signature;
    readonly signed: boolean;
  },
): string {
  const sha = repository.git.objects.writeCommit(commit);
  if (commit.signed) repository.signedByGitHub.add(sha);
  return sha;
}

export interface FileAddition {
  readonly path: string;
  readonly content: Buffer;
}

export interface BranchCommit {
  /** Without `refs/heads/`. */
  readonly branch: string;
  readonly expectedHead: string;
  readonly headline: string;
  readonly body: string;
  readonly additions: readonly FileAddition[];
  readonly deletions: readonly string[];
}

/**
 * GraphQL's `createCommitOnBranch`: several files in one commit that GitHub signs, and only if the branch is where
 * the caller thinks.
 * @returns the commit's SHA
 * @throws ApiError of type `STALE_DATA` where the branch has moved, 422 where a rule forbids it or a path is not there
 */
export function createCommitOnBranch(
  context: SandboxContext,
  actor: Actor,
  repository: Repository,
  input: BranchCommit,
): string {
  const account = authorizeWrite(context.state, actor, repository, contents);
  const head = repository.git.branch(input.branch);
  if (head === undefined)
    throw new ApiError(404, `Could not resolve to a branch with the name '${input.branch}'.`);
  if (head !== input.expectedHead) {
    const message = `Expected branch to point to "${input.expectedHead}" but it did not. Pull and try again.`;
    throw unprocessable(message, 'STALE_DATA');
  }
  const { tree } = repository.git.commit(head);
  const missing = input.deletions.find((path) => repository.git.entryAt(tree, path) === undefined);
  if (missing !== undefined)
    throw unprocessable(`A path was requested for deletion which does not exist: ${missing}`);
  const message = input.body === '' ? input.headline : `${input.headline}\n\n${input.body}`;
  const changes = [
    ...input.deletions.map((path): TreeChange => ({ path, mode: '100644', sha: null })),
    ...input.additions.map(({ path, content }) => fileChange(repository, path, content)),
  ];
  return commitChanges(context, account, repository, { branch: input.branch, head, message, changes });
}

/** GraphQL's commits create plain files, whatever mode was there before (facts §10). */
function fileChange(repository: Repository, path: string, content: Buffer): TreeChange {
  assertPath(path);
  return { path, mode: '100644', sha: repository.git.objects.writeBlob(content) };
}

function assertPath(path: string): void {
  const bad = path
    .split('/')
    .some((name) => name === '' || name === '.' || name === '..' || name.toLowerCase() === '.git');
  if (bad) throw unprocessable(`path contains a malformed path component: ${path}`);
}

interface ChangesOnBranch {
  readonly branch: string;
  /** Null for the first commit of an empty repository. */
  readonly head: string | null;
  readonly message: string;
  readonly changes: readonly TreeChange[];
  readonly author?: CustomSignature | undefined;
  readonly committer?: CustomSignature | undefined;
}

function commitChanges(
  context: SandboxContext,
  account: AccountActor,
  repository: Repository,
  { branch, head, message, changes, author, committer }: ChangesOnBranch,
): string {
  const { git } = repository;
  const now = context.clock.now();
  const sha = writeCommit(repository, {
    message,
    tree: git.writeChangedTree(head === null ? null : git.commit(head).tree, changes),
    parents: head === null ? [] : [head],
    author: custom(author, now) ?? custom(committer, now) ?? accountSignature(account.user, now),
    committer: custom(committer, now) ?? custom(author, now) ?? webFlowSignature(now),
    signed: author === undefined && committer === undefined,
  });
  changeRef(context, account, { repository, ref: `refs/heads/${branch}`, before: head, after: sha });
  return sha;
}

export interface ContentsInput {
  readonly path: string;
  readonly branch: string;
  readonly message: string;
  /** Null deletes. */
  readonly content: Buffer | null;
  /** The blob that the caller thinks is there; needed to change or delete a file. */
  readonly sha?: string;
  readonly author?: CustomSignature | undefined;
  readonly committer?: CustomSignature | undefined;
}

/**
 * The Contents API: creates, changes or deletes one file in one commit.
 * @throws ApiError 409 where the blob is another than the caller thinks, 422 where it is not named
 */
export function putContents(
  context: SandboxContext,
  actor: Actor,
  repository: Repository,
  input: ContentsInput,
): { readonly commit: string; readonly created: boolean } {
  const account = authorizeWrite(context.state, actor, repository, contents);
  const { git } = repository;
  assertPath(input.path);
  const head = git.branch(input.branch) ?? null;
  if (head === null && git.branches().length > 0) throw new ApiError(404, `Branch ${input.branch} not found`);
  const entry = head === null ? undefined : git.entryAt(git.commit(head).tree, input.path);
  if (entry === undefined && input.content === null) throw notFound();
  if (entry !== undefined && input.sha === undefined) {
    throw unprocessable(`Invalid request.\n\n"sha" wasn't supplied.`);
  }
  if (input.sha !== undefined && input.sha !== entry?.sha) {
    throw new ApiError(409, `${input.path} does not match ${input.sha}`);
  }
  const sha = input.content === null ? null : git.objects.writeBlob(input.content);
  const changes: TreeChange[] = [{ path: input.path, mode: entry?.mode ?? '100644', sha }];
  const commit = commitChanges(context, account, repository, { ...input, head, changes });
  return { commit, created: entry === undefined };
}
