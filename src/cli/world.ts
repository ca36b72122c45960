/**
 * A world of its own: the embedded GitHub with `acme/access`, seeded from this very repository, and Curfew installed in
 * it. The demo, `npm start`, the tests and the benchmarks all play in it; the app is the one that runs in production.
 */
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { Logger } from 'pino';
import { appManifest } from '../app/app-manifest.ts';
import { createCurfew, type Curfew } from '../app/curfew.ts';
import { createEngine } from '../app/engine.ts';
import { webhookPath } from '../app/http.ts';
import { rulesets } from '../app/rulesets.ts';
import { createGitHubApp, type GitHubApp } from '../github/app.ts';
import { policyPath } from '../lifecycle/trusted-paths.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../sandbox/sandbox.ts';
import { seedAcme, type Acme } from '../sandbox/seed.ts';
import { Person } from './person.ts';
import type { WorldClock } from './world-clock.ts';

/** The access repository of the world. */
export const accessRepository = 'acme/access';

export interface WorldOptions {
  readonly clock: WorldClock;
  readonly log: Logger;
  /** On sockets, as in production, or all in this process: faster, and with nothing left to chance. */
  readonly transport:
    { readonly kind: 'in-process' } | { readonly kind: 'http'; readonly host: string; readonly port: number };
  /** Further files of the access repository, or replacements; null leaves one out. */
  readonly files?: ReadonlyMap<string, string | null>;
  readonly sandbox?: Pick<SandboxOptions, 'directory' | 'limits' | 'linkDelay' | 'page'>;
  /** PEM; making one takes a tenth of a second. */
  readonly privateKey?: string;
  /** Between 0 and 1: jitter of the queue. */
  readonly random?: () => number;
}

export interface World extends Acme {
  readonly sandbox: Sandbox;
  readonly curfew: Curfew;
  readonly github: GitHubApp;
  readonly clock: WorldClock;
  /** The address of the embedded GitHub. */
  readonly url: string;
  /** Somebody in `acme`, who acts by GitHub's API as that person. */
  as(login: string): Person;
  /** Resolves once no delivery is on its way and nothing is being decided. */
  settle(): Promise<void>;
  /** Sweeps everything, as the app does every minute, and settles. */
  sweep(): Promise<void>;
  /** Builds another process of the app on the same GitHub: a restart, or a second replica. */
  replica(): Promise<Curfew>;
  /** From now on deliveries go to this process. */
  deliverTo(curfew: Curfew): void;
  close(): Promise<void>;
}

/** Builds the world; nothing in it has been swept yet. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { clock, log, transport } = options;
  const sandbox = await createSandbox({ ...options.sandbox, clock });
  const listening = transport.kind === 'http' ? await sandbox.listen(transport) : null;
  const url = listening?.url ?? 'http://github.sandbox.localhost';
  const webhookSecret = randomBytes(32).toString('hex');
  const manifest = appManifest(new URL('http://127.0.0.1/'), 'Curfew');
  const acme = seedAcme(sandbox, {
    files: await accessFiles(options.files ?? new Map()),
    rulesets,
    app: {
      permissions: manifest.default_permissions,
      events: manifest.default_events,
      webhookSecret,
      ...(options.privateKey === undefined ? {} : { privateKey: options.privateKey }),
    },
  });
  const { id: appId, privateKey } = acme.app;
  const fetch = transport.kind === 'http' ? globalThis.fetch : sandbox.fetch;
  const connect = (): GitHubApp =>
    createGitHubApp({
      appId,
      privateKey,
      apiUrl: `${url}/api/v3`,
      signsCommits: true,
      fetch,
      now: () => clock.now(),
      log,
    });
  const start = async (github: GitHubApp): Promise<Curfew> =>
    await createCurfew({
      github,
      reconciler: createEngine(clock),
      appId,
      privateKey,
      webhookSecret,
      clock,
      random: options.random ?? Math.random,
      log,
    });

  const github = connect();
  const curfew = await start(github);
  const replicas = [curfew];
  const deliverTo = (target: Curfew): void => {
    sandbox.world.setWebhook(acme.app, async ({ headers, payload: body }) => {
      const request = new Request(`http://127.0.0.1${webhookPath}`, { method: 'POST', headers, body });
      return (await target.handle(request)).status;
    });
  };
  if (transport.kind === 'http') {
    const address = await curfew.listen('127.0.0.1', 0);
    sandbox.world.setWebhook(acme.app, new URL(webhookPath, address).href);
  } else {
    deliverTo(curfew);
  }
  const settle = async (): Promise<void> => await settleAll(sandbox, replicas);
  return {
    ...acme,
    sandbox,
    curfew,
    github,
    clock,
    url,
    as: (login) => new Person({ login, url, fetch, sandbox, repository: accessRepository, settle }),
    settle,
    sweep: async () => {
      curfew.sweep('everything');
      await settle();
    },
    replica: async () => {
      const another = await start(connect());
      replicas.push(another);
      return another;
    },
    deliverTo,
    close: async () => {
      await Promise.all(replicas.map(async (replica) => await replica.drain(5000)));
      await sandbox.close();
    },
  };
}

/** Work causes deliveries and deliveries cause work: both are at rest when neither has anything after the other. */
async function settleAll(sandbox: Sandbox, replicas: readonly Curfew[]): Promise<void> {
  const busy = (): boolean =>
    replicas.some((replica) => {
      const { ready, running } = replica.depth();
      return ready + running > 0;
    });
  do {
    await sandbox.settle();
    for (const replica of replicas) await replica.whenIdle();
    await sandbox.settle();
  } while (busy());
}

const root = resolve(import.meta.dirname, '../..');

/** The access repository's first commit: the files of this repository that make it one. */
async function accessFiles(
  changes: ReadonlyMap<string, string | null>,
): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>([
    [
      'README.md',
      '# Access to the clusters of acme\n\nAsk for access by a pull request with one file below `access-requests/`.\n',
    ],
  ]);
  for (const path of [policyPath, '.github/CODEOWNERS', 'access-requests/README.md']) {
    files.set(path, await readFile(join(root, path), 'utf8'));
  }
  for (const folder of ['templates', 'clusters']) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((each) => each.isFile())) {
      const path = join(entry.parentPath, entry.name);
      files.set(relative(root, path), await readFile(path, 'utf8'));
    }
  }
  for (const [path, text] of changes) {
    if (text === null) files.delete(path);
    else files.set(path, text);
  }
  return files;
}
