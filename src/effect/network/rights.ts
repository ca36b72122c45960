/**
 * What the roles of a grant do to its network part. Exec hands over a pod's own network identity, port-forward enters a
 * pod past every policy, and whoever changes labels, pods or policies changes what was planned.
 */
import type { KubernetesObject } from '../../base/json.ts';
import { readObjects } from '../rbac/objects.ts';
import type { ScopedRules } from '../rbac/permission.ts';
import type { PolicyRule } from '../rbac/rule.ts';
import { loadRbac } from '../rbac/world.ts';
import type { Pod } from './world.ts';

/** Where a right holds. */
export interface Reach {
  /** Null: in every namespace. */
  readonly namespace: string | null;
  /** Empty: every name. */
  readonly names: readonly string[];
}

/** The rights of a grant that matter to the network. */
export interface NetworkRights {
  /** Pods into which the holder gets, and whose connections the holder then has: exec, attach, debug containers. */
  readonly enters: readonly Reach[];
  /** Pods whose ports the holder reaches past every policy. */
  readonly forwards: readonly Reach[];
  /** Pods and Services that the holder reaches through the API server. */
  readonly proxies: readonly Reach[];
  /** Pods that the holder can look into from inside or outside: all of the above on pods, and their logs. */
  readonly debugs: readonly Reach[];
  /** Whether the holder reaches the kubelets, and by them every pod. */
  readonly nodes: boolean;
  /** What the holder can change so that the plan no longer holds: `network policies of payments`. */
  readonly voids: readonly string[];
}

/** The rules that the grant's bindings give, with the roles of the catalog that they bind. */
export function rulesOfGrant(
  grant: readonly KubernetesObject[],
  roles: readonly { readonly object: KubernetesObject }[],
): readonly ScopedRules[] {
  const { roleOf } = loadRbac([...roles.map(({ object }) => object), ...grant]);
  return readObjects(grant).bindings.flatMap((binding) => {
    const role = roleOf(binding);
    return role === null ? [] : [{ namespace: binding.namespace, rules: role.rules }];
  });
}

const open = ['get', 'create'];
const change = ['update', 'patch'];
const write = ['create', 'update', 'patch', 'delete', 'deletecollection'];
const workloads = ['deployments', 'statefulsets', 'daemonsets', 'replicasets'];

/** Changing any of these changes who is selected, or by what; what is written to a subresource may carry labels too. */
const voiding: readonly {
  readonly what: string;
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}[] = [
  { what: 'network policies', group: 'networking.k8s.io', resources: ['networkpolicies'], verbs: write },
  {
    what: 'pods and their labels',
    group: '',
    resources: ['pods', 'pods/status'],
    verbs: ['create', ...change],
  },
  {
    what: 'workloads and the labels of their pods',
    group: 'apps',
    resources: workloads,
    verbs: ['create', ...change],
  },
  {
    what: 'workloads and the labels of their pods',
    group: '',
    resources: ['replicationcontrollers'],
    verbs: ['create', ...change],
  },
  {
    what: 'jobs and the labels of their pods',
    group: 'batch',
    resources: ['jobs', 'cronjobs'],
    verbs: ['create', ...change],
  },
  {
    what: 'labels of namespaces',
    group: '',
    resources: ['namespaces', 'namespaces/status', 'namespaces/finalize'],
    verbs: change,
  },
];

/** Reads the rules for what touches the network. */
export function networkRights(scoped: readonly ScopedRules[]): NetworkRights {
  const where = (group: string, resource: string, verbs: readonly string[]): readonly Reach[] =>
    scoped.flatMap(({ namespace, rules }) =>
      rules
        .filter((rule) => allows(rule, group, resource, verbs))
        .map(({ resourceNames: names }) => ({ namespace, names })),
    );
  const enters = [
    ...where('', 'pods/exec', open),
    ...where('', 'pods/attach', open),
    ...where('', 'pods/ephemeralcontainers', change),
  ];
  const forwards = where('', 'pods/portforward', open);
  const podProxies = where('', 'pods/proxy', [...open, ...write]);
  return {
    enters,
    forwards,
    proxies: [...podProxies, ...where('', 'services/proxy', [...open, ...write])],
    debugs: [...enters, ...forwards, ...podProxies, ...where('', 'pods/log', ['get'])],
    // Nodes are of the cluster, so a RoleBinding gives nothing on them.
    nodes: where('', 'nodes/proxy', [...open, ...write]).some(({ namespace }) => namespace === null),
    voids: [
      ...new Set(
        voiding.flatMap(({ what, group, resources, verbs }) =>
          resources
            .flatMap((resource) => where(group, resource, verbs))
            .map(({ namespace }) => `${what} of ${namespace ?? 'every namespace'}`),
        ),
      ),
    ],
  };
}

/** Whether a right reaches a pod. */
export function reaches({ namespace, names }: Reach, pod: Pod): boolean {
  const isThere = namespace === null || namespace === pod.namespace;
  return isThere && (names.length === 0 || names.includes(pod.name));
}

function allows(rule: PolicyRule, group: string, resource: string, verbs: readonly string[]): boolean {
  const [, subresource] = resource.split('/');
  const anyOf = subresource === undefined ? [] : [`*/${subresource}`];
  return (
    rule.verbs.some((verb) => verb === '*' || verbs.includes(verb)) &&
    rule.apiGroups.some((each) => each === '*' || each === group) &&
    rule.resources.some((each) => each === '*' || each === resource || anyOf.includes(each))
  );
}
