/** An object that carries the grant label, as far as the guard needs it: metadata alone, never a spec. */
import { grantAnnotations, grantLabel } from '../../../base/grant-marks.ts';
import { parseInstant, type Instant } from '../../../base/instant.ts';
import { isJsonObject } from '../../../base/json-type.ts';
import type { Json, JsonObject } from '../../../base/json.ts';
import { collectionPath, type GuardedKind } from './kinds.ts';

export interface GuardedObject {
  readonly kind: GuardedKind;
  /** Null for an object of the whole cluster. */
  readonly namespace: string | null;
  readonly name: string;
  readonly uid: string;
  /** The value of the grant label; whatever it is, the object is looked after. */
  readonly grant: string;
  /** The end as the object says it now; null where nothing readable is said. */
  readonly end: Instant | null;
  /** The path of the request file as the object says it; null where it says none. */
  readonly request: string | null;
  readonly createdAt: Instant;
  /** Since when it is only waiting to be gone: for a pod the end of its grace period. Null where it is not. */
  readonly terminatingAt: Instant | null;
  readonly finalizers: readonly string[];
}

/** What the API server says of an object; null where it carries no grant label, and is none of the guard's business. */
export function readObserved(kind: GuardedKind, object: Json): GuardedObject | null {
  const metadata = isJsonObject(object) ? object['metadata'] : undefined;
  if (!isJsonObject(metadata)) return null;
  const grant = text(child(metadata, 'labels')[grantLabel]);
  const name = text(metadata['name']);
  const uid = text(metadata['uid']);
  if (grant === null || name === null || uid === null) return null;
  const annotations = child(metadata, 'annotations');
  return {
    kind,
    namespace: kind.namespaced ? text(metadata['namespace']) : null,
    name,
    uid,
    grant,
    end: instant(annotations[grantAnnotations.expiresAt]),
    request: text(annotations[grantAnnotations.request]),
    createdAt: instant(metadata['creationTimestamp']) ?? 0,
    terminatingAt: instant(metadata['deletionTimestamp']),
    finalizers: list(metadata['finalizers']),
  };
}

/**
 * Which object it is whatever its uid: `RoleBinding payments/x`. An object that is deleted and made again keeps it.
 */
export function identityOf(kind: string, namespace: string | null, name: string): string {
  return namespace === null ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** As `identityOf`, of an object that was observed. */
export function identity({ kind, namespace, name }: GuardedObject): string {
  return identityOf(kind.kind, namespace, name);
}

/** The address of one object. */
export function objectPath({ kind, namespace, name }: GuardedObject): string {
  return `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;
}

function child(parent: JsonObject, key: string): JsonObject {
  const value = parent[key];
  return isJsonObject(value) ? value : {};
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function instant(value: Json | undefined): Instant | null {
  return typeof value === 'string' ? parseInstant(value) : null;
}

function list(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
