/** Whether the objects of grants in the cluster are those of the grants in git. */
import type { Instant } from '../../base/instant.ts';
import type { KubernetesObject } from '../../base/json.ts';
import type { GrantMetadata } from '../../lifecycle/grant.ts';
import type { GrantedObject } from './reduce.ts';

/** A file below `grants/<cluster>/`. */
export interface GrantFile {
  readonly metadata: GrantMetadata;
  readonly objects: readonly KubernetesObject[];
}

/** An object of a grant in git that the cluster lacks. */
export interface MissingObject extends GrantedObject {
  /** When the grant ends, or should have. */
  readonly expiresAt: Instant;
}

export interface GrantDrift {
  /** In the cluster with the label of a grant, and in no file of that grant. */
  readonly orphans: readonly GrantedObject[];
  readonly missing: readonly MissingObject[];
}

/** What git and a GitOps engine do within seconds of each other may show for as long. */
export function grantDrift(live: readonly GrantedObject[], files: readonly GrantFile[]): GrantDrift {
  const granted = files.flatMap(({ metadata, objects }) =>
    objects.map((object): MissingObject => {
      const { namespace, name } = object.metadata;
      return {
        kind: object.kind,
        namespace: typeof namespace === 'string' ? namespace : null,
        name,
        grant: metadata.id,
        expiresAt: metadata.expiresAt,
      };
    }),
  );
  const inGit = new Set(granted.map(keyOf));
  const inCluster = new Set(live.map(keyOf));
  return {
    orphans: live.filter((object) => !inGit.has(keyOf(object))).toSorted(byKey),
    missing: granted.filter((object) => !inCluster.has(keyOf(object))).toSorted(byKey),
  };
}

function keyOf({ kind, namespace, name, grant }: GrantedObject): string {
  return `${kind}/${namespace ?? ''}/${name}/${grant}`;
}

function byKey(a: GrantedObject, b: GrantedObject): number {
  return keyOf(a) < keyOf(b) ? -1 : 1;
}
