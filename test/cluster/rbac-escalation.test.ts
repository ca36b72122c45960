/**
 * Kubernetes' escalation check against ours: somebody who holds random rules writes and binds roles of other random
 * rules, and the API server agrees or refuses. `SEED=7 npm run test:cluster -- rbac` plays others.
 */
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json, KubernetesObject } from '../../src/base/json.ts';
import { can } from '../../src/effect/rbac/can.ts';
import { covers } from '../../src/effect/rbac/covers.ts';
import { defaultObjects } from '../../src/effect/rbac/default-roles.ts';
import type { PolicyRule } from '../../src/effect/rbac/rule.ts';
import { bindingsOf, loadRbac } from '../../src/effect/rbac/world.ts';
import { rules } from '../effect/rbac/arbitrary.ts';
import { startCluster, type TestCluster } from './cluster.ts';
import { collection, concurrently, create, namespace, seed } from './rbac-live.ts';

const group = 'rbac.authorization.k8s.io';
const apiVersion = `${group}/v1`;
type Rules = readonly PolicyRule[];

/** What somebody tries with the servant's rules. */
const attempts = [
  'write a ClusterRole',
  'write a Role',
  'bind it everywhere',
  'bind it in the namespace',
] as const;
type Attempt = (typeof attempts)[number];

interface Pair {
  readonly number: number;
  readonly owner: Rules;
  readonly servant: Rules;
  readonly attempt: Attempt;
}

/** Some of the owner's rules, each with some of what it says: what is likely to be covered. */
function partOf(owner: Rules): fc.Arbitrary<Rules> {
  return fc.subarray([...owner], { minLength: 1 }).chain((some) =>
    fc.tuple(
      ...some.map((rule) =>
        fc.record({
          verbs: fc.subarray([...rule.verbs], { minLength: 1 }),
          apiGroups: fc.constant(rule.apiGroups),
          resources: fc.oneof(fc.constant(rule.resources), fc.constant(rule.resources.slice(0, 1))),
          resourceNames: fc.constantFrom(rule.resourceNames, rule.resources.length > 0 ? ['a'] : []),
          nonResourceURLs: fc.constant(rule.nonResourceURLs),
        }),
      ),
    ),
  );
}

function pairs(count: number): readonly Pair[] {
  const anyPair = rules.chain((owner) =>
    fc.record({
      owner: fc.constant(owner),
      servant: fc.oneof({ weight: 3, arbitrary: partOf(owner) }, { weight: 1, arbitrary: rules }),
    }),
  );
  return fc.sample(anyPair, { numRuns: count, seed }).map((pair, number) => {
    const attempt = attempts[number % attempts.length] ?? 'write a ClusterRole';
    const here = (each: Rules): Rules => each.filter(({ resources }) => resources.length > 0);
    const servant = attempt === 'write a Role' ? here(pair.servant) : pair.servant;
    return { number, owner: pair.owner, servant, attempt };
  });
}

function plain(list: Rules): Json {
  return list.map((rule) => ({ ...rule }));
}

function role(name: string, list: Rules): KubernetesObject {
  return { apiVersion, kind: 'ClusterRole', metadata: { name }, rules: plain(list) };
}

function binding(name: string, roleName: string, user: string, inNamespace: boolean): KubernetesObject {
  return {
    apiVersion,
    kind: inNamespace ? 'RoleBinding' : 'ClusterRoleBinding',
    metadata: inNamespace ? { name, namespace: 'here' } : { name },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: roleName },
    subjects: [{ apiGroup: group, kind: 'User', name: user }],
  };
}

/** Plain permission to write what is tried; whether its content is allowed is the question. */
const writer = role('writer', [
  {
    verbs: ['create'],
    apiGroups: [group],
    resources: ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'],
    resourceNames: [],
    nonResourceURLs: [],
  },
]);

/** What the owner of a pair holds: their rules everywhere or in one namespace, and the permission to try. */
function given({ number, owner, attempt }: Pair): readonly KubernetesObject[] {
  const inNamespace = attempt === 'write a Role' || attempt === 'bind it in the namespace';
  return [
    role(`owner-${number}`, owner),
    binding(`owner-${number}`, `owner-${number}`, `owner-${number}`, inNamespace),
    binding(`writer-${number}`, 'writer', `owner-${number}`, inNamespace),
  ];
}

/** The object that the owner tries to create. */
function tried({ number, servant, attempt }: Pair): KubernetesObject {
  const name = `servant-${number}`;
  if (attempt === 'write a ClusterRole') return role(`tried-${number}`, servant);
  if (attempt === 'write a Role')
    return { apiVersion, kind: 'Role', metadata: { name, namespace: 'here' }, rules: plain(servant) };
  return binding(`tried-${number}`, name, 'mallory', attempt === 'bind it in the namespace');
}

/** By our rules: the owner holds everything that the servant's rules say, or may escalate or bind in any case. */
function expected(pair: Pair): boolean {
  const { number, servant, attempt } = pair;
  const subject = { user: `owner-${number}`, groups: ['system:authenticated'] };
  const world = loadRbac([...defaultObjects, writer, ...given(pair)]);
  const namespace = attempt === 'write a Role' || attempt === 'bind it in the namespace' ? 'here' : '';
  const verb = attempt.startsWith('bind') ? 'bind' : 'escalate';
  const resource = attempt === 'write a Role' ? 'roles' : 'clusterroles';
  // A bound role is asked for by its name; a create carries none.
  const name = verb === 'bind' ? `servant-${number}` : '';
  const held = bindingsOf(world, subject).flatMap((live) => live.role.rules);
  return (
    covers(held, servant) ||
    can(world, subject, { verb, group, resource, subresource: '', name, namespace }).allowed
  );
}

describe(`the escalation check of a live server, seed ${seed}`, () => {
  let cluster: TestCluster;
  const all = pairs(400);

  beforeAll(async () => {
    cluster = await startCluster();
    const api = await cluster.api();
    await create(api, [namespace('here')]);
    const servants = all.map(({ number, servant }) => role(`servant-${number}`, servant));
    await create(api, [writer, ...servants, ...all.flatMap(given)]);
  });
  afterAll(async () => await cluster?.stop());

  test('agrees to and refuses what covers() does', async () => {
    const answers = await concurrently(all, async (pair) => {
      const api = await cluster.api('admin', { user: `owner-${pair.number}`, groups: [] });
      const object = tried(pair);
      const { status, body } = await api('POST', collection(object), object);
      expect([201, 403], JSON.stringify(body)).toContain(status);
      return { ...pair, ours: expected(pair), theirs: status === 201 };
    });
    for (const attempt of attempts) {
      const of = answers.filter((each) => each.attempt === attempt);
      const allowed = of.filter(({ theirs }) => theirs).length;
      process.stdout.write(`  escalation check: ${of.length} times "${attempt}", ${allowed} allowed\n`);
      expect(allowed).toBeGreaterThan(of.length / 10);
      expect(allowed).toBeLessThan(of.length);
    }
    const disagreements = answers.filter(({ ours, theirs }) => ours !== theirs);
    expect(disagreements.slice(0, 10).map((each) => JSON.stringify(each))).toEqual([]);
  });
});
