import { describe, expect, test } from 'vitest';
import type { Json, KubernetesObject } from '../../../src/base/json.ts';
import {
  checkInvariants,
  invariantsFor,
  sayViolation,
} from '../../../src/effect/network/check-invariants.ts';
import type { Invariant } from '../../../src/effect/network/invariant.ts';
import { loadNetwork } from '../../../src/effect/network/load.ts';
import { parseInvariants } from '../../../src/effect/network/parse-invariants.ts';
import { parseSelector } from '../../../src/effect/network/selector-text.ts';
import { podObject, policyObject } from './objects.ts';

/** Positions are those of the path, one column for each step. */
function parse(value: Json) {
  return parseInvariants(value, (path) => ({ file: 'curfew.yaml', line: 1, column: path.length + 1 }));
}

function read(...statements: readonly Json[]): readonly Invariant[] {
  const result = parse(statements);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.value;
}

function namespace(name: string, environment: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { environment } } };
}

const cluster: readonly KubernetesObject[] = [
  namespace('payments', 'production'),
  namespace('gateway', 'production'),
  namespace('lab', 'test'),
  podObject('payments', 'api', { app: 'api' }),
  podObject('payments', 'db', { app: 'db' }),
  podObject('gateway', 'proxy', { app: 'proxy' }),
  podObject('lab', 'toy', { app: 'toy' }),
];

const denyPayments = policyObject('payments', 'default-deny', { policyTypes: ['Ingress', 'Egress'] });

function allow(name: string, from: Json, ports: Json): KubernetesObject {
  return policyObject('payments', name, {
    podSelector: { matchLabels: { app: 'api' } },
    ingress: [{ from, ports }],
  });
}

function violations(objects: readonly KubernetesObject[], ...statements: readonly Json[]): readonly string[] {
  return checkInvariants(loadNetwork(objects), read(...statements)).map((violation) =>
    [`${violation.invariant}: ${sayViolation(violation)}`, ...violation.because].join(' | '),
  );
}

describe('never', () => {
  const statement = {
    name: 'separate',
    never: { from: { namespaces: 'environment!=production' }, to: { namespaces: 'environment=production' } },
  };

  test('holds where default deny is not opened', () => {
    const denyGateway = policyObject('gateway', 'default-deny', {});
    expect(violations([...cluster, denyPayments, denyGateway], statement)).toEqual([]);
  });

  test('names the flow, and what allows it', () => {
    const fromLab = allow(
      'from-lab',
      [{ namespaceSelector: { matchLabels: { environment: 'test' } } }],
      [{ port: 80 }],
    );
    const denyGateway = policyObject('gateway', 'default-deny', {});
    expect(violations([...cluster, denyPayments, denyGateway, fromLab], statement)).toEqual([
      'separate: lab/toy[Pod] may reach payments/api[Pod] on TCP 80 | egress of lab/toy[Pod] is open: no policy isolates it | ingress of payments/api[Pod] is allowed by payments/from-lab (ingress rule 1)',
    ]);
  });

  test('only the ports that are named', () => {
    const onlyDatabase = { ...statement, never: { ...statement.never, ports: ['5432/TCP'] } };
    const fromLab = allow('from-lab', [{ namespaceSelector: {} }], [{ port: 80 }]);
    const denyGateway = policyObject('gateway', 'default-deny', {});
    expect(violations([...cluster, denyPayments, denyGateway, fromLab], onlyDatabase)).toEqual([]);
  });

  test('addresses outside, in and out', () => {
    const out = { name: 'out', never: { from: { namespace: 'payments' }, to: { addresses: ['0.0.0.0/0'] } } };
    const inward = {
      name: 'in',
      never: { from: { addresses: ['198.51.100.0/24'] }, to: { namespace: 'payments', pods: 'app=db' } },
    };
    expect(violations(cluster, out, inward)).toEqual([
      'out: payments/api[Pod] may reach 0.0.0.0-255.255.255.255 on every port | egress of payments/api[Pod] is open: no policy isolates it',
      'out: payments/db[Pod] may reach 0.0.0.0-255.255.255.255 on every port | egress of payments/db[Pod] is open: no policy isolates it',
      'in: 198.51.100.0-198.51.100.255 may reach payments/db[Pod] on every port | ingress of payments/db[Pod] is open: no policy isolates it',
    ]);
    expect(violations([...cluster, denyPayments], out, inward)).toEqual([]);
  });

  test('labels that no policy looks at tell pods apart all the same', () => {
    const twins = [
      podObject('lab', 'a', { owner: 'x' }),
      podObject('lab', 'b', { owner: 'y' }),
      denyPayments,
    ];
    const apart = { name: 'apart', never: { from: { pods: 'owner=x' }, to: { pods: 'owner=y' } } };
    expect(violations(twins, apart)).toHaveLength(1);
  });
});

describe('only', () => {
  const statement = {
    name: 'front door',
    only: {
      from: { namespace: 'gateway', pods: 'app=proxy' },
      to: { namespace: 'payments', pods: 'app=api' },
      ports: ['8443/TCP'],
    },
  };

  test('others may not, from outside the cluster neither; other ports are free', () => {
    const open = allow(
      'open',
      [{ namespaceSelector: {} }, { ipBlock: { cidr: '192.0.2.0/24' } }],
      [{ port: 8443 }],
    );
    const free = allow('free', [{ namespaceSelector: {} }], [{ port: 80 }]);
    const found = checkInvariants(loadNetwork([...cluster, denyPayments, open, free]), read(statement));
    expect(found.map(sayViolation)).toEqual([
      'lab/toy[Pod] may reach payments/api[Pod] on TCP 8443',
      '192.0.2.0-192.0.2.255 may reach payments/api[Pod] on TCP 8443',
    ]);
  });

  test('holds where only they may', () => {
    const proxy = allow(
      'proxy',
      [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'gateway' } } }],
      [{ port: 8443 }],
    );
    expect(violations([...cluster, denyPayments, proxy], statement)).toEqual([]);
  });

  test('several may', () => {
    const both = {
      ...statement,
      only: {
        ...statement.only,
        from: [statement.only.from, { namespace: 'lab' }, { addresses: ['192.0.2.0/24'] }],
      },
    };
    const open = allow(
      'open',
      [{ namespaceSelector: {} }, { ipBlock: { cidr: '192.0.2.0/24' } }],
      [{ port: 8443 }],
    );
    expect(violations([...cluster, denyPayments, open], both)).toEqual([]);
  });
});

describe('defaultDeny', () => {
  test('every namespace, or those with a label; both directions, or one', () => {
    const all = { name: 'all', defaultDeny: {} };
    const production = {
      name: 'production',
      defaultDeny: { namespaces: 'environment=production', directions: ['egress'] },
    };
    expect(violations([...cluster, denyPayments], all, production)).toEqual([
      'all: gateway has no default deny for ingress | no policy selects every pod there',
      'all: gateway has no default deny for egress | no policy selects every pod there',
      'all: lab has no default deny for ingress | no policy selects every pod there',
      'all: lab has no default deny for egress | no policy selects every pod there',
      'production: gateway has no default deny for egress | no policy selects every pod there',
    ]);
  });

  test('a policy that selects every pod and allows everything is none', () => {
    const allowAll = policyObject('payments', 'allow-all', { ingress: [{}] });
    const statement = {
      name: 'deny',
      defaultDeny: { namespaces: 'kubernetes.io/metadata.name=payments', directions: ['ingress'] },
    };
    expect(violations([...cluster, denyPayments, allowAll], statement)).toEqual([
      'deny: payments has no default deny for ingress | what selects every pod there allows everything: payments/default-deny and payments/allow-all',
    ]);
  });
});

test('at most a hundred flows of one statement, and then that there are more', () => {
  const podsOf = (count: number) =>
    Array.from({ length: count }, (_, index) => podObject('lab', `toy-${index}`));
  const statement = { name: 'quiet', never: { from: { namespace: 'lab' }, to: { namespace: 'lab' } } };
  const found = violations(podsOf(11), statement);
  expect(found).toHaveLength(101);
  expect(found.at(-1)).toBe('quiet: more than 100 flows break it, and only those are known');
  expect(violations(podsOf(10), statement)).toHaveLength(90);
});

test('a statement may speak of some clusters only', () => {
  const statement = { defaultDeny: {} };
  const read2 = read({ name: 'a', clusters: ['prod-eu'], ...statement }, { name: 'b', ...statement });
  expect(invariantsFor('prod-eu', read2).map(({ name }) => name)).toEqual(['a', 'b']);
  expect(invariantsFor('staging', read2).map(({ name }) => name)).toEqual(['b']);
});

test.each<[Json, string]>([
  ['x', 'invariants: "x" is not a list of statements; write one after each "-"'],
  [['x'], 'invariants[0]: "x" is not an object; write name, clusters, never, only, defaultDeny'],
  [[{ name: 'a' }], 'invariants[0]: makes 0 statements; write exactly one of never, only, defaultDeny'],
  [
    [{ name: 'a', defaultDeny: {}, never: {} }],
    'invariants[0]: makes 2 statements; write exactly one of never, only, defaultDeny',
  ],
  [[{ defaultDeny: {} }], 'invariants[0].name: null is not a name; say in a few words what must hold'],
  [
    [
      { name: 'a', defaultDeny: {} },
      { name: 'a', defaultDeny: {} },
    ],
    'invariants[1].name: "a" names another statement too; give it a name of its own',
  ],
  [
    [{ name: 'a', defaultDeny: { namespace: 'b' } }],
    'invariants[0].defaultDeny.namespace: is not known; did you mean "namespaces"?',
  ],
  [
    [{ name: 'a', defaultDeny: { directions: ['in'] } }],
    'invariants[0].defaultDeny.directions: "in" is not a direction; write [ingress, egress], or leave it out for both',
  ],
  [
    [{ name: 'a', defaultDeny: { namespaces: 'a b' } }],
    'invariants[0].defaultDeny.namespaces: "a b" is not a selector; write it as kubectl does: app=web, environment!=production, tier in (a, b), !legacy',
  ],
  [
    [{ name: 'a', never: { from: { namespace: 'x' } } }],
    'invariants[0].never.to: is missing; write {namespace: payments}, {namespaces: environment=production, pods: app=web} or {addresses: [192.0.2.0/24]}',
  ],
  [
    [{ name: 'a', never: { from: {}, to: { namespace: 'x' } } }],
    'invariants[0].never.from: names nobody; write {namespace: payments}, {namespaces: environment=production, pods: app=web} or {addresses: [192.0.2.0/24]}',
  ],
  [
    [{ name: 'a', never: { from: [{ namespace: 'x', addresses: [] }], to: { namespace: 'x' } } }],
    'invariants[0].never.from[0]: mixes pods and addresses; write two parties, each after a "-"',
  ],
  [
    [{ name: 'a', never: { from: { addresses: ['x'] }, to: { namespace: 'x' } } }],
    'invariants[0].never.from.addresses[0]: "x" is not a range of addresses; write 192.0.2.0/24 or 2001:db8::/32',
  ],
  [
    [{ name: 'a', never: { from: { namespace: 'x', namespaces: 'y' }, to: { namespace: 'x' } } }],
    'invariants[0].never.from: has both namespace and namespaces; write the name, or a selector of labels',
  ],
  [
    [{ name: 'a', never: { from: { namespace: 'x' }, to: { namespace: 'x' }, ports: ['0/TCP'] } }],
    'invariants[0].never.ports[0]: "0/TCP" is not a port; write ports as 8443/TCP, 8000-8010/TCP or UDP',
  ],
  [
    [{ name: 'a', never: { from: { namespace: 'x' }, to: { namespace: 'x' }, ports: [] } }],
    'invariants[0].never.ports: names no port; write ports as 8443/TCP, 8000-8010/TCP or UDP, or leave it out for every port',
  ],
])('a fault says what would be right: %#', (value, expected) => {
  const result = parse(value);
  const faults = result.ok ? [] : result.faults.map(({ message, remedy }) => `${message}; ${remedy}`);
  expect(faults).toEqual([expected]);
});

test.each([
  ['app=web', [{ key: 'app', operator: 'In', values: ['web'] }]],
  ['app == web', [{ key: 'app', operator: 'In', values: ['web'] }]],
  [
    'app!=web,tier',
    [
      { key: 'app', operator: 'NotIn', values: ['web'] },
      { key: 'tier', operator: 'Exists', values: [] },
    ],
  ],
  [
    'tier in (a, b),!legacy',
    [
      { key: 'tier', operator: 'In', values: ['a', 'b'] },
      { key: 'legacy', operator: 'DoesNotExist', values: [] },
    ],
  ],
  ['example.com/x notin (a)', [{ key: 'example.com/x', operator: 'NotIn', values: ['a'] }]],
  ['app=', [{ key: 'app', operator: 'In', values: [''] }]],
  ['', null],
  ['app=web,', null],
  ['a=b=c', null],
  ['in (a)', null],
  ['a in (b', null],
  ['!', null],
  ['-a', null],
])('a selector as kubectl writes it: %s', (text, expected) => {
  expect(parseSelector(text)).toEqual(expected);
});
