/** The guard in a cluster: its identity, the least rights that it can work with, and two replicas of it. */
import type { JsonObject, KubernetesObject } from '../../base/json.ts';
import { apiGroup, guardedKinds } from '../guard/core/kinds.ts';
import { guard, systemNamespace } from '../identities.ts';
import { inSystem, labelsOf } from './object.ts';

const rbac = 'rbac.authorization.k8s.io';
const port = 8080;

export interface GuardInstall {
  /** The image, with its tag or digest. */
  readonly image: string;
  /** Where git can be seen; null where only time counts. */
  readonly git: { readonly cluster: string; readonly repository: string } | null;
}

/** Everything but the namespace, which the applier's manifests bring. */
export function guardObjects(install: GuardInstall): readonly KubernetesObject[] {
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: inSystem(guard.name, 'guard') },
    clusterRole(),
    binding('ClusterRoleBinding', { name: guard.name, labels: labelsOf('guard') }),
    ...(install.git === null ? [] : [...repositoryRole(install.git.repository), wayToFlux()]),
    flowSchema(),
    quota(),
    deployment(install),
    disruptionBudget(),
  ];
}

/** No `get`, no `update`, no `patch`: it sees that objects are there, and takes them away. */
function clusterRole(): KubernetesObject {
  const groups = [...new Set(guardedKinds.map(apiGroup))];
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: { name: guard.name, labels: labelsOf('guard') },
    rules: [
      ...groups.map((group): JsonObject => ({
        apiGroups: [group],
        resources: guardedKinds.filter((kind) => apiGroup(kind) === group).map(({ resource }) => resource),
        verbs: ['list', 'watch', 'delete'],
      })),
      { apiGroups: [''], resources: ['events'], verbs: ['create'] },
    ],
  };
}

function repositoryRole(repository: string): readonly KubernetesObject[] {
  const metadata = inSystem(guard.name, 'guard');
  const rule = {
    apiGroups: ['source.toolkit.fluxcd.io'],
    resources: ['gitrepositories'],
    resourceNames: [repository],
    verbs: ['get'],
  };
  return [
    { apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules: [rule] },
    binding('RoleBinding', metadata),
  ];
}

function binding(
  kind: 'ClusterRoleBinding' | 'RoleBinding',
  metadata: KubernetesObject['metadata'],
): KubernetesObject {
  const role = kind === 'RoleBinding' ? 'Role' : 'ClusterRole';
  return {
    apiVersion: `${rbac}/v1`,
    kind,
    metadata,
    roleRef: { apiGroup: rbac, kind: role, name: guard.name },
    subjects: [{ kind: 'ServiceAccount', name: guard.name, namespace: systemNamespace }],
  };
}

const priorityClass = 'system-cluster-critical';

/**
 * GKE, and whoever set their API server up so, lets no pod of that class into a namespace without a quota for it. See
 * https://kubernetes.io/docs/concepts/policy/resource-quotas/#limit-priority-class-consumption-by-default
 */
function quota(): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: inSystem(guard.name, 'guard'),
    spec: {
      // Two replicas, another while one is replaced, and some that a dead node has not given up yet.
      hard: { pods: '10' },
      scopeSelector: {
        matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: [priorityClass] }],
      },
    },
  };
}

const selector: JsonObject = { 'app.kubernetes.io/name': guard.name };

function deployment({ image, git }: GuardInstall): KubernetesObject {
  const labels = { ...labelsOf('guard'), ...selector };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: inSystem(guard.name, 'guard'),
    spec: {
      // Both work all the time: none has to notice that another is gone.
      replicas: 2,
      selector: { matchLabels: selector },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: {
          labels,
          annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': String(port) },
        },
        spec: {
          serviceAccountName: guard.name,
          // Preempts what it needs the room of; it ends access.
          priorityClassName: priorityClass,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65532,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          topologySpreadConstraints: ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map(
            (topologyKey) => ({
              topologyKey,
              maxSkew: 1,
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: selector },
            }),
          ),
          containers: [container(image, git)],
        },
      },
    },
  };
}

function container(image: string, git: GuardInstall['git']): JsonObject {
  const probe = (path: string): JsonObject => ({ httpGet: { path, port } });
  return {
    name: 'guard',
    image,
    args: [
      '--host=$(POD_IP)',
      `--port=${port}`,
      ...(git === null
        ? []
        : [`--cluster=${git.cluster}`, `--git-repository=${systemNamespace}/${git.repository}`]),
    ],
    env: [{ name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
    ports: [{ name: 'http', containerPort: port }],
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } },
    // No limit of cpu: a thousand grants that end at once are not to wait for the next period.
    livenessProbe: { ...probe('/healthz'), periodSeconds: 10, failureThreshold: 6 },
    readinessProbe: { ...probe('/readyz'), periodSeconds: 5 },
    startupProbe: { ...probe('/healthz'), periodSeconds: 1, failureThreshold: 60 },
  };
}

/**
 * Flux lets nobody outside of its namespace fetch what it keeps; see its NetworkPolicy "allow-egress". Where it was installed
 * without its policies, this one would be the first, and close what it does not name: so it names Flux's own, too.
 */
function wayToFlux(): KubernetesObject {
  const fromGuard = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': systemNamespace } },
    podSelector: { matchLabels: selector },
  };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: guard.name, namespace: 'flux-system', labels: labelsOf('guard') },
    spec: {
      podSelector: { matchLabels: { app: 'source-controller' } },
      policyTypes: ['Ingress'],
      ingress: [
        { from: [fromGuard], ports: [{ port: 'http', protocol: 'TCP' }] },
        { from: [{ podSelector: {} }] },
      ],
    },
  };
}

/**
 * What the guard asks of the API server is not kept waiting by what other workloads ask. See
 * https://kubernetes.io/docs/concepts/cluster-administration/flow-control/
 */
function flowSchema(): KubernetesObject {
  const everything = {
    verbs: ['*'],
    apiGroups: ['*'],
    resources: ['*'],
    namespaces: ['*'],
    clusterScope: true,
  };
  return {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'FlowSchema',
    metadata: { name: guard.name, labels: labelsOf('guard') },
    spec: {
      priorityLevelConfiguration: { name: 'workload-high' },
      // Before the schema of all service accounts, which is 9000.
      matchingPrecedence: 1000,
      distinguisherMethod: { type: 'ByUser' },
      rules: [
        {
          subjects: [
            { kind: 'ServiceAccount', serviceAccount: { name: guard.name, namespace: systemNamespace } },
          ],
          resourceRules: [everything],
        },
      ],
    },
  };
}

function disruptionBudget(): KubernetesObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: inSystem(guard.name, 'guard'),
    // One that is not ready guards nothing, and may go whenever a node is drained.
    spec: {
      minAvailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: selector },
    },
  };
}
