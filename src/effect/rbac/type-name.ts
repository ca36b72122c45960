/** What kubectl takes for TYPE: plurals, singulars, short names, `TYPE.GROUP`, `TYPE.VERSION.GROUP`. */
import { type ApiResource, apiResources, isAuthorizationOnly } from './api-resources.ts';

export interface TypeName {
  readonly group: string;
  /** The plural, as rules write it. */
  readonly resource: string;
  /** Null for types that only some clusters serve, and for `*`. */
  readonly known: ApiResource | null;
  /** False where no API server that we know of has such a type: a custom resource, or a slip of the pen. */
  readonly exists: boolean;
}

/**
 * Resolves a type as kubectl does against a server that serves the built-in APIs only: case does not matter, an exact
 * group goes before one that begins so, the core group before all. What is not known is taken as it is written, with
 * the group after the first dot, for it may be a custom resource.
 */
export function resolveType(written: string): TypeName {
  if (written === '*') return { group: '', resource: '*', known: null, exists: true };
  const text = written.toLowerCase();
  const [name = '', ...rest] = text.split('.');
  const named = apiResources.filter(
    (resource) => resource.name === name || resource.singular === name || resource.shortNames.includes(name),
  );
  const found =
    findGroup(named, rest.join('.')) ??
    (isVersion(rest[0]) ? findGroup(named, rest.slice(1).join('.')) : null);
  if (found !== null) return { group: found.group, resource: found.name, known: found, exists: true };
  const group = rest.join('.');
  return { group, resource: name, known: null, exists: isAuthorizationOnly(group, name) };
}

function findGroup(named: readonly ApiResource[], group: string): ApiResource | null {
  if (group === '') return named[0] ?? null;
  return (
    named.find((resource) => resource.group === group) ??
    named.find((resource) => resource.group.startsWith(group)) ??
    null
  );
}

function isVersion(part: string | undefined): boolean {
  return part !== undefined && /^v\d+((alpha|beta)\d+)?$/.test(part);
}
