/** Where the people of a history act: in process, with exactly the rights that GitHub gives them. */
import type { SandboxContext } from '../../src/sandbox/context.ts';
import { ApiError } from '../../src/sandbox/errors.ts';
import { createPullRequest } from '../../src/sandbox/operations/pull-requests.ts';
import type { PullRequest, Repository } from '../../src/sandbox/state.ts';
import type { World } from '../../src/cli/world.ts';

export const repositoryName = 'acme/access';
export const bot = 'curfew[bot]';

export class Stage {
  readonly world: World;
  /** The files of the first commit, by path. */
  readonly original: ReadonlyMap<string, string>;

  constructor(world: World) {
    this.world = world;
    letAdministratorsBypass(world.repository);
    this.original = this.files();
  }

  get context(): SandboxContext {
    return this.world.sandbox.context;
  }

  get repository(): Repository {
    return this.world.repository;
  }

  get tip(): string {
    return this.repository.git.branch('main') ?? '';
  }

  get pullRequests(): readonly PullRequest[] {
    return [...this.repository.issues.values()].filter((issue) => issue.kind === 'pull-request');
  }

  /** Those that people opened and that are open. */
  get open(): readonly PullRequest[] {
    return this.pullRequests.filter(({ state, author }) => state === 'open' && author.login !== bot);
  }

  /** Paths on a commit, without directories. */
  paths(commit: string = this.tip): readonly string[] {
    const { git } = this.repository;
    return git.listTree(git.commit(commit).tree).map(({ path }) => path);
  }

  get grants(): readonly string[] {
    return this.paths().filter((path) => /^grants\/.*\.yaml$/.test(path));
  }

  get requests(): readonly string[] {
    return this.paths().filter((path) => /^access-requests\/.*\.yaml$/.test(path));
  }

  /** The blob at a path; null where there is none. */
  blob(path: string, commit: string = this.tip): string | null {
    const { git } = this.repository;
    return git.entryAt(git.commit(commit).tree, path)?.sha ?? null;
  }

  text(path: string, commit: string = this.tip): string | null {
    const sha = this.blob(path, commit);
    return sha === null ? null : (this.repository.git.readBlob(sha)?.toString() ?? null);
  }

  private files(): ReadonlyMap<string, string> {
    return new Map(this.paths().map((path) => [path, this.text(path) ?? '']));
  }

  /** Commits files to a branch and pushes them. */
  push(login: string, branch: string, files: Readonly<Record<string, string | null>>, base?: string): void {
    const message = `${login} changes ${Object.keys(files).join(' ')}`;
    const input = { branch, files, message, ...(base === undefined ? {} : { base }) };
    this.world.sandbox.world.pushFiles(repositoryName, login, input);
  }

  /** The administrator goes past every rule. */
  force(files: Readonly<Record<string, string | null>>): void {
    this.push('erin', 'main', files);
  }

  /** Opens a pull request with these files on a new branch. */
  propose(
    login: string,
    branch: string,
    files: Readonly<Record<string, string | null>>,
    options: { readonly draft?: boolean; readonly base?: string } = {},
  ): PullRequest {
    this.push(login, branch, files, this.tip);
    return this.openFrom(login, branch, options);
  }

  /** Opens a pull request from a branch that is there. */
  openFrom(
    login: string,
    branch: string,
    options: { readonly draft?: boolean; readonly base?: string },
  ): PullRequest {
    return createPullRequest(this.context, this.world.sandbox.world.actor(login), this.repository, {
      title: `${branch} of ${login}`,
      body: null,
      head: branch,
      base: options.base ?? 'main',
      draft: options.draft ?? false,
    });
  }
}

/** Does what a person tries; what GitHub refuses has simply not happened. Gives whether it has. */
export function attempt(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}

/** Gives administrators the bypass that many organisations give them. */
function letAdministratorsBypass(repository: Repository): void {
  for (const ruleset of repository.rulesets) {
    if (!ruleset.rules.some(({ type }) => type === 'pull_request')) continue;
    ruleset.bypassActors = [
      ...ruleset.bypassActors,
      { actor_type: 'RepositoryRole', actor_id: 5, bypass_mode: 'always' },
    ];
  }
}
