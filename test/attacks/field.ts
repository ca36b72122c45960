/** Where attacks are played: the world of the end-to-end tests, what an attacker has at hand, and what the App said. */
import { Octokit } from '@octokit/rest';
import { pino } from 'pino';
import type { Clock } from '../../src/app/clock.ts';
import { createCurfew, type Curfew } from '../../src/app/curfew.ts';
import { createEngine } from '../../src/app/engine.ts';
import { webhookPath } from '../../src/app/http.ts';
import { createGitHubApp } from '../../src/github/app.ts';
import type { FileContent } from '../../src/sandbox/operations/repositories.ts';
import type { WorldOptions } from '../../src/cli/world.ts';
import { createTestWorld, grantPath, requestPath, requestText, type TestWorld } from '../e2e/world.ts';

export const repo = { owner: 'acme', repo: 'access' };

/** The grant of somebody who has nothing to do with any attack: it must never be lost. */
export const bystander = 'grants/staging/orders/bystander.yaml';

const bystanderLasts = 60 * 60_000;

/** A line of the App's log, parsed. */
export type LogLine = Readonly<Record<string, unknown>>;

/** How a world may differ from the usual one. */
export type FieldOptions = Partial<Pick<WorldOptions, 'files' | 'sandbox'>>;

export interface Change {
  /** Text or bytes with a mode by path; null deletes. */
  readonly files: Readonly<Record<string, FileContent | null>>;
  readonly branch: string;
  readonly title?: string;
  /** Branch or commit to build on; the default branch where left out. */
  readonly base?: string;
  /** What the commit claims; git believes anything. */
  readonly author?: { readonly name: string; readonly email: string };
  readonly committer?: { readonly name: string; readonly email: string };
  readonly message?: string;
  readonly draft?: boolean;
}

/** The App on a machine whose clock is wrong. */
export interface Skewed {
  /** Sweeps everything, as this process would by itself. */
  sweep(): Promise<void>;
  /** Ends the difference. */
  putRight(): void;
}

export interface Field extends TestWorld {
  /** Every process of the App. */
  readonly apps: readonly Curfew[];
  readonly lines: readonly LogLine[];
  /** Whether the bystander's time is not up yet. */
  bystanderInForce(): boolean;
  /** Pushes with git, as somebody; gives the commit. */
  push(login: string, change: Change): Promise<string>;
  /** Pushes to a branch and opens a pull request from it. */
  pull(login: string, change: Change): Promise<number>;
  /** Opens a pull request from a branch that is there. */
  open(login: string, head: string, base?: string, title?: string): Promise<number>;
  /** Points a branch at a commit, whatever it pointed at. */
  pointBranch(login: string, branch: string, sha: string): Promise<void>;
  /** The commit at the tip of a branch. */
  tip(branch?: string): string;
  /** The App is not there to see what happens meanwhile. */
  unseen(act: () => Promise<void>): Promise<void>;
  /** Paths that were pushed past every rule. */
  readonly forced: Set<string>;
  /** Every file but requests and grants, with the blob that it holds. */
  trusted(): Promise<ReadonlyMap<string, string>>;
  /** Sweeps until the App has nothing more to do, a minute apart. */
  calm(): Promise<void>;
  /** From now on the App is a process whose own clock differs from GitHub's by so many milliseconds. */
  skewClock(difference: number): Promise<Skewed>;
  /** The API as another GitHub App, with all that it would take to speak in our name; one of mallory's where left out. */
  otherApp(slug?: string): Octokit;
  /** Another text for a trusted file, past every rule; `from` has to stand in it. */
  edit(path: string, from: string | RegExp, to: string): Promise<void>;
}

export async function createField(options: FieldOptions = {}): Promise<Field> {
  const lines: LogLine[] = [];
  const log = pino({ level: 'info' }, { write: (line) => lines.push(JSON.parse(line)) });
  const world = await createTestWorld({ log, ...options });
  const { sandbox } = world;
  await loosenRules(world);
  const inForceUntil = world.clock.now() + bystanderLasts;
  await world.as('carol').propose({
    path: bystander.replace('grants/', 'access-requests/'),
    text: requestText({ template: 'read-logs' }),
    title: 'Logs of orders',
    branch: 'bystander',
  });

  async function push(login: string, { files, branch, ...rest }: Change): Promise<string> {
    const { base, author, committer, message } = rest;
    const sha = sandbox.world.pushFiles('acme/access', login, {
      branch,
      files: new Map(Object.entries(files)),
      ...(base === undefined ? {} : { base }),
      ...(author === undefined ? {} : { author }),
      ...(committer === undefined ? {} : { committer }),
      ...(message === undefined ? {} : { message }),
    });
    await world.settle();
    return sha;
  }

  async function open(login: string, head: string, base = 'main', title = 'Access'): Promise<number> {
    const { data } = await world.as(login).octokit.pulls.create({ ...repo, head, base, title });
    await world.settle();
    return data.number;
  }

  const apps = [world.curfew];
  const others = new Map<string, Octokit>();
  const forced = new Set<string>();

  async function force(files: Readonly<Record<string, string | null>>): Promise<string> {
    for (const path of Object.keys(files)) forced.add(path);
    return await world.force(files);
  }

  return {
    ...world,
    apps,
    lines,
    force,
    forced,
    trusted: async () => {
      const tree = { ...repo, tree_sha: 'main', recursive: 'true' };
      const { data } = await world.as('erin').octokit.git.getTree(tree);
      const files = data.tree.filter(
        ({ path, type }) => type === 'blob' && !/^(grants|access-requests)\//.test(path),
      );
      return new Map(files.map(({ path, sha }) => [path, sha]));
    },
    replica: async () => {
      const replica = await world.replica();
      apps.push(replica);
      return replica;
    },
    bystanderInForce: () => world.clock.now() < inForceUntil,
    push,
    pull: async (login, change) => {
      await push(login, change);
      return await open(login, change.branch, 'main', change.title);
    },
    open,
    pointBranch: async (login, branch, sha) => {
      const { octokit } = world.as(login);
      const exists = sandbox.world.repository('acme/access').git.branch(branch) !== undefined;
      if (exists) await octokit.git.updateRef({ ...repo, ref: `heads/${branch}`, sha, force: true });
      else await octokit.git.createRef({ ...repo, ref: `refs/heads/${branch}`, sha });
      await world.settle();
    },
    tip: (branch = 'main') => sandbox.world.repository('acme/access').git.branch(branch) ?? '',
    unseen: async (act) => {
      sandbox.faults.onDelivery(() => 'drop');
      await act();
      sandbox.faults.onDelivery(() => 'deliver');
    },
    calm: async () => {
      for (let tip = ''; tip !== world.repository.git.branch('main'); await world.pass(1)) {
        tip = world.repository.git.branch('main') ?? '';
      }
    },
    skewClock: async (milliseconds) => {
      let difference = milliseconds;
      const clock: Clock = {
        now: () => world.clock.now() + difference,
        wakeAt: (at, wake) => world.clock.wakeAt(at - difference, wake),
      };
      const { id: appId, privateKey, webhookSecret } = world.app;
      const apiUrl = `${world.url}/api/v3`;
      const connection = { appId, privateKey, apiUrl, signsCommits: true, fetch: sandbox.fetch, log };
      const skewed = await createCurfew({
        github: createGitHubApp({ ...connection, now: () => clock.now() }),
        reconciler: createEngine(clock),
        appId,
        privateKey,
        webhookSecret,
        clock,
        random: () => 0.5,
        log,
      });
      apps.push(skewed);
      sandbox.world.setWebhook(world.app, async ({ headers, payload: body }) => {
        const address = `http://127.0.0.1${webhookPath}`;
        const { status } = await skewed.handle(new Request(address, { method: 'POST', headers, body }));
        // The world does not know this process, so that it settles by its deliveries.
        await skewed.whenIdle();
        return status;
      });
      return {
        sweep: async () => {
          skewed.sweep('everything');
          await skewed.whenIdle();
          await world.settle();
        },
        putRight: () => {
          difference = 0;
        },
      };
    },
    otherApp: (slug = `helper-${sandbox.state.nextId()}`) => {
      const known = others.get(slug);
      if (known !== undefined) return known;
      const app = sandbox.world.createApp({
        owner: 'mallory',
        slug,
        permissions: { contents: 'write', pull_requests: 'write', checks: 'write', metadata: 'read' },
        events: [],
        webhookSecret: 'nobody listens',
        privateKey: world.app.privateKey,
      });
      const installation = sandbox.world.installApp(app, 'acme', ['acme/access'], 'erin');
      const octokit = new Octokit({
        auth: sandbox.world.installationToken(installation),
        baseUrl: `${world.url}/api/v3`,
        request: { fetch: sandbox.fetch },
      });
      others.set(slug, octokit);
      return octokit;
    },
    edit: async (path, from, to) => {
      const text = await world.text(path);
      const changed = text.replace(from, to);
      if (changed === text) throw new Error(`${path} holds nothing that fits ${String(from)}`);
      await force({ [path]: changed });
    },
  };
}

/** The rules that many a repository has: GitHub itself lets more pass, so that what refuses is Curfew. */
async function loosenRules(world: TestWorld): Promise<void> {
  const { octokit } = world.as('erin');
  const { data } = await octokit.repos.getRepoRulesets(repo);
  for (const { id } of data) {
    const { data: ruleset } = await octokit.repos.getRepoRuleset({ ...repo, ruleset_id: id });
    const rules = (ruleset.rules ?? []).map((rule) =>
      rule.type === 'pull_request' && rule.parameters !== undefined
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
    await octokit.repos.updateRepoRuleset({
      ...repo,
      ruleset_id: id,
      name: ruleset.name,
      enforcement: ruleset.enforcement,
      conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
      rules,
      bypass_actors: ruleset.bypass_actors ?? [],
    });
  }
}

/** Closes what an attack left open, so that the next one in the same world begins like it. */
export async function tidy(field: Field): Promise<void> {
  const { octokit } = field.as('erin');
  const { data } = await octokit.pulls.list({ ...repo, state: 'open', per_page: 100 });
  await field.unseen(async () => {
    for (const { number } of data)
      await octokit.pulls.update({ ...repo, pull_number: number, state: 'closed' });
  });
  // GitHub lets an App create 80 things a minute.
  field.clock.advance(10_000);
  await field.settle();
}

export { grantPath, requestPath, requestText };
