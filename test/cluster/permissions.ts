/** What a plan promises and what a server allows, in the same words. */
import { apiResources } from '../../src/effect/rbac/api-resources.ts';

const everyVerb = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const special = ['bind', 'escalate', 'impersonate', 'approve', 'sign', 'use', '*'];
/** `''`: no namespace, as for resources of the cluster and for lists across all namespaces. */
const places = ['payments', 'orders', ''];

export interface Asked {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
}

/** Every verb on everything that the API server serves, and on what it does not, in every place. */
export const universe: readonly Asked[] = [
  ...apiResources,
  { group: 'example.com', name: 'widgets', subresources: {} },
]
  .flatMap(({ group, name, subresources }) =>
    ['', ...Object.keys(subresources)].map((subresource) => ({ group, resource: name, subresource })),
  )
  .flatMap((thing) =>
    (thing.subresource === '' ? [...everyVerb, ...special] : everyVerb).map((verb) => ({ ...thing, verb })),
  )
  .flatMap((asked) => places.map((namespace) => ({ ...asked, namespace })));

/** The permissions among the exact lines of a plan: `+ pods/exec: create, get (in payments)`. */
export function promised(lines: readonly string[]): ReadonlySet<string> {
  const found = lines.flatMap((line) => {
    const [, thing = '', verbs = '', place = ''] =
      /^[+=] (\S+): ([a-z, ]+) \((everywhere|in \S+)\)$/.exec(line) ?? [];
    if (thing === '') return [];
    const [path = '', ...group] = thing.split('.');
    const [resource = '', subresource = ''] = path.split('/');
    const within = place === 'everywhere' ? places : [place.slice('in '.length)];
    return within.flatMap((namespace) =>
      verbs
        .split(', ')
        .map((verb) => keyOf({ verb, group: group.join('.'), resource, subresource, namespace })),
    );
  });
  return new Set(found);
}

export function keyOf({ verb, group, resource, subresource, namespace }: Asked): string {
  return `${verb} ${resource}/${subresource}.${group} in "${namespace}"`;
}
