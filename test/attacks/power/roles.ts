/** Roles of the catalog that give too much, or more than they show. */
import { bindingOf, clusterTemplateOf, roleOf, rule, templateOf, type Trap } from './trap.ts';

/** Roles of the catalog that give too much. In the namespace orders the policy refuses every danger. */
const roles: readonly (readonly [name: string, says: RegExp, rules: string, namespace?: string])[] = [
  ['a star for verbs', /use a star for verbs/, rule("''", 'pods', "'*'")],
  ['a star for resources', /use a star for resources/, rule("''", "'*'", 'get')],
  ['a star for API groups', /use a star for API groups/, rule("'*'", 'pods', 'get')],
  ['stars for everything', /do anything to everything/, rule("'*'", "'*'", "'*'")],
  ['bind', /bind roles/, rule('rbac.authorization.k8s.io', 'clusterroles', 'bind')],
  ['escalate', /escalate roles/, rule('rbac.authorization.k8s.io', 'roles', 'escalate')],
  ['impersonate', /impersonate others/, rule("''", 'serviceaccounts', 'impersonate')],
  [
    'impersonate by a constrained mode',
    /constrained mode/,
    rule('authentication.k8s.io', 'serviceaccounts', "'impersonate:serviceaccount'"),
  ],
  ['write role bindings', /write role bindings/, rule('rbac.authorization.k8s.io', 'rolebindings', 'create')],
  ['reach kubelets', /reach the kubelets/, rule("''", 'nodes/proxy', 'get'), '_cluster'],
  ['read Secrets of every namespace', /read Secrets by name/, rule("''", 'secrets', 'get'), '_cluster'],
  [
    'all that edit gives, named one by one',
    /default role edit|use a star/,
    rule(
      "'', apps, batch, networking.k8s.io, policy, autoscaling, rbac.authorization.k8s.io",
      "'*/*'",
      'create',
    ),
  ],
  ['read Secrets', /read Secrets by name/, rule("''", 'secrets', 'get'), 'orders'],
  ['list Secrets', /list or watch Secrets/, rule("''", 'secrets', 'list'), 'orders'],
  ['mint tokens', /mint tokens for ServiceAccounts/, rule("''", 'serviceaccounts/token', 'create'), 'orders'],
  ['a shell in pods', /exec into or attach to pods/, rule("''", 'pods/exec', 'create'), 'orders'],
  [
    'ephemeral containers',
    /put ephemeral containers into pods/,
    rule("''", 'pods/ephemeralcontainers', 'patch'),
    'orders',
  ],
  ['create pods', /create pods/, rule("''", 'pods', 'create'), 'orders'],
  [
    'restart that may patch the whole pod template',
    /write workloads/,
    rule('apps', 'deployments', 'get, patch'),
    'orders',
  ],
  [
    'write NetworkPolicies',
    /write or delete NetworkPolicies/,
    rule('networking.k8s.io', 'networkpolicies', 'create'),
    'orders',
  ],
  [
    'pause the GitOps engine',
    /steer the GitOps engine/,
    rule('argoproj.io', 'applications', 'patch'),
    'orders',
  ],
  ['hide its traces', /delete events or logs/, rule("''", 'events', 'delete'), 'orders'],
];
/** Roles that are no roles of a catalog, so that a template that binds them is not valid. */
const brokenRoles: readonly (readonly [name: string, rules: string, metadata?: string])[] = [
  ['made of others by labels', 'aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}\nrules: []'],
  [
    'that feeds the default role view',
    rule("''", 'pods', 'get'),
    "  labels: {rbac.authorization.k8s.io/aggregate-to-view: 'true'}\n",
  ],
  [
    'with resourceNames left empty',
    "rules: [{apiGroups: [''], resources: [pods], verbs: [get], resourceNames: []}]",
  ],
  ['for URLs', "rules: [{nonResourceURLs: ['*'], verbs: [get]}]"],
];
export const roleTraps: readonly Trap[] = [
  ...roles.map(([what, says, rules, namespace = 'payments']): Trap => ({
    name: `a role to ${what}`,
    refused: 'power that is no help in an incident',
    reason: 'danger-refused',
    says,
    namespace,
    files: (template) => ({
      [`templates/${template}.yaml`]:
        namespace === '_cluster' ? clusterTemplateOf(template) : templateOf(bindingOf(`curfew:${template}`)),
      [`templates/roles/${template}.yaml`]: roleOf(template, rules),
    }),
  })),
  ...brokenRoles.map(([what, rules, metadata]): Trap => ({
    name: `a role ${what}`,
    refused: 'a role that gives more than it shows',
    reason: 'invalid-template',
    says: /is not in the catalog/,
    namespace: 'payments',
    files: (template) => ({
      [`templates/${template}.yaml`]: templateOf(bindingOf(`curfew:${template}`)),
      [`templates/roles/${template}.yaml`]: roleOf(template, rules, metadata),
    }),
  })),
  {
    name: 'a role that was widened in the cluster',
    refused: 'a role that gives more than it shows',
    reason: 'danger-refused',
    says: /is not the same in the catalog and in the snapshot/,
    namespace: 'payments',
    files: (template) => ({
      [`templates/${template}.yaml`]: templateOf(bindingOf(`curfew:${template}`)),
      [`templates/roles/${template}.yaml`]: roleOf(template, rule("''", 'pods', 'get')),
      'clusters/staging/widened.yaml': roleOf(template, rule("''", 'pods, secrets', 'get')),
    }),
  },
];
