/** Who takes snapshots, and what that takes: to list what is kept, and nothing else. */
import type { JsonObject, KubernetesObject } from '../../base/json.ts';
import { systemNamespace } from '../identities.ts';
import { kinds } from './kinds.ts';

const group = 'rbac.authorization.k8s.io';

/** One name for the role, its binding and the service account. */
const name = 'curfew-snapshot';

/** The ClusterRole, a service account in the namespace that `curfew manifests roles` makes, and the binding of both. */
export function snapshotObjects(): readonly KubernetesObject[] {
  return [
    { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata: { name }, rules: rules() },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: systemNamespace } },
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: group, kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace: systemNamespace }],
    },
  ];
}

/** The version is shown to everybody by Kubernetes' own `system:public-info-viewer`. */
function rules(): readonly JsonObject[] {
  const byGroup = Map.groupBy(kinds, ({ apiVersion }) =>
    apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '',
  );
  return [...byGroup].map(([apiGroup, members]) => ({
    apiGroups: [apiGroup],
    resources: members.map(({ resource }) => resource),
    verbs: ['list'],
  }));
}
