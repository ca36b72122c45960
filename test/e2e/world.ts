/** The world of the end-to-end tests: everything in one process, on a clock that stands still until it is moved. */
import { pino } from 'pino';
import { parseInstant } from '../../src/base/instant.ts';
import { createWorld, type World, type WorldOptions } from '../../src/cli/world.ts';
import { createWorldClock } from '../../src/cli/world-clock.ts';
import { manualClock } from '../../src/sandbox/clock.ts';
import { generatePrivateKey } from '../../src/sandbox/operations/apps.ts';

const repo = { owner: 'acme', repo: 'access' };
const start = parseInstant('2026-12-01T09:00:00Z') ?? 0;
const privateKey = generatePrivateKey();

interface SeenCheck {
  readonly conclusion: string | null;
  readonly title: string;
  readonly summary: string;
}

export interface TestWorld extends World {
  /** Paths of all files on the default branch. */
  paths(): Promise<readonly string[]>;
  /** Paths of the grants on the default branch. */
  grants(): Promise<readonly string[]>;
  text(path: string): Promise<string>;
  /** The one check run of ours on the head of a pull request; throws where there are several. */
  check(number: number): Promise<SeenCheck | null>;
  /** Our one comment on a pull request, empty where there is none; throws where there are several. */
  comment(number: number): Promise<string>;
  /** `open`, `closed` or `merged`. */
  state(number: number): Promise<string>;
  /** Titles of all pull requests of the App. */
  reverts(): Promise<readonly { readonly number: number; readonly title: string; readonly state: string }[]>;
  /** Lets minutes pass, and one sweep. */
  pass(minutes: number): Promise<void>;
  /** A request by alice in payments on staging, opened as a pull request. */
  ask(name: string, overrides?: RequestOverrides): Promise<number>;
  /** The same, approved by bob and therefore granted. */
  grant(name: string, overrides?: RequestOverrides): Promise<number>;
  /** As an administrator who goes past every rule: pushes files straight to the default branch. */
  force(files: Readonly<Record<string, string | null>>): Promise<string>;
  /** As that administrator: merges whatever the rules say. */
  forceMerge(number: number, method?: 'merge' | 'squash' | 'rebase'): Promise<void>;
}

export interface RequestOverrides {
  readonly by?: string;
  readonly duration?: string;
  readonly more?: string;
  readonly template?: string;
}

export function requestPath(name: string): string {
  return `access-requests/staging/payments/${name}.yaml`;
}

export function grantPath(name: string): string {
  return `grants/staging/payments/${name}.yaml`;
}

/** A request for a pod in payments on staging, which needs one approval of acme/payments. */
export function requestText(overrides: RequestOverrides = {}): string {
  const { duration = '1h', more = '', template = 'debug-pod' } = overrides;
  const parameters = template === 'read-logs' ? '' : '  parameters:\n    app: payments-api\n';
  return `apiVersion: curfew.dev/v1
kind: AccessRequest
spec:
  template: ${template}
${parameters}  duration: ${duration}
  reason: Checkout latency
${more}`;
}

export async function createTestWorld(options: Partial<WorldOptions> = {}): Promise<TestWorld> {
  const log = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' });
  const clock = createWorldClock(manualClock(start));
  const transport = { kind: 'in-process' } as const;
  const world = await createWorld({ clock, log, transport, privateKey, random: () => 0.5, ...options });
  await world.sweep();
  const { octokit } = world.as('erin');

  async function paths(): Promise<readonly string[]> {
    const { data } = await octokit.git.getTree({ ...repo, tree_sha: 'main', recursive: 'true' });
    return data.tree.filter(({ type }) => type === 'blob').map(({ path }) => path);
  }

  async function ask(name: string, overrides: RequestOverrides = {}): Promise<number> {
    return await world.as(overrides.by ?? 'alice').propose({
      path: requestPath(name),
      text: requestText(overrides),
      title: `Debug payments-api: ${name}`,
      branch: name,
    });
  }

  return {
    ...world,
    paths,
    grants: async () => (await paths()).filter((path) => /^grants\/.*\.yaml$/.test(path)),
    text: async (path) => {
      const { data } = await octokit.repos.getContent({ ...repo, path });
      return 'content' in data ? Buffer.from(data.content, 'base64').toString() : '';
    },
    check: async (number) => {
      const { data: pull } = await octokit.pulls.get({ ...repo, pull_number: number });
      const { data } = await octokit.checks.listForRef({ ...repo, ref: pull.head.sha, check_name: 'curfew' });
      const [run, ...others] = data.check_runs;
      if (others.length > 0) throw new Error('there is more than one check run on the head');
      if (run === undefined) return null;
      return { conclusion: run.conclusion, title: run.output.title ?? '', summary: run.output.summary ?? '' };
    },
    comment: async (number) => {
      const { data } = await octokit.issues.listComments({ ...repo, issue_number: number, per_page: 100 });
      const own = data.filter(({ user }) => user?.login === 'curfew[bot]');
      if (own.length > 1) throw new Error('there is more than one comment of ours');
      return own[0]?.body ?? '';
    },
    state: async (number) => {
      const { data } = await octokit.pulls.get({ ...repo, pull_number: number });
      return data.merged ? 'merged' : data.state;
    },
    reverts: async () => {
      const { data } = await octokit.pulls.list({ ...repo, state: 'all', per_page: 100 });
      return data
        .filter(({ user }) => user?.login === 'curfew[bot]')
        .map(({ number, title, state, merged_at: mergedAt }) => ({
          number,
          title,
          state: mergedAt === null ? state : 'merged',
        }));
    },
    pass: async (minutes) => {
      clock.advance(minutes * 60_000);
      await world.settle();
      await world.sweep();
    },
    ask,
    grant: async (name, overrides) => {
      const number = await ask(name, overrides);
      await world.as('bob').review(number, 'APPROVE');
      return number;
    },
    force: async (files) => {
      await letAdministratorsBypass(octokit);
      const sha = world.sandbox.world.pushFiles('acme/access', 'erin', {
        branch: 'main',
        files,
        message: 'By hand',
      });
      await world.settle();
      return sha;
    },
    forceMerge: async (number, method) => {
      await letAdministratorsBypass(octokit);
      await world.as('erin').merge(number, method);
    },
  };
}

type Octokit = ReturnType<World['as']>['octokit'];

/** Gives administrators the bypass that many organisations give them. */
export async function letAdministratorsBypass(octokit: Octokit): Promise<void> {
  const { data } = await octokit.repos.getRepoRulesets(repo);
  for (const { id } of data) {
    const { data: ruleset } = await octokit.repos.getRepoRuleset({ ...repo, ruleset_id: id });
    const actors = (ruleset.bypass_actors ?? []).filter(({ actor_type: type }) => type !== 'RepositoryRole');
    await octokit.repos.updateRepoRuleset({
      ...repo,
      ruleset_id: id,
      name: ruleset.name,
      enforcement: ruleset.enforcement,
      conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
      rules: ruleset.rules ?? [],
      bypass_actors: [...actors, { actor_type: 'RepositoryRole', actor_id: 5, bypass_mode: 'always' }],
    });
  }
}
