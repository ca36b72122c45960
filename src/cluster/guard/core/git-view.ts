/**
 * What git grants, as the GitOps engine has fetched it. A grant that git no longer has is over, whatever its end says
 * and however the engine is doing: Flux prunes nothing while it fails to apply any one object of a directory.
 */
import type { Instant } from '../../../base/instant.ts';
import { grantLabel } from '../../../base/grant-marks.ts';
import { isJsonObject } from '../../../base/json-type.ts';
import { readManifests } from '../../../request/manifests.ts';
import { identity, identityOf, type GuardedObject } from './observed.ts';

/** A fetched revision, as `status.artifact` of a GitRepository names it. */
export interface Artifact {
  readonly url: string;
  /** `sha256:<hex>`. */
  readonly digest: string;
  /** `main@sha1:<commit>`. */
  readonly revision: string;
  /** When the engine fetched it; whole seconds. */
  readonly fetchedAt: Instant;
}

/** What a revision grants in one cluster. */
export interface GitView {
  readonly artifact: Artifact;
  /** By grant id: the identities of its objects. */
  readonly granted: ReadonlyMap<string, ReadonlySet<string>>;
  /** Paths of requests whose grant files cannot be read. */
  readonly unreadable: ReadonlySet<string>;
}

/**
 * Whether the revision named now may take the place of the one that was seen last. Only forward: an artifact that was
 * fetched earlier is one that was put back, by somebody or something, and grants what is over. Two in one second are
 * told in the order in which they were seen, for each was read when it was the current one.
 */
export function isForward(seen: Artifact | null, next: Artifact): boolean {
  return seen === null || next.fetchedAt >= seen.fetchedAt;
}

/** One object that a grant file grants. */
export interface GrantedObject {
  readonly grant: string;
  readonly identity: string;
}

/** A file below `grants/<cluster>/`, read. */
export interface GrantFile {
  /** Relative to the root of the repository. */
  readonly path: string;
  /** Null where it cannot be read. */
  readonly objects: readonly GrantedObject[] | null;
}

/** What a file grants: nothing where it is no manifest, such as the README; null where it cannot be read. */
export function readGrantFile(path: string, text: string): GrantFile['objects'] {
  if (!/\.ya?ml$/.test(path)) return [];
  const manifests = readManifests(path, text);
  if (!manifests.ok) return null;
  return manifests.value.flatMap(({ kind, metadata }) => {
    const grant = isJsonObject(metadata['labels']) ? metadata['labels'][grantLabel] : null;
    if (typeof grant !== 'string') return [];
    const namespace = typeof metadata['namespace'] === 'string' ? metadata['namespace'] : null;
    return [{ grant, identity: identityOf(kind, namespace, metadata.name) }];
  });
}

/**
 * Puts together what the files below `grants/<cluster>/` grant. Null where there is none: the folder always holds a
 * README, so a missing one means another repository, another cluster or a broken fetch, and nothing is concluded from
 * it. A file that cannot be read leaves its own grant to its end, and no other.
 */
export function gitView(artifact: Artifact, files: readonly GrantFile[]): GitView | null {
  if (files.length === 0) return null;
  const granted = new Map<string, Set<string>>();
  const unreadable = new Set<string>();
  for (const { path, objects } of files) {
    if (objects === null) unreadable.add(path.replace(/^grants\//, 'access-requests/'));
    for (const { grant, identity } of objects ?? []) {
      granted.set(grant, (granted.get(grant) ?? new Set()).add(identity));
    }
  }
  return { artifact, granted, unreadable };
}

/** Whether the revision grants this very object. A label with a grant's id makes no other object a part of it. */
export function isGranted(view: GitView, object: GuardedObject): boolean {
  if (object.request !== null && view.unreadable.has(object.request)) return true;
  return view.granted.get(object.grant)?.has(identity(object)) ?? false;
}
