/** Who acts in a cluster for Curfew. Both are service accounts in a namespace of their own, which no grant reaches. */

/** The namespace of both, and of what applies grants; `src/policy/protected.ts` protects it under every policy. */
export const systemNamespace = 'curfew-system';

/** A service account, and the user name under which the API server knows it. */
export interface ClusterIdentity {
  readonly namespace: string;
  readonly name: string;
  /** See https://kubernetes.io/docs/reference/access-authn-authz/authentication/#service-account-tokens */
  readonly user: string;
}

/** What Flux or Argo CD acts as when it applies `grants/<cluster>/`. */
export const applier: ClusterIdentity = identity('curfew-applier');

/** The process that removes what is past its end. */
export const guard: ClusterIdentity = identity('curfew-guard');

function identity(name: string): ClusterIdentity {
  return { namespace: systemNamespace, name, user: `system:serviceaccount:${systemNamespace}:${name}` };
}
