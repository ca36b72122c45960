/**
 * Where cyclonus departs from Kubernetes, and policies that mean the same to Kubernetes and that cyclonus reads right:
 * a disagreement is explained where it goes away with them.
 */
import type { Json, JsonObject } from '../../../src/base/json.ts';
import { asList, asObject } from '../../../src/effect/rbac/tree.ts';

/** A policy as the worlds write it. */
export interface Policy {
  readonly namespace: string;
  readonly name: string;
  readonly spec: JsonObject;
}

export const departures = [
  'not-in-without-key',
  'empty-value-without-key',
  'egress-named-port-to-block',
] as const;

/** The name of a case in explained.json, which says what settles it. */
export type Departure = (typeof departures)[number];

/** The policies without these departures. */
export function rewrite(policies: readonly Policy[], without: ReadonlySet<Departure>): readonly Policy[] {
  return policies.flatMap(({ namespace, name, spec }) => {
    const rules = {
      ...(spec['ingress'] === undefined ? {} : { ingress: rewriteRules(spec['ingress'], 'from', without) }),
      ...(spec['egress'] === undefined ? {} : { egress: rewriteRules(spec['egress'], 'to', without) }),
    };
    // Selecting by either of two selectors is having the policy twice.
    return alternatives(spec['podSelector'], without).map((podSelector, index) => ({
      namespace,
      name: `${name}-${index}`,
      spec: { ...spec, ...rules, podSelector },
    }));
  });
}

function rewriteRules(rules: Json, peersKey: string, without: ReadonlySet<Departure>): Json {
  return listOf(rules).flatMap((value) => {
    const rule = objectOf(value);
    const peers = listOf(rule[peersKey]).flatMap((peer) => rewritePeer(objectOf(peer), without));
    const rewritten = { ...rule, [peersKey]: peers };
    if (peersKey === 'from' || !without.has('egress-named-port-to-block')) return [rewritten];
    return partBlocks(rewritten);
  });
}

function rewritePeer(peer: JsonObject, without: ReadonlySet<Departure>): readonly JsonObject[] {
  const pods = peer['podSelector'] === undefined ? [undefined] : alternatives(peer['podSelector'], without);
  const namespaces =
    peer['namespaceSelector'] === undefined ? [undefined] : alternatives(peer['namespaceSelector'], without);
  return namespaces.flatMap((namespaceSelector) =>
    pods.map((podSelector) => ({
      ...peer,
      ...(podSelector === undefined ? {} : { podSelector }),
      ...(namespaceSelector === undefined ? {} : { namespaceSelector }),
    })),
  );
}

function isNamed(port: JsonObject): boolean {
  return typeof port['port'] === 'string';
}

/** An egress rule as two: blocks with the ports that are numbers, and the other peers with all of them. */
function partBlocks(rule: JsonObject): readonly JsonObject[] {
  const peers = listOf(rule['to']).map(objectOf);
  const ports = listOf(rule['ports']).map(objectOf);
  const blocks = peers.filter((peer) => peer['ipBlock'] !== undefined);
  if (blocks.length === 0 || !ports.some(isNamed)) return [rule];
  const others = peers.filter((peer) => peer['ipBlock'] === undefined);
  const numbers = ports.filter((port) => !isNamed(port));
  return [
    ...(numbers.length === 0 ? [] : [{ to: blocks, ports: numbers }]),
    ...(others.length === 0 ? [] : [{ to: others, ports }]),
  ];
}

/** Selectors that together select what this one selects. */
function alternatives(value: Json | undefined, without: ReadonlySet<Departure>): readonly JsonObject[] {
  const selector = objectOf(value ?? {});
  const labels = Object.entries(objectOf(selector['matchLabels'] ?? {}));
  const isMoved = ([, label]: readonly [string, Json]): boolean =>
    without.has('empty-value-without-key') && label === '';
  const matchLabels = Object.fromEntries(labels.filter((label) => !isMoved(label)));
  const moved = labels.filter(isMoved).map(([key, label]) => ({ key, operator: 'In', values: [label] }));
  const choices = [...moved, ...listOf(selector['matchExpressions']).map(objectOf)].map((expression) =>
    without.has('not-in-without-key') && expression['operator'] === 'NotIn'
      ? [expression, { key: expression['key'] ?? '', operator: 'DoesNotExist' }]
      : [expression],
  );
  const combined = choices.reduce<readonly (readonly JsonObject[])[]>(
    (lists, choice) => lists.flatMap((list) => choice.map((expression) => [...list, expression])),
    [[]],
  );
  return combined.map((matchExpressions) => ({ matchLabels, matchExpressions }));
}

function listOf(value: Json | undefined): readonly Json[] {
  return asList(value) ?? [];
}

function objectOf(value: Json | undefined): JsonObject {
  return asObject(value) ?? {};
}
