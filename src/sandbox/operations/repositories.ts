/** Creating and changing repositories, their collaborators and rulesets. */
import { join } from 'node:path';
import { authorizeWrite } from '../access.ts';
import type { Actor } from '../auth.ts';
import type { SandboxContext } from '../context.ts';
import { unprocessable, validationFailed } from '../errors.ts';
import type { Changes } from '../events.ts';
import type { Mode } from '../git/objects.ts';
import { GitRepository } from '../git/repository.ts';
import { accountSignature } from '../identity.ts';
import type { Account, MergeMethod, Repository, RepositoryPermission, Ruleset, User } from '../state.ts';
import { pullRequests } from '../state.ts';

/** A file's text, or its bytes with a mode; a symlink's bytes are its target. */
export type FileContent = string | { readonly content: string | Buffer; readonly mode: Mode };

export interface NewRepository {
  readonly owner: Account;
  readonly name: string;
  readonly description?: string;
  readonly private?: boolean;
  readonly defaultBranch?: string;
  /** Content of the first commit, by path; none leaves the repository empty. */
  readonly files?: ReadonlyMap<string, FileContent>;
  /** Who makes the first commit; the owner where it is a person. */
  readonly creator?: User;
  readonly mergeMethods?: readonly MergeMethod[];
  readonly deleteBranchOnMerge?: boolean;
  readonly id?: number;
}

/** Creates a repository with a bare git repository below `gitDirectory`, and its first commit. */
export function createRepository(
  context: SandboxContext,
  gitDirectory: string,
  input: NewRepository,
): Repository {
  const { owner, name, defaultBranch = 'main' } = input;
  if (context.state.repository(owner.login, name) !== undefined) {
    throw validationFailed('Repository', 'name', 'custom', 'name already exists on this account');
  }
  const git = GitRepository.create(join(gitDirectory, owner.login, `${name}.git`), defaultBranch);
  const repository = addRepository(context, { ...input, defaultBranch, parent: null, git });
  const creator = input.creator ?? (owner.type === 'Organization' ? undefined : owner);
  if (input.files !== undefined && creator !== undefined)
    commitFiles(context, repository, creator, input.files);
  return repository;
}

function commitFiles(
  context: SandboxContext,
  repository: Repository,
  creator: User,
  files: ReadonlyMap<string, FileContent>,
): void {
  const { git } = repository;
  const signature = accountSignature(creator, context.clock.now());
  const sha = git.objects.writeCommit({
    tree: git.writeChangedTree(null, writeFiles(git, files)),
    parents: [],
    author: signature,
    committer: signature,
    message: 'Initial commit\n',
  });
  git.updateRef(`refs/heads/${repository.defaultBranch}`, sha, null);
}

/** Writes the blobs of files and gives the changes that put them into a tree; null content removes a path. */
export function writeFiles(
  git: GitRepository,
  files: ReadonlyMap<string, FileContent | null>,
): { path: string; mode: Mode; sha: string | null }[] {
  return [...files].map(([path, file]) => {
    if (file === null) return { path, mode: '100644', sha: null };
    if (typeof file === 'string') return { path, mode: '100644', sha: git.objects.writeBlob(file) };
    // A submodule's entry names a commit that need not exist here.
    const submodule = file.mode === '160000';
    return {
      path,
      mode: file.mode,
      sha: submodule ? String(file.content) : git.objects.writeBlob(file.content),
    };
  });
}

function addRepository(
  context: SandboxContext,
  input: NewRepository & {
    readonly defaultBranch: string;
    readonly parent: Repository | null;
    readonly git: GitRepository;
  },
): Repository {
  const now = context.clock.now();
  const repository: Repository = context.state.create(
    'R',
    {
      owner: input.owner,
      name: input.name,
      description: input.description ?? null,
      private: input.private ?? false,
      archived: false,
      defaultBranch: input.defaultBranch,
      parent: input.parent,
      createdAt: now,
      pushedAt: now,
      mergeMethods: input.mergeMethods ?? ['merge', 'squash', 'rebase'],
      deleteBranchOnMerge: input.deleteBranchOnMerge ?? false,
      collaborators: new Map(),
      rulesets: [],
      issues: new Map(),
      nextNumber: 1,
      checkSuites: [],
      statuses: [],
      activities: [],
      signedByGitHub: new Set<string>(),
      mergeLinks: new Map(),
      mergeQueue: [],
      git: input.git,
    },
    input.id,
  );
  context.state.repositories.set(repository.id, repository);
  return repository;
}

/** Forks a repository for an account. */
export function forkRepository(
  context: SandboxContext,
  gitDirectory: string,
  parent: Repository,
  owner: User,
): Repository {
  const { name, defaultBranch } = parent;
  const git = GitRepository.fork(join(gitDirectory, owner.login, `${name}.git`), parent.git, defaultBranch);
  return addRepository(context, { owner, name, defaultBranch, parent, git, private: parent.private });
}

/** Settings that may be changed; what is left out stays. */
export interface RepositoryEdit {
  readonly name?: string;
  readonly description?: string | null;
  readonly defaultBranch?: string;
  readonly archived?: boolean;
  readonly private?: boolean;
  readonly mergeMethods?: readonly MergeMethod[];
  readonly deleteBranchOnMerge?: boolean;
}

/** Changes settings, renames, or picks another default branch; needs an administrator. */
export function updateRepository(
  context: SandboxContext,
  actor: Actor,
  repository: Repository,
  edit: RepositoryEdit,
): Repository {
  const evenArchived = edit.archived === false ? ({ evenArchived: true } as const) : {};
  const need = { app: ['administration:write'], role: 'admin', ...evenArchived } as const;
  const { user: sender } = authorizeWrite(context.state, actor, repository, need);
  const edited = (changes: Changes): void => {
    context.emit({ event: 'repository', action: 'edited', repository, changes, sender });
  };
  const { name, defaultBranch, archived, ...settings } = edit;
  if (name !== undefined && name !== repository.name) rename(context, repository, name, sender);
  if (defaultBranch !== undefined && defaultBranch !== repository.defaultBranch) {
    if (repository.git.branch(defaultBranch) === undefined) {
      throw validationFailed(
        'Repository',
        'default_branch',
        'invalid',
        `The branch ${defaultBranch} was not found.`,
      );
    }
    const from = repository.defaultBranch;
    repository.defaultBranch = defaultBranch;
    repository.git.setHead(defaultBranch);
    edited({ default_branch: { from } });
  }
  Object.assign(repository, settings);
  if (archived !== undefined && archived !== repository.archived) {
    repository.archived = archived;
    context.emit({ event: 'repository', action: archived ? 'archived' : 'unarchived', repository, sender });
  }
  return repository;
}

function rename(context: SandboxContext, repository: Repository, name: string, sender: User): void {
  if (context.state.repository(repository.owner.login, name) !== undefined) {
    throw validationFailed('Repository', 'name', 'custom', 'name already exists on this account');
  }
  const changes = { repository: { name: { from: repository.name } } };
  repository.name = name;
  context.emit({ event: 'repository', action: 'renamed', repository, changes, sender });
}

/** Renames a branch; pull requests against it follow, and the default branch's name too. */
export function renameBranch(
  context: SandboxContext,
  actor: Actor,
  repository: Repository,
  from: string,
  to: string,
): void {
  const { user: sender } = authorizeWrite(context.state, actor, repository, {
    app: ['administration:write'],
    role: 'admin',
  });
  const sha = repository.git.branch(from);
  if (sha === undefined || repository.git.branch(to) !== undefined)
    throw unprocessable(`Cannot rename ${from} to ${to}`);
  repository.git.updateRef(`refs/heads/${to}`, sha, null);
  if (repository.defaultBranch === from) {
    repository.defaultBranch = to;
    repository.git.setHead(to);
    context.emit({
      event: 'repository',
      action: 'edited',
      repository,
      changes: { default_branch: { from } },
      sender,
    });
  }
  for (const pullRequest of pullRequests(repository)) {
    if (pullRequest.state === 'open' && pullRequest.baseRef === from) pullRequest.baseRef = to;
  }
  repository.git.updateRef(`refs/heads/${from}`, null, sha);
}

/** Gives a person a role of their own in a repository; `none` takes it away. */
export function setCollaborator(repository: Repository, user: User, permission: RepositoryPermission): void {
  if (permission === 'none') repository.collaborators.delete(user.id);
  else repository.collaborators.set(user.id, { user, permission });
}

/** What a ruleset is made of. */
export type RulesetInput = Pick<Ruleset, 'name' | 'enforcement' | 'refs' | 'rules' | 'bypassActors'>;

export function createRuleset(context: SandboxContext, repository: Repository, input: RulesetInput): Ruleset {
  const now = context.clock.now();
  const ruleset: Ruleset = context.state.create('RRS', {
    ...input,
    repository,
    createdAt: now,
    updatedAt: now,
  });
  repository.rulesets.push(ruleset);
  return ruleset;
}

export function updateRuleset(
  context: SandboxContext,
  ruleset: Ruleset,
  input: Partial<RulesetInput>,
): Ruleset {
  return Object.assign(ruleset, input, { updatedAt: context.clock.now() });
}

export function deleteRuleset(context: SandboxContext, ruleset: Ruleset): void {
  const { rulesets } = ruleset.repository;
  rulesets.splice(rulesets.indexOf(ruleset), 1);
  context.state.nodes.delete(ruleset.nodeId);
}
