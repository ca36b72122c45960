/** Scopes as the policy writes them: `cluster/namespace`, with `*` for any run of characters but `/`. */
import { clusterScope } from '../request/path.ts';
import type { Scope } from '../request/request.ts';
import { matchesGlob } from './glob.ts';
import type { Policy } from './policy.ts';
import { isProtectedNamespace } from './protected.ts';

/** `prod-eu/payments`, `prod-eu/_cluster`. */
export function formatScope({ cluster, namespace }: Scope): string {
  return `${cluster}/${namespace ?? clusterScope}`;
}

function split(pattern: string): readonly [cluster: string, namespace: string] {
  const [cluster = '', namespace = ''] = pattern.split('/');
  return [cluster, namespace];
}

/**
 * Whether a pattern of an allow entry reaches a scope. The whole cluster and protected namespaces are reached only by
 * their own names, never by `*`: an entry gives what its author wrote, not what was protected in passing.
 */
export function allowReaches(policy: Policy, pattern: string, scope: Scope): boolean {
  const [cluster, namespace] = split(pattern);
  if (!matchesGlob(cluster, scope.cluster)) return false;
  if (scope.namespace === null) return namespace === clusterScope;
  if (isProtectedNamespace(policy, scope.namespace)) return namespace === scope.namespace;
  return matchesGlob(namespace, scope.namespace);
}

/** Whether a pattern of a limit reaches a scope; here `*` reaches everything. */
export function limitReaches(pattern: string, scope: Scope): boolean {
  const [cluster, namespace] = split(pattern);
  return matchesGlob(cluster, scope.cluster) && matchesGlob(namespace, scope.namespace ?? clusterScope);
}
