/**
 * Everything real, on one machine: the embedded GitHub with `acme/access`, Curfew as its App, and a cluster of the policy,
 * set up with what `curfew manifests` prints: its admission, the applier, Flux and the guard.
 *
 *     const all = await startEverything();
 *     await all.world.as('alice').propose(...);              // and so on: as people do by GitHub's API
 *     await createOutages(all).down(['Flux']);                 // see outages.ts
 *     await all.stop();
 *
 * Everybody lives by the real clock, and every commit reaches Flux by a signed webhook.
 */
import { pino } from 'pino';
import { z } from 'zod';
import { createLog } from '../../src/app/log.ts';
import { createWorldClock } from '../../src/cli/world-clock.ts';
import { accessRepository, createWorld, type World, type WorldOptions } from '../../src/cli/world.ts';
import { systemNamespace } from '../../src/cluster/identities.ts';
import { deliveryName, type Delivery } from '../../src/cluster/manifests/delivery.ts';
import { fluxObjects, fluxSecrets } from '../../src/cluster/manifests/flux.ts';
import { guardObjects } from '../../src/cluster/manifests/guard.ts';
import { runningClock, type SandboxClock } from '../../src/sandbox/clock.ts';
import { eventually, startCluster, type TestCluster } from './cluster.ts';
import { startFlux, type Flux } from './flux.ts';
import { ceilings, install, policyPath } from './grants.ts';
import { startGuard, type RunningGuard } from './guard-world.ts';

/** The cluster of the policy that this is. */
export const clusterName = 'prod-eu';

export interface Everything {
  readonly world: World;
  readonly cluster: TestCluster;
  readonly flux: Flux;
  readonly delivery: Delivery;
  /** Another guard; the one that is running is `guard`. */
  startGuard(): Promise<RunningGuard>;
  readonly guard: RunningGuard | null;
  stop(): Promise<void>;
}

export interface EverythingOptions {
  /** Left out: with a guard. */
  readonly guard?: boolean;
  /** Further files of the access repository, or replacements. */
  readonly files?: WorldOptions['files'];
  /** Of GitHub and Curfew; left out: the real one. */
  readonly clock?: SandboxClock;
  /** Whether GitHub's rate limits hold; they do where left out. */
  readonly limits?: boolean | (() => boolean);
  /** Puts something into git and into the cluster before Flux looks at either. */
  readonly seed?: (world: World, cluster: TestCluster) => Promise<void>;
  /** Told what is being started. */
  readonly progress?: (line: string) => void;
}

const webhookSecret = 'between GitHub and Flux';

export async function startEverything(options: EverythingOptions = {}): Promise<Everything> {
  const { progress = () => undefined } = options;
  const parts: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const part of parts.toReversed()) await part.stop();
  };
  try {
    progress('etcd, API server and controllers');
    const cluster = await startCluster();
    parts.push(cluster);
    progress('the embedded GitHub, and Curfew');
    const world = await startWorld(options);
    parts.push({ stop: async () => await world.close() });
    await options.seed?.(world, cluster);
    progress('Flux');
    const flux = await startFlux(cluster);
    parts.push(flux);
    progress('roles, admission, ceilings, the applier');
    await install(cluster, ceilings(options.files?.get(policyPath) ?? undefined));
    const delivery: Delivery = {
      cluster: clusterName,
      url: `${world.url}/${accessRepository}`,
      branch: 'main',
    };
    await deliver(cluster, world, flux, delivery);
    const git = {
      cluster: clusterName,
      repository: { namespace: systemNamespace, name: deliveryName(delivery) },
    };
    await cluster.apply(
      guardObjects({ image: 'guard:1', git: { cluster: clusterName, repository: git.repository.name } }),
    );
    const anotherGuard = async (): Promise<RunningGuard> => {
      const guard = await startGuard(cluster, { git });
      parts.push(guard);
      return guard;
    };
    if (options.guard !== false) progress('the guard');
    const guard = options.guard === false ? null : await anotherGuard();
    world.curfew.start();
    return { world, cluster, flux, delivery, guard, startGuard: anotherGuard, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startWorld({ files = new Map(), ...options }: EverythingOptions): Promise<World> {
  const { clock = runningClock(), limits = true } = options;
  return await createWorld({
    clock: createWorldClock(clock),
    log: createLog({ level: 'error', destination: pino.destination({ dest: 2, sync: true }) }),
    transport: { kind: 'http', host: '127.0.0.1', port: 0 },
    sandbox: { limits },
    files: new Map([
      // Git keeps no empty folder, and what Flux does not find it does not prune.
      [`grants/${clusterName}/README.md`, 'Curfew alone writes here.\n'],
      ...files,
    ]),
  });
}

/** From git to the cluster: Flux's objects and Secrets, and GitHub's webhook to its Receiver. */
async function deliver(cluster: TestCluster, world: World, flux: Flux, delivery: Delivery): Promise<void> {
  const { login, token } = world.as('erin');
  await cluster.apply([
    secret(fluxSecrets.git, { username: login, password: token }),
    secret(fluxSecrets.receiver, { token: webhookSecret }),
    secret(fluxSecrets.status, { token }),
    ...fluxObjects(delivery),
  ]);
  const name = deliveryName(delivery);
  const path = await webhookPath(cluster, name);
  const app = world.sandbox.world.createApp({
    owner: 'acme',
    slug: 'gitops',
    permissions: { contents: 'read' },
    events: ['push'],
    webhookSecret,
    webhook: `${flux.receiverUrl}${path}`,
  });
  world.sandbox.world.installApp(app, 'acme', [accessRepository], login);
  const isReady = async (): Promise<boolean> => {
    const path = 'jsonpath={.status.conditions[?(@.type=="Ready")].status}';
    const which = ['kustomization', name, '-n', systemNamespace];
    const { stdout } = await cluster.kubectl(['get', ...which, '-o', path]);
    return stdout === 'True';
  };
  await eventually('Flux has applied what is granted', isReady, { limit: 300_000 });
}

const receiver = z.object({ status: z.object({ webhookPath: z.string() }) });

async function webhookPath(cluster: TestCluster, name: string): Promise<string> {
  const api = await cluster.api();
  const path = `/apis/notification.toolkit.fluxcd.io/v1/namespaces/${systemNamespace}/receivers/${name}`;
  await eventually('the Receiver has its path', async () => {
    return receiver.safeParse((await api('GET', path)).body).success;
  });
  return receiver.parse((await api('GET', path)).body).status.webhookPath;
}

function secret(name: string, stringData: Readonly<Record<string, string>>): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: systemNamespace }, stringData };
}
