/** What a person does with git at their own desk, in one step and in process: commit files and push them. */
import { authorizeWrite } from '../access.ts';
import type { AccountActor } from '../auth.ts';
import type { SandboxContext } from '../context.ts';
import type { Signature } from '../git/objects.ts';
import { accountSignature } from '../identity.ts';
import type { Repository } from '../state.ts';
import { changeRef } from './refs.ts';
import { writeFiles } from './repositories.ts';
import type { FileContent } from './repositories.ts';

export interface PushInput {
  /** Without `refs/heads/`. */
  readonly branch: string;
  /** New content by path; null deletes. */
  readonly files: ReadonlyMap<string, FileContent | null>;
  readonly message?: string;
  /** Branch or commit to build on; the branch itself where it exists, else the default branch. */
  readonly base?: string;
  /** Whoever the commit names; git believes anything. */
  readonly author?: Pick<Signature, 'name' | 'email'>;
  readonly committer?: Pick<Signature, 'name' | 'email'>;
}

/**
 * Commits and pushes with the rights of the actor; the rulesets judge it like any push.
 * @returns the commit's SHA
 * @throws ApiError 403 without write access, 422 where a rule forbids the push
 */
export function pushFiles(
  context: SandboxContext,
  actor: AccountActor,
  repository: Repository,
  input: PushInput,
): string {
  const { git } = repository;
  authorizeWrite(context.state, actor, repository, { app: ['contents:write'], role: 'write' });
  const before = git.branch(input.branch) ?? null;
  const base = git.resolve(
    input.base ?? (before === null ? repository.defaultBranch : input.branch),
    repository.defaultBranch,
  );
  const own = accountSignature(actor.user, context.clock.now());
  const after = git.objects.writeCommit({
    tree: git.writeChangedTree(
      base === undefined ? null : git.commit(base).tree,
      writeFiles(git, input.files),
    ),
    parents: base === undefined ? [] : [base],
    author: { ...own, ...input.author },
    committer: { ...own, ...input.committer },
    message: `${input.message ?? 'Change files'}\n`,
  });
  changeRef(context, actor, { repository, ref: `refs/heads/${input.branch}`, before, after });
  return after;
}
