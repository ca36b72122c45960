/**
 * Kubernetes' own comparison of rules, by which its escalation check decides (`Covers` in
 * k8s.io/component-helpers/auth/rbac/validation/policy_comparator.go).
 */
import type { KubernetesObject } from '../../base/json.ts';
import { prefixOf } from './compiled.ts';
import { readObjects } from './objects.ts';
import type { PolicyRule } from './rule.ts';

/**
 * What of `servant` the `owner` does not hold, in rules of one verb on one thing each; empty where everything is
 * covered. The API server lets the owner write or bind the servant's rules only then.
 *
 * The servant's rules are broken into single permissions, each of which one rule of the owner must cover alone. A
 * star is covered by a star only, and "every name" by "every name" only.
 */
export function uncovered(
  owner: readonly PolicyRule[],
  servant: readonly PolicyRule[],
): readonly PolicyRule[] {
  return servant.flatMap(breakDown).filter((single) => !owner.some((rule) => ruleCovers(rule, single)));
}

/** Whether whoever holds `owner` holds all of `servant`. */
export function covers(owner: readonly PolicyRule[], servant: readonly PolicyRule[]): boolean {
  return uncovered(owner, servant).length === 0;
}

/**
 * Whether a role gives more than it gave: a grant that was approved on `before` must not go on with `after`. Also
 * true where either cannot be read, is no Role or ClusterRole, or is made of other roles by labels, which may widen
 * it without a change to itself.
 */
export function widened(before: KubernetesObject, after: KubernetesObject): boolean {
  const [old, now] = [fixedRules(before), fixedRules(after)];
  return old === null || now === null || !covers(old, now);
}

/** The rules of a role that stands for itself; null for anything else. */
export function fixedRules(role: KubernetesObject): readonly PolicyRule[] | null {
  const { roles } = readObjects([role]);
  const [read] = roles;
  return read === undefined || roles.length > 1 || read.aggregation !== null || 'aggregationRule' in role
    ? null
    : read.rules;
}

function breakDown({
  verbs,
  apiGroups,
  resources,
  resourceNames,
  nonResourceURLs,
}: PolicyRule): readonly PolicyRule[] {
  const none: Omit<PolicyRule, 'verbs'> = {
    apiGroups: [],
    resources: [],
    resourceNames: [],
    nonResourceURLs: [],
  };
  const names = resourceNames.length === 0 ? [[]] : resourceNames.map((name) => [name]);
  return verbs.flatMap((verb) => [
    ...apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        names.map((named) => ({
          ...none,
          verbs: [verb],
          apiGroups: [group],
          resources: [resource],
          resourceNames: named,
        })),
      ),
    ),
    ...nonResourceURLs.map((url) => ({ ...none, verbs: [verb], nonResourceURLs: [url] })),
  ]);
}

/** Whether one rule covers a rule of at most one verb, group, resource, name or URL. */
function ruleCovers(owner: PolicyRule, single: PolicyRule): boolean {
  return (
    hasAll(owner.verbs, single.verbs) &&
    hasAll(owner.apiGroups, single.apiGroups) &&
    single.resources.every((resource) => resourceCovered(owner.resources, resource)) &&
    namesCovered(owner.resourceNames, single.resourceNames) &&
    single.nonResourceURLs.every((url) => owner.nonResourceURLs.some((held) => urlCovers(held, url)))
  );
}

function hasAll(held: readonly string[], wanted: readonly string[]): boolean {
  return held.includes('*') || wanted.every((value) => held.includes(value));
}

function resourceCovered(held: readonly string[], resource: string): boolean {
  if (held.includes('*') || held.includes(resource)) return true;
  const slash = resource.indexOf('/');
  return slash !== -1 && held.includes(`*${resource.slice(slash)}`);
}

function namesCovered(held: readonly string[], wanted: readonly string[]): boolean {
  return held.length === 0 || (wanted.length > 0 && wanted.every((name) => held.includes(name)));
}

function urlCovers(held: string, url: string): boolean {
  const prefix = prefixOf(held);
  return held === url || (prefix !== null && url.startsWith(prefix));
}
