import type { Instant } from '../base/instant.ts';

/** Where access is asked for. `namespace` null is cluster scope, written `_cluster` in paths. */
export interface Scope {
  readonly cluster: string;
  readonly namespace: string | null;
}

/** The identity of an access request: `access-requests/<cluster>/<namespace>/<name>.yaml`. */
export interface RequestPath extends Scope {
  readonly name: string;
}

/** The value of a template parameter. */
export type Scalar = string | number | boolean;

/** The content of one access request file, validated. Its scope is its path and is not repeated here. */
export interface AccessRequest {
  readonly template: string;
  readonly parameters: Readonly<Record<string, Scalar>>;
  /** Seconds; null where the template's default applies. */
  readonly duration: number | null;
  readonly reason: string;
  readonly ticket: string | null;
  readonly notBefore: Instant | null;
  /** GitHub login of the subject; null where the requester asks for themselves. */
  readonly for: string | null;
}
