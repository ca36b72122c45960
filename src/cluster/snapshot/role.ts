/** What the job that takes snapshots has to be allowed: to list what is kept, and nothing else. */
import type { KubernetesObject } from '../../base/json.ts';
import { kinds } from './kinds.ts';

const roleName = 'curfew-snapshot';

/** The ClusterRole; to whom it is bound depends on where the job runs. */
export function snapshotRole(): KubernetesObject {
  const byGroup = Map.groupBy(kinds, ({ apiVersion }) =>
    apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '',
  );
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: roleName },
    rules: [...byGroup].map(([group, members]) => ({
      apiGroups: [group],
      resources: members.map(({ resource }) => resource),
      verbs: ['list'],
    })),
  };
}
