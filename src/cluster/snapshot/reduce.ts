/** From an object of the API server to what the snapshot keeps of it. */
import { grantLabel } from '../../base/grant-marks.ts';
import { isJsonList, isJsonObject } from '../../base/json-type.ts';
import type { Json, JsonObject, KubernetesObject } from '../../base/json.ts';
import { keep } from './keep.ts';
import type { Kind } from './kinds.ts';

/** An object that carries the label of a grant. */
export interface GrantedObject {
  readonly kind: string;
  /** Null where it lies in no namespace. */
  readonly namespace: string | null;
  readonly name: string;
  /** The grant id that it carries. */
  readonly grant: string;
}

export type Reduced =
  | { readonly kind: 'kept'; readonly object: KubernetesObject }
  | { readonly kind: 'granted'; readonly object: GrantedObject }
  | { readonly kind: 'left-out' };

const leftOut: Reduced = { kind: 'left-out' };

/**
 * Reduces one item of a list. Objects of grants are no part of a snapshot, for a plan must not depend on what others
 * hold just now; whether git grants them is another question. What a workload of the snapshot brings forth, and what
 * has run to its end, is left out: it changes by the minute and adds nothing.
 */
export function reduce(kind: Kind, item: JsonObject): Reduced {
  const metadata = objectOr(item['metadata']);
  const grant = objectOr(metadata['labels'])[grantLabel];
  if (kind.granted && typeof grant === 'string')
    return { kind: 'granted', object: grantedObject(kind, metadata, grant) };
  if (kind.kept === null || isGenerated(kind, item) || hasEnded(kind, item)) return leftOut;
  const object = reduceStanding(kind, item);
  return object === null ? leftOut : { kind: 'kept', object };
}

/** An object as the snapshot has it, whoever made it; null for what is no object of that kind. */
export function reduceStanding(kind: Kind, item: JsonObject): KubernetesObject | null {
  if (kind.kept === null) return null;
  const kept = objectOr(keep(item, kind.kept));
  const metadata = objectOr(kept['metadata']);
  const { name } = metadata;
  if (typeof name !== 'string') return null;
  const { apiVersion, kind: kindName } = kind;
  const object = { ...kept, apiVersion, kind: kindName, metadata: { ...metadata, name } };
  return withLastingAddresses(withSidecarsOnly(object));
}

function grantedObject({ kind }: Kind, { namespace, name }: JsonObject, grant: string): GrantedObject {
  return { kind, namespace: textOr(namespace, null), name: textOr(name, ''), grant };
}

/**
 * By kind, the controllers that make such objects and are in the snapshot themselves; a Node stands for the static pods
 * that its kubelet runs. An object of any other kind is there in its own right, whoever it says it belongs to.
 */
const controllers: Readonly<Record<string, readonly string[]>> = {
  Pod: [
    'v1/Node',
    'v1/ReplicationController',
    'apps/v1/StatefulSet',
    'apps/v1/DaemonSet',
    'apps/v1/ReplicaSet',
    'batch/v1/Job',
  ],
  ReplicaSet: ['apps/v1/Deployment'],
  Job: ['batch/v1/CronJob'],
};

function isGenerated({ kind }: Kind, item: JsonObject): boolean {
  const owners = listOr(objectOr(item['metadata'])['ownerReferences']).map(objectOr);
  const owner = owners.find((each) => each['controller'] === true);
  if (owner === undefined) return false;
  const type = `${textOr(owner['apiVersion'], '')}/${textOr(owner['kind'], '')}`;
  if (controllers[kind]?.includes(type) === true) return true;
  // What some other controller keeps of its past.
  return kind === 'ReplicaSet' && objectOr(item['spec'])['replicas'] === 0;
}

/** A pod or Job that runs no more has no connections. */
function hasEnded({ kind }: Kind, item: JsonObject): boolean {
  const status = objectOr(item['status']);
  if (kind === 'Pod') return status['phase'] === 'Succeeded' || status['phase'] === 'Failed';
  const conditions = kind === 'Job' ? listOr(status['conditions']).map(objectOr) : [];
  return conditions.some(
    ({ type, status: holds }) => (type === 'Complete' || type === 'Failed') && holds === 'True',
  );
}

/** Init containers have done their work, but for those that keep running beside the others. */
function withSidecarsOnly(object: KubernetesObject): KubernetesObject {
  return mapPodSpec(object, (spec) => {
    const { initContainers, ...others } = spec;
    const sidecars = listOr(initContainers).filter((each) => objectOr(each)['restartPolicy'] === 'Always');
    return sidecars.length === 0 ? others : { ...others, initContainers: sidecars };
  });
}

const podSpecPaths: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};

function mapPodSpec(object: KubernetesObject, change: (spec: JsonObject) => JsonObject): KubernetesObject {
  const path = podSpecPaths[object.kind] ?? ['spec', 'template', 'spec'];
  return { ...object, ...mapAt(object, path, change) };
}

function mapAt(
  object: JsonObject,
  path: readonly string[],
  change: (at: JsonObject) => JsonObject,
): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined) return change(object);
  const inner = object[key];
  return isJsonObject(inner) ? { ...object, [key]: mapAt(inner, rest, change) } : object;
}

/** A pod that somebody replaces has another address after that; a bare one keeps it for life. */
function withLastingAddresses(object: KubernetesObject): KubernetesObject {
  const addresses = listOr(objectOr(object['status'])['podIPs']);
  const isBare = listOr(object.metadata['ownerReferences']).length === 0;
  const { status, ...others } = object;
  return status === undefined || (isBare && addresses.length > 0) ? object : others;
}

function objectOr(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function listOr(value: Json | undefined): readonly Json[] {
  return value !== undefined && isJsonList(value) ? value : [];
}

function textOr<T>(value: Json | undefined, otherwise: T): string | T {
  return typeof value === 'string' ? value : otherwise;
}
