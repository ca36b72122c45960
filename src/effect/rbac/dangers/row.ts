import type { Severity } from '../../../base/severity.ts';

/**
 * One row of the table of dangers. `source` names the public rule sets that agree: K8s is the page "Role Based Access
 * Control Good Practices" of the Kubernetes documentation; rbac-police, KubiScan, krane, Kubescape (its controls C-…),
 * Trivy (its checks KSV-…) and KubeHound are tools. "Curfew" marks what none of them has.
 */
export interface DangerRow {
  /** Stable: it is in JSON, in tests and in people's heads. */
  readonly id: string;
  readonly severity: Severity;
  /** Severity where it is held across the cluster. */
  readonly clusterWide: Severity;
  /** It is there when all needs of one of these alternatives are held, by whatever rules and bindings. */
  readonly any: readonly (readonly Need[])[];
  /** What the holder can do, as the beginning of a sentence: `exec into pods`. */
  readonly what: string;
  /** Why that is dangerous: the rest of the sentence. */
  readonly why: string;
  /** What makes it harmless, for those who write roles. */
  readonly harmless: string;
  readonly source: string;
  /** Refused without any line of policy. */
  readonly refusedAlways: boolean;
  /** What a production cluster demands without any line of policy. */
  readonly production: 'second approval' | null;
  /** What can be left behind that outlives the grant; null where it ends with the binding. */
  readonly leaves: string | null;
  /** Whether it lets the holder act as service accounts of the namespace, directly or through a pod. */
  readonly becomesServiceAccounts: boolean;
}

/** One thing that must be held. */
export type Need = VerbsNeed | WildcardNeed | CreatesNeed | RoleNeed;

/** One of the verbs on one of the resources. */
export interface VerbsNeed {
  readonly kind: 'verbs';
  /** One that ends in a star means every verb that begins so. */
  readonly verbs: readonly string[];
  readonly group: string;
  /** One that ends in a slash and a star means every subresource of it; `*` any resource that a rule can name. */
  readonly resources: readonly string[];
  /** Only there; null: in any namespace. */
  readonly namespace: string | null;
  /** Only on servers below this minor version of Kubernetes 1; null: on all. Unknown versions are below. */
  readonly below: number | null;
}

/** A star in a rule. */
export interface WildcardNeed {
  readonly kind: 'wildcard';
  readonly of: 'everything' | 'verbs' | 'groups' | 'resources' | 'urls' | 'deletion';
}

/** Creating objects of any kind that is stored. */
interface CreatesNeed {
  readonly kind: 'creates';
}

/** Everything that a default role of Kubernetes gives. */
export interface RoleNeed {
  readonly kind: 'role';
  readonly name: 'edit' | 'admin';
}

type Optional = 'clusterWide' | 'refusedAlways' | 'production' | 'leaves' | 'becomesServiceAccounts';

/** A row; what is left out is the harmless value, and across the cluster it is as severe as in a namespace. */
export function row(given: Omit<DangerRow, Optional> & Partial<Pick<DangerRow, Optional>>): DangerRow {
  return {
    clusterWide: given.severity,
    refusedAlways: false,
    production: null,
    leaves: null,
    becomesServiceAccounts: false,
    ...given,
  };
}

/** One of the verbs on one of the resources of a group, in any namespace. */
export function verbs(
  verbs: readonly string[],
  group: string,
  resources: readonly string[],
  limits: Partial<Pick<VerbsNeed, 'namespace' | 'below'>> = {},
): VerbsNeed {
  return { kind: 'verbs', verbs, group, resources, namespace: null, below: null, ...limits };
}

/** The minor version since which a WebSocket (`get`) into a pod also needs `create`; below, `get` alone is a shell. */
export const webSocketNeedsCreate = 35;

/** The verbs by which an object is written. */
export const write = ['create', 'update', 'patch'];
export const change = ['update', 'patch'];
export const remove = ['delete', 'deletecollection'];
