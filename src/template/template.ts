import type { JsonObject, KubernetesObject } from '../base/json.ts';
import type { Scalar } from '../request/request.ts';
import type { YamlDocument } from '../request/yaml.ts';

/** Grant ids are DNS labels of at most this length, so that templates can be checked before any id is known. */
export const longestGrantId = 33;

/** One typed parameter of a template. */
export interface Parameter {
  readonly type: 'string' | 'integer' | 'boolean';
  readonly description: string;
  readonly required: boolean;
  readonly default: Scalar | null;
  /** RE2, anchored at both ends; null where any value of the type fits. */
  readonly pattern: string | null;
  readonly enum: readonly Scalar[] | null;
  readonly min: number | null;
  readonly max: number | null;
}

/** One file `templates/<name>.yaml`, validated. */
export interface Template {
  readonly name: string;
  readonly description: string;
  readonly scope: 'namespace' | 'cluster';
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Seconds. */
  readonly duration: { readonly default: number; readonly max: number };
  /** Parsed trees with placeholders inside string scalars; never text. */
  readonly manifests: readonly JsonObject[];
  /** Where a field stands in the template's file, for faults that only rendering finds. */
  readonly at: YamlDocument['at'];
  readonly keyAt: YamlDocument['keyAt'];
}

/** One role of the catalog, `templates/roles/<name>.yaml`: the ClusterRole `curfew:<name>`. */
export interface CatalogRole {
  /** With the prefix: `curfew:read-logs`. */
  readonly name: string;
  readonly description: string;
  readonly object: KubernetesObject;
}

/** What `${grant.*}` stands for while rendering. */
export interface GrantContext {
  readonly id: string;
  /** The Kubernetes user of the subject. */
  readonly user: string;
  /** Null in cluster scope. */
  readonly namespace: string | null;
  /** Seconds: Pods end by themselves after this time. */
  readonly duration: number;
}
