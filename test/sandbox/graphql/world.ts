/** A small sandbox made by hand: the organisation acme with its access repository, and an App installed on it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AccountActor } from '../../../src/sandbox/auth.ts';
import { manualClock } from '../../../src/sandbox/clock.ts';
import type { SandboxContext } from '../../../src/sandbox/context.ts';
import type { SandboxEvent } from '../../../src/sandbox/events.ts';
import {
  executeGraphQL,
  type GraphQLAnswer,
  type PartialAnswer,
} from '../../../src/sandbox/graphql/execute.ts';
import { accountSignature } from '../../../src/sandbox/identity.ts';
import {
  addTeamMember,
  createOrganization,
  createTeam,
  createUser,
  setOrganizationMember,
  setTeamPermission,
} from '../../../src/sandbox/operations/accounts.ts';
import { createApp, generatePrivateKey, installApp } from '../../../src/sandbox/operations/apps.ts';
import { createPullRequest } from '../../../src/sandbox/operations/pull-requests.ts';
import { refMoved } from '../../../src/sandbox/operations/refs.ts';
import {
  createRepository,
  createRuleset,
  writeFiles,
  type FileContent,
} from '../../../src/sandbox/operations/repositories.ts';
import {
  State,
  type AppPermissions,
  type BypassActor,
  type Installation,
  type PullRequest,
  type Repository,
  type RepositoryPermission,
  type Rule,
  type Team,
  type User,
} from '../../../src/sandbox/state.ts';

export const start = Date.parse('2026-11-02T09:00:00Z');
export const linkDelay = 30_000;

/** What Curfew's App asks for. */
export const permissions: AppPermissions = {
  contents: 'write',
  pull_requests: 'write',
  checks: 'write',
  statuses: 'write',
  issues: 'write',
  members: 'read',
  metadata: 'read',
};

/** One for all worlds: making a key takes a tenth of a second. */
const privateKey = generatePrivateKey();

/** Path → content; null removes. */
export type Files = Readonly<Record<string, FileContent | null>>;

interface AskOptions {
  /** The App where left out. */
  readonly actor?: AccountActor;
  readonly partial?: PartialAnswer;
}

/** The organisation owner is erin; everybody else is added by the test. */
export class World {
  readonly clock = manualClock(start);
  readonly events: SandboxEvent[] = [];
  readonly sandbox: SandboxContext = {
    state: new State(),
    clock: this.clock,
    settings: { linkDelay },
    baseUrl: 'http://127.0.0.1:3000',
    emit: (event) => this.events.push(event),
  };
  readonly organization = createOrganization(this.sandbox, 'acme');
  readonly repository: Repository;
  readonly installation: Installation;

  /** Where the bare repositories lie. */
  readonly directory: string;

  constructor(directory: string, files: Readonly<Record<string, FileContent>>) {
    this.directory = directory;
    const erin = this.person('erin');
    setOrganizationMember(this.sandbox, this.organization, erin, { role: 'admin' });
    this.repository = createRepository(this.sandbox, directory, {
      owner: this.organization,
      name: 'access',
      private: true,
      files: new Map(Object.entries(files)),
      creator: erin,
    });
    const app = createApp(this.sandbox, {
      owner: this.organization,
      slug: 'curfew',
      permissions,
      events: [],
      webhookSecret: 'secret',
      privateKey,
    });
    this.installation = installApp(this.sandbox, app, this.organization, 'all', erin);
  }

  person(login: string): User {
    return createUser(this.sandbox, { login, name: login, emails: [`${login}@example.com`] });
  }

  /** A team of new people, with a permission on the repository. */
  team(
    slug: string,
    logins: readonly string[],
    permission: RepositoryPermission = 'write',
    options: { readonly parent?: Team; readonly privacy?: Team['privacy'] } = {},
  ): Team {
    const team = createTeam(this.sandbox, { organization: this.organization, slug, ...options });
    for (const login of logins) {
      addTeamMember(this.sandbox, team, this.sandbox.state.user(login) ?? this.person(login));
    }
    if (permission !== 'none') {
      setTeamPermission(this.sandbox, team, this.repository, permission, this.user('erin'));
    }
    return team;
  }

  ruleset(rules: readonly Rule[], bypassActors: readonly BypassActor[] = []): void {
    createRuleset(this.sandbox, this.repository, {
      name: 'default branch',
      enforcement: 'active',
      refs: { include: ['~DEFAULT_BRANCH'], exclude: [] },
      rules,
      bypassActors,
    });
  }

  /** The bypass that lets the App commit directly. */
  get appBypass(): BypassActor {
    return { actor_type: 'Integration', actor_id: this.installation.app.id, bypass_mode: 'always' };
  }

  user(login: string): User {
    const user = this.sandbox.state.user(login);
    if (user === undefined) throw new Error(`no user ${login}`);
    return user;
  }

  as(login: string): AccountActor {
    return { kind: 'user', user: this.user(login) };
  }

  asApp(granted: AppPermissions = permissions): AccountActor {
    const { installation } = this;
    const { app } = installation;
    const { bot: user } = app;
    return { kind: 'installation', installation, app, user, permissions: granted, repositories: null };
  }

  tip(branch = 'main'): string {
    const sha = this.repository.git.branch(branch);
    if (sha === undefined) throw new Error(`no branch ${branch}`);
    return sha;
  }

  /** Commits a second later on a branch, which starts at main where it does not exist; pushed past all rules. */
  push(login: string, branch: string, files: Files, message = `Change ${branch}`): string {
    this.clock.advance(1_000);
    const { repository, sandbox } = this;
    const { git } = repository;
    const user = this.user(login);
    const before = git.branch(branch) ?? null;
    const parent = before ?? this.tip();
    const signature = accountSignature(user, this.clock.now());
    const after = git.objects.writeCommit({
      tree: git.writeChangedTree(git.commit(parent).tree, writeFiles(git, new Map(Object.entries(files)))),
      parents: [parent],
      author: signature,
      committer: signature,
      message: `${message}\n`,
    });
    const ref = `refs/heads/${branch}`;
    git.updateRef(ref, after, before);
    refMoved(sandbox, user, { repository, ref, before, after });
    return after;
  }

  /** Opens a pull request from a branch. */
  open(login: string, branch: string): PullRequest {
    const input = { title: `Change ${branch}`, body: null, head: branch, base: 'main', draft: false };
    return createPullRequest(this.sandbox, this.as(login), this.repository, input);
  }

  /** Pushes to a branch and opens a pull request from it. */
  propose(login: string, branch: string, files: Files): PullRequest {
    this.push(login, branch, files);
    return this.open(login, branch);
  }

  /** The whole answer, as JSON carries it. */
  ask(query: string, variables: object = {}, { actor, partial }: AskOptions = {}): GraphQLAnswer {
    const rateLimit = { limit: 5_000, used: 7, resetAt: start + 3_600_000 };
    const request = { query, variables };
    const outcome = executeGraphQL(this.sandbox, actor ?? this.asApp(), request, {
      rateLimit,
      partial: partial ?? null,
    });
    const answer: GraphQLAnswer = JSON.parse(JSON.stringify(outcome.answer));
    return answer;
  }

  /** The data of a query that must give no error. */
  data(query: string, variables: object = {}, options: AskOptions = {}): unknown {
    const { data, errors } = this.ask(query, variables, options);
    if (errors !== undefined) throw new Error(JSON.stringify(errors, null, 2));
    return data;
  }

  /** What a selection on the access repository gives. */
  inRepository(selection: string, options: AskOptions = {}): unknown {
    const data = this.data(`{ repository(owner: "acme", name: "access") { ${selection} } }`, {}, options);
    const repository: unknown = Reflect.get(Object(data), 'repository');
    return repository;
  }
}

/** A world in a folder that goes when the test ends. */
export function makeWorld(files: Readonly<Record<string, FileContent>> = { 'README.md': 'Access\n' }): World {
  const directory = mkdtempSync(join(tmpdir(), 'graphql-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return new World(directory, files);
}
