/**
 * Flux against the test cluster: its source-, kustomize- and notification-controller run beside the API server as they
 * would in it, fetch over HTTP whatever GitRepositories say, and apply with the identity that a Kustomization names.
 *
 *     const flux = await startFlux(cluster);                 // installs its resource definitions too
 *     await cluster.apply([gitRepository, kustomization]);
 *     await flux.fetch('curfew-system', 'access');           // look at git now, as after a push
 *     `${flux.receiverUrl}${receiver.status.webhookPath}`    // where a Receiver takes its webhooks
 *     await flux.kustomizeController.stop();                 // an outage of a part
 *     await flux.stop();                                     // before cluster.stop()
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { fluxBinaries } from './binaries.ts';
import type { TestCluster } from './cluster.ts';
import { createComponent, eventually, type Component } from './component.ts';
import type { Api } from './connection.ts';
import { freePorts } from './ports.ts';
import { temporaryFolder } from './temporary.ts';

export interface Flux {
  /** The address to which a Receiver's `status.webhookPath` belongs. */
  readonly receiverUrl: string;
  readonly sourceController: Component;
  readonly kustomizeController: Component;
  readonly notificationController: Component;
  /** Asks source-controller to look at git now; resolves when it has been asked. */
  fetch(namespace: string, gitRepository: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startFlux(cluster: TestCluster): Promise<Flux> {
  const binaries = await fluxBinaries();
  await installDefinitions(cluster, join(binaries, 'crds'));
  const storage = join(cluster.folder, 'flux-storage');
  await mkdir(storage, { recursive: true });
  const scratch = await temporaryFolder('curfew-flux-', existsSync(memory) ? memory : tmpdir());
  const [storagePort = 0, eventsPort = 0, receiverPort = 0, ...healthPorts] = await freePorts(6);
  const [sourceHealth = 0, kustomizeHealth = 0, notificationHealth = 0] = healthPorts;
  const events = `--events-addr=http://127.0.0.1:${eventsPort}/`;
  const controller = async (name: string, health: number, args: readonly string[]): Promise<Component> => {
    const program = {
      name,
      path: join(binaries, name),
      args: [`--health-addr=127.0.0.1:${health}`, '--metrics-addr=127.0.0.1:0', ...args, ...common],
      environment: {
        KUBECONFIG: await cluster.kubeconfig(name),
        RUNTIME_NAMESPACE: 'flux-system',
        TMPDIR: scratch.path,
      },
      logFile: join(cluster.folder, `${name}.log`),
    };
    return createComponent(program, async () => (await fetch(`http://127.0.0.1:${health}/readyz`)).ok);
  };
  const notificationController = await controller('notification-controller', notificationHealth, [
    `--events-addr=127.0.0.1:${eventsPort}`,
    `--receiverAddr=127.0.0.1:${receiverPort}`,
  ]);
  const sourceController = await controller('source-controller', sourceHealth, [
    events,
    `--storage-path=${storage}`,
    `--storage-addr=127.0.0.1:${storagePort}`,
    `--storage-adv-addr=127.0.0.1:${storagePort}`,
  ]);
  const kustomizeController = await controller('kustomize-controller', kustomizeHealth, [
    events,
    '--concurrent-ssa=20',
  ]);
  const all = [notificationController, sourceController, kustomizeController];
  const stop = async (): Promise<void> => {
    await Promise.all(all.map(async (each) => await each.stop()));
    await scratch.remove();
  };
  try {
    await Promise.all(all.map(async (each) => await each.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    receiverUrl: `http://127.0.0.1:${receiverPort}`,
    sourceController,
    kustomizeController,
    notificationController,
    fetch: async (namespace, name) => await askToFetch(cluster, namespace, name),
    stop,
  };
}

/** As docs/cluster.md advises: every revision writes out a file for each grant, twice. */
const memory = '/dev/shm';

const common = ['--enable-leader-election=false', '--log-level=info'];

async function installDefinitions(cluster: TestCluster, folder: string): Promise<void> {
  await cluster.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'flux-system' } }]);
  const { code, stderr } = await cluster.kubectl(['apply', '--server-side', '-f', folder]);
  if (code !== 0) throw new Error(stderr);
  await eventually(
    'the API server tells of all that Flux brings',
    async () => await areDiscovered(await cluster.api()),
  );
}

const definitions = z.object({
  items: z.array(
    z.object({
      spec: z.object({
        group: z.string(),
        names: z.object({ plural: z.string() }),
        versions: z.array(z.object({ name: z.string(), served: z.boolean() })),
      }),
    }),
  ),
});
const discovered = z.object({ resources: z.array(z.object({ name: z.string() })) });

/** A controller that starts before a kind of its own is discovered ends at once. */
async function areDiscovered(api: Api): Promise<boolean> {
  const { body } = await api('GET', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions');
  const kinds = definitions
    .parse(body)
    .items.flatMap(({ spec: { group, names, versions } }) =>
      versions
        .filter(({ served }) => served)
        .map(({ name }) => ({ path: `/apis/${group}/${name}`, plural: names.plural })),
    );
  const told = await Promise.all(
    kinds.map(async ({ path, plural }) => {
      const answer = discovered.safeParse((await api('GET', path)).body);
      return answer.data?.resources.some(({ name }) => name === plural) ?? false;
    }),
  );
  return told.every((each) => each);
}

/** See https://fluxcd.io/flux/components/source/gitrepositories/#triggering-a-reconcile */
async function askToFetch(cluster: TestCluster, namespace: string, name: string): Promise<void> {
  const api = await cluster.api();
  const path = `/apis/source.toolkit.fluxcd.io/v1/namespaces/${namespace}/gitrepositories/${name}`;
  const annotations = { 'reconcile.fluxcd.io/requestedAt': new Date().toISOString() };
  const patch = { metadata: { annotations } };
  const { status, body } = await api('PATCH', path, patch, 'application/merge-patch+json');
  if (status !== 200) throw new Error(`cannot ask for a fetch: ${JSON.stringify(body)}`);
}
