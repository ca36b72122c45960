/** The kinds of objects that a snapshot knows, and what it keeps of each: what `src/effect` looks at, and no more. */
import { each, fields, type Shape } from './keep.ts';

export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  /** As in the address and in RBAC. */
  readonly resource: string;
  /** Whether grants bring such objects. */
  readonly granted: boolean;
  /** Null where only objects of grants are looked for. */
  readonly kept: Shape | null;
}

const labels = fields({ name: 'value', namespace: 'value', labels: 'labels' });

/** Of kinds whose labels nothing selects. */
const plain = fields({ name: 'value', namespace: 'value' });

const owner = fields({ apiVersion: 'value', kind: 'value', name: 'value', controller: 'value' });

const owned = fields({ name: 'value', namespace: 'value', ownerReferences: each(owner) });

const selector = fields({
  matchLabels: 'labels',
  matchExpressions: each(fields({ key: 'value', operator: 'value', values: each('value') })),
});

const containerPorts = each(fields({ name: 'value', containerPort: 'value', protocol: 'value' }));

const podSpec = fields({
  serviceAccountName: 'value',
  hostNetwork: 'value',
  containers: each(fields({ name: 'value', ports: containerPorts })),
  initContainers: each(fields({ name: 'value', ports: containerPorts, restartPolicy: 'value' })),
});

const template = fields({ metadata: fields({ labels: 'labels' }), spec: podSpec });

/** How many pods there are changes by the hour, and nothing of a plan. */
const workload = fields({ metadata: owned, spec: fields({ template }) });

const peers = each(
  fields({
    podSelector: selector,
    namespaceSelector: selector,
    ipBlock: fields({ cidr: 'value', except: each('value') }),
  }),
);

const policyPorts = each(fields({ protocol: 'value', port: 'value', endPort: 'value' }));

const networkPolicy = fields({
  podSelector: selector,
  policyTypes: each('value'),
  ingress: each(fields({ from: peers, ports: policyPorts })),
  egress: each(fields({ to: peers, ports: policyPorts })),
});

const rules = each(
  fields({
    apiGroups: each('value'),
    resources: each('value'),
    resourceNames: each('value'),
    nonResourceURLs: each('value'),
    verbs: each('value'),
  }),
);

const binding = fields({
  metadata: plain,
  roleRef: fields({ apiGroup: 'value', kind: 'value', name: 'value' }),
  subjects: each(fields({ apiGroup: 'value', kind: 'value', name: 'value', namespace: 'value' })),
});

const pod = fields({
  metadata: fields({
    name: 'value',
    namespace: 'value',
    labels: 'labels',
    ownerReferences: each(owner),
  }),
  spec: podSpec,
  status: fields({ podIPs: each(fields({ ip: 'value' })) }),
});

const rbac = 'rbac.authorization.k8s.io/v1';

/** In the order in which they are read. */
export const kinds: readonly Kind[] = [
  standing('v1', 'Namespace', 'namespaces', fields({ metadata: labels })),
  standing('v1', 'ReplicationController', 'replicationcontrollers', workload),
  standing('apps/v1', 'Deployment', 'deployments', workload),
  standing('apps/v1', 'StatefulSet', 'statefulsets', workload),
  standing('apps/v1', 'DaemonSet', 'daemonsets', workload),
  standing('apps/v1', 'ReplicaSet', 'replicasets', workload),
  standing('batch/v1', 'Job', 'jobs', workload),
  standing(
    'batch/v1',
    'CronJob',
    'cronjobs',
    fields({ metadata: owned, spec: fields({ jobTemplate: fields({ spec: fields({ template }) }) }) }),
  ),
  grantable('v1', 'Pod', 'pods', pod),
  grantable('v1', 'ServiceAccount', 'serviceaccounts', null),
  grantable(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    'networkpolicies',
    fields({ metadata: plain, spec: networkPolicy }),
  ),
  standing(
    rbac,
    'ClusterRole',
    'clusterroles',
    fields({
      metadata: labels,
      rules,
      aggregationRule: fields({ clusterRoleSelectors: each(selector) }),
    }),
  ),
  standing(rbac, 'Role', 'roles', fields({ metadata: plain, rules })),
  grantable(rbac, 'ClusterRoleBinding', 'clusterrolebindings', binding),
  grantable(rbac, 'RoleBinding', 'rolebindings', binding),
];

/** The kind of an object; null where a snapshot knows none such. */
export function kindOf(apiVersion: string, kind: string): Kind | null {
  return kinds.find((known) => known.apiVersion === apiVersion && known.kind === kind) ?? null;
}

function standing(apiVersion: string, kind: string, resource: string, kept: Shape): Kind {
  return { apiVersion, kind, resource, granted: false, kept };
}

function grantable(apiVersion: string, kind: string, resource: string, kept: Shape | null): Kind {
  return { apiVersion, kind, resource, granted: true, kept };
}
