/** What the evaluator knows of a cluster: namespaces, pods with the workloads that they belong to, and policies. */
import type { Labels } from '../rbac/selector.ts';
import type { Address } from './addresses.ts';
import type { NetworkPolicy } from './policy.ts';
import type { Protocol } from './ports.ts';

export interface NetworkWorld {
  /** Every namespace that is declared or that something lies in, with `kubernetes.io/metadata.name` implied. */
  readonly namespaces: ReadonlyMap<string, Labels>;
  /** Namespaces that no object declares: of their labels only the name is known. */
  readonly undeclared: readonly string[];
  readonly pods: readonly Pod[];
  readonly policies: readonly NetworkPolicy[];
  /** What was passed over, and how often: `Service`, `cilium.io/v2 CiliumNetworkPolicy`, `finished Pod`. */
  readonly skipped: ReadonlyMap<string, number>;
  /** Objects that no API server would accept, and that therefore count for nothing. */
  readonly problems: readonly Problem[];
}

export interface Problem {
  /** `NetworkPolicy payments/allow-web`. */
  readonly object: string;
  readonly message: string;
}

/** A pod that runs, or, where no pod of a workload is known, the pod that its template describes. */
export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  /** Container ports that have a name; the others mean nothing to a NetworkPolicy. */
  readonly namedPorts: readonly NamedPort[];
  /** Null where it is not known, or the pod has none of that family. */
  readonly ipv4: Address | null;
  readonly ipv6: Address | null;
  readonly hostNetwork: boolean;
  readonly workload: Workload;
  /** True where the pod comes from the template of its workload and not from an object of its own. */
  readonly fromTemplate: boolean;
}

export interface NamedPort {
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
}

/** What a pod belongs to; a bare pod belongs to itself, with kind `Pod`. */
export interface Workload {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
}

/** Every label set has this key, set by the control plane; no other namespace label is safe from whoever may patch. */
export const namespaceNameLabel = 'kubernetes.io/metadata.name';

/** `payments/web[Deployment]`: how lists and JSON name a workload. */
export function workloadText({ namespace, kind, name }: Workload): string {
  return `${namespace}/${name}[${kind}]`;
}

/** `payments/web-6d4cf56db6-x2v8k[Pod]`; for a pod that is known by its template alone, its workload. */
export function podText(pod: Pod): string {
  return pod.fromTemplate ? workloadText(pod.workload) : `${pod.namespace}/${pod.name}[Pod]`;
}
