/**
 * Every row of the table of dangers in several shapes: direct, by wildcard, by aggregation, split over two roles and
 * bindings; and beside each a near miss. The corpus is corpus/dangers.json; the table is printed at the end.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { KubernetesObject } from '../../../src/base/json.ts';
import { dangers } from '../../../src/effect/rbac/dangers.ts';
import { defaultRules } from '../../../src/effect/rbac/default-roles.ts';
import { findDangers } from '../../../src/effect/rbac/find-dangers.ts';
import { permissionsOf } from '../../../src/effect/rbac/permission.ts';
import { loadRbac } from '../../../src/effect/rbac/world.ts';
import { binding, clusterRole, rule } from './build.ts';
import corpus from './corpus/dangers.json' with { type: 'json' };

const cases = z
  .array(
    z.strictObject({
      row: z.string(),
      direct: z.array(z.string()),
      wildcard: z.array(z.string()),
      miss: z.array(z.string()),
      because: z.string(),
      cluster: z.boolean().default(false),
      in: z.string().default('payments'),
      minor: z.number().nullable().default(null),
    }),
  )
  .parse(corpus);

type Case = (typeof cases)[number];
type Shape = 'direct' | 'wildcard' | 'aggregation' | 'split' | 'near miss';

const subject = { user: 'alice', groups: ['engineers'] };

/** `default:edit` stands for the rules of Kubernetes' own role. */
function roleOf(
  name: string,
  rules: readonly string[],
  labels: Readonly<Record<string, string>> = {},
): KubernetesObject {
  const read = rules.flatMap((text) =>
    text.startsWith('default:') ? defaultRules(text.slice('default:'.length)) : [rule(text)],
  );
  return { ...clusterRole(name, [], labels), rules: read.map((each) => ({ ...each })) };
}

/** The rules in one role; or in roles of their own which one role is made of; or in as many roles and bindings. */
function objectsOf(shape: Shape, one: Case, rules: readonly string[]): readonly KubernetesObject[] {
  const namespace = one.cluster ? null : one.in;
  const parts = rules.map((text, index) => roleOf(`part-${index}`, [text], { part: 'yes' }));
  if (shape === 'aggregation') {
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { part: 'yes' } }] };
    const whole = { ...clusterRole('whole', []), aggregationRule };
    return [whole, ...parts, binding(namespace, 'ClusterRole whole', ['User alice'])];
  }
  if (shape !== 'split')
    return [roleOf('whole', rules), binding(namespace, 'ClusterRole whole', ['User alice'])];
  const bindings = parts.map(({ metadata }, index) =>
    binding(namespace, `ClusterRole ${metadata.name}`, [index % 2 === 0 ? 'User alice' : 'Group engineers']),
  );
  return [...parts, ...bindings];
}

function rowsIn(objects: readonly KubernetesObject[], minor: number | null): readonly string[] {
  return findDangers(permissionsOf(loadRbac(objects), subject), { minor }).map(({ row }) => row.id);
}

/** Which shapes of each row were looked at, and what was found in them. */
const printed = new Map<string, Map<Shape, boolean>>();

function isFound(one: Case, shape: Shape, rules: readonly string[]): boolean {
  const found = rowsIn(objectsOf(shape, one, rules), shape === 'near miss' ? one.minor : null).includes(
    one.row,
  );
  const shapes = printed.get(one.row) ?? new Map<Shape, boolean>();
  printed.set(one.row, shapes.set(shape, found));
  return found;
}

describe('each danger is found', () => {
  test.each(cases)('directly: $row in $direct', (one) => {
    expect(isFound(one, 'direct', one.direct)).toBe(true);
  });
  test.each(cases)('in a wildcard: $row in $wildcard', (one) => {
    expect(isFound(one, 'wildcard', one.wildcard)).toBe(true);
  });
  test.each(cases)('through aggregation: $row in $direct', (one) => {
    expect(isFound(one, 'aggregation', one.direct)).toBe(true);
  });
  test.each(cases.filter(({ direct }) => direct.length > 1))('split over roles: $row in $direct', (one) => {
    expect(isFound(one, 'split', one.direct)).toBe(true);
  });
  test.each(cases)('and not seen where it is not: $row in $miss, for $because', (one) => {
    expect(isFound(one, 'near miss', one.miss)).toBe(false);
  });
});

describe('the table', () => {
  test.each(dangers)('has $id in the corpus, in at least two shapes and a near miss', ({ id }) => {
    const shapes = printed.get(id) ?? new Map<Shape, boolean>();
    expect(shapes.get('near miss')).toBe(false);
    expect([...shapes.values()].filter((found) => found).length).toBeGreaterThanOrEqual(2);
  });

  test('has each row once', () => {
    expect(new Set(dangers.map(({ id }) => id)).size).toBe(dangers.length);
  });

  test.each(dangers)('says everything of $id', (row) => {
    expect(row.id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    for (const text of [row.what, row.why, row.harmless, row.source]) expect(text).toMatch(/\S.*[^.\s]$/);
  });

  afterAll(() => {
    const rows = dangers.map(({ id, severity, refusedAlways }) => {
      const shown = shapes.map((shape) => shownAs(printed.get(id)?.get(shape)));
      return tableLine([id, refusedAlways ? 'refused' : severity, ...shown]);
    });
    process.stdout.write(
      `${[tableLine(['danger', 'severity', ...shapes]), ...rows].join('\n')}\n${dangers.length} dangers\n`,
    );
  });
});

const shapes: readonly Shape[] = ['direct', 'wildcard', 'aggregation', 'split', 'near miss'];

function shownAs(found: boolean | undefined): string {
  if (found === undefined) return '-';
  return found ? 'found' : 'quiet';
}

function tableLine(cells: readonly string[]): string {
  return cells
    .map((cell, index) => cell.padEnd(index === 0 ? 26 : 13))
    .join('')
    .trimEnd();
}

/** What one role with these rules is found to be, in the namespace payments or across the cluster. */
function findIn(namespace: string | null, rules: readonly string[]): ReturnType<typeof findDangers> {
  const objects = [clusterRole('r', rules), binding(namespace, 'ClusterRole r', ['User alice'])];
  return findDangers(permissionsOf(loadRbac(objects), subject), { minor: null });
}

function idsIn(namespace: string | null, rules: readonly string[]): readonly string[] {
  return findIn(namespace, rules).map(({ row }) => row.id);
}

/** What other public rule sets miss or mistake. */
describe('known misses of others', () => {
  test('get on pods/exec is a shell below Kubernetes 1.35', () => {
    expect(idsIn('payments', ['get :pods/exec'])).toContain('pods-exec');
  });

  test('*/exec is exec', () => {
    expect(idsIn('payments', ['create :*/exec'])).toContain('pods-exec');
  });

  test.each([
    ['approve', true],
    ['sign', false],
  ])('two roles that only together are dangerous: %s', (verb, expected) => {
    const objects = [
      clusterRole('requester', ['create certificates.k8s.io:certificatesigningrequests']),
      clusterRole('approver', [
        'patch certificates.k8s.io:certificatesigningrequests/approval',
        `${verb} certificates.k8s.io:signers`,
      ]),
      binding(null, 'ClusterRole requester', ['User alice']),
      binding(null, 'ClusterRole approver', ['Group engineers']),
    ];
    expect(rowsIn(objects, null).includes('approve-certificates')).toBe(expected);
  });

  test('bind is asked on roles, never on rolebindings', () => {
    expect(idsIn('payments', ['bind rbac.authorization.k8s.io:rolebindings'])).not.toContain('bind');
    expect(idsIn('payments', ['bind rbac.authorization.k8s.io:roles'])).toContain('bind');
  });

  test('a RoleBinding to nodes/proxy gives nothing, a ClusterRoleBinding the nodes', () => {
    expect(idsIn('payments', ['get :nodes/proxy'])).toEqual([]);
    expect(idsIn(null, ['get :nodes/proxy'])).toEqual(['node-proxy']);
  });
});

describe('severity and place', () => {
  test('Secrets are worse across the cluster and in namespaces of Kubernetes itself', () => {
    expect(findIn('payments', ['get :secrets'])).toMatchObject([{ severity: 'high', namespace: 'payments' }]);
    expect(findIn(null, ['get :secrets'])).toMatchObject([{ severity: 'critical', namespace: null }]);
    expect(findIn('kube-system', ['get :secrets'])).toMatchObject([{ severity: 'critical' }]);
  });

  test('names are told where everything is limited to them', () => {
    expect(findIn('payments', ['get :secrets named b', 'get :secrets named a'])).toMatchObject([
      { names: ['a', 'b'] },
    ]);
    expect(findIn('payments', ['get :secrets named b', 'get :secrets'])).toMatchObject([{ names: [] }]);
  });

  test('what holds in every namespace is not told again for one', () => {
    const objects = [
      clusterRole('r', ['get :secrets']),
      binding(null, 'ClusterRole r', ['User alice']),
      binding('payments', 'ClusterRole r', ['User alice']),
    ];
    expect(rowsIn(objects, null)).toEqual(['secrets-get']);
  });

  test('nor is another part of the same danger', () => {
    const objects = [
      clusterRole('r', ['create :pods/exec']),
      clusterRole('s', ['create :pods/attach']),
      binding(null, 'ClusterRole r', ['User alice']),
      binding('payments', 'ClusterRole s', ['User alice']),
    ];
    expect(rowsIn(objects, null)).toEqual(['pods-exec', 'network-identity']);
  });

  test('whoever may do everything need not be told what that is', () => {
    expect(idsIn('payments', ['* *:*'])).toEqual(['everything']);
    expect(idsIn(null, ['* *:*', '* url:*', 'get :secrets'])).toEqual(['everything']);
  });

  test('a danger that lies in one namespace is told for that one', () => {
    const [found] = findIn(null, ['update :configmaps']);
    expect(found).toMatchObject({ row: { id: 'system-configmaps' }, namespace: 'kube-system' });
  });

  test('an empty name is that of a request without one', () => {
    expect(idsIn('payments', ['create :secrets named ,x'])).toContain('secrets-create');
    expect(idsIn('payments', ['create :secrets named x'])).toEqual([]);
  });

  test('parts of a danger in different namespaces do not come together', () => {
    const objects = [
      clusterRole('apply', ['create :secrets named x']),
      clusterRole('patch', ['patch :secrets named x']),
      binding('ns1', 'ClusterRole apply', ['User alice']),
      binding('ns2', 'ClusterRole patch', ['User alice']),
    ];
    expect(rowsIn(objects, null)).not.toContain('secrets-create');
    const more = binding('ns1', 'ClusterRole patch', ['User alice']);
    expect(rowsIn([...objects, more], null)).toContain('secrets-create');
    const everywhere = binding(null, 'ClusterRole apply', ['User alice']);
    expect(rowsIn([...objects, everywhere], null)).toContain('secrets-create');
  });
});
