/** The acme world with its clients, as every test of the sandbox starts from. */
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { manualClock } from '../../src/sandbox/clock.ts';
import { generatePrivateKey } from '../../src/sandbox/operations/apps.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { seedAcme } from '../../src/sandbox/seed.ts';
import type { Acme } from '../../src/sandbox/seed.ts';
import type { AppPermissions } from '../../src/sandbox/state.ts';
import type { DeliveryRequest } from '../../src/sandbox/webhooks/deliveries.ts';

export const privateKey = generatePrivateKey();
export const start = Date.UTC(2026, 11, 1, 9);
/** The access repository, for the clients' calls. */
export const access = { owner: 'acme', repo: 'access' } as const;

export const permissions: AppPermissions = {
  contents: 'write',
  pull_requests: 'write',
  checks: 'write',
  statuses: 'write',
  issues: 'write',
  members: 'read',
  merge_queues: 'read',
};

/** Every event that the sandbox knows. */
export const events = [
  'push',
  'create',
  'delete',
  'pull_request',
  'pull_request_review',
  'issue_comment',
  'check_run',
  'check_suite',
  'status',
  'merge_group',
  'repository',
  'membership',
  'organization',
  'team',
] as const;

export interface World extends Acme {
  readonly sandbox: Sandbox;
  /** What the App's server was sent, oldest first. */
  readonly received: DeliveryRequest[];
  /** A client for a person. */
  readonly as: (login: string) => Octokit;
  /** A client for the App's installation. */
  readonly bot: Octokit;
  /** A client for the App itself. */
  readonly asApp: Octokit;
}

const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {}

export async function startAcme(
  options: SandboxOptions & {
    readonly files?: Readonly<Record<string, string>>;
    readonly permissions?: AppPermissions;
  } = {},
): Promise<World> {
  const { files = { 'README.md': 'access\n' }, permissions: granted = permissions, ...rest } = options;
  const sandbox = await createSandbox({ clock: manualClock(start), ...rest });
  const received: World['received'] = [];
  const acme = seedAcme(sandbox, {
    files: new Map(Object.entries(files)),
    app: {
      permissions: granted,
      events,
      webhookSecret: 'a secret that is long enough',
      privateKey,
      webhook: async (delivery) => {
        received.push(delivery);
        return 200;
      },
    },
  });
  await sandbox.settle();
  const base = {
    baseUrl: `${sandbox.context.baseUrl}/api/v3`,
    request: { fetch: sandbox.fetch },
    log: quiet,
  };
  const auth = { appId: acme.app.id, privateKey };
  return {
    ...acme,
    sandbox,
    received,
    as: (login) => new Octokit({ ...base, auth: sandbox.world.personalToken(login) }),
    bot: new Octokit({
      ...base,
      authStrategy: createAppAuth,
      auth: { ...auth, installationId: acme.installation.id },
    }),
    asApp: new Octokit({ ...base, authStrategy: createAppAuth, auth }),
  };
}

/** Pushes one file to a new branch as a person and opens a pull request for it; gives its number. */
export async function openPullRequest(
  world: World,
  login: string,
  branch: string,
  files: Readonly<Record<string, string | null>> = { [`${branch}.txt`]: `${branch}\n` },
): Promise<number> {
  world.sandbox.world.pushFiles('acme/access', login, { branch, files });
  const { data } = await world
    .as(login)
    .pulls.create({ ...access, head: branch, base: 'main', title: branch });
  return data.number;
}

/** What the App was told, as `event.action`. */
export function heard(world: World): string[] {
  return world.received.map((delivery) => {
    const { action } = payloadOf(delivery);
    return typeof action === 'string' ? `${delivery.name}.${action}` : delivery.name;
  });
}

/** The parsed body of a delivery. */
export function payloadOf({ payload }: DeliveryRequest): Readonly<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(payload);
  if (typeof parsed !== 'object' || parsed === null) throw new Error('the payload is no object');
  return { ...parsed };
}

/** The last payload of an event. */
export function lastPayload(world: World, name: string): Readonly<Record<string, unknown>> {
  const delivery = world.received.findLast((one) => one.name === name);
  if (delivery === undefined) throw new Error(`no ${name} was sent`);
  return payloadOf(delivery);
}
