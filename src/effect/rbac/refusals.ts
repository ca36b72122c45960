/** What a grant may never be, whatever it gives: judged on its bindings, the catalog and the snapshot. */
import type { KubernetesObject } from '../../base/json.ts';
import type { Scope } from '../../request/request.ts';
import type { Danger } from '../effect.ts';
import { covers, fixedRules } from './covers.ts';
import { type Binding, type BindingSubject, readObjects } from './objects.ts';
import { labelOf } from './say.ts';

export interface RefusalQuestion {
  readonly snapshot: readonly KubernetesObject[];
  readonly roles: readonly { readonly name: string; readonly object: KubernetesObject }[];
  readonly grant: readonly KubernetesObject[];
  readonly subjectUser: string;
  readonly scope: Scope;
}

/** Every refusal, each with a sentence that names the object; empty where the grant is as the design has it. */
export function refusals(question: RefusalQuestion): readonly Danger[] {
  const { roles, bindings, problems } = readObjects(question.grant);
  return [
    ...problems.map((problem) => refusal('unreadable', problem)),
    ...roles.map(({ kind, name }) =>
      refusal(
        'role-in-grant',
        `${kind} ${name} is part of the grant, which may only bind roles of the catalog`,
      ),
    ),
    ...ofUser(question.subjectUser),
    ...bindings.flatMap((binding) => [
      ...outsideScope(binding, question.scope),
      ...binding.subjects.flatMap((subject) => ofSubject(binding, subject, question)),
    ]),
    ...boundRoles(bindings).flatMap((binding) => ofRole(binding, question)),
  ];
}

function refusal(rule: string, message: string): Danger {
  return { severity: 'critical', rule, message, refusedAlways: true, secondApprovalInProduction: false };
}

function ofUser(user: string): readonly Danger[] {
  if (user !== '' && !user.startsWith('system:')) return [];
  return [
    refusal(
      'system-subject',
      `the user "${user}" is not a person: names beginning with system: belong to Kubernetes`,
    ),
  ];
}

function outsideScope(binding: Binding, { namespace }: Scope): readonly Danger[] {
  if (binding.namespace === namespace) return [];
  const asked = namespace === null ? 'the cluster' : `the namespace ${namespace}`;
  return [refusal('outside-scope', `${labelOf(binding)} lies outside ${asked}, which is what was asked for`)];
}

function ofSubject(
  binding: Binding,
  subject: BindingSubject,
  { subjectUser, grant }: RefusalQuestion,
): readonly Danger[] {
  const { kind, name } = subject;
  if (kind === 'User' && name === subjectUser) return [];
  if (kind === 'ServiceAccount' && isOwnAccount(subject, grant)) return [];
  const why =
    kind === 'Group'
      ? 'a group has members that nobody approved'
      : 'it may only be for the user whom the request is for, and for service accounts of the grant itself';
  return [refusal('foreign-subject', `${labelOf(binding)} is for ${labelOf(subject)}: ${why}`)];
}

/** Whether the service account is one that the grant itself brings. */
export function isOwnAccount(subject: BindingSubject, grant: readonly KubernetesObject[]): boolean {
  return grant.some(
    ({ apiVersion, kind, metadata }) =>
      apiVersion === 'v1' &&
      kind === 'ServiceAccount' &&
      metadata.name === subject.name &&
      metadata['namespace'] === subject.namespace,
  );
}

/** One binding for each role that is bound. */
function boundRoles(bindings: readonly Binding[]): readonly Binding[] {
  return [
    ...new Map(
      bindings.map((binding) => [`${binding.roleRef.kind}/${binding.roleRef.name}`, binding]),
    ).values(),
  ];
}

/** The role must be in the catalog, stand for itself, and be in the cluster, where it is, what it is in the catalog. */
function ofRole(binding: Binding, { roles, snapshot }: RefusalQuestion): readonly Danger[] {
  const { kind, name } = binding.roleRef;
  const inCatalog = kind === 'ClusterRole' ? roles.find((role) => role.name === name) : undefined;
  if (inCatalog === undefined)
    return [
      refusal('role-missing', `${labelOf(binding)} binds ${kind} ${name}, which is not in the catalog`),
    ];
  const rules = fixedRules(inCatalog.object);
  if (rules === null)
    return [
      refusal(
        'role-aggregated',
        `ClusterRole ${name} of the catalog cannot be read, or is made of other roles by labels: what it gives may change with them`,
      ),
    ];
  const live = snapshotRoles(snapshot, name);
  if (live.length === 0 && knowsCatalog(snapshot))
    return [
      refusal(
        'role-not-applied',
        `ClusterRole ${name} is not in the snapshot of the cluster, where other roles of the catalog are: whoever makes a role of that name decides what it gives; apply the catalog, and take a new snapshot`,
      ),
    ];
  const differs = live.some((role) => {
    const theirs = fixedRules(role);
    return theirs === null || !covers(theirs, rules) || !covers(rules, theirs);
  });
  return differs
    ? [
        refusal(
          'role-differs',
          `ClusterRole ${name} is not the same in the catalog and in the snapshot of the cluster: apply the catalog, or take a new snapshot`,
        ),
      ]
    : [];
}

/** Whether a snapshot tells of the catalog at all: one of namespaces and workloads alone knows nothing of roles. */
function knowsCatalog(snapshot: readonly KubernetesObject[]): boolean {
  return snapshot.some(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name.startsWith('curfew:'));
}

function snapshotRoles(snapshot: readonly KubernetesObject[], name: string): readonly KubernetesObject[] {
  return snapshot.filter(
    ({ apiVersion, kind, metadata }) =>
      kind === 'ClusterRole' && metadata.name === name && apiVersion.startsWith('rbac.authorization.k8s.io/'),
  );
}
