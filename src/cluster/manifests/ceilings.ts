/**
 * The ceilings of a cluster: what the access repository may grant there at most. They are a ConfigMap that the
 * cluster's administrators install and keep. The policy gives a first version; afterwards it may only be narrower.
 */
import { formatDuration } from '../../base/duration.ts';
import type { KubernetesObject } from '../../base/json.ts';
import { isJsonObject } from '../../base/json-type.ts';
import { matchesGlob } from '../../policy/glob.ts';
import type { AllowEntry, Policy } from '../../policy/policy.ts';
import { alwaysProtected, isProtectedNamespace } from '../../policy/protected.ts';
import type { Template } from '../../template/template.ts';
import { inSystem } from './object.ts';

export const ceilingsName = 'curfew-ceilings';

/** In each list `*` stands for any run of characters, but in roles: these are names. */
export interface Ceilings {
  readonly cluster: string;
  /** Seconds from the creation of an object to the end that it names. */
  readonly maxDuration: number;
  /** ClusterRoles that may be bound in a namespace. */
  readonly roles: readonly string[];
  /** ClusterRoles that may be bound in the whole cluster. */
  readonly clusterRoles: readonly string[];
  /** Kubernetes users who may get access. */
  readonly users: readonly string[];
  /** Namespaces that no grant reaches. */
  readonly protectedNamespaces: readonly string[];
}

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
  return (namespaceOf(scope) === '_cluster') === (templateScope === 'cluster');
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

const lists = ['roles', 'clusterRoles', 'users', 'protectedNamespaces'] as const;

export function ceilingsConfigMap(ceilings: Ceilings): KubernetesObject {
  const texts = lists.map((key) => [key, ceilings[key].map((line) => `${line}\n`).join('')]);
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

/** The ceilings in a ConfigMap; a text where it is none that the rules could read. */
export function readCeilings(object: KubernetesObject): Ceilings | string {
  const { data } = object;
  const text = (key: string): string | null => {
    const value = isJsonObject(data) ? data[key] : null;
    return typeof value === 'string' ? value : null;
  };
  const missing = ['cluster', 'maxDuration', ...lists].filter((key) => text(key) === null);
  if (missing.length > 0) return `it lacks ${missing.join(', ')}: nothing is granted`;
  const maxDuration = seconds(text('maxDuration') ?? '');
  if (maxDuration === null) return 'maxDuration is no duration such as 4h or 1h30m: nothing is granted';
  const list = (key: string): readonly string[] =>
    (text(key) ?? '').split('\n').filter((line) => line !== '');
  return {
    cluster: text('cluster') ?? '',
    maxDuration,
    roles: list('roles'),
    clusterRoles: list('clusterRoles'),
    users: list('users'),
    protectedNamespaces: list('protectedNamespaces'),
  };
}

function seconds(text: string): number | null {
  const match = /^(?=\d)(?:(\d{1,5})h)?(?:(\d{1,7})m)?(?:(\d{1,9})s)?$/.exec(text);
  if (match === null) return null;
  const [hours = 0, minutes = 0, rest = 0] = match.slice(1).map((digits) => Number(digits ?? 0));
  return hours * 3600 + minutes * 60 + rest;
}

/** In which ways git is wider than the ceilings: what it would grant and the cluster refuse. */
export function widerThan(git: Ceilings, installed: Ceilings): readonly string[] {
  const outside = (key: 'users' | 'roles' | 'clusterRoles'): readonly string[] =>
    git[key]
      .filter((entry) => !installed[key].some((pattern) => matchesGlob(pattern, entry)))
      .map((entry) => `${key}: git grants ${entry}, which is not in the ceilings`);
  return [
    ...(git.cluster === installed.cluster
      ? []
      : [`cluster: this is ${git.cluster}, and the ceilings are those of ${installed.cluster}`]),
    ...(git.maxDuration <= installed.maxDuration
      ? []
      : [
          `maxDuration: git grants up to ${formatDuration(git.maxDuration)}, the ceiling is ${formatDuration(installed.maxDuration)}`,
        ]),
    ...outside('roles'),
    ...outside('clusterRoles'),
    ...outside('users'),
    ...installed.protectedNamespaces
      .filter((pattern) => !git.protectedNamespaces.some((own) => matchesGlob(own, pattern)))
      .map((pattern) => `protectedNamespaces: the ceilings protect ${pattern}, and git does not`),
  ];
}
