import { createHmac, generateKeyPairSync } from 'node:crypto';
import type { Clock } from '../../src/app/clock.ts';
import { createCurfew, type Curfew } from '../../src/app/curfew.ts';
import { createLog } from '../../src/app/log.ts';
import type {
  BranchOutcome,
  PullRequestContext,
  PullRequestOutcome,
  Reconciler,
} from '../../src/app/reconcile.ts';
import type { RepositoryAddress } from '../../src/app/work.ts';
import type { FailedDelivery } from '../../src/github/deliveries.ts';
import type { GitHubApp } from '../../src/github/app.ts';
import type { RepositoryPort } from '../../src/github/port.ts';
import { manualClock, type ManualClock } from './manual-clock.ts';

export const secret = '5f2b9c07d1e84a36b0f7c2d95e1a8843';
export const bot = 700;
export const access: RepositoryAddress = { installation: 3, id: 5, owner: 'acme', name: 'access' };

const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

export interface World extends GitHubApp, Reconciler {
  /** `branch acme/access`, `pull-request acme/access 7`, … in the order in which they were asked for. */
  readonly calls: string[];
}

export interface WorldOptions {
  readonly repositories?: readonly RepositoryAddress[];
  readonly branch?: () => Promise<Partial<BranchOutcome>>;
  readonly pullRequest?: (
    number: number,
    context: PullRequestContext,
  ) => Promise<Partial<PullRequestOutcome>>;
  readonly installations?: () => Promise<readonly number[]>;
  readonly failed?: readonly FailedDelivery[];
  readonly redeliver?: (id: number) => Promise<void>;
  readonly open?: readonly { readonly number: number; readonly due: boolean }[];
}

/** A GitHub with a few repositories, and an engine that writes down what it is asked to look at. */
export function world(options: WorldOptions = {}): World {
  const repositories = options.repositories ?? [access];
  const calls: string[] = [];
  return {
    calls,
    identity: async () => ({
      appId: 77,
      botId: bot,
      slug: 'curfew',
      botLogin: 'curfew[bot]',
      signsCommits: false,
    }),
    installations: async () => {
      calls.push('installations');
      const ids = (await options.installations?.()) ?? [
        ...new Set(repositories.map((each) => each.installation)),
      ];
      return ids.map((id) => ({ id, account: 'acme', suspended: false }));
    },
    repositories: async (installation) => {
      calls.push(`repositories ${installation}`);
      return repositories
        .filter((each) => each.installation === installation)
        .map(({ id, owner, name }) => ({ id, owner, name, archived: false }));
    },
    // The engine of these tests only asks for the name.
    repository: (_installation, owner, name) => Object.assign(Object.create(null), { owner, name }),
    failedDeliveries: async () => options.failed ?? [],
    redeliver: async (id) => {
      calls.push(`redeliver ${id}`);
      await options.redeliver?.(id);
    },
    budgets: () =>
      new Map([
        [
          3,
          {
            rest: null,
            graphql: { limit: 5000, remaining: 4321, resetAt: 0 },
            created: { lastMinute: 1, lastHour: 9 },
            inFlight: 0,
          },
        ],
      ]),
    pullRequest: async (port, number, context) => {
      calls.push(['pull-request', nameOf(port), number, ...context.mergeGroups].join(' '));
      context.observe.decided('not-ours');
      const outcome = await options.pullRequest?.(number, context);
      return { head: headOf(number), branchTouched: false, requeueAt: null, ...outcome };
    },
    openPullRequests: async (port) => {
      calls.push(`pull-requests ${nameOf(port)}`);
      return (options.open ?? []).map(({ number, due }) => ({
        number,
        due,
        head: headOf(number),
        requeueAt: null,
      }));
    },
    branch: async (port, context) => {
      calls.push(`branch ${nameOf(port)}`);
      const outcome = await options.branch?.();
      if (outcome?.wakeAt !== undefined) context.observe.revoked(2_000);
      return { adopted: true, wakeAt: null, pullRequests: [], failure: null, ...outcome };
    },
  };
}

export function headOf(number: number): string {
  return String(number).padStart(40, '0');
}

function nameOf({ owner, name }: RepositoryPort): string {
  return `${owner}/${name}`;
}

export interface Harness {
  readonly curfew: Curfew;
  readonly clock: ManualClock;
  readonly world: World;
  /** Every line of the log, parsed. */
  readonly lines: () => readonly Readonly<Record<string, unknown>>[];
}

export async function harness(options: WorldOptions = {}): Promise<Harness> {
  const clock = manualClock();
  const github = world(options);
  const written: string[] = [];
  const curfew = await curfewOn(github, clock, (line) => written.push(line));
  return { curfew, clock, world: github, lines: () => written.map((line) => JSON.parse(line)) };
}

export async function curfewOn(github: World, clock: Clock, write: (line: string) => void): Promise<Curfew> {
  const log = createLog({ level: 'debug', secrets: [secret], destination: { write } });
  return createCurfew({
    github,
    appId: 77,
    reconciler: github,
    privateKey,
    webhookSecret: secret,
    clock,
    random: () => 0.5,
    log,
  });
}

/** A delivery as GitHub sends it. */
export function delivery(
  event: string,
  payload: object | string,
  headers: Readonly<Record<string, string>> = {},
): { readonly method: 'POST'; readonly headers: Readonly<Record<string, string>>; readonly body: string } {
  const body = typeof payload === 'string' ? payload : JSON.stringify({ ...common, ...payload });
  return {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      ...headers,
    },
    body,
  };
}

const common = {
  installation: { id: access.installation },
  sender: { id: 1001 },
  repository: { id: access.id, name: access.name, owner: { login: access.owner }, default_branch: 'main' },
};

/** Somebody opens a pull request. */
export function opened(number: number): object {
  return { action: 'opened', pull_request: { number, head: { ref: 'ask' } } };
}
