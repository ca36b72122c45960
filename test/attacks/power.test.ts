/**
 * More power than a grant may give. Here an administrator was fooled: templates and roles that are far too wide lie on the
 * default branch, the policy allows to ask for them, and an owner approves.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ReasonCode } from '../../src/base/reasons.ts';
import type { Attack } from './attack.ts';
import { repo } from './field.ts';
import { play } from './runner.ts';

/** A template that is wrong, or one that binds a role that is. */
interface Trap {
  readonly name: string;
  readonly refused: string;
  readonly reason: ReasonCode;
  readonly says: RegExp;
  /** Files of the default branch. */
  readonly files: Readonly<Record<string, string>>;
  readonly template: string;
  /** Namespace on staging, or `_cluster`. */
  readonly namespace: string;
}

const root = resolve(import.meta.dirname, '../..');
const traps: Trap[] = [];

function addTrap(trap: Omit<Trap, 'template' | 'files'>, files: (template: string) => Trap['files']): void {
  const template = `trap-${traps.length}`;
  traps.push({ ...trap, template, files: files(template) });
}

/** A template of namespace scope with these manifests. */
function templateOf(manifests: string, parameters = ''): string {
  return `apiVersion: curfew.dev/v1
kind: Template
spec:
  description: A trap.
  scope: namespace
${parameters}  duration: {default: 30m, max: 2h}
  manifests:
${manifests.trim().replace(/^/gm, '    ')}
`;
}

function bindingOf(role: string, overrides: Readonly<Record<string, string>> = {}): string {
  const {
    kind = 'RoleBinding',
    metadata = '{name: "${grant.id}"}',
    roleRef = `{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "${role}"}`,
    subjects = '[{apiGroup: rbac.authorization.k8s.io, kind: User, name: "${grant.user}"}]',
  } = overrides;
  return `- apiVersion: rbac.authorization.k8s.io/v1
  kind: ${kind}
  metadata: ${metadata}
  roleRef: ${roleRef}
  subjects: ${subjects}
`;
}

function clusterTemplateOf(role: string): string {
  const binding = bindingOf(`curfew:${role}`, { kind: 'ClusterRoleBinding' });
  return templateOf(binding).replace('scope: namespace', 'scope: cluster');
}

function roleOf(name: string, rules: string, metadata = ''): string {
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: curfew:${name}
  annotations: {curfew.dev/description: Harmless.}
${metadata}${rules}
`;
}

/** A rule in one line: groups, resources, verbs. */
function rule(groups: string, resources: string, verbs: string): string {
  return `rules: [{apiGroups: [${groups}], resources: [${resources}], verbs: [${verbs}]}]`;
}

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
for (const [what, says, rules, namespace = 'payments'] of roles) {
  addTrap(
    {
      name: `a role to ${what}`,
      refused: 'power that is no help in an incident',
      reason: 'danger-refused',
      says,
      namespace,
    },
    (template) => ({
      [`templates/${template}.yaml`]:
        namespace === '_cluster' ? clusterTemplateOf(template) : templateOf(bindingOf(`curfew:${template}`)),
      [`templates/roles/${template}.yaml`]: roleOf(template, rules),
    }),
  );
}

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
for (const [what, rules, metadata] of brokenRoles) {
  addTrap(
    {
      name: `a role ${what}`,
      refused: 'a role that gives more than it shows',
      reason: 'invalid-template',
      says: /is not in the catalog/,
      namespace: 'payments',
    },
    (template) => ({
      [`templates/${template}.yaml`]: templateOf(bindingOf(`curfew:${template}`)),
      [`templates/roles/${template}.yaml`]: roleOf(template, rules, metadata),
    }),
  );
}
addTrap(
  {
    name: 'a role that was widened in the cluster',
    refused: 'a role that gives more than it shows',
    reason: 'danger-refused',
    says: /is not the same in the catalog and in the snapshot/,
    namespace: 'payments',
  },
  (template) => ({
    [`templates/${template}.yaml`]: templateOf(bindingOf(`curfew:${template}`)),
    [`templates/roles/${template}.yaml`]: roleOf(template, rule("''", 'pods', 'get')),
    'clusters/staging/widened.yaml': roleOf(template, rule("''", 'pods, secrets', 'get')),
  }),
);

const user = '{apiGroup: rbac.authorization.k8s.io, kind: User, name: "${grant.user}"}';
const who = 'parameters:\n    who: {type: string, description: Who., pattern: "[a-z:@.]+"}\n';
const account = '- apiVersion: v1\n  kind: ServiceAccount\n  metadata: {name: "${grant.id}"}\n';
const isolated = `- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: "\${grant.id}"}
  spec:
    podSelector: {matchLabels: {curfew.dev/grant: "\${grant.id}"}}
    policyTypes: [Ingress, Egress]
`;

/** A Pod with its account and its isolation, and more in its metadata, its spec or its container. */
function podOf(extra: {
  readonly metadata?: string;
  readonly spec?: string;
  readonly container?: string;
}): string {
  return `${account}${isolated}- apiVersion: v1
  kind: Pod
  metadata: {name: "\${grant.id}"${extra.metadata ?? ''}}
  spec:
    securityContext: {runAsUser: 65534}
${(extra.spec ?? '').replace(/^(?=.)/gm, '    ')}    containers:
      - name: access
        image: docker.io/library/busybox:1.37.0
        resources: {limits: {cpu: 100m, memory: 64Mi}}
${(extra.container ?? '').replace(/^(?=.)/gm, '        ')}`;
}

/** A way for the grant's Pod, or for others. */
function policyOf(spec: string): string {
  return `${podOf({})}- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: "\${grant.id}-way"}
  spec: ${spec}
`;
}

const ownPod = 'podSelector: {matchLabels: {curfew.dev/grant: "${grant.id}"}}';
const db = '{podSelector: {matchLabels: {app: payments-db}}}';
const port = 'ports: [{protocol: TCP, port: 5432}]';

/** Templates that no rendering may come of. */
const templates: readonly (readonly [
  name: string,
  refused: string,
  says: RegExp,
  manifests: string,
  parameters?: string,
])[] = [
  [
    'binds cluster-admin',
    'a role outside of the catalog',
    /is not a role of the catalog/,
    bindingOf('cluster-admin'),
  ],
  [
    'binds a Role of the namespace',
    'a role outside of the catalog',
    /"Role" has to be "ClusterRole"/,
    bindingOf('', { roleRef: '{apiGroup: rbac.authorization.k8s.io, kind: Role, name: deployer}' }),
  ],
  [
    'binds for the whole cluster',
    'a scope that was not asked for',
    /is not a kind that a template of namespace scope may hold/,
    bindingOf('curfew:read-logs', { kind: 'ClusterRoleBinding' }),
  ],
  [
    'binds for system:masters',
    'a subject that is not the person',
    /"Group" has to be "User"/,
    bindingOf('curfew:read-logs', {
      subjects: '[{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:masters"}]',
    }),
  ],
  [
    'binds for somebody else as well',
    'a subject that is not the person',
    /too long|at most 1|only 1|too many/,
    bindingOf('curfew:read-logs', {
      subjects: `[${user}, {apiGroup: rbac.authorization.k8s.io, kind: User, name: mallory@example.com}]`,
    }),
  ],
  [
    'binds for another service account',
    'a subject that is not the person',
    /subjects/,
    bindingOf('curfew:read-logs', {
      subjects: '[{kind: ServiceAccount, name: deployer, namespace: payments}]',
    }),
  ],
  [
    'lets the request name the subject',
    'a subject of the requester’s choice',
    /may stand here only if the parameter has an enum/,
    bindingOf('curfew:read-logs', {
      subjects: '[{apiGroup: rbac.authorization.k8s.io, kind: User, name: "${parameters.who}"}]',
    }),
    who,
  ],
  [
    'lets the request name the role',
    'a role of the requester’s choice',
    /may stand here only if the parameter has an enum/,
    bindingOf('curfew:${parameters.who}'),
    who,
  ],
  [
    'lets the request name the namespace',
    'a namespace of the requester’s choice',
    /may stand here only if the parameter has an enum/,
    bindingOf('curfew:read-logs', { metadata: '{name: "${grant.id}", namespace: "${parameters.who}"}' }),
    who,
  ],
  [
    'reaches into another namespace',
    'an object outside of the scope',
    /is not the namespace of the request/,
    bindingOf('curfew:read-logs', { metadata: '{name: "${grant.id}", namespace: vault}' }),
  ],
  [
    'names an object that is there already',
    'an object that is not of the grant',
    /does not name the grant/,
    bindingOf('curfew:read-logs', { metadata: '{name: deployer}' }),
  ],
  ...[
    'finalizers: [mallory.example.com/keep]',
    'ownerReferences: []',
    'generateName: x-',
    'annotations: {argocd.argoproj.io/sync-options: Prune=false}',
  ].map(
    (field) =>
      [
        `sets ${field.split(':')[0]}`,
        'an object that does not go with its grant',
        /is not allowed here/,
        bindingOf('curfew:read-logs', { metadata: `{name: "\${grant.id}", ${field}}` }),
      ] as const,
  ),
  ...['Secret', 'ConfigMap', 'Deployment', 'Role', 'ClusterRole', 'CustomResourceDefinition'].map(
    (kind) =>
      [
        `holds a ${kind}`,
        'a kind that no grant consists of',
        /is not a kind that a template of namespace scope may hold/,
        `- apiVersion: v1\n  kind: ${kind}\n  metadata: {name: "\${grant.id}"}\n`,
      ] as const,
  ),
  [
    'has a Pod with another ServiceAccount',
    'somebody else’s identity',
    /serviceAccountName/,
    podOf({ spec: 'serviceAccountName: deployer\n' }),
  ],
  [
    'has a Pod with a token',
    'an identity for a Pod',
    /automountServiceAccountToken/,
    podOf({ spec: 'automountServiceAccountToken: true\n' }),
  ],
  [
    'has a Pod with a Secret',
    'a Secret',
    /emptyDir|secret/,
    podOf({ spec: 'volumes: [{name: s, secret: {secretName: db}}]\n' }),
  ],
  [
    'has a Pod with a Secret in its environment',
    'a Secret',
    /envFrom/,
    podOf({ container: 'envFrom: [{secretRef: {name: db}}]\n' }),
  ],
  [
    'has a Pod with the host’s files',
    'the node',
    /hostPath|emptyDir/,
    podOf({ spec: 'volumes: [{name: h, hostPath: {path: /}}]\n' }),
  ],
  ['has a Pod in the host’s network', 'the node', /hostNetwork/, podOf({ spec: 'hostNetwork: true\n' })],
  ['has a Pod among the host’s processes', 'the node', /hostPID/, podOf({ spec: 'hostPID: true\n' })],
  [
    'has a privileged Pod',
    'the node',
    /privileged/,
    podOf({ container: 'securityContext: {privileged: true}\n' }),
  ],
  [
    'has a Pod that runs as root',
    'the node',
    /runAsNonRoot/,
    podOf({ container: 'securityContext: {runAsNonRoot: false}\n' }),
  ],
  [
    'has a Pod that outlives its grant',
    'a Pod without an end',
    /999999 is not the end of the grant/,
    podOf({ spec: 'activeDeadlineSeconds: 999999\n' }),
  ],
  [
    'has a Pod that joins a Service',
    'traffic of a workload',
    /is not a label of Curfew/,
    podOf({ metadata: ', labels: {app: payments-api}' }),
  ],
  [
    'has a Pod that carries another grant’s label',
    'the ways of another grant',
    /carries another|curfew\.dev\/grant/,
    podOf({ metadata: ', labels: {curfew.dev/grant: payments-000000000000}' }),
  ],
  [
    'has a Pod with an image that changes',
    'what nobody has seen',
    /changes from day to day/,
    podOf({ container: 'imagePullPolicy: Always\n' }).replace('busybox:1.37.0', 'busybox:latest'),
  ],
  [
    'has a Pod that nothing isolates',
    'a Pod that reaches everything',
    /nothing limits what this Pod can reach/,
    podOf({}).replace(isolated, ''),
  ],
  [
    'lets the request choose what runs',
    'a command of the requester’s choice',
    /may not choose what runs|is free text/,
    podOf({ container: 'command: ["${parameters.who}"]\n' }),
    who,
  ],
  [
    'selects every pod',
    'a policy for everybody',
    /selects everything|podSelector/,
    policyOf(`{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{${ownPod}}], ${port}}]}`),
  ],
  [
    'opens every address',
    'the whole Internet',
    /too wide/,
    policyOf(`{${ownPod}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ${port}}]}`),
  ],
  [
    'opens every port',
    'every port',
    /ports/,
    policyOf(`{${ownPod}, policyTypes: [Egress], egress: [{to: [${db}]}]}`),
  ],
  [
    'opens the way to everybody',
    'every peer',
    /\bto\b/,
    policyOf(`{${ownPod}, policyTypes: [Egress], egress: [{${port}}]}`),
  ],
  [
    'opens every namespace',
    'every namespace',
    /selects everything|namespaceSelector/,
    policyOf(
      `{${ownPod}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {}}, podSelector: {matchLabels: {app: x}}}], ${port}}]}`,
    ),
  ],
  [
    'opens a way between other people’s pods',
    'a way that is not of the grant',
    /Pods that are not the grant's/,
    policyOf(
      `{podSelector: {matchLabels: {app: payments-db}}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {app: x}}}], ${port}}]}`,
    ),
  ],
];
for (const [what, refused, says, manifests, parameters] of templates) {
  addTrap(
    { name: `a template that ${what}`, refused, reason: 'invalid-template', says, namespace: 'payments' },
    (template) => ({
      [`templates/${template}.yaml`]: templateOf(
        manifests,
        parameters === undefined ? '' : `  ${parameters}`,
      ),
    }),
  );
}

const otherNamespace = (name: string): string =>
  `{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ${name}}}, podSelector: {matchLabels: {app: ledger}}}`;

addTrap(
  {
    name: 'a way from staging into what is labelled production',
    refused: 'non-production reaching production',
    reason: 'danger-refused',
    says: /live is production and payments is not/,
    namespace: 'payments',
  },
  (template) => ({
    [`templates/${template}.yaml`]: templateOf(
      policyOf(`{${ownPod}, policyTypes: [Egress], egress: [{to: [${otherNamespace('live')}], ${port}}]}`),
    ),
    'clusters/staging/live.yaml': `apiVersion: v1
kind: Namespace
metadata: {name: live, labels: {kubernetes.io/metadata.name: live, environment: production}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ledger, namespace: live}
spec:
  selector: {matchLabels: {app: ledger}}
  template:
    metadata: {labels: {app: ledger}}
    spec:
      containers:
        - {name: ledger, image: 'ledger:1', ports: [{containerPort: 5432}]}
`,
  }),
);
addTrap(
  {
    name: 'a policy that isolates pods which nobody isolated',
    refused: 'an outage by a grant',
    reason: 'danger-refused',
    says: /orders-api[^]*isolate|isolate[^]*orders-api/,
    namespace: 'orders',
  },
  (template) => ({
    [`templates/${template}.yaml`]: templateOf(
      policyOf(
        `{podSelector: {matchLabels: {app: orders-api}}, policyTypes: [Ingress], ingress: [{from: [{${ownPod}}], ports: [{protocol: TCP, port: 8443}]}]}`,
      ),
    ),
  }),
);

function requestFor(template: string, parameters: readonly string[]): string {
  const given =
    parameters.length === 0
      ? ''
      : `  parameters: {${parameters.map((name) => `${name}: mallory`).join(', ')}}\n`;
  return `apiVersion: curfew.dev/v1\nkind: AccessRequest\nspec:\n  template: ${template}\n${given}  reason: Nothing in particular\n`;
}

function approverFor(namespace: string): string {
  if (namespace === '_cluster') return 'dan';
  return namespace === 'orders' ? 'grace' : 'bob';
}

function ofTrap({ template, namespace, files, ...trap }: Trap): Attack {
  const parameters = Object.values(files).some((text) => text.includes('parameters.who')) ? ['who'] : [];
  return {
    ...trap,
    play: async (field) => {
      const path = `access-requests/staging/${namespace}/${template}.yaml`;
      const pullRequest = await field.pull(namespace === '_cluster' ? 'carol' : 'alice', {
        branch: template,
        files: { [path]: requestFor(template, parameters) },
      });
      await field.as(approverFor(namespace)).review(pullRequest, 'APPROVE');
      return { pullRequest };
    },
  };
}

/** A good template, asked for where it may not be given. */
function elsewhere(
  name: string,
  reason: ReasonCode,
  says: RegExp,
  path: string,
  template: string,
  more = '',
): Attack {
  return {
    name,
    refused: 'a scope that is not for the taking',
    reason,
    says,
    play: async (field) => {
      const files = { [path]: `${requestFor(template, [])}${more}` };
      const pullRequest = await field.pull('alice', { branch: name.replaceAll(/\W+/g, '-'), files });
      await field
        .as('carol')
        .octokit.pulls.createReview({ ...repo, pull_number: pullRequest, event: 'APPROVE' });
      await field.settle();
      return { pullRequest };
    },
  };
}

const scopes: readonly Attack[] = [
  elsewhere(
    'a protected namespace by a star',
    'protected-namespace',
    /reaches staging\/vault only when it names it/,
    'access-requests/staging/vault/x.yaml',
    'read-logs',
  ),
  elsewhere(
    'kube-system by a star',
    'protected-namespace',
    /reaches staging\/kube-system only when/,
    'access-requests/staging/kube-system/x.yaml',
    'read-logs',
  ),
  elsewhere(
    'the namespace of the GitOps engine by a star',
    'protected-namespace',
    /reaches staging\/argocd only when/,
    'access-requests/staging/argocd/x.yaml',
    'read-logs',
  ),
  elsewhere(
    'the namespace of the guard by a star',
    'protected-namespace',
    /reaches staging\/curfew-system only when/,
    'access-requests/staging/curfew-system/x.yaml',
    'read-logs',
  ),
  elsewhere(
    'the whole cluster by a template for a namespace',
    'wrong-scope',
    /for namespace scope, but the path asks for cluster scope/,
    'access-requests/staging/_cluster/x.yaml',
    'read-logs',
  ),
  elsewhere(
    'a namespace by a template for the whole cluster',
    'wrong-scope',
    /for cluster scope, but the path asks for namespace scope/,
    'access-requests/staging/payments/x.yaml',
    'cluster-read',
  ),
  elsewhere(
    'the whole cluster by somebody who may ask for staging/*',
    'protected-namespace',
    /reaches staging\/_cluster only when it names it/,
    'access-requests/staging/_cluster/x.yaml',
    'cluster-read',
  ),
  elsewhere(
    'a cluster that nobody knows',
    'unknown-cluster',
    /knows no cluster/,
    'access-requests/prod/payments/x.yaml',
    'read-logs',
  ),
  elsewhere(
    'production without a ticket',
    'ticket-missing',
    /A ticket that matches/,
    'access-requests/prod-eu/payments/x.yaml',
    'read-logs',
  ),
  elsewhere(
    'production for longer than a limit allows',
    'duration-too-long',
    /allows 4h at most/,
    'access-requests/prod-eu/payments/x.yaml',
    'read-logs',
    '  ticket: INC-1\n  duration: 6h\n',
  ),
];

function seed(): ReadonlyMap<string, string> {
  const policy = readFileSync(join(root, '.github/curfew.yaml'), 'utf8');
  const names = traps.map(({ template }) => template).join(', ');
  const files = new Map<string, string>([
    [
      '.github/curfew.yaml',
      policy
        .replace(
          /templates: \[read-logs, debug-pod, (?=.*\n.*staging)/,
          `templates: [${names}, read-logs, debug-pod, `,
        )
        .replace('templates: [cluster-read]', `templates: [${names}, cluster-read]`)
        .replace(
          '  limits:\n',
          '  limits:\n    - scopes: [staging/orders, staging/_cluster]\n      dangers: {critical: refuse, high: refuse, medium: refuse}\n',
        ),
    ],
  ]);
  for (const trap of traps) for (const [path, text] of Object.entries(trap.files)) files.set(path, text);
  return files;
}

play('power', [...traps.map(ofTrap), ...scopes], { files: seed() });
