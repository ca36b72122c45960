/** What the doctor asks of GitHub beside what the engine reads: how the App is installed, and what reaches it. */
import { z } from 'zod';
import type { AppAccess } from '../app/config/config.ts';
import type { Instant } from '../base/instant.ts';
import { Client } from '../github/client.ts';
import { appCredentials, installationCredentials } from '../github/credentials.ts';
import { NotFound } from '../github/errors.ts';
import { Limiter } from '../github/limiter.ts';
import { id, instant } from '../github/schema.ts';
import { createTransport } from '../github/transport.ts';
import type { RepositoryName } from './github-access.ts';

export interface InstallationRead {
  readonly id: number;
  readonly suspended: boolean;
  /** `read` or `write` by name of the permission; what is missing was not given. */
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
}

export interface RulesetRead {
  readonly name: string;
  /** Types of the rules that hold for the default branch. */
  readonly rules: readonly string[];
  /** How far the App goes past it; null where GitHub does not say. */
  readonly bypass: string | null;
}

export interface DeliveryRead {
  /** Of the event, the same for every attempt. */
  readonly guid: string;
  readonly event: string;
  readonly deliveredAt: Instant;
  /** 0 where there was no answer. */
  readonly status: number;
  /** Null for an event about no repository. */
  readonly repository: number | null;
}

export interface CodeownersErrorRead {
  readonly path: string;
  readonly line: number;
  /** `Unknown owner` */
  readonly kind: string;
  readonly suggestion: string | null;
}

export interface DoctorReads {
  /** Null where the App is not installed there. */
  installation(): Promise<InstallationRead | null>;
  rulesets(installation: number, branch: string): Promise<readonly RulesetRead[]>;
  /** GitHub's own opinion of CODEOWNERS on the default branch; empty where there is none. */
  codeownersErrors(installation: number): Promise<readonly CodeownersErrorRead[]>;
  /** The hundred newest of the App, newest first. */
  deliveries(): Promise<readonly DeliveryRead[]>;
  /** Whether somebody may write to the repository. */
  canWrite(installation: number, login: string): Promise<boolean>;
}

const installationShape = z.object({
  id,
  suspended_at: instant.nullish(),
  permissions: z.record(z.string(), z.string()),
  events: z.array(z.string()),
});

const branchRules = z.array(z.object({ type: z.string(), ruleset_id: id.optional() }));

const rulesetShape = z.object({ name: z.string(), current_user_can_bypass: z.string().optional() });

const errorsShape = z.object({
  errors: z.array(
    z.object({ path: z.string(), line: z.int(), kind: z.string(), suggestion: z.string().nullish() }),
  ),
});

const deliveriesShape = z.array(
  z.object({
    guid: z.string(),
    event: z.string(),
    delivered_at: instant,
    status_code: z.int(),
    repository_id: id.nullish(),
  }),
);

const permissionShape = z.object({ permission: z.string() });

/** Reads as the App and its installation. */
export function createDoctorReads(
  { appId, privateKey, apiUrl }: AppAccess,
  { owner, name }: RepositoryName,
  now: () => Instant,
): DoctorReads {
  const transport = createTransport({ apiUrl, fetch });
  const app = appCredentials(appId, privateKey);
  const limiter = new Limiter(now);
  const asApp = new Client({ transport, credentials: app, limiter, purpose: 'deciding' });
  const repository = { owner, repo: name };
  const fullName = `${owner}/${name}`;

  function asInstallation(installationId: number): Client {
    const credentials = installationCredentials({ app, installationId, transport });
    return new Client({ transport, credentials, limiter, purpose: 'deciding' });
  }

  return {
    installation: async () =>
      orNull(async () => {
        const route = 'GET /repos/{owner}/{repo}/installation';
        const task = `read the installation on ${fullName}`;
        const raw = await asApp.get(task, route, repository, installationShape);
        const { suspended_at: suspendedAt, permissions, events } = raw;
        return { id: raw.id, suspended: typeof suspendedAt === 'number', permissions, events };
      }),
    rulesets: async (installation, branch) => {
      const client = asInstallation(installation);
      const rules = await client.list(
        `read the rules of ${branch} of ${fullName}`,
        'GET /repos/{owner}/{repo}/rules/branches/{branch}',
        { ...repository, branch },
        branchRules,
      );
      const byRuleset = Map.groupBy(rules, (rule) => rule.ruleset_id ?? 0);
      byRuleset.delete(0);
      return Promise.all(
        [...byRuleset].map(async ([rulesetId, own]) => {
          const route = 'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}';
          const task = `read ruleset ${rulesetId} of ${fullName}`;
          const raw = await client.get(task, route, { ...repository, ruleset_id: rulesetId }, rulesetShape);
          return {
            name: raw.name,
            rules: own.map(({ type }) => type),
            bypass: raw.current_user_can_bypass ?? null,
          };
        }),
      );
    },
    codeownersErrors: async (installation) => {
      const route = 'GET /repos/{owner}/{repo}/codeowners/errors';
      const task = `read the errors in CODEOWNERS of ${fullName}`;
      const read = await orNull(async () =>
        asInstallation(installation).get(task, route, repository, errorsShape),
      );
      return (read?.errors ?? []).map((each) => ({ ...each, suggestion: each.suggestion ?? null }));
    },
    deliveries: async () => {
      const route = 'GET /app/hook/deliveries';
      const parameters = { per_page: 100 };
      const read = await asApp.get('list the deliveries', route, parameters, deliveriesShape);
      return read.map((each) => ({
        guid: each.guid,
        event: each.event,
        deliveredAt: each.delivered_at,
        status: each.status_code,
        repository: each.repository_id ?? null,
      }));
    },
    canWrite: async (installation, username) => {
      const route = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';
      const task = `read the permission of ${username} on ${fullName}`;
      const read = await orNull(async () =>
        asInstallation(installation).get(task, route, { ...repository, username }, permissionShape),
      );
      return read !== null && ['admin', 'maintain', 'write'].includes(read.permission);
    },
  };
}

/** What is not there is an answer. */
async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof NotFound) return null;
    throw error;
  }
}
