/**
 * An administrator was fooled: a template or a role that is far too wide lies on the default branch, the policy allows
 * to ask for it, and an owner approves.
 */
import type { ReasonCode } from '../../../src/base/reasons.ts';

/** A template that is wrong, or one that binds a role that is. */
export interface Trap {
  readonly name: string;
  readonly refused: string;
  readonly reason: ReasonCode;
  readonly says: RegExp;
  /** Namespace on staging, or `_cluster`. */
  readonly namespace: string;
  /** Files of the default branch, for a template of this name. */
  readonly files: (template: string) => Readonly<Record<string, string>>;
}

/** A template of namespace scope with these manifests. */
export function templateOf(manifests: string, parameters = ''): string {
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

/** The manifest of a binding of a role to the person, unless overridden. */
export function bindingOf(role: string, overrides: Readonly<Record<string, string>> = {}): string {
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

/** A template of cluster scope that binds this role of the catalog. */
export function clusterTemplateOf(role: string): string {
  const binding = bindingOf(`curfew:${role}`, { kind: 'ClusterRoleBinding' });
  return templateOf(binding).replace('scope: namespace', 'scope: cluster');
}

/** A role of the catalog that calls itself harmless. */
export function roleOf(name: string, rules: string, metadata = ''): string {
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: curfew:${name}
  annotations: {curfew.dev/description: Harmless.}
${metadata}${rules}
`;
}

/** A rule in one line: groups, resources, verbs. */
export function rule(groups: string, resources: string, verbs: string): string {
  return `rules: [{apiGroups: [${groups}], resources: [${resources}], verbs: [${verbs}]}]`;
}
