/** Where the people of a history act: in process, with exactly the rights that GitHub gives them. */
import type { SandboxContext } from '../../src/sandbox/context.ts';
import { ApiError } from '../../src/sandbox/errors.ts';
import { createPullRequest } from '../../src/sandbox/operations/pull-requests.ts';
import type { CheckRun, CommitStatus, PullRequest, Repository, Ruleset } from '../../src/sandbox/state.ts';
import type { World } from '../../src/cli/world.ts';
import { readAsked, type Asked } from './scenery.ts';

export const repositoryName = 'acme/access';
export const bot = 'curfew[bot]';
/** The account of the GitOps engine of staging, which the policy names. */
export const reporter = { login: 'flux', id: 2001 } as const;

/** How the default branch is protected: as Curfew proposes it, or with no more than it insists on. */
export type Protection = 'full' | 'least';

export class Stage {
  readonly world: World;
  /** The first commit. */
  readonly first: string;
  /** The files of the first commit, by path. */
  readonly original: ReadonlyMap<string, string>;
  /** The rulesets that Curfew proposes. */
  readonly rulesets: readonly Ruleset[];
  /** Pull requests on which somebody deleted the comment of the app. */
  readonly silenced = new Set<number>();
  /** Whether the default branch has ever had another name: what was merged before is not for it any more. */
  wasRenamed = false;

  constructor(world: World, protection: Protection) {
    this.world = world;
    world.sandbox.world.createUser({ ...reporter, name: 'Flux', emails: ['flux@example.com'] });
    world.sandbox.world.setCollaborator(repositoryName, reporter.login, 'write');
    letAdministratorsBypass(world.repository);
    if (protection === 'least') loosen(world.repository);
    this.first = this.tip;
    this.original = this.files();
    this.rulesets = [...world.repository.rulesets];
  }

  /** The name of the default branch. */
  get main(): string {
    return this.repository.defaultBranch;
  }

  /** Whether everything that Curfew proposes is in force. */
  get isProtected(): boolean {
    return this.rulesets.every(
      (ruleset) => ruleset.enforcement === 'active' && this.repository.rulesets.includes(ruleset),
    );
  }

  /** Whether an administrator has put up rules beside those. */
  get foreignRules(): boolean {
    return this.repository.rulesets.some((ruleset) => !this.rulesets.includes(ruleset));
  }

  /** What the GitOps engine of staging has said of tips, oldest first. */
  get reports(): readonly CommitStatus[] {
    return this.repository.statuses.filter(
      ({ context, creator }) => context === 'curfew-staging' && creator.login === reporter.login,
    );
  }

  /** Our check runs on a commit, oldest first. */
  checksOn(sha: string): readonly CheckRun[] {
    return this.repository.checkSuites
      .filter(({ headSha, app }) => headSha === sha && app.slug === 'curfew')
      .flatMap(({ checkRuns }) => checkRuns);
  }

  /** What the request at a path asks for; null where it is none that people write here. */
  asked(path: string, commit: string = this.tip): Asked | null {
    const text = this.text(path, commit);
    return text === null ? null : readAsked(path, text);
  }

  get context(): SandboxContext {
    return this.world.sandbox.context;
  }

  get repository(): Repository {
    return this.world.repository;
  }

  get tip(): string {
    return this.repository.git.branch(this.main) ?? '';
  }

  get pullRequests(): readonly PullRequest[] {
    return [...this.repository.issues.values()].filter((issue) => issue.kind === 'pull-request');
  }

  /** Those that people opened and that are open. */
  get open(): readonly PullRequest[] {
    return this.pullRequests.filter(({ state, author }) => state === 'open' && author.login !== bot);
  }

  /**
   * Whether git finds a conflict with the default branch: where the last file of a directory went and one like it came
   * to another, git takes the directory for renamed, and what is added to it for a conflict.
   */
  conflicts({ headSha }: PullRequest): boolean {
    return this.repository.git.mergeTree(this.tip, headSha).kind === 'conflict';
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
  push(
    login: string,
    branch: string,
    files: Readonly<Record<string, string | null>>,
    options: { readonly base?: string; readonly email?: string } = {},
  ): void {
    const { base, email } = options;
    const message = `${login} changes ${Object.keys(files).join(' ')}`;
    const named =
      email === undefined ? {} : { author: { name: email, email }, committer: { name: email, email } };
    const input = { branch, files, message, ...named, ...(base === undefined ? {} : { base }) };
    this.world.sandbox.world.pushFiles(repositoryName, login, input);
  }

  /** The administrator goes past every rule. */
  force(files: Readonly<Record<string, string | null>>): void {
    this.push('erin', this.main, files);
  }

  /** Opens a pull request with these files on a new branch. */
  propose(
    login: string,
    branch: string,
    files: Readonly<Record<string, string | null>>,
    options: { readonly draft?: boolean; readonly email?: string } = {},
  ): PullRequest {
    const { email } = options;
    this.push(login, branch, files, { base: this.tip, ...(email === undefined ? {} : { email }) });
    return this.openFrom(login, branch, options);
  }

  /** Opens a pull request from a branch that is there. */
  openFrom(
    login: string,
    branch: string,
    options: { readonly draft?: boolean; readonly base?: string } = {},
  ): PullRequest {
    return createPullRequest(this.context, this.world.sandbox.world.actor(login), this.repository, {
      title: `${branch} of ${login}`,
      body: null,
      head: branch,
      base: options.base ?? this.main,
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

/** Leaves out what the rules may lack without being in Curfew's way: it has to see for itself who pushed what last. */
function loosen(repository: Repository): void {
  for (const ruleset of repository.rulesets) {
    ruleset.rules = ruleset.rules.map((rule) =>
      rule.type === 'pull_request'
        ? {
            ...rule,
            parameters: {
              ...rule.parameters,
              dismiss_stale_reviews_on_push: false,
              require_last_push_approval: false,
            },
          }
        : rule,
    );
  }
}
