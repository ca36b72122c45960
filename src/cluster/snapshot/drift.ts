/** How far a committed snapshot is from the cluster. */
import { canonicalJson } from '../../base/digest.ts';
import { isJsonObject } from '../../base/json-type.ts';
import type { Json, KubernetesObject } from '../../base/json.ts';
import { identity, versionKind } from './files.ts';
import { kindOf } from './kinds.ts';
import { reduceStanding } from './reduce.ts';

/** One object that is not in the cluster as it was committed. */
export interface Drift {
  readonly change: 'added' | 'removed' | 'changed';
  readonly kind: string;
  /** Null where it lies in no namespace. */
  readonly namespace: string | null;
  readonly name: string;
  /** What changed: `spec.template.metadata.labels.app`; empty where the object came or went. */
  readonly fields: readonly string[];
}

/** From the committed objects to those of the cluster, by kind, namespace and name. Fields that no snapshot keeps do not count. */
export function driftBetween(
  committed: readonly KubernetesObject[],
  live: readonly KubernetesObject[],
): readonly Drift[] {
  const before = byIdentity(committed.flatMap((object) => reduced(object) ?? []));
  const after = byIdentity(live);
  const drifts = [...new Set([...before.keys(), ...after.keys()])].sort().map((key): Drift | null => {
    const [old, now] = [before.get(key), after.get(key)];
    if (old === undefined) return now === undefined ? null : driftOf('added', now, []);
    if (now === undefined) return driftOf('removed', old, []);
    const fields = differingFields(old, now);
    return fields.length === 0 ? null : driftOf('changed', now, fields);
  });
  return drifts.filter((drift) => drift !== null);
}

/** As the cluster's own are; null for what a snapshot knows nothing of. */
function reduced(object: KubernetesObject): KubernetesObject | null {
  if (object.kind === versionKind) return object;
  const kind = kindOf(object.apiVersion, object.kind);
  return kind === null ? null : reduceStanding(kind, object);
}

function byIdentity(objects: readonly KubernetesObject[]): ReadonlyMap<string, KubernetesObject> {
  return new Map(objects.map((object) => [identity(object), object]));
}

function driftOf(change: Drift['change'], object: KubernetesObject, fields: readonly string[]): Drift {
  const { kind, metadata } = object;
  const namespace = metadata['namespace'];
  return {
    change,
    kind,
    namespace: typeof namespace === 'string' ? namespace : null,
    name: metadata.name,
    fields,
  };
}

/** The paths at which two values differ; a list counts as one value. */
export function differingFields(a: Json, b: Json, path = ''): readonly string[] {
  if (!isJsonObject(a) || !isJsonObject(b)) return canonicalJson(a) === canonicalJson(b) ? [] : [path];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return keys.flatMap((key) =>
    differingFields(a[key] ?? null, b[key] ?? null, path === '' ? key : `${path}.${key}`),
  );
}
