/** Says permissions as a person would: `exec into pods in payments`, `read all secrets of payments`. */
import { findResource, isClusterScoped, isServed } from './api-resources.ts';
import { webSocketNeedsCreate } from './dangers/row.ts';
import { importanceOf, type Server } from './find-dangers.ts';
import { livePermissions } from './live.ts';
import type { Permission, ResourcePermission, UrlPermission } from './permission.ts';

/** What some verbs on a resource are really for. */
interface Phrase {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  readonly action: string;
  readonly noun: string;
}

const reading = ['get', 'list', 'watch'];
const changing = ['update', 'patch'];
const anyVerb = ['get', 'create', 'update', 'patch', 'delete'];

const phrases: readonly Phrase[] = [
  phrase('pods/exec', ['create', 'get'], 'exec into', 'pods'),
  phrase('pods/attach', ['create', 'get'], 'attach to', 'pods'),
  phrase('pods/portforward', ['create', 'get'], 'forward ports of', 'pods'),
  phrase('pods/log', ['get'], 'read logs of', 'pods'),
  phrase('pods/eviction', ['create'], 'evict', 'pods'),
  phrase('pods/ephemeralcontainers', changing, 'put debug containers into', 'pods'),
  phrase('pods/proxy', anyVerb, 'connect through the API server to', 'pods'),
  phrase('services/proxy', anyVerb, 'connect through the API server to', 'services'),
  phrase('nodes/proxy', anyVerb, 'reach the kubelets of', 'nodes'),
  phrase('serviceaccounts/token', ['create'], 'mint tokens of', 'serviceaccounts'),
  phrase('secrets', reading, 'read all', 'secrets'),
  phrase('deployments/scale', changing, 'scale', 'deployments', 'apps'),
  phrase('statefulsets/scale', changing, 'scale', 'statefulsets', 'apps'),
  phrase('replicasets/scale', changing, 'scale', 'replicasets', 'apps'),
];

function phrase(
  resource: string,
  verbs: readonly string[],
  action: string,
  noun: string,
  group = '',
): Phrase {
  return { group, resource, verbs, action, noun };
}

/** Part of a permission that is said in one breath: `read logs of` `pods` ` in payments`. */
interface Clause {
  readonly rank: number;
  readonly action: string;
  readonly noun: string;
  readonly place: string;
}

/**
 * One line for each thing that can be done, the most important first. What no request can use is left out, and so is
 * what only API groups long gone had (`extensions`).
 */
export function sayPermissions(permissions: readonly Permission[], server: Server): readonly string[] {
  const clauses = livePermissions(permissions).flatMap((permission) =>
    permission.kind === 'url' ? [urlClause(permission, server)] : resourceClauses(permission, server),
  );
  const said = Map.groupBy(
    clauses.toSorted(byRank),
    ({ rank, action, place }) => `${rank}\n${action}\n${place}`,
  );
  return [...said.values()].map((same) => {
    const nouns = [...new Set(same.map(({ noun }) => noun))];
    const { action, place } = same[0] ?? { action: '', place: '' };
    return `${action} ${joined(nouns)}${place}`;
  });
}

function byRank(a: Clause, b: Clause): number {
  return a.rank - b.rank;
}

function resourceClauses(permission: ResourcePermission, server: Server): readonly Clause[] {
  const { group, resource } = permission;
  if (group === 'extensions') return [];
  const verbs = permission.verbs.filter((verb) => isServed(group, resource, verb));
  const own = phrases.find((phrase) => phrase.resource === resource && [phrase.group, '*'].includes(group));
  const meant = own === undefined ? [] : verbs.filter((verb) => isMeant(own, verb, verbs, server));
  const left = verbs.filter((verb) => !meant.includes(verb));
  const parts = [
    left.filter((verb) => reading.includes(verb)),
    left.filter((verb) => !reading.includes(verb)),
  ];
  const clauses = parts.map((part) => ({ part, action: actionOf(part), noun: nounOf(permission) }));
  if (own !== undefined) clauses.push({ part: meant, ...sayPhrase(own, permission) });
  return clauses
    .filter(({ part }) => part.length > 0)
    .map(({ part, action, noun }) => ({
      rank: rank({ ...permission, verbs: part }, server),
      action,
      noun,
      place: placeOf(permission, action === 'read all' ? 'of' : 'in'),
    }));
}

/** A star means the phrase too, but is more than that, and then said as such. */
function isMeant(
  { resource, verbs }: Phrase,
  verb: string,
  held: readonly string[],
  { minor }: Server,
): boolean {
  const webSocket = ['pods/exec', 'pods/attach', 'pods/portforward'].includes(resource) && verb === 'get';
  if (webSocket && minor !== null && minor >= webSocketNeedsCreate && !held.includes('create')) return false;
  return verbs.includes(verb);
}

function sayPhrase(
  { action, noun }: Phrase,
  { names }: ResourcePermission,
): { readonly action: string; readonly noun: string } {
  if (names.length === 0) return { action, noun };
  return { action: action === 'read all' ? 'read' : action, noun: `the ${noun} ${joined(names)}` };
}

function urlClause(permission: UrlPermission, server: Server): Clause {
  const noun = permission.url === '*' ? 'every URL' : permission.url;
  return {
    rank: rank(permission, server),
    action: actionOf(permission.verbs),
    noun,
    place: ' of the API server',
  };
}

/** Dangers by severity, then writing, then reading. */
function rank(permission: Permission, server: Server): number {
  const importance = importanceOf(permission, server);
  if (importance !== null) return ['critical', 'high', 'medium'].indexOf(importance);
  return permission.verbs.every((verb) => reading.includes(verb)) ? 4 : 3;
}

const actions = ['read', 'get', 'list', 'watch', 'create', 'change', 'delete'];

function actionOf(verbs: readonly string[]): string {
  if (verbs.includes('*')) return 'do anything with';
  const isRead = verbs.includes('get') && verbs.includes('list');
  const words = new Set(
    verbs.map((verb) => {
      if (isRead && reading.includes(verb)) return 'read';
      if (changing.includes(verb)) return 'change';
      return verb === 'deletecollection' ? 'delete' : verb;
    }),
  );
  return joined([
    ...actions.filter((action) => words.has(action)),
    ...[...words].filter((word) => !actions.includes(word)),
  ]);
}

function nounOf({ group, resource, names, namespace }: ResourcePermission): string {
  if (namespace !== null && group === '' && resource === 'namespaces')
    return `the namespace ${namespace} itself`;
  const thing = thingOf(group, resource);
  return names.length === 0 ? thing : `the ${thing} ${joined(names)}`;
}

function thingOf(group: string, resource: string): string {
  if (resource === '*')
    return group === '*' ? 'everything' : `everything of ${group === '' ? 'the core API' : group}`;
  const parent = resource.split('/')[0] ?? resource;
  if (group === '*') return `${resource} of every API`;
  return group === '' || findResource(group, parent) !== null ? resource : `${resource}.${group}`;
}

function placeOf({ group, resource, namespace }: ResourcePermission, preposition: 'in' | 'of'): string {
  if (namespace !== null)
    return group === '' && resource === 'namespaces' ? '' : ` ${preposition} ${namespace}`;
  if (resource === '*') return ` ${preposition} the whole cluster`;
  return isClusterScoped(group, resource) ? '' : ` ${preposition} every namespace`;
}

/** `a`, `a and b`, `a, b and c`. */
export function joined(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
