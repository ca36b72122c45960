/** A value as JSON and the core schema of YAML have it; never mutated. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** A Kubernetes object as a parsed tree: what manifests, grants, catalog roles and snapshots consist of. */
export interface KubernetesObject extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject & { readonly name: string };
}
