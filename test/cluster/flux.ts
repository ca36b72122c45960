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
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fluxBinaries } from './binaries.ts';
import type { TestCluster } from './cluster.ts';
import { createComponent, eventually, type Component } from './component.ts';
import { freePorts } from './ports.ts';

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
  const [storagePort = 0, eventsPort = 0, receiverPort = 0, ...healthPorts] = await freePorts(6);
  const [sourceHealth = 0, kustomizeHealth = 0, notificationHealth = 0] = healthPorts;
  const events = `--events-addr=http://127.0.0.1:${eventsPort}/`;
  const controller = async (name: string, health: number, args: readonly string[]): Promise<Component> => {
    const program = {
      name,
      path: join(binaries, name),
      args: [`--health-addr=127.0.0.1:${health}`, '--metrics-addr=127.0.0.1:0', ...args, ...common],
      environment: { KUBECONFIG: await cluster.kubeconfig(name), RUNTIME_NAMESPACE: 'flux-system' },
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
  const kustomizeController = await controller('kustomize-controller', kustomizeHealth, [events]);
  const all = [notificationController, sourceController, kustomizeController];
  const stop = async (): Promise<void> =>
    void (await Promise.all(all.map(async (each) => await each.stop())));
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

const common = ['--enable-leader-election=false', '--log-level=info'];

async function installDefinitions(cluster: TestCluster, folder: string): Promise<void> {
  await cluster.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'flux-system' } }]);
  const { code, stderr } = await cluster.kubectl(['apply', '--server-side', '-f', folder]);
  if (code !== 0) throw new Error(stderr);
  const group = await cluster.api();
  await eventually('the API server serves what Flux brings', async () => {
    const paths = [
      'source.toolkit.fluxcd.io/v1/gitrepositories',
      'kustomize.toolkit.fluxcd.io/v1/kustomizations',
    ];
    const answers = await Promise.all(paths.map(async (path) => await group('GET', `/apis/${path}`)));
    return answers.every(({ status }) => status === 200);
  });
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
