/**
 * The ceilings of a cluster: what the access repository may grant there at most. The cluster's administrators keep them
 * as a ConfigMap, and its admission holds them; by a committed copy a plan knows what the cluster would refuse.
 */
import type { KubernetesObject } from '../base/json.ts';
import { isJsonObject } from '../base/json-type.ts';
import { failure, success, type Result } from '../base/result.ts';
import { quote } from '../base/text.ts';
import { readManifests } from '../request/manifests.ts';

/** The name of the ConfigMap. */
export const ceilingsName = 'curfew-ceilings';

/** In each list `*` stands for any run of characters, but in roles: these are names. */
export interface Ceilings {
  readonly cluster: string;
  /** Seconds from the creation of an object to the end that it names. */
  readonly maxDuration: number;
  /** ClusterRoles that may be bound in a namespace. */
  readonly roles: readonly string[];
  /** ClusterRoles that may be bound in the whole cluster. */
  readonly clusterRoles: readonly string[];
  /** Kubernetes users who may get access. */
  readonly users: readonly string[];
  /** Namespaces that no grant reaches. */
  readonly protectedNamespaces: readonly string[];
}

/** The ceilings that are lists. */
export const ceilingLists = ['roles', 'clusterRoles', 'users', 'protectedNamespaces'] as const;

/** Where the copy of a cluster's ceilings is committed. */
export function ceilingsPath(cluster: string): string {
  return `clusters/${cluster}/ceilings.yaml`;
}

/** Whether such a copy lies there. */
export function isCeilingsPath(path: string): boolean {
  return /^clusters\/[^/]+\/ceilings\.yaml$/.test(path);
}

/** Reads a committed copy: the one ConfigMap that `kubectl get -o yaml` prints. */
export function parseCeilings(file: string, text: string): Result<Ceilings> {
  const objects = readManifests(file, text);
  if (!objects.ok) return objects;
  const fault = (message: string): Result<Ceilings> => {
    const remedy = `commit what "kubectl get -n curfew-system configmap ${ceilingsName} -o yaml" prints there`;
    return failure({ file, line: 1, column: 1, message, remedy });
  };
  const [object, ...others] = objects.value;
  if (object?.kind !== 'ConfigMap' || object.metadata.name !== ceilingsName || others.length > 0)
    return fault(`this is not the ConfigMap ${ceilingsName} alone`);
  const ceilings = readCeilings(object);
  if (typeof ceilings === 'string') return fault(`the ceilings cannot be read: ${ceilings}`);
  return ceilingsPath(ceilings.cluster) === file
    ? success(ceilings)
    : fault(`these are the ceilings of ${quote(ceilings.cluster)}`);
}

/** The ceilings in a ConfigMap; a text where it is none that the rules could read. */
export function readCeilings(object: KubernetesObject): Ceilings | string {
  const { data } = object;
  const text = (key: string): string | null => {
    const value = isJsonObject(data) ? data[key] : null;
    return typeof value === 'string' ? value : null;
  };
  const missing = ['cluster', 'maxDuration', ...ceilingLists].filter((key) => text(key) === null);
  if (missing.length > 0) return `it lacks ${missing.join(', ')}: nothing is granted`;
  const maxDuration = seconds(text('maxDuration') ?? '');
  if (maxDuration === null) return 'maxDuration is no duration such as 4h or 1h30m: nothing is granted';
  const list = (key: string): readonly string[] =>
    (text(key) ?? '').split('\n').filter((line) => line !== '');
  return {
    cluster: text('cluster') ?? '',
    maxDuration,
    roles: list('roles'),
    clusterRoles: list('clusterRoles'),
    users: list('users'),
    protectedNamespaces: list('protectedNamespaces'),
  };
}

function seconds(text: string): number | null {
  const match = /^(?=\d)(?:(\d{1,5})h)?(?:(\d{1,7})m)?(?:(\d{1,9})s)?$/.exec(text);
  if (match === null) return null;
  const [hours = 0, minutes = 0, rest = 0] = match.slice(1).map((digits) => Number(digits ?? 0));
  return hours * 3600 + minutes * 60 + rest;
}
