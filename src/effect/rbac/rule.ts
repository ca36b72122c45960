import type { Json } from '../../base/json.ts';
import { asList, asObject, asStrings } from './tree.ts';

/** One rule of a Role or ClusterRole, as `rbac.authorization.k8s.io/v1` has it; a field left out is an empty list. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  /** Empty: every name. */
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

/** What members of `system:masters` have, whatever RBAC says. */
export const everything: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: [], nonResourceURLs: [] },
  { verbs: ['*'], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: ['*'] },
];

/**
 * The most verbs × groups × resources × names that one role may spell out. Kubernetes' own roles stay below 1,000;
 * a role far beyond keeps whoever compares it busy for ever.
 */
const mostPermissions = 100_000;

/** Reads the `rules` of a role; a string says what is wrong with them. */
export function readRules(value: Json | undefined): readonly PolicyRule[] | string {
  const items = asList(value);
  if (items === null) return 'rules is not a list';
  const rules: PolicyRule[] = [];
  for (const [index, item] of items.entries()) {
    const rule = readRule(item);
    if (rule === null) return `rules[${index}] is not an object of lists of plain strings`;
    rules.push(rule);
  }
  return countPermissions(rules) > mostPermissions
    ? `rules spell out more than ${mostPermissions} permissions, more than Curfew compares`
    : rules;
}

function readRule(value: Json): PolicyRule | null {
  const rule = asObject(value);
  if (rule === null) return null;
  const verbs = asStrings(rule['verbs']);
  const apiGroups = asStrings(rule['apiGroups']);
  const resources = asStrings(rule['resources']);
  const resourceNames = asStrings(rule['resourceNames']);
  const nonResourceURLs = asStrings(rule['nonResourceURLs']);
  return verbs && apiGroups && resources && resourceNames && nonResourceURLs
    ? { verbs, apiGroups, resources, resourceNames, nonResourceURLs }
    : null;
}

function countPermissions(rules: readonly PolicyRule[]): number {
  let count = 0;
  for (const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } of rules) {
    const named = Math.max(1, resourceNames.length);
    count += verbs.length * (apiGroups.length * resources.length * named + nonResourceURLs.length);
  }
  return count;
}
