/** Pods and what they belong to: live pods where they are known, else the pod that a workload's template describes. */
import type { Json, JsonObject } from '../../base/json.ts';
import { quote } from '../../base/text.ts';
import { readLabels, type Labels } from '../rbac/selector.ts';
import { asList, asObject } from '../rbac/tree.ts';
import { familyOf, parseAddress, type Address } from './addresses.ts';
import { Unreadable } from './policy.ts';
import { lastPort, type Protocol } from './ports.ts';
import type { NamedPort, Pod, Workload } from './world.ts';

/** Where the pod stands in an object of each group and kind. */
export const podPaths: ReadonlyMap<string, readonly string[]> = new Map([
  ['/Pod', []],
  ['/ReplicationController', ['spec', 'template']],
  ...['apps', 'extensions'].flatMap((group) =>
    ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].map((kind): [string, string[]] => [
      `${group}/${kind}`,
      ['spec', 'template'],
    ]),
  ),
  ['batch/Job', ['spec', 'template']],
  ['batch/CronJob', ['spec', 'jobTemplate', 'spec', 'template']],
]);

/** A pod or a workload as its object describes it, before its owner is looked up. */
export interface PodObject {
  readonly identity: Workload;
  /** The controller among its ownerReferences. */
  readonly owner: Workload | null;
  /** False for what keeps no pod, such as an older ReplicaSet of a Deployment. */
  readonly hasPods: boolean;
  readonly pod: Omit<Pod, 'workload' | 'fromTemplate'>;
}

/**
 * Reads a pod or workload. Null for a pod that has ended, for it has no connections and its address may be another's.
 * Throws `Unreadable` where an API server would refuse it.
 */
export function readPodObject(object: JsonObject, type: string, identity: Workload): PodObject | null {
  const path = podPaths.get(type) ?? [];
  let template = object;
  for (const key of path) template = asObject(template[key]) ?? {};
  const status = path.length === 0 ? asObject(object['status']) : null;
  if (status?.['phase'] === 'Succeeded' || status?.['phase'] === 'Failed') return null;
  const where = path.length === 0 ? '' : `${path.join('.')}.`;
  const spec = asObject(template['spec']) ?? {};
  const addresses = readAddresses(status ?? {});
  return {
    identity,
    owner: readOwner(object, identity.namespace),
    hasPods: asObject(object['spec'])?.['replicas'] !== 0,
    pod: {
      namespace: identity.namespace,
      name: identity.name,
      labels: readPodLabels(template, where),
      namedPorts: readNamedPorts(spec, `${where}spec`),
      ipv4: addresses.find((address) => familyOf(address) === 4) ?? null,
      ipv6: addresses.find((address) => familyOf(address) === 6) ?? null,
      hostNetwork: spec['hostNetwork'] === true,
    },
  };
}

/** The pods of a cluster, each with the workload at the top of its owners. */
export function podsOf(objects: readonly PodObject[]): readonly Pod[] {
  const byKey = new Map(objects.map((object) => [workloadKey(object.identity), object]));
  const live: Pod[] = [];
  const templates = new Map<string, Pod>();
  for (const object of objects) {
    const workload = topOwner(object, byKey);
    const isPod = object.identity.kind === 'Pod';
    if (isPod) live.push({ ...object.pod, workload, fromTemplate: false });
    else if (workload === object.identity || (object.hasPods && !byKey.has(workloadKey(workload)))) {
      const key = workloadKey(workload);
      if (!templates.has(key)) templates.set(key, { ...object.pod, workload, fromTemplate: true });
    }
  }
  const withPods = new Set(live.map(({ workload }) => workloadKey(workload)));
  return [...live, ...[...templates].flatMap(([key, pod]) => (withPods.has(key) ? [] : [pod]))];
}

function workloadKey({ namespace, kind, name }: Workload): string {
  return `${namespace}/${kind}/${name}`;
}

/** Follows the owners as far as the objects say; the last one is named even where it is no object of the input. */
function topOwner(object: PodObject, byKey: ReadonlyMap<string, PodObject>): Workload {
  const visited = new Set<PodObject>();
  for (let current = object; ;) {
    visited.add(current);
    const owner = current.owner ?? null;
    if (owner === null) return current.identity;
    const next = byKey.get(workloadKey(owner));
    if (next === undefined) return deploymentOf(owner, object, byKey) ?? owner;
    if (visited.has(next)) return current.identity;
    current = next;
  }
}

/** A Deployment names its ReplicaSets `<deployment>-<pod-template-hash>`, which finds it where the ReplicaSet is missing. */
function deploymentOf(
  owner: Workload,
  { pod }: PodObject,
  byKey: ReadonlyMap<string, PodObject>,
): Workload | null {
  const suffix = `-${pod.labels.get('pod-template-hash') ?? ''}`;
  if (owner.kind !== 'ReplicaSet' || suffix === '-' || !owner.name.endsWith(suffix)) return null;
  const deployment = { ...owner, kind: 'Deployment', name: owner.name.slice(0, -suffix.length) };
  return byKey.get(workloadKey(deployment))?.identity ?? null;
}

/** The node that runs a static pod owns it too, but a node is no workload. */
function readOwner(object: JsonObject, namespace: string): Workload | null {
  const references = (asList(asObject(object['metadata'])?.['ownerReferences']) ?? []).map(asObject);
  const owner = references.find((reference) => reference?.['controller'] === true) ?? references[0];
  const kind = owner?.['kind'];
  const name = owner?.['name'];
  const isOwner = typeof kind === 'string' && typeof name === 'string' && kind !== 'Node';
  if (!isOwner) return null;
  if (!/^[A-Za-z0-9]+$/.test(kind) || !/^[-a-z0-9.]+$/.test(name)) {
    throw new Unreadable('metadata.ownerReferences: an owner has no valid kind and name');
  }
  return { namespace, kind, name };
}

function readPodLabels(template: JsonObject, where: string): Labels {
  const labels = readLabels(asObject(template['metadata'])?.['labels']);
  if (labels === null)
    throw new Unreadable(`${where}metadata.labels: a value is not a string; put it in quotes`);
  return labels;
}

/** Ports of containers, and of init containers that keep running beside them. */
function readNamedPorts(spec: JsonObject, where: string): readonly NamedPort[] {
  const sidecars = containersAt(spec, 'initContainers').filter((each) => each['restartPolicy'] === 'Always');
  return [...containersAt(spec, 'containers'), ...sidecars].flatMap((container) =>
    (asList(container['ports']) ?? []).flatMap((port) => readNamedPort(port, where)),
  );
}

function containersAt(spec: JsonObject, key: string): readonly JsonObject[] {
  return (asList(spec[key]) ?? []).map(asObject).filter((container) => container !== null);
}

function readNamedPort(value: Json, where: string): readonly NamedPort[] {
  const fields = asObject(value) ?? {};
  const name = fields['name'] ?? null;
  const protocol = fields['protocol'] ?? 'TCP';
  const port = fields['containerPort'] ?? null;
  if (typeof name !== 'string' || name === '') return [];
  if (!isProtocol(protocol))
    throw new Unreadable(`${where}: port ${quote(name)} has protocol ${quote(protocol)}`);
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > lastPort) {
    throw new Unreadable(`${where}: port ${quote(name)} has containerPort ${quote(port)}`);
  }
  return [{ name, protocol, port }];
}

function isProtocol(value: Json): value is Protocol {
  return value === 'TCP' || value === 'UDP' || value === 'SCTP';
}

/** `podIPs` holds at most one address of each family; `podIP` is the first of them. */
function readAddresses(status: JsonObject): readonly Address[] {
  const texts = [status['podIP'], ...(asList(status['podIPs']) ?? []).map((item) => asObject(item)?.['ip'])];
  return texts.flatMap((text) => {
    if (typeof text !== 'string' || text === '') return [];
    const address = parseAddress(text);
    if (address === null) throw new Unreadable(`status.podIP: ${quote(text)} is not an address`);
    return [address];
  });
}
