/** The adapter against the embedded GitHub, in process: the world of `acme` and what people do in it. */
import { Octokit } from '@octokit/rest';
import { pino } from 'pino';
import { createGitHubApp, type GitHubApp, type GitHubAppOptions } from '../../src/github/app.ts';
import type { RepositoryPort } from '../../src/github/port.ts';
import { manualClock, type SandboxClock } from '../../src/sandbox/clock.ts';
import type { RequestReport } from '../../src/sandbox/faults.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { seedAcme, type Acme } from '../../src/sandbox/seed.ts';

export const start = Date.parse('2026-12-01T09:00:00Z');
export const requestPath = 'access-requests/prod-eu/payments/inc-1.yaml';
export const requestText = 'kind: AccessRequest\n';

export const files: ReadonlyMap<string, string> = new Map([
  ['README.md', '# Access\n'],
  ['.github/curfew.yaml', 'kind: Policy\n'],
  ['.github/CODEOWNERS', '* @acme/platform\naccess-requests/prod-eu/payments/ @acme/payments\n'],
  ['CODEOWNERS', '* @erin\n'],
  ['templates/debug-pod.yaml', 'kind: Template\n'],
  ['templates/roles/logs.yaml', 'kind: ClusterRole\n'],
  ['templates/roles/old/gone.yaml', 'kind: ClusterRole\n'],
  ['access-requests/README.md', 'Requests\n'],
  ['grants/prod-eu/README.md', 'Grants\n'],
  ['clusters/prod-eu/namespaces.yaml', 'kind: Namespace\n'],
  ['docs/guide.md', 'Guide\n'],
]);

const permissions = {
  contents: 'write',
  pull_requests: 'write',
  checks: 'write',
  statuses: 'write',
  issues: 'write',
  members: 'read',
  metadata: 'read',
} as const;

export interface GitHubWorld {
  readonly sandbox: Sandbox;
  readonly acme: Acme;
  readonly clock: SandboxClock;
  readonly github: GitHubApp;
  readonly port: RepositoryPort;
  /** A client of a person, or of nobody. */
  readonly as: (login: string) => Octokit;
  /** Pushes a branch with one request file and opens a pull request for it. */
  requestAccess(options?: {
    readonly login?: string;
    readonly branch?: string;
    readonly path?: string;
    readonly text?: string;
  }): Promise<{ readonly number: number; readonly head: string }>;
  approve(number: number, login: string): Promise<void>;
  /** An administrator, who goes past the rules, pushes to the default branch; null deletes a file. */
  pushMain(changed: Readonly<Record<string, string | null>>, message?: string): string;
  /** The same administrator merges. */
  mergeAsAdmin(number: number, method?: 'merge' | 'squash' | 'rebase'): Promise<string>;
  /** The App's requests since this was asked for last, tokens apart, as `query PullRequest` or `POST /repos/…`. */
  requests(): readonly string[];
  /** Another process of the same App, which remembers nothing. */
  restarted(options?: Partial<GitHubAppOptions>): GitHubApp;
}

let privateKey: string | undefined;

export async function createWorld(
  options: {
    readonly permissions?: Readonly<Record<string, 'read' | 'write'>>;
    readonly files?: ReadonlyMap<string, string>;
    readonly linkDelay?: number;
  } = {},
): Promise<GitHubWorld> {
  const clock = manualClock(start);
  const sandbox = await createSandbox({ clock, limits: false, linkDelay: options.linkDelay ?? 0 });
  const acme = seedAcme(sandbox, {
    files: options.files ?? files,
    app: {
      permissions: options.permissions ?? permissions,
      events: ['pull_request'],
      webhookSecret: 'a secret that is long enough',
      ...(privateKey === undefined ? {} : { privateKey }),
    },
  });
  privateKey = acme.app.privateKey;
  const log = pino({ enabled: false });
  const restarted = (changed: Partial<GitHubAppOptions> = {}): GitHubApp =>
    createGitHubApp({
      appId: acme.app.id,
      privateKey: acme.app.privateKey,
      apiUrl: 'http://github.sandbox.localhost/api/v3',
      fetch: sandbox.fetch,
      now: Date.now,
      log,
      ...changed,
    });
  const github = restarted();
  let seen: RequestReport[] = [];
  sandbox.onRequest((report) => {
    const people = report.actor !== null && !report.actor.startsWith('curfew');
    if (!people && !report.route.endsWith('/access_tokens')) seen.push(report);
  });
  const as = (login: string): Octokit =>
    new Octokit({
      baseUrl: 'http://github.sandbox.localhost',
      auth: sandbox.world.personalToken(login),
      request: { fetch: sandbox.fetch },
    });
  for (const ruleset of acme.repository.rulesets) {
    ruleset.bypassActors = [
      ...ruleset.bypassActors,
      { actor_type: 'OrganizationAdmin', actor_id: 1, bypass_mode: 'always' },
    ];
  }
  const port = github.repository(acme.installation.id, 'acme', 'access');
  // Who the App is, is asked once; the counts below are about what comes after.
  await github.identity();
  seen = [];
  return {
    sandbox,
    acme,
    clock,
    github,
    port,
    as,
    restarted,
    requestAccess: async ({
      login = 'alice',
      branch = 'alice/inc-1',
      path = requestPath,
      text = requestText,
    } = {}) => {
      const head = sandbox.world.pushFiles('acme/access', login, { branch, files: { [path]: text } });
      const { data } = await as(login).rest.pulls.create({
        owner: 'acme',
        repo: 'access',
        title: `Access for ${login}`,
        head: branch,
        base: 'main',
      });
      return { number: data.number, head };
    },
    pushMain: (changed, message = 'By hand') =>
      sandbox.world.pushFiles('acme/access', 'erin', { branch: 'main', files: changed, message }),
    mergeAsAdmin: async (number, method = 'merge') => {
      const { data } = await as('erin').rest.pulls.merge({
        owner: 'acme',
        repo: 'access',
        pull_number: number,
        merge_method: method,
      });
      return data.sha;
    },
    approve: async (number, login) => {
      await as(login).rest.pulls.createReview({
        owner: 'acme',
        repo: 'access',
        pull_number: number,
        event: 'APPROVE',
      });
    },
    requests: () => {
      const names = seen.map(({ operation, method, route }) =>
        operation === null ? `${method} ${route}` : `query ${operation}`,
      );
      seen = [];
      return names;
    },
  };
}
