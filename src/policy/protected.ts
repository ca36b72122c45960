import { matchesGlob } from './glob.ts';
import type { Policy } from './policy.ts';

/**
 * Namespaces that are protected under every policy: the control plane's, those of the GitOps engines that apply
 * grants, and the guard's. Whoever has power there has power over how access ends.
 */
export const alwaysProtected: readonly string[] = ['kube-*', 'argocd', 'flux-system', 'curfew-system'];

/** Whether `*` in an allow entry stops before this namespace. */
export function isProtectedNamespace(
  policy: Pick<Policy, 'protectedNamespaces'>,
  namespace: string,
): boolean {
  return [...alwaysProtected, ...policy.protectedNamespaces].some((pattern) =>
    matchesGlob(pattern, namespace),
  );
}
