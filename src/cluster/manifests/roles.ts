/** The applier: its identity, the catalog that it may bind, and the least rights with which Flux or Argo CD can apply. */
import type { JsonObject, KubernetesObject } from '../../base/json.ts';
import type { CatalogRole } from '../../template/template.ts';
import { applier, systemNamespace } from '../identities.ts';
import { inSystem, labelsOf } from './object.ts';
import { grantResources } from './rules/rule.ts';

const rbac = 'rbac.authorization.k8s.io';

/** What server-side apply and pruning need. Neither `update` nor `deletecollection`: both were tried without. */
const verbs = ['get', 'list', 'watch', 'create', 'patch', 'delete'];

/** The namespace of everything that serves Curfew in a cluster. */
export function systemNamespaceObject(): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: systemNamespace,
      labels: { ...labelsOf('applier'), 'pod-security.kubernetes.io/enforce': 'restricted' },
    },
  };
}

/**
 * Namespace, catalog, service account and rights. Of the catalog's roles the applier needs `bind`, by their names: so
 * the API server itself refuses any other, whatever the repository says.
 */
export function roleObjects(catalog: readonly CatalogRole[]): readonly KubernetesObject[] {
  return [
    systemNamespaceObject(),
    // As they are in the catalog: by a label, an aggregated role could take them in.
    ...catalog.map(({ object }) => object),
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: inSystem(applier.name, 'applier'),
      // Flux and Argo CD impersonate it; nobody needs a token.
      automountServiceAccountToken: false,
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name: applier.name, labels: labelsOf('applier') },
      rules: [
        ...grantResources.map(({ apiGroups, resources }): JsonObject => ({ apiGroups, resources, verbs })),
        ...bindRule(catalog),
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: applier.name, labels: labelsOf('applier') },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: applier.name },
      subjects: [{ kind: 'ServiceAccount', name: applier.name, namespace: applier.namespace }],
    },
  ];
}

/** No rule for an empty catalog: a rule that names no resource is about all of them. */
function bindRule(catalog: readonly CatalogRole[]): readonly JsonObject[] {
  const resourceNames = catalog.map(({ name }) => name);
  if (resourceNames.length === 0) return [];
  return [{ apiGroups: [rbac], resources: ['clusterroles'], resourceNames, verbs: ['bind'] }];
}
