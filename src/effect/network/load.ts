/** From Kubernetes objects to the world that the evaluator judges. */
import { canonicalJson } from '../../base/digest.ts';
import type { Json, JsonObject, KubernetesObject } from '../../base/json.ts';
import { quote } from '../../base/text.ts';
import { readLabels, type Labels } from '../rbac/selector.ts';
import { asList, asObject } from '../rbac/tree.ts';
import { readPolicy, Unreadable, type NetworkPolicy } from './policy.ts';
import { namespaceNameLabel, type NetworkWorld, type Pod, type Problem } from './world.ts';
import { podPaths, podsOf, readPodObject, type PodObject } from './workloads.ts';

/** What is found while the objects are read, before pods and workloads are brought together. */
interface Found {
  readonly namespaces: Map<string, Labels>;
  readonly podObjects: PodObject[];
  readonly policies: NetworkPolicy[];
  readonly skipped: Map<string, number>;
  readonly problems: Problem[];
  /** Every object that counts, to find the same one twice. */
  readonly seen: Map<string, JsonObject>;
}

/**
 * Reads objects as they come: `List` kinds are flattened, kinds that say nothing about the network are counted and
 * passed over, an object that no API server would accept becomes a problem and counts for nothing.
 */
export function loadNetwork(objects: readonly Json[]): NetworkWorld {
  const found: Found = {
    namespaces: new Map(),
    podObjects: [],
    policies: [],
    skipped: new Map(),
    problems: [],
    seen: new Map(),
  };
  for (const object of flatten(objects)) readObject(object, found);
  const pods = podsOf(found.podObjects);
  return {
    ...withUndeclared(found, pods),
    pods,
    policies: found.policies,
    skipped: new Map([...found.skipped].sort(([a], [b]) => (a < b ? -1 : 1))),
    problems: found.problems,
  };
}

/** What makes an object the same as another: without a namespace it lies in `default`. */
export function identityOf({ kind, metadata }: KubernetesObject): string {
  return JSON.stringify([kind, metadata['namespace'] ?? defaultNamespace, metadata.name]);
}

const defaultNamespace = 'default';

/** The objects in order, with those of `List`, `PodList`, … in place of the list. */
function* flatten(objects: readonly Json[]): Generator<JsonObject> {
  // A stack of its own instead of recursion, for lists may lie in lists.
  const left: Json[] = [...objects].reverse();
  while (left.length > 0) {
    const object = asObject(left.pop()) ?? {};
    const { apiVersion = null, kind } = object;
    const items = asList(object['items']);
    if (typeof kind !== 'string' || !kind.endsWith('List') || items === null) {
      yield object;
      continue;
    }
    // The items of a typed list leave out what its own kind says.
    const itemKind = kind.slice(0, -'List'.length);
    const typed = items.map((item) =>
      itemKind === '' ? item : { apiVersion, kind: itemKind, ...asObject(item) },
    );
    for (const item of typed.reverse()) left.push(item);
  }
}

const knownTypes: ReadonlySet<string> = new Set(['v1 Namespace', 'networking.k8s.io/v1 NetworkPolicy']);

function readObject(object: JsonObject, found: Found): void {
  const { apiVersion, kind } = object;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string')
    return skip('not a Kubernetes object', found);
  const type = `${apiVersion} ${kind}`;
  const isKnown = knownTypes.has(type) || podPaths.has(typeOf(apiVersion, kind));
  if (!isKnown) return skip(apiVersion === 'v1' ? kind : type, found);
  const identity = readIdentity(object, kind);
  if (typeof identity === 'string') return void found.problems.push({ object: kind, message: identity });
  const { namespace, name } = identity;
  const label = kind === 'Namespace' ? `Namespace ${name}` : `${kind} ${namespace}/${name}`;
  if (isRepeated(object, label, found)) return;
  try {
    if (kind === 'Namespace') {
      found.namespaces.set(name, labelsOfNamespace(name, readObjectLabels(object)));
    } else if (kind === 'NetworkPolicy') {
      found.policies.push(readPolicy(namespace, name, object['spec']));
    } else {
      const podObject = readPodObject(object, typeOf(apiVersion, kind), { namespace, kind, name });
      if (podObject === null) skip('finished Pod', found);
      else found.podObjects.push(podObject);
    }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    found.problems.push({ object: label, message: error.message });
  }
}

/** Group and kind; the version of a workload changes nothing about its pods. */
function typeOf(apiVersion: string, kind: string): string {
  return `${apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''}/${kind}`;
}

function skip(what: string, { skipped }: Found): void {
  skipped.set(what, (skipped.get(what) ?? 0) + 1);
}

/** Whether the same object came before; with other content it is a problem, for nobody knows which one holds. */
function isRepeated(object: JsonObject, label: string, { seen, problems }: Found): boolean {
  const before = seen.get(label);
  if (before === undefined) {
    seen.set(label, object);
    return false;
  }
  if (canonicalJson(before) !== canonicalJson(object)) {
    problems.push({
      object: label,
      message: 'stands there twice with different content; leave one of them out',
    });
  }
  return true;
}

/** Names are checked, so that they can stand in any text and graph as they are. */
function readIdentity(object: JsonObject, kind: string): { namespace: string; name: string } | string {
  const metadata = asObject(object['metadata']);
  const generated = metadata?.['generateName'];
  const name = metadata?.['name'] ?? (typeof generated === 'string' ? generated.replace(/-$/, '') : null);
  const namespace = metadata?.['namespace'] ?? defaultNamespace;
  if (!isName(name)) return `metadata.name: ${quote(name)} is not a name`;
  if (!isName(namespace)) return `${name}: metadata.namespace: ${quote(namespace)} is not a name`;
  return { namespace: kind === 'Namespace' ? '' : namespace, name };
}

function isName(value: Json): value is string {
  return typeof value === 'string' && value.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(value);
}

function readObjectLabels(object: JsonObject): Labels {
  const labels = readLabels(asObject(object['metadata'])?.['labels']);
  if (labels === null) throw new Unreadable('metadata.labels: a value is not a string; put it in quotes');
  return labels;
}

function labelsOfNamespace(name: string, labels: Labels): Labels {
  return new Map([...labels, [namespaceNameLabel, name]]);
}

function withUndeclared(
  { namespaces, policies }: Found,
  pods: readonly Pod[],
): Pick<NetworkWorld, 'namespaces' | 'undeclared'> {
  const used = new Set([...pods, ...policies].map(({ namespace }) => namespace));
  const undeclared = [...used].filter((name) => !namespaces.has(name)).sort();
  const implied = undeclared.map((name) => [name, labelsOfNamespace(name, new Map())] as const);
  return { namespaces: new Map([...namespaces, ...implied]), undeclared };
}
