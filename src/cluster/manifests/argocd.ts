/**
 * Argo CD: an AppProject that lets through only what grants consist of, and an Application that prunes. It has to apply
 * as the applier (sync impersonation): as itself, the cluster's admission refuses everything.
 */
import type { KubernetesObject } from '../../base/json.ts';
import { alwaysProtected } from '../../policy/protected.ts';
import { applier } from '../identities.ts';
import { deliveryName, grantsFolder, type Delivery } from './delivery.ts';
import { labelsOf } from './object.ts';

const apiVersion = 'argoproj.io/v1alpha1';
const namespace = 'argocd';
const server = 'https://kubernetes.default.svc';
const rbac = 'rbac.authorization.k8s.io';

export function argocdObjects(delivery: Delivery): readonly KubernetesObject[] {
  return [appProject(delivery), application(delivery)];
}

function appProject(delivery: Delivery): KubernetesObject {
  return {
    apiVersion,
    kind: 'AppProject',
    metadata: { name: deliveryName(delivery), namespace, labels: labelsOf('delivery') },
    spec: {
      description: `Grants of Curfew on ${delivery.cluster}`,
      sourceRepos: [delivery.url],
      destinations: [
        { server, namespace: '*' },
        ...alwaysProtected.map((glob) => ({ server, namespace: `!${glob}` })),
      ],
      destinationServiceAccounts: [
        { server, namespace: '*', defaultServiceAccount: `${applier.namespace}:${applier.name}` },
      ],
      clusterResourceWhitelist: [{ group: rbac, kind: 'ClusterRoleBinding' }],
      namespaceResourceWhitelist: [
        { group: rbac, kind: 'RoleBinding' },
        { group: 'networking.k8s.io', kind: 'NetworkPolicy' },
        { group: '', kind: 'Pod' },
        { group: '', kind: 'ServiceAccount' },
      ],
    },
  };
}

function application(delivery: Delivery): KubernetesObject {
  const { url, branch } = delivery;
  return {
    apiVersion,
    kind: 'Application',
    metadata: {
      name: deliveryName(delivery),
      namespace,
      labels: labelsOf('delivery'),
      // Whoever deletes the Application ends its grants, as with Flux.
      finalizers: ['resources-finalizer.argocd.argoproj.io/background'],
    },
    spec: {
      project: deliveryName(delivery),
      source: {
        repoURL: url,
        targetRevision: branch,
        path: grantsFolder(delivery),
        directory: { recurse: true },
      },
      destination: { server },
      syncPolicy: {
        // The last grant has to end like any other: an empty folder is no mistake here.
        automated: { prune: true, selfHeal: true, allowEmpty: true },
        syncOptions: [
          // Without the annotation that kubectl apply leaves, which admission refuses.
          'ServerSideApply=true',
          // In the foreground a binding could wait for others, and give access meanwhile.
          'PrunePropagationPolicy=background',
          'ApplyOutOfSyncOnly=true',
          'FailOnSharedResource=true',
        ],
        // With refresh, a refused revision does not keep a newer one waiting.
        retry: { limit: -1, refresh: true, backoff: { duration: '5s', factor: 2, maxDuration: '1m' } },
      },
    },
  };
}
