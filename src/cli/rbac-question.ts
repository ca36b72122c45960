/** From the words of `kubectl auth can-i` to a question that the API server would ask itself. */
import type { Attributes } from '../effect/rbac/compiled.ts';
import { resolveType, type TypeName } from '../effect/rbac/type-name.ts';
import { UsageError } from './command.ts';

/** The verbs that kubectl knows; others are asked all the same. */
const resourceVerbs = new Set(
  'get list watch create update patch delete deletecollection use bind impersonate * approve sign escalate attest'.split(
    ' ',
  ),
);
const urlVerbs = new Set('get put post head options delete patch *'.split(' '));

interface Flags {
  readonly namespace?: string | undefined;
  readonly 'all-namespaces': boolean;
  readonly subresource: string;
}

/** The question, and what makes it look like a slip of the pen. Throws `UsageError`. */
export function readQuestion(
  [verb = '', thing = '']: readonly string[],
  flags: Flags,
): { readonly asked: Attributes; readonly warnings: readonly string[] } {
  if (thing.startsWith('/')) {
    if (flags.subresource !== '') throw new UsageError('--subresource cannot be used with a URL');
    return {
      asked: { verb, nonResourceURL: thing },
      warnings: urlVerbs.has(verb) ? [] : [`"${verb}" is not a known verb for URLs`],
    };
  }
  const slash = thing.indexOf('/');
  const name = slash === -1 ? '' : thing.slice(slash + 1);
  const type = resolveType(slash === -1 ? thing : thing.slice(0, slash));
  if (type.resource === '') throw new UsageError(`"${thing}" names no type`);
  const { group, resource } = type;
  const namespace = namespaceOf(type, name, flags);
  return {
    asked: { verb, group, resource, subresource: flags.subresource, name, namespace },
    warnings: warningsFor(verb, name, type, flags),
  };
}

/**
 * Requests for resources of the cluster carry no namespace, whatever `-n` says; those for one Namespace carry its own
 * name. (kubectl sends `-n` along and only warns, so that it may say yes where every request is refused.)
 */
function namespaceOf({ group, resource, known }: TypeName, name: string, flags: Flags): string {
  if (known?.namespaced === false) return group === '' && resource === 'namespaces' ? name : '';
  return flags['all-namespaces'] ? '' : (flags.namespace ?? 'default');
}

function warningsFor(
  verb: string,
  name: string,
  { group, resource, known, exists }: TypeName,
  flags: Flags,
): readonly string[] {
  const type = group === '' ? resource : `${resource}.${group}`;
  return [
    ...(resourceVerbs.has(verb) || verb.includes(':') ? [] : [`"${verb}" is not a known verb`]),
    ...(exists ? [] : [`"${type}" is none of the built-in types; taken as it is written`]),
    ...(known?.namespaced === false && flags.namespace !== undefined
      ? [`"${type}" is not in any namespace; -n ${flags.namespace} is left out`]
      : []),
    ...(looksLikeSubresource(resource, name)
      ? [`"${name}" is taken for the name of one of the ${resource}; did you mean --subresource ${name}?`]
      : []),
  ];
}

function looksLikeSubresource(resource: string, name: string): boolean {
  return Object.keys(resolveType(resource).known?.subresources ?? {}).includes(name);
}
