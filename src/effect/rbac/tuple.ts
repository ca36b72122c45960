/** Single permissions, one verb on one thing each, and which of them follow from others. */
import { prefixOf } from './compiled.ts';

export type Tuple = ResourceTuple | UrlTuple;

interface ResourceTuple {
  readonly kind: 'resource';
  /** Null: in every namespace, and on resources of the cluster. */
  readonly namespace: string | null;
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  /** Null: every name. */
  readonly name: string | null;
}

interface UrlTuple {
  readonly kind: 'url';
  /** With at most one star, at its end. */
  readonly url: string;
  readonly verb: string;
}

/** Tuples, ready to be asked for what they imply. */
export interface Held {
  readonly keys: ReadonlySet<string>;
  /** Every verb, group, resource, name and namespace that occurs: what does not occur need not be looked for. */
  readonly parts: ReadonlySet<string | null>;
  /** Lengths of the URLs that end in a star, without it. */
  readonly prefixLengths: ReadonlySet<number>;
}

/** A key of its own for each tuple: no part holds a control character (`asString`), so they cannot be confused. */
export function keyOf(tuple: Tuple): string {
  if (tuple.kind === 'url') return `${tuple.verb}\n${tuple.url}`;
  const { namespace, group, resource, verb, name } = tuple;
  return `${verb}\n${namespace ?? '\t'}\n${group}\n${resource}\n${name ?? '\t'}`;
}

export function hold(tuples: readonly Tuple[]): Held {
  const keys = new Set<string>();
  const parts = new Set<string | null>();
  const prefixLengths = new Set<number>();
  for (const tuple of tuples) {
    keys.add(keyOf(tuple));
    parts.add(tuple.verb);
    if (tuple.kind === 'resource')
      parts.add(tuple.group).add(tuple.resource).add(tuple.name).add(tuple.namespace);
    else if (tuple.url.endsWith('*')) prefixLengths.add(tuple.url.length - 1);
  }
  return { keys, parts, prefixLengths };
}

/** Whether a held tuple allows all that this one allows. */
export function isImplied(tuple: Tuple, held: Held): boolean {
  return held.keys.has(keyOf(tuple)) || isImpliedByAnother(tuple, held);
}

/** Whether a held tuple other than this one allows all that this one allows. */
export function isImpliedByAnother(tuple: Tuple, held: Held): boolean {
  const self = keyOf(tuple);
  for (const key of tuple.kind === 'url' ? widerUrlKeys(tuple, held) : widerKeys(tuple, held))
    if (key !== self && held.keys.has(key)) return true;
  return false;
}

/** Keys of all tuples that allow what this one allows, itself included, as far as they may occur. */
function* widerKeys(tuple: ResourceTuple, { parts }: Held): Generator<string> {
  const occurs = (part: string | null): boolean => parts.has(part);
  const { kind } = tuple;
  const groups = (tuple.group === '*' ? ['*'] : [tuple.group, '*']).filter(occurs);
  const resources = widerResources(tuple.resource).filter(occurs);
  const names = (tuple.name === null ? [null] : [tuple.name, null]).filter(occurs);
  const namespaces = (tuple.namespace === null ? [null] : [tuple.namespace, null]).filter(occurs);
  for (const verb of widerVerbs(tuple.verb).filter(occurs))
    for (const group of groups)
      for (const resource of resources)
        for (const name of names)
          for (const namespace of namespaces) yield keyOf({ kind, namespace, group, resource, verb, name });
}

/** The URL itself, and what begins like it and ends in a star: `/a*`, `/*` and `*` for `/a`. */
function* widerUrlKeys({ kind, verb, url }: UrlTuple, { prefixLengths }: Held): Generator<string> {
  const prefix = prefixOf(url) ?? url;
  const lengths = [...prefixLengths].filter((length) => length <= prefix.length);
  for (const wider of [url, ...lengths.map((length) => `${prefix.slice(0, length)}*`)])
    for (const anyVerb of widerVerbs(verb)) yield keyOf({ kind, verb: anyVerb, url: wider });
}

function widerVerbs(verb: string): readonly string[] {
  return verb === '*' ? ['*'] : [verb, '*'];
}

function widerResources(resource: string): readonly string[] {
  if (resource === '*') return ['*'];
  const slash = resource.indexOf('/');
  if (slash === -1) return [resource, '*'];
  const ofEveryResource = `*${resource.slice(slash)}`;
  return resource === ofEveryResource ? [resource, '*'] : [resource, ofEveryResource, '*'];
}
