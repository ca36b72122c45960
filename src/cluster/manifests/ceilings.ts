/** The first version of a cluster's ceilings, which the policy gives; afterwards it may only be narrower. */
import { formatDuration } from '../../base/duration.ts';
import type { KubernetesObject } from '../../base/json.ts';
import { isJsonObject } from '../../base/json-type.ts';
import { ceilingLists, ceilingsName, type Ceilings } from '../../policy/ceilings.ts';
import { outside, type NamesCeiling } from '../../policy/excess.ts';
import { matchesGlob } from '../../policy/glob.ts';
import type { AllowEntry, Policy } from '../../policy/policy.ts';
import { alwaysProtected, isProtectedNamespace } from '../../policy/protected.ts';
import { clusterScope } from '../../request/path.ts';
import type { Template } from '../../template/template.ts';
import { inSystem } from './object.ts';

/** The least ceilings under which everything can be granted that the policy allows on a cluster. */
export function ceilingsOf(
  policy: Policy,
  templates: ReadonlyMap<string, Template>,
  cluster: string,
): Ceilings {
  const allowed = policy.allow.flatMap((entry) =>
    entry.scopes
      .filter((scope) => matchesGlob(clusterOf(scope), cluster))
      .flatMap((scope) =>
        entry.templates.flatMap((name) => {
          const template = templates.get(name);
          const fits = template !== undefined && reaches(scope, template.scope);
          return fits ? [{ template, duration: longest(policy, entry, scope, cluster, template) }] : [];
        }),
      ),
  );
  const roles = (scope: Template['scope']): readonly string[] =>
    sorted(allowed.flatMap(({ template }) => (template.scope === scope ? rolesOf(template) : [])));
  return {
    cluster,
    maxDuration: Math.max(0, ...allowed.map(({ duration }) => duration)),
    roles: roles('namespace'),
    clusterRoles: roles('cluster'),
    users: sorted(policy.identities.map(({ user, users }) => users[cluster] ?? user)),
    protectedNamespaces: [...alwaysProtected, ...policy.protectedNamespaces],
  };
}

function clusterOf(scope: string): string {
  return scope.split('/')[0] ?? '';
}

function namespaceOf(scope: string): string {
  return scope.split('/')[1] ?? '';
}

function reaches(scope: string, templateScope: Template['scope']): boolean {
  return (namespaceOf(scope) === clusterScope) === (templateScope === 'cluster');
}

/** The longest grant by an entry: less a limit only where that fits everything that the entry's scope fits. */
function longest(
  policy: Policy,
  entry: AllowEntry,
  scope: string,
  cluster: string,
  template: Template,
): number {
  const limits = policy.limits.filter(({ scopes }) =>
    scopes.some(
      (pattern) =>
        matchesGlob(clusterOf(pattern), cluster) && matchesGlob(namespaceOf(pattern), namespaceOf(scope)),
    ),
  );
  const bounds = limits.flatMap(({ maxDuration }) => maxDuration ?? []);
  return Math.min(entry.maxDuration, template.duration.max, ...bounds);
}

function rolesOf({ manifests }: Template): readonly string[] {
  return manifests.flatMap(({ roleRef }) => {
    const name = isJsonObject(roleRef) ? roleRef['name'] : undefined;
    return typeof name === 'string' ? [name] : [];
  });
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted();
}

/** Scopes of the policy that no ceiling lets pass: protected namespaces, where an entry names one. */
export function neverGranted(policy: Policy, cluster: string): readonly string[] {
  return policy.allow.flatMap(({ name, scopes }) =>
    scopes
      .map((scope) => ({ scope, namespace: namespaceOf(scope) }))
      .filter(({ scope, namespace }) => matchesGlob(clusterOf(scope), cluster) && !namespace.includes('*'))
      .filter(({ namespace }) => isProtectedNamespace(policy, namespace))
      .map(({ scope }) => `"${name}" allows ${scope}, which is among protectedNamespaces of the ceilings`),
  );
}

export function ceilingsConfigMap(ceilings: Ceilings): KubernetesObject {
  const texts = ceilingLists.map((key) => [key, ceilings[key].map((line) => `${line}\n`).join('')]);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: inSystem(ceilingsName, 'ceilings'),
    data: {
      cluster: ceilings.cluster,
      maxDuration: celDuration(ceilings.maxDuration),
      ...Object.fromEntries(texts),
    },
  };
}

/** `4h0m`: as CEL reads durations, which knows no days. */
function celDuration(seconds: number): string {
  return `${Math.floor(seconds / 3600)}h${Math.floor(seconds / 60) % 60}m`;
}

/** In which ways git is wider than the ceilings: what it would grant and the cluster refuse. */
export function widerThan(git: Ceilings, installed: Ceilings): readonly string[] {
  const beyond = (key: NamesCeiling): readonly string[] =>
    outside(installed, key, git[key]).map(
      (entry) => `${key}: git grants ${entry}, which is not in the ceilings`,
    );
  return [
    ...(git.cluster === installed.cluster
      ? []
      : [`cluster: this is ${git.cluster}, and the ceilings are those of ${installed.cluster}`]),
    ...(git.maxDuration <= installed.maxDuration
      ? []
      : [
          `maxDuration: git grants up to ${formatDuration(git.maxDuration)}, the ceiling is ${formatDuration(installed.maxDuration)}`,
        ]),
    ...beyond('roles'),
    ...beyond('clusterRoles'),
    ...beyond('users'),
    ...installed.protectedNamespaces
      .filter((pattern) => !git.protectedNamespaces.some((own) => matchesGlob(own, pattern)))
      .map((pattern) => `protectedNamespaces: the ceilings protect ${pattern}, and git does not`),
  ];
}
