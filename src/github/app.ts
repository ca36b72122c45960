/**
 * The App as a whole: who it is, where it is installed, which deliveries failed, and a port to each repository. Own
 * clients, and one budget for each installation.
 */
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { Instant } from '../base/instant.ts';
import {
  listRepositories,
  readInstallations,
  readIdentity,
  type Installation,
  type Repository,
} from './app-reads.ts';
import { Client } from './client.ts';
import type { AppIdentity } from './context.ts';
import { appCredentials, installationCredentials, type Credentials } from './credentials.ts';
import { readFailedDeliveries, redeliver, type FailedDelivery } from './deliveries.ts';
import { ObjectCache } from './git-objects.ts';
import { Limiter, type BudgetFigures } from './limiter.ts';
import { RepositoryMemory } from './memory.ts';
import type { RepositoryPort } from './port.ts';
import { TipCache } from './read/tip.ts';
import { createRepositoryPort } from './repository.ts';
import { createTransport } from './transport.ts';

/** Who the App is, and how GitHub is reached. */
export interface GitHubAppOptions {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  /** `https://api.github.com`, or `https://HOST/api/v3` on Enterprise Server. */
  readonly apiUrl: string;
  /**
   * Whether this server signs what the App commits. Known of github.com and ghe.com; on Enterprise Server it depends
   * on web commit signing and is taken for false unless said.
   */
  readonly signsCommits?: boolean;
  /** In place of the network. */
  readonly fetch?: typeof fetch;
  /** For budgets; GitHub's own time is in every answer. Tokens live by the machine's clock, whatever this one says. */
  readonly now: () => Instant;
  readonly log: Logger;
}

/** All that the app asks of GitHub beside one repository. */
export interface GitHubApp {
  /** Read once. */
  identity(): Promise<AppIdentity>;
  /** All of them, suspended ones included. */
  installations(): Promise<readonly Installation[]>;
  /** All repositories that an installation reaches. */
  repositories(installation: number): Promise<readonly Repository[]>;
  /** The same memory serves every port to one repository. */
  repository(installation: number, owner: string, name: string): RepositoryPort;
  /** Deliveries since then that never got through, newest first; GitHub keeps them for three days. */
  failedDeliveries(since: Instant): Promise<readonly FailedDelivery[]>;
  /** Has GitHub deliver again. */
  redeliver(delivery: number): Promise<void>;
  /** By installation, as far as they were used. */
  budgets(): ReadonlyMap<number, BudgetFigures>;
}

/** Memories of more repositories than these are not worth their room. */
const mostRepositories = 1000;

/** Builds the App. Nothing is sent before it is asked for. */
export function createGitHubApp(options: GitHubAppOptions): GitHubApp {
  const { now, log } = options;
  const transport = createTransport({ apiUrl: options.apiUrl, fetch: options.fetch ?? fetch });
  const credentials = appCredentials(options.appId, options.privateKey);
  const shared = { objects: new ObjectCache(), tips: new TipCache(), log };
  const installed = new Map<number, { readonly client: Client; readonly limiter: Limiter }>();
  const memories = new LRUCache<string, RepositoryMemory>({ max: mostRepositories });
  const clientWith = (given: Credentials, limiter: Limiter): Client =>
    new Client({ transport, credentials: given, limiter, purpose: 'deciding' });
  const appClient = clientWith(credentials, new Limiter(now));
  let identity: Promise<AppIdentity> | null = null;

  function installation(id: number): { readonly client: Client; readonly limiter: Limiter } {
    const known = installed.get(id);
    if (known !== undefined) return known;
    const limiter = new Limiter(now);
    const own = installationCredentials({ app: credentials, installationId: id, transport });
    const made = { client: clientWith(own, limiter), limiter };
    installed.set(id, made);
    return made;
  }

  async function whoAmI(reader: () => Promise<Client>): Promise<AppIdentity> {
    const signsCommits = options.signsCommits ?? isGitHubCloud(options.apiUrl);
    const asked = (identity ??= reader().then(async (client) =>
      readIdentity(appClient, client, signsCommits),
    ));
    try {
      return await asked;
    } catch (error) {
      // Not remembered: the next one asks again.
      if (identity === asked) identity = null;
      throw error;
    }
  }

  return {
    identity: async () =>
      whoAmI(async () => {
        const [first] = await readInstallations(appClient);
        return first === undefined ? clientWith(anonymous, new Limiter(now)) : installation(first.id).client;
      }),
    installations: async () => readInstallations(appClient),
    repositories: async (id) => listRepositories(installation(id).client, id),
    repository: (id, owner, name) => {
      const { client } = installation(id);
      const key = `${id}/${owner}/${name}`.toLowerCase();
      const memory = memories.get(key) ?? new RepositoryMemory();
      memories.set(key, memory);
      return createRepositoryPort({ ...shared, client, owner, name, memory }, async () =>
        whoAmI(async () => client),
      );
    },
    failedDeliveries: async (since) => readFailedDeliveries(appClient, since),
    redeliver: async (delivery) => redeliver(appClient, delivery),
    budgets: () => new Map([...installed].map(([id, { limiter }]) => [id, limiter.figures()])),
  };
}

/** An App that is installed nowhere reads its own public account. */
const anonymous: Credentials = { authorization: async () => null, refused: () => {} };

/** github.com, and ghe.com with data residency, sign every commit that an App makes through the API. */
export function isGitHubCloud(apiUrl: string): boolean {
  const { hostname } = new URL(apiUrl);
  return hostname === 'api.github.com' || hostname.endsWith('.ghe.com');
}
