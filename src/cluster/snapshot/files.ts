/** The files of a snapshot: the same bytes for the same cluster, and none larger than the engine reads. */
import { sha256 } from '../../base/digest.ts';
import type { Fault } from '../../base/fault.ts';
import type { KubernetesObject } from '../../base/json.ts';
import { failure, success, type Result } from '../../base/result.ts';
import { defaultObjects } from '../../effect/rbac/default-roles.ts';
import { readManifests } from '../../request/manifests.ts';
import { canonicalYaml } from '../../template/canonical.ts';

/** What the API server says of itself; `src/lifecycle` reads it from the snapshot. */
export const versionKind = 'ClusterVersion';

/** A file for each topic; where that is too large, a folder with a file, or up to sixteen, for each namespace. */
const topics = {
  cluster: 'the version of its API server',
  namespaces: 'its namespaces',
  workloads: 'its workloads, without environment variables, arguments, images and Secrets',
  'network-policies': 'its network policies',
  catalog: "the catalog's roles as they are applied there",
  rbac: "the roles and bindings that stand there beside Kubernetes' own and the catalog",
  'rbac-defaults': "Kubernetes' own roles and bindings as they stand there",
} as const;

type Topic = keyof typeof topics;

/** GitHub shows no more than 500 kB of a file in one answer, and the engine reads no file in part. */
const mostBytes = 500_000;

/** What holds the version of a cluster, as an object among the others. */
export function versionObject(cluster: string, gitVersion: string): KubernetesObject {
  return { apiVersion: 'curfew.dev/v1', kind: versionKind, metadata: { name: cluster }, gitVersion };
}

/**
 * The texts of the files by their path below `clusters/<cluster>/`, from reduced objects in any order. A fault where
 * a file is still too large after it was divided.
 */
export function snapshotFiles(
  cluster: string,
  objects: readonly KubernetesObject[],
): Result<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  const faults: Fault[] = [];
  for (const [topic, members] of Map.groupBy(objects, topicOf)) {
    const write = (path: string, part: readonly KubernetesObject[], finer: readonly Divide[]): void => {
      const text = `${header(cluster, topic)}${canonicalYaml(part.toSorted(byPlace))}`;
      const fault = tooLarge(`clusters/${cluster}/${path}.yaml`, text);
      const [divide, ...rest] = finer;
      if (fault === null) files.set(`${path}.yaml`, text);
      else if (divide === undefined) faults.push(fault);
      else for (const [name, pieces] of Map.groupBy(part, divide)) write(`${path}${name}`, pieces, rest);
    };
    write(topic, members, [byNamespace, byDigit]);
  }
  return faults.length === 0 ? success(files) : failure(...faults);
}

/** What an object adds to the path of its file where one file is too small for all. */
type Divide = (object: KubernetesObject) => string;

function byNamespace(object: KubernetesObject): string {
  return `/${namespaceOf(object) || '_cluster'}`;
}

/** By the name and nothing else, so that a new object moves no other. No namespace has a dot in its name. */
function byDigit(object: KubernetesObject): string {
  return `.${sha256(identity(object)).slice(0, 1)}`;
}

/** Whether a snapshot writes a file of this path below `clusters/<cluster>/`, and so may replace and remove it. */
export function isSnapshotFile(path: string): boolean {
  const [topic = '', namespace, ...deeper] = path.replace(/\.yaml$/, '').split('/');
  return path.endsWith('.yaml') && Object.hasOwn(topics, topic) && deeper.length === 0 && namespace !== '';
}

function header(cluster: string, topic: Topic): string {
  return `# What the plan knows of ${cluster}: ${topics[topic]}. Written by "curfew snapshot".\n`;
}

const defaults: ReadonlySet<string> = new Set(defaultObjects.map(identity));

/** `RoleBinding/payments/deployer`: what tells the objects of a snapshot apart. */
export function identity(object: KubernetesObject): string {
  return `${object.kind}/${namespaceOf(object)}/${object.metadata.name}`;
}

function topicOf(object: KubernetesObject): Topic {
  const { apiVersion, kind, metadata } = object;
  if (kind === versionKind) return 'cluster';
  if (kind === 'Namespace') return 'namespaces';
  if (kind === 'NetworkPolicy') return 'network-policies';
  if (!apiVersion.startsWith('rbac.authorization.k8s.io/')) return 'workloads';
  if (kind === 'ClusterRole' && metadata.name.startsWith('curfew:')) return 'catalog';
  return defaults.has(identity(object)) ? 'rbac-defaults' : 'rbac';
}

function namespaceOf({ metadata }: KubernetesObject): string {
  const namespace = metadata['namespace'];
  return typeof namespace === 'string' ? namespace : '';
}

function byPlace(a: KubernetesObject, b: KubernetesObject): number {
  return (
    compare(namespaceOf(a), namespaceOf(b)) ||
    compare(a.kind, b.kind) ||
    compare(a.metadata.name, b.metadata.name)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** The engine's own reader decides what it can read. */
function tooLarge(file: string, text: string): Fault | null {
  const remedy = 'nothing was written; find what makes it so large with kubectl';
  if (Buffer.byteLength(text) > mostBytes) {
    return {
      file,
      line: 1,
      column: 1,
      message: `more than ${mostBytes} bytes, which GitHub does not show whole`,
      remedy,
    };
  }
  const read = readManifests(file, text);
  const [fault] = read.ok ? [] : read.faults;
  return fault === undefined ? null : { ...fault, remedy };
}
