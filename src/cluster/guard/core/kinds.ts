/** The kinds of objects that a grant may consist of, and in which order they go. */

/**
 * The order in which the objects of one grant go. First the power, then the pod in which it may still be used, then
 * what holds that pod in, then the rest.
 */
export const stages = ['binding', 'pod', 'network-policy', 'rest'] as const;
export type Stage = (typeof stages)[number];

/** A kind that the guard looks after. */
export interface GuardedKind {
  readonly kind: 'RoleBinding' | 'ClusterRoleBinding' | 'Pod' | 'NetworkPolicy' | 'ServiceAccount';
  readonly apiVersion: string;
  /** The plural, as addresses and RBAC rules name it. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly stage: Stage;
}

const rbac = 'rbac.authorization.k8s.io/v1';

/** Every kind that a template may render; `src/template/objects.ts` knows no other. */
export const guardedKinds: readonly GuardedKind[] = [
  {
    kind: 'ClusterRoleBinding',
    apiVersion: rbac,
    resource: 'clusterrolebindings',
    namespaced: false,
    stage: 'binding',
  },
  { kind: 'RoleBinding', apiVersion: rbac, resource: 'rolebindings', namespaced: true, stage: 'binding' },
  { kind: 'Pod', apiVersion: 'v1', resource: 'pods', namespaced: true, stage: 'pod' },
  {
    kind: 'NetworkPolicy',
    apiVersion: 'networking.k8s.io/v1',
    resource: 'networkpolicies',
    namespaced: true,
    stage: 'network-policy',
  },
  { kind: 'ServiceAccount', apiVersion: 'v1', resource: 'serviceaccounts', namespaced: true, stage: 'rest' },
];

/** The API group, as an RBAC rule names it; empty for the core group. */
export function apiGroup({ apiVersion }: GuardedKind): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

/** The address of a collection: in one namespace, or wherever there are such objects. */
export function collectionPath(
  { apiVersion, resource }: GuardedKind,
  namespace: string | null = null,
): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return namespace === null
    ? `${root}/${resource}`
    : `${root}/namespaces/${encodeURIComponent(namespace)}/${resource}`;
}
