/**
 * A second evaluator, as slow and as literal as possible: the functions of Kubernetes' RBAC authorizer and of its
 * aggregation controller, line by line, over plain objects. It shares nothing with src/effect/rbac.
 *
 * From k8s.io/kubernetes v1.36.3: plugin/pkg/auth/authorizer/rbac/rbac.go, pkg/apis/rbac/v1/evaluation_helpers.go,
 * pkg/registry/rbac/validation/rule.go, pkg/controller/clusterroleaggregation.
 */
import { z } from 'zod';
import type { KubernetesObject } from '../../../src/base/json.ts';
import type { Attributes } from '../../../src/effect/rbac/compiled.ts';
import type { Subject } from '../../../src/effect/rbac/world.ts';

const strings = z.array(z.string()).optional();
const rule = z.object({
  verbs: strings,
  apiGroups: strings,
  resources: strings,
  resourceNames: strings,
  nonResourceURLs: strings,
});
const labels = z.record(z.string(), z.string());
const labelSelector = z.object({
  matchLabels: labels.optional(),
  matchExpressions: z.array(z.object({ key: z.string(), operator: z.string(), values: strings })).optional(),
});
const shape = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().optional(), labels: labels.optional() }),
  rules: z.array(rule).optional(),
  aggregationRule: z.object({ clusterRoleSelectors: z.array(labelSelector).optional() }).optional(),
  roleRef: z.object({ kind: z.string(), name: z.string() }).optional(),
  subjects: z
    .array(z.object({ kind: z.string(), name: z.string(), namespace: z.string().optional() }))
    .optional(),
});

type Rule = z.infer<typeof rule>;
type LabelSelector = z.infer<typeof labelSelector>;
type ObjectShape = z.infer<typeof shape>;

/** `RBACAuthorizer.Authorize`, after the authorizer of privileged groups. */
export function oracleAllows(
  objects: readonly KubernetesObject[],
  subject: Subject,
  asked: Attributes,
): boolean {
  if (subject.groups.includes('system:masters')) return true;
  return visitRulesFor(
    aggregate(objects.map((object) => shape.parse(object))),
    subject,
    namespaceOf(asked),
  ).some((rule) => ruleAllows(asked, rule));
}

function namespaceOf(asked: Attributes): string {
  return 'namespace' in asked ? asked.namespace : '';
}

function visitRulesFor(
  objects: readonly ObjectShape[],
  subject: Subject,
  namespace: string,
): readonly Rule[] {
  const visited: Rule[] = [];
  for (const binding of objects) {
    const ofCluster = binding.kind === 'ClusterRoleBinding';
    const ofNamespace =
      binding.kind === 'RoleBinding' && namespace !== '' && binding.metadata.namespace === namespace;
    if (!ofCluster && !ofNamespace) continue;
    const bindingNamespace = ofCluster ? '' : namespace;
    if (!appliesTo(subject, binding, bindingNamespace)) continue;
    visited.push(...roleReferenceRules(objects, binding, bindingNamespace));
  }
  return visited;
}

function roleReferenceRules(
  objects: readonly ObjectShape[],
  { roleRef }: ObjectShape,
  namespace: string,
): readonly Rule[] {
  switch (roleRef?.kind) {
    case 'Role':
      return objects
        .filter(
          ({ kind, metadata }) =>
            kind === 'Role' && metadata.name === roleRef.name && metadata.namespace === namespace,
        )
        .flatMap(({ rules }) => rules ?? []);
    case 'ClusterRole':
      return objects
        .filter(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === roleRef.name)
        .flatMap(({ rules }) => rules ?? []);
    case undefined:
    default:
      return [];
  }
}

function appliesTo(user: Subject, { subjects = [] }: ObjectShape, namespace: string): boolean {
  return subjects.some((subject) => {
    if (subject.kind === 'User') return user.user === subject.name;
    if (subject.kind === 'Group') return user.groups.includes(subject.name);
    if (subject.kind !== 'ServiceAccount') return false;
    const saNamespace = (subject.namespace ?? '') === '' ? namespace : subject.namespace;
    return saNamespace !== '' && user.user === `system:serviceaccount:${saNamespace}:${subject.name}`;
  });
}

function ruleAllows(asked: Attributes, rule: Rule): boolean {
  if ('nonResourceURL' in asked)
    return verbMatches(rule, asked.verb) && nonResourceURLMatches(rule, asked.nonResourceURL);
  let combined = asked.resource;
  if (asked.subresource.length > 0) combined = `${asked.resource}/${asked.subresource}`;
  return (
    verbMatches(rule, asked.verb) &&
    apiGroupMatches(rule, asked.group) &&
    resourceMatches(rule, combined, asked.subresource) &&
    resourceNameMatches(rule, asked.name)
  );
}

function verbMatches({ verbs = [] }: Rule, requested: string): boolean {
  return verbs.some((verb) => verb === '*' || verb === requested);
}

function apiGroupMatches({ apiGroups = [] }: Rule, requested: string): boolean {
  return apiGroups.some((group) => group === '*' || group === requested);
}

function resourceMatches({ resources = [] }: Rule, combined: string, subresource: string): boolean {
  for (const ruleResource of resources) {
    if (ruleResource === '*') return true;
    if (ruleResource === combined) return true;
    if (subresource.length === 0) continue;
    if (
      ruleResource.length === subresource.length + 2 &&
      ruleResource.startsWith('*/') &&
      ruleResource.endsWith(subresource)
    )
      return true;
  }
  return false;
}

function resourceNameMatches({ resourceNames = [] }: Rule, requested: string): boolean {
  return resourceNames.length === 0 || resourceNames.some((name) => name === requested);
}

function nonResourceURLMatches({ nonResourceURLs = [] }: Rule, requested: string): boolean {
  for (const url of nonResourceURLs) {
    if (url === '*') return true;
    if (url === requested) return true;
    if (url.endsWith('*') && requested.startsWith(trimStars(url))) return true;
  }
  return false;
}

function trimStars(url: string): string {
  let end = url.length;
  while (end > 0 && url[end - 1] === '*') end -= 1;
  return url.slice(0, end);
}

/** Lets the controller sync every aggregated role again and again until nothing changes any more. */
function aggregate(objects: readonly ObjectShape[]): readonly ObjectShape[] {
  let roles = objects;
  for (;;) {
    const synced = roles.map((object) => sync(object, roles));
    if (JSON.stringify(synced) === JSON.stringify(roles)) return roles;
    roles = synced;
  }
}

function sync(role: ObjectShape, all: readonly ObjectShape[]): ObjectShape {
  if (role.kind !== 'ClusterRole' || role.aggregationRule === undefined) return role;
  const gathered = selected(role, all).flatMap((other) => other.rules ?? []);
  // It applies server-side what it gathered: nothing gathered is no field, and what somebody else wrote stays. In a
  // circle both may be, and count.
  const keeps = gathered.length === 0 || inCircle(role, all);
  const rules = [...(keeps ? (role.rules ?? []) : []), ...gathered];
  const unique = new Map(rules.map((rule) => [JSON.stringify(rule), rule]));
  return { ...role, rules: [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rule]) => rule) };
}

function selected(role: ObjectShape, all: readonly ObjectShape[]): readonly ObjectShape[] {
  const selectors = role.aggregationRule?.clusterRoleSelectors ?? [];
  return all.filter(
    (other) =>
      other.kind === 'ClusterRole' &&
      other.metadata.name !== role.metadata.name &&
      selectors.some((selector) => selectorMatches(selector, other.metadata.labels ?? {})),
  );
}

function inCircle(role: ObjectShape, all: readonly ObjectShape[], seen: readonly string[] = []): boolean {
  const next = selected(
    seen.length === 0
      ? role
      : (all.find(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === seen.at(-1)) ?? role),
    all,
  );
  return next.some(({ metadata }) => {
    if (metadata.name === role.metadata.name) return true;
    return !seen.includes(metadata.name) && inCircle(role, all, [...seen, metadata.name]);
  });
}

function selectorMatches(
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  const equal = Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
  return (
    equal &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const label = labels[key];
      switch (operator) {
        case 'In':
          return label !== undefined && values.includes(label);
        case 'NotIn':
          return label === undefined || !values.includes(label);
        case 'Exists':
          return label !== undefined;
        case 'DoesNotExist':
          return label === undefined;
        default:
          throw new Error(`an API server refuses the operator ${operator}`);
      }
    })
  );
}
