/** Builds a world and plays the people in it: for seeds, tests and the page. Names are logins and `owner/name`. */
import type { Instant } from '../base/instant.ts';
import type { Actor } from './auth.ts';
import type { SandboxContext } from './context.ts';
import {
  addTeamMember,
  createOrganization,
  createTeam,
  createUser,
  removeOrganizationMember,
  removeTeamMember,
  setOrganizationMember,
  setTeamPermission,
} from './operations/accounts.ts';
import type { NewUser } from './operations/accounts.ts';
import {
  changeInstallationRepositories,
  createApp,
  createInstallationToken,
  installApp,
  personalToken,
} from './operations/apps.ts';
import type { NewApp, TokenInput } from './operations/apps.ts';
import { enqueuePullRequest } from './operations/merge-queue.ts';
import { pushFiles } from './operations/push.ts';
import type { PushInput } from './operations/push.ts';
import {
  createRepository,
  createRuleset,
  forkRepository,
  setCollaborator,
} from './operations/repositories.ts';
import type { NewRepository } from './operations/repositories.ts';
import { parseRuleset } from './rest/rulesets.ts';
import { pullRequestOf } from './state.ts';
import type {
  Account,
  App,
  Installation,
  MergeQueueEntry,
  Organization,
  Repository,
  RepositoryPermission,
  Ruleset,
  Team,
  TeamMembership,
  User,
} from './state.ts';
import type { Deliveries, WebhookTarget } from './webhooks/deliveries.ts';

export class World {
  readonly #context: SandboxContext;
  readonly #deliveries: Deliveries;
  readonly #directory: string;
  readonly #realNow: () => Instant;

  /** `directory` takes the bare repositories; tokens expire by `realNow`. */
  constructor(context: SandboxContext, deliveries: Deliveries, directory: string, realNow: () => Instant) {
    this.#context = context;
    this.#deliveries = deliveries;
    this.#directory = directory;
    this.#realNow = realNow;
  }

  createUser(input: NewUser): User {
    return createUser(this.#context, input);
  }

  createOrganization(login: string, id?: number): Organization {
    return createOrganization(this.#context, login, id);
  }

  /** Makes a person a member, or an owner with the role `admin`. */
  addMember(organization: string, login: string, role: 'admin' | 'member' = 'member'): void {
    setOrganizationMember(this.#context, this.organization(organization), this.user(login), { role });
  }

  removeMember(organization: string, login: string): void {
    removeOrganizationMember(this.#context, this.organization(organization), this.user(login));
  }

  /** `team` is `org/slug`; `parent` too. */
  createTeam(
    team: string,
    options: { readonly parent?: string; readonly privacy?: Team['privacy'] } = {},
  ): Team {
    const [organization = '', slug = ''] = team.split('/');
    const { parent, privacy } = options;
    return createTeam(this.#context, {
      organization: this.organization(organization),
      slug,
      ...(privacy === undefined ? {} : { privacy }),
      ...(parent === undefined ? {} : { parent: this.team(parent) }),
    });
  }

  addTeamMember(
    team: string,
    login: string,
    options: Partial<Pick<TeamMembership, 'role' | 'state'>> = {},
  ): void {
    addTeamMember(this.#context, this.team(team), this.user(login), options);
  }

  removeTeamMember(team: string, login: string): void {
    removeTeamMember(this.#context, this.team(team), this.user(login));
  }

  /** `sender` is who does it, for the event. */
  setTeamPermission(
    team: string,
    repository: string,
    permission: RepositoryPermission,
    sender: string,
  ): void {
    setTeamPermission(
      this.#context,
      this.team(team),
      this.repository(repository),
      permission,
      this.user(sender),
    );
  }

  /** Creates `owner/name`; `creator` makes its first commit. */
  createRepository(
    fullName: string,
    input: Omit<NewRepository, 'owner' | 'name' | 'creator'> & { readonly creator?: string } = {},
  ): Repository {
    const [owner = '', name = ''] = fullName.split('/');
    const { creator, ...rest } = input;
    return createRepository(this.#context, this.#directory, {
      ...rest,
      owner: this.account(owner),
      name,
      ...(creator === undefined ? {} : { creator: this.user(creator) }),
    });
  }

  /** Forks a repository for a person. */
  fork(repository: string, login: string): Repository {
    return forkRepository(this.#context, this.#directory, this.repository(repository), this.user(login));
  }

  setCollaborator(repository: string, login: string, permission: RepositoryPermission): void {
    setCollaborator(this.repository(repository), this.user(login), permission);
  }

  /** A ruleset in the JSON that `POST /repos/{owner}/{repo}/rulesets` takes. */
  createRuleset(repository: string, ruleset: unknown): Ruleset {
    return createRuleset(this.#context, this.repository(repository), parseRuleset(ruleset));
  }

  /** Registers an App; `webhook` is a URL, or a function that takes deliveries and gives a status. */
  createApp(
    input: Omit<NewApp, 'owner'> & { readonly owner: string; readonly webhook?: WebhookTarget },
  ): App {
    const { webhook, owner, ...rest } = input;
    const app = createApp(this.#context, { ...rest, owner: this.account(owner) });
    if (webhook !== undefined) this.#deliveries.setTarget(app, webhook);
    return app;
  }

  /** Sends an App's deliveries elsewhere from now on. */
  setWebhook(app: App, webhook: WebhookTarget): void {
    this.#deliveries.setTarget(app, webhook);
  }

  /** Installs an App on an account, for these repositories or all of them; `sender` is who does it. */
  installApp(
    app: App,
    account: string,
    repositories: readonly string[] | 'all',
    sender: string,
  ): Installation {
    const selected = repositories === 'all' ? 'all' : repositories.map((name) => this.repository(name));
    return installApp(this.#context, app, this.account(account), selected, this.user(sender));
  }

  changeInstallation(
    installation: Installation,
    action: 'added' | 'removed',
    repositories: readonly string[],
    sender: string,
  ): void {
    const changed = repositories.map((name) => this.repository(name));
    changeInstallationRepositories(this.#context, installation, action, changed, this.user(sender));
  }

  /** A token that acts as the person, for the API and as the password of git. */
  personalToken(login: string): string {
    return personalToken(this.#context, this.user(login));
  }

  /** A token as the App would get it. */
  installationToken(installation: Installation, input: TokenInput = {}): string {
    return createInstallationToken(this.#context, installation, input, this.#realNow()).token;
  }

  /** The person as an actor, for who drives operations directly. */
  actor(login: string): Extract<Actor, { kind: 'user' }> {
    return { kind: 'user', user: this.user(login) };
  }

  /** Commits files and pushes them as a person; gives the commit's SHA. */
  pushFiles(
    repository: string,
    login: string,
    input: Omit<PushInput, 'files'> & {
      readonly files: PushInput['files'] | Readonly<Record<string, string | null>>;
    },
  ): string {
    const files = input.files instanceof Map ? input.files : new Map(Object.entries(input.files));
    return pushFiles(this.#context, this.actor(login), this.repository(repository), { ...input, files });
  }

  /** A person presses "Merge when ready" on a pull request. */
  enqueue(repository: string, login: string, number: number): MergeQueueEntry {
    const pullRequest = existing(
      pullRequestOf(this.repository(repository), number),
      `${repository}#${number}`,
    );
    return enqueuePullRequest(this.#context, this.actor(login), pullRequest);
  }

  account(login: string): Account {
    return existing(this.#context.state.account(login), login);
  }

  user(login: string): User {
    return existing(this.#context.state.user(login), login);
  }

  organization(login: string): Organization {
    return existing(this.#context.state.organization(login), login);
  }

  /** By `org/slug`. */
  team(name: string): Team {
    const [organization = '', slug] = name.split('/');
    return existing(
      this.organization(organization).teams.find((team) => team.slug === slug),
      name,
    );
  }

  /** By `owner/name`. */
  repository(fullName: string): Repository {
    const [owner = '', name = ''] = fullName.split('/');
    return existing(this.#context.state.repository(owner, name), fullName);
  }
}

function existing<T>(found: T | undefined, name: string): T {
  if (found === undefined) throw new Error(`the sandbox knows no ${name}`);
  return found;
}
