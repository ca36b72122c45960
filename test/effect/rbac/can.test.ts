import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { KubernetesObject } from '../../../src/base/json.ts';
import { can, who } from '../../../src/effect/rbac/can.ts';
import { loadRbac } from '../../../src/effect/rbac/world.ts';
import { binding, clusterRole, question, role } from './build.ts';
import corpus from './corpus/questions.json' with { type: 'json' };
import { oracleAllows } from './oracle.ts';

const strings = z.array(z.string());
const asked = z.array(z.tuple([z.string(), strings, z.string()]));
const entry = z.strictObject({
  clusterRole: z.string().optional(),
  role: z.string().optional(),
  in: z.string().nullable().default(null),
  rules: strings.default([]),
  labels: z.record(z.string(), z.string()).default({}),
  aggregates: z.array(z.record(z.string(), z.json())).optional(),
  bind: z.string().default(''),
  to: strings.default([]),
});
const cases = z
  .array(
    z.strictObject({ about: z.string(), source: z.string(), world: z.array(entry), yes: asked, no: asked }),
  )
  .parse(corpus);

function objectOf(entry: (typeof cases)[number]['world'][number]): KubernetesObject {
  if (entry.clusterRole !== undefined) {
    const object = clusterRole(entry.clusterRole, entry.rules, entry.labels);
    const { aggregates } = entry;
    return aggregates === undefined
      ? object
      : { ...object, aggregationRule: { clusterRoleSelectors: aggregates } };
  }
  if (entry.role !== undefined) return role(entry.in ?? '', entry.role, entry.rules);
  return binding(entry.in, entry.bind, entry.to);
}

describe('a question to RBAC is answered as the API server answers it', () => {
  for (const { about, world, yes, no } of cases) {
    const objects = world.map(objectOf);
    const questions = [
      ...yes.map((each) => [...each, true] as const),
      ...no.map((each) => [...each, false] as const),
    ];
    test.each(questions)(`${about}: %s %s %s → %s`, (user, groups, text, allowed) => {
      expect(can(loadRbac(objects), { user, groups }, question(text)).allowed).toBe(allowed);
      expect(oracleAllows(objects, { user, groups }, question(text)), 'the oracle').toBe(allowed);
    });
  }
});

describe('the binding that allows it is named', () => {
  const world = loadRbac([
    clusterRole('view', ['get :pods']),
    binding('ns1', 'ClusterRole view', ['User alice'], 'z-local'),
    binding('ns1', 'ClusterRole view', ['User alice'], 'a-local'),
    binding(null, 'ClusterRole view', ['Group ops'], 'global'),
  ]);
  const asked = question('get :pods in ns1');

  test('a ClusterRoleBinding before a RoleBinding, then by name', () => {
    expect(can(world, { user: 'alice', groups: ['ops'] }, asked).by).toMatchObject({ name: 'global' });
    expect(can(world, { user: 'alice', groups: [] }, asked).by).toMatchObject({
      name: 'a-local',
      namespace: 'ns1',
    });
  });

  test('or the group that needs none', () => {
    expect(can(world, { user: 'x', groups: ['system:masters'] }, asked).by).toBe('system:masters');
    expect(can(world, { user: 'x', groups: [] }, asked).by).toBeNull();
  });
});

describe('who', () => {
  const world = loadRbac([
    clusterRole('exec', ['create :pods/exec named a']),
    role('ns1', 'local', ['create :pods/exec']),
    binding(null, 'ClusterRole exec', ['User root', 'Group ops']),
    binding('ns1', 'Role local', ['User alice', 'ServiceAccount api', 'User root']),
    binding('ns2', 'ClusterRole exec', ['User bob']),
  ]);
  const names = (text: string) =>
    who(world, question(text)).map(({ subject, by }) => `${subject.kind} ${subject.name} by ${by.name}`);

  test('names everyone once, with the first binding that lets them', () => {
    expect(names('create :pods/exec named a in ns1')).toEqual([
      'User root by exec-binding',
      'Group ops by exec-binding',
      'User alice by local-binding',
      'ServiceAccount api by local-binding',
    ]);
  });

  test('respects names and namespaces', () => {
    expect(names('create :pods/exec named b in ns1')).toEqual([
      'User alice by local-binding',
      'ServiceAccount api by local-binding',
      'User root by local-binding',
    ]);
    expect(names('create :pods/exec named a in ns3')).toEqual([
      'User root by exec-binding',
      'Group ops by exec-binding',
    ]);
    expect(names('create :pods/exec named a')).toEqual([
      'User root by exec-binding',
      'Group ops by exec-binding',
    ]);
    expect(names('delete :pods in ns1')).toEqual([]);
  });
});
