/** Templates that bind what they must not, for whom or where they must not, or hold what no grant consists of. */
import { bindingOf, type Trap } from './trap.ts';
import { templateTrap, who, type Row } from './template-trap.ts';

const user = '{apiGroup: rbac.authorization.k8s.io, kind: User, name: "${grant.user}"}';

const rows: readonly Row[] = [
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
];

export const bindingTraps: readonly Trap[] = rows.map(templateTrap);
