import { isClusterScoped } from './api-resources.ts';
import type { Permission, ResourcePermission } from './permission.ts';

/**
 * The part of permissions that some request can really use. RBAC accepts rules that no request ever matches:
 *
 * - a RoleBinding to a resource of the cluster, for such a request has no namespace. A single Namespace is the
 *   exception: its requests carry its own name as their namespace. So is `bind` on ClusterRoles, which is asked for in
 *   the namespace of the binding;
 * - `create` limited to names, for the request carries none. Except on subresources, which a star for resources takes
 *   in, and through server-side apply: it asks for `create` with the name of the URL, and for `patch` (an update that
 *   creates asks likewise);
 * - `deletecollection` limited to names.
 */
export function livePermissions(permissions: readonly Permission[]): readonly Permission[] {
  return permissions.flatMap((permission): readonly Permission[] => {
    if (permission.kind === 'url') return [permission];
    const verbs = usable(permission).filter((verb) => isLive(permission, verb, permissions));
    return verbs.length === 0 ? [] : [{ ...permission, verbs }];
  });
}

/** A star for verbs on the ClusterRoles of a RoleBinding is `bind`, and nothing else that a request could use. */
function usable({ group, resource, namespace, verbs }: ResourcePermission): readonly string[] {
  const onlyBinds = namespace !== null && resource === 'clusterroles' && isClusterScoped(group, resource);
  return onlyBinds ? verbs.map((verb) => (verb === '*' ? 'bind' : verb)) : verbs;
}

function isLive(permission: ResourcePermission, verb: string, all: readonly Permission[]): boolean {
  const { group, resource, namespace, names } = permission;
  if (namespace !== null && isClusterScoped(group, resource)) {
    if (verb === 'bind' && resource === 'clusterroles') return true;
    const oneNamespace = group === '' && /^namespaces(\/|$)/.test(resource);
    return oneNamespace && !['list', 'watch', 'create', 'deletecollection'].includes(verb);
  }
  if (names.length === 0 || names.includes('')) return true;
  if (verb === 'create' && resource !== '*' && !resource.includes('/')) return canBeApplied(permission, all);
  return verb !== 'deletecollection';
}

/** Whether the names that may be created may also be patched or updated, wherever both permissions meet. */
function canBeApplied(created: ResourcePermission, all: readonly Permission[]): boolean {
  return all.some(
    (other) =>
      other.kind === 'resource' &&
      (other.namespace === created.namespace || [other.namespace, created.namespace].includes(null)) &&
      (other.group === created.group || [other.group, created.group].includes('*')) &&
      (other.resource === created.resource || other.resource === '*') &&
      (other.names.length === 0 || other.names.some((name) => created.names.includes(name))) &&
      other.verbs.some((verb) => verb === '*' || verb === 'patch' || verb === 'update'),
  );
}
