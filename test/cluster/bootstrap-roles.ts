/** The roles and bindings that an API server creates at start, as data. */
import { z } from 'zod';
import type { KubernetesObject } from '../../src/base/json.ts';
import type { TestCluster } from './cluster.ts';

const kinds = ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'];
const label = 'kubernetes.io/bootstrapping';

const bootstrapMetadata = z.object({
  name: z.string(),
  namespace: z.string().optional(),
  labels: z.record(z.string(), z.string()).default({}),
});
const list = z.object({ items: z.array(z.record(z.string(), z.json())) });

/**
 * Without what each server adds of its own, and without the rules of aggregated roles, which are those of others. In a
 * fixed order.
 */
export async function bootstrapRoles(cluster: TestCluster): Promise<readonly KubernetesObject[]> {
  const api = await cluster.api();
  const objects: KubernetesObject[] = [];
  for (const kind of kinds) {
    const path = `/apis/rbac.authorization.k8s.io/v1/${kind.toLowerCase()}s`;
    for (const item of list.parse((await api('GET', path)).body).items) {
      const { name, namespace, labels } = bootstrapMetadata.parse(item['metadata']);
      if (labels[label] !== 'rbac-defaults') continue;
      objects.push({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind,
        metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels },
        ...said(item),
      });
    }
  }
  return objects;
}

function said(item: z.infer<typeof list>['items'][number]): z.infer<typeof list>['items'][number] {
  const fields = ['aggregationRule', 'rules', 'roleRef', 'subjects'].filter((field) => field in item);
  const content = Object.fromEntries(fields.map((field) => [field, item[field] ?? null]));
  return 'aggregationRule' in content ? { ...content, rules: null } : content;
}
