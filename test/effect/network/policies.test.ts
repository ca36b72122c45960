import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Json, KubernetesObject } from '../../../src/base/json.ts';
import { connections } from '../../../src/effect/network/connections.ts';
import { loadNetwork } from '../../../src/effect/network/load.ts';
import { verdict } from '../../../src/effect/network/verdict.ts';
import { indexed } from './listed.ts';
import { parseFlow, policyObject } from './objects.ts';

interface Case {
  /** The row of the table of exact semantics that it shows. */
  readonly row: string;
  readonly name: string;
  readonly policies: readonly { readonly namespace: string; readonly spec?: Json }[];
  readonly allowed: readonly string[];
  readonly denied: readonly string[];
}

const cases: readonly Case[] = readCorpus('policies');
const refused: readonly { name: string; spec: Json; message: string }[] = readCorpus('refused');
const { objects }: { readonly objects: readonly KubernetesObject[] } = readCorpus('world');

function readCorpus(name: string) {
  return JSON.parse(readFileSync(new URL(`corpus/${name}.json`, import.meta.url), 'utf8'));
}

describe.each(cases)('$row: $name', ({ policies, allowed, denied }) => {
  const world = loadNetwork([
    ...objects,
    ...policies.map(({ namespace, spec = null }, index) => policyObject(namespace, `policy-${index}`, spec)),
  ]);
  const isListed = indexed([...connections(world, { by: 'pod' })], 'pod');
  const flows = [
    ...allowed.map((text) => ({ text, isAllowed: true })),
    ...denied.map((text) => ({ text, isAllowed: false })),
  ];

  test('is read without a problem', () => {
    expect(world.problems).toEqual([]);
  });

  test.each(flows)('$text: $isAllowed', ({ text, isAllowed }) => {
    const flow = parseFlow(world, text);
    expect(verdict(world, flow.source, flow.destination, flow.port).allowed).toBe(isAllowed);
  });

  test.each(flows.filter(({ text }) => !/^(\S+) > \1 /.test(text)))(
    'the list agrees: $text: $isAllowed',
    ({ text, isAllowed }) => {
      expect(isListed(parseFlow(world, text))).toBe(isAllowed);
    },
  );
});

test.each(refused)('an API server refuses it, so it counts for nothing: $name', ({ spec, message }) => {
  const world = loadNetwork([policyObject('x', 'policy', spec)]);
  expect(world.policies).toEqual([]);
  expect(world.problems).toEqual([{ object: 'NetworkPolicy x/policy', message }]);
});
