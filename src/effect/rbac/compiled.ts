/** Rules in the shape in which a question is answered fastest: by what they say of the resource. */
import type { PolicyRule } from './rule.ts';

/** A question to RBAC, as the API server asks it: `authorizer.Attributes` without the user. */
export type Attributes = ResourceAttributes | UrlAttributes;

interface ResourceAttributes {
  readonly verb: string;
  /** `''` is the core group. */
  readonly group: string;
  readonly resource: string;
  /** `''` where none is asked for. */
  readonly subresource: string;
  /** `''` where the request carries no name: list, watch, create and deletecollection, most of the time. */
  readonly name: string;
  /** `''` for resources of the cluster and for questions across all namespaces. */
  readonly namespace: string;
}

interface UrlAttributes {
  readonly verb: string;
  readonly nonResourceURL: string;
}

/** The rules of one role. */
export interface CompiledRules {
  /** By the resource as the rule writes it: `*`, `pods`, `pods/exec`, or a star and a subresource. */
  readonly resources: ReadonlyMap<string, readonly CompiledRule[]>;
  readonly urls: readonly CompiledUrl[];
}

interface CompiledRule {
  /** Null: every verb; likewise the group and the name. */
  readonly verbs: ReadonlySet<string> | null;
  readonly groups: ReadonlySet<string> | null;
  readonly names: ReadonlySet<string> | null;
}

interface CompiledUrl {
  readonly verbs: ReadonlySet<string> | null;
  readonly url: string;
  /** What the URL must start with, where the rule ends in `*`; null where it is exact. */
  readonly prefix: string | null;
}

export function compile(rules: readonly PolicyRule[]): CompiledRules {
  const resources = new Map<string, CompiledRule[]>();
  const urls: CompiledUrl[] = [];
  for (const rule of rules) {
    const verbs = setOrAll(rule.verbs);
    const groups = setOrAll(rule.apiGroups);
    const names = rule.resourceNames.length === 0 ? null : new Set(rule.resourceNames);
    for (const resource of rule.resources) {
      const compiled = { verbs, groups, names };
      const found = resources.get(resource);
      if (found === undefined) resources.set(resource, [compiled]);
      else found.push(compiled);
    }
    for (const url of rule.nonResourceURLs) urls.push({ verbs, url, prefix: prefixOf(url) });
  }
  return { resources, urls };
}

/** What a URL with stars at its end matches as a prefix (all of them are cut off); null where it is exact. */
export function prefixOf(url: string): string | null {
  return url.endsWith('*') ? url.replace(/\*+$/, '') : null;
}

/** Whether one of the rules allows it, but for the namespace: `RuleAllows` of Kubernetes' RBAC authorizer. */
export function ruleAllows({ resources, urls }: CompiledRules, asked: Attributes): boolean {
  if ('nonResourceURL' in asked) {
    const { verb, nonResourceURL } = asked;
    return urls.some(
      ({ verbs, url, prefix }) =>
        (verbs === null || verbs.has(verb)) &&
        (url === nonResourceURL || (prefix !== null && nonResourceURL.startsWith(prefix))),
    );
  }
  const { resource, subresource } = asked;
  if (someAllows(resources.get('*'), asked)) return true;
  if (subresource === '') return someAllows(resources.get(resource), asked);
  return (
    someAllows(resources.get(`${resource}/${subresource}`), asked) ||
    someAllows(resources.get(`*/${subresource}`), asked)
  );
}

function someAllows(rules: readonly CompiledRule[] | undefined, asked: ResourceAttributes): boolean {
  if (rules === undefined) return false;
  for (const { verbs, groups, names } of rules)
    if (
      (verbs === null || verbs.has(asked.verb)) &&
      (groups === null || groups.has(asked.group)) &&
      (names === null || names.has(asked.name))
    )
      return true;
  return false;
}

function setOrAll(values: readonly string[]): ReadonlySet<string> | null {
  return values.includes('*') ? null : new Set(values);
}
