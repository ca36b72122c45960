/** The resources that the API server itself serves: which are namespaced, and what people call them. */
import { lookup } from '../../base/lookup.ts';
import data from './api-resources.json' with { type: 'json' };

/** One resource of a built-in API, from the discovery documents of the Kubernetes that `source` names. */
export interface ApiResource {
  readonly group: string;
  /** The plural, as rules write it. */
  readonly name: string;
  readonly singular: string;
  readonly kind: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** Verbs by subresource. */
  readonly subresources: Readonly<Record<string, readonly string[] | undefined>>;
}

/** In the order in which kubectl resolves a name: the core group first. */
export const apiResources: readonly ApiResource[] = data.resources;

const byName = new Map(apiResources.map((resource) => [`${resource.name}.${resource.group}`, resource]));

/** What only authorization knows: nothing of these is served, and none lies in a namespace. */
const virtual = new Set([
  'users.',
  'groups.',
  'users.authentication.k8s.io',
  'groups.authentication.k8s.io',
  'uids.authentication.k8s.io',
  'userextras.authentication.k8s.io',
  'nodes.authentication.k8s.io',
  'signers.certificates.k8s.io',
]);

/** The resource of that plural and group; null for custom resources and wildcards. */
export function findResource(group: string, plural: string): ApiResource | null {
  return byName.get(`${plural}.${group}`) ?? null;
}

/** Whether only authorization knows it, such as the users of `impersonate`: the API server serves no such resource. */
export function isAuthorizationOnly(group: string, resource: string): boolean {
  return virtual.has(`${resource}.${group}`);
}

/**
 * Whether a request for it carries no namespace, so that a RoleBinding can never allow it. `resource` may name a
 * subresource. False where it is not known.
 */
export function isClusterScoped(group: string, resource: string): boolean {
  const [parent = ''] = resource.split('/');
  return isAuthorizationOnly(group, parent) || findResource(group, parent)?.namespaced === false;
}

/** Whether creating one stores an object: reviews, evictions and tokens are answered and forgotten. */
export function isStored(group: string, resource: string): boolean {
  if (resource.includes('/')) return false;
  return findResource(group, resource)?.verbs.includes('list') ?? !isAuthorizationOnly(group, resource);
}

/** The verbs that requests have; others are only known to authorization and to whoever asks it. */
const requestVerbs = new Set([
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
]);

/** False where it is known that the API server takes no such request; true where it takes it, or is not known to. */
export function isServed(group: string, resource: string, verb: string): boolean {
  const [parent = '', subresource] = resource.split('/');
  const found = findResource(group, parent);
  const served = subresource === undefined ? found?.verbs : lookup(found?.subresources ?? {}, subresource);
  return served === undefined || !requestVerbs.has(verb) || served.includes(verb);
}
