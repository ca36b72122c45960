import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Json, KubernetesObject } from '../../../src/base/json.ts';
import type { KnownCluster } from '../../../src/effect/network/case.ts';
import { judgeNetwork, type NetworkEffect } from '../../../src/effect/network/judge.ts';
import type { ApprovalDemand, NetworkLimits } from '../../../src/policy/policy.ts';
import { podObject, policyObject } from './objects.ts';

const id = 'curfew-inc-4711';

/** The path that the shipped template opens: from the access pod to the pods of one workload, on one port. */
const path: readonly KubernetesObject[] = [
  podObject('payments', id, { 'curfew.dev/grant': id }),
  ours(
    policyObject('payments', `${id}-from`, {
      podSelector: { matchLabels: { 'curfew.dev/grant': id } },
      policyTypes: ['Ingress', 'Egress'],
      egress: [{ to: [{ podSelector: { matchLabels: { app: 'postgres' } } }], ports: [{ port: 5432 }] }],
    }),
  ),
  ours(
    policyObject('payments', `${id}-to`, {
      podSelector: { matchLabels: { app: 'postgres' } },
      policyTypes: ['Ingress'],
      ingress: [
        { from: [{ podSelector: { matchLabels: { 'curfew.dev/grant': id } } }], ports: [{ port: 5432 }] },
      ],
    }),
  ),
];

const standing: readonly KubernetesObject[] = [
  namespace('payments'),
  namespace('shop'),
  workload('payments', 'postgres'),
  workload('payments', 'api'),
  workload('shop', 'web'),
];

const baseline = policyObject('payments', 'default-deny', {
  podSelector: {},
  policyTypes: ['Ingress', 'Egress'],
});

const execRole = role('exec', [{ apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create'] }]);

function ours(object: KubernetesObject): KubernetesObject {
  return { ...object, metadata: { ...object.metadata, labels: { 'curfew.dev/grant': id } } };
}

function namespace(name: string, labels: Readonly<Record<string, string>> = {}): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

function workload(place: string, name: string): KubernetesObject {
  const template = { metadata: { labels: { app: name } }, spec: { containers: [] } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: place, name },
    spec: { template },
  };
}

function role(name: string, rules: Json): KubernetesObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: `curfew:${name}` },
    rules,
  };
}

function binding(name: string): KubernetesObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { namespace: 'payments', name: id },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `curfew:${name}` },
    subjects: [{ kind: 'User', name: 'alice@example.com' }],
  };
}

interface Setting {
  readonly snapshot?: readonly KubernetesObject[] | null;
  readonly roles?: readonly KubernetesObject[];
  readonly limits?: readonly Partial<NetworkLimits>[];
  readonly environment?: string;
  readonly others?: readonly KnownCluster[];
}

function judge(grant: readonly KubernetesObject[], setting: Setting = {}): NetworkEffect {
  const {
    snapshot = [...standing, baseline],
    roles = [execRole],
    limits = [],
    environment = 'production',
    others = [],
  } = setting;
  return judgeNetwork({
    grant,
    roles: roles.map((object) => ({ object })),
    scope: { cluster: 'prod-eu', namespace: 'payments' },
    clusters: [{ name: 'prod-eu', environment, snapshot }, ...others],
    limits: limits.map((limit) => ({ newlyIsolated: null, baseline: null, maxAddresses: null, ...limit })),
  });
}

function rules({ dangers }: NetworkEffect): readonly string[] {
  return dangers.map(
    ({ rule, severity, refusedAlways }) => `${rule} ${refusedAlways ? 'refused' : severity}`,
  );
}

describe('words', () => {
  test('a path into a namespace that denies by default opens it and changes nothing else', () => {
    const effect = judge([...path, binding('exec')]);
    expect(effect.gains).toEqual([
      'opens TCP 5432 from pod payments/curfew-inc-4711 to payments/postgres; nothing else changes',
    ]);
    expect(rules(effect)).toEqual(['network-role-wider medium']);
    expect(effect.exact).toContain(
      '+ payments/curfew-inc-4711[Pod] -> payments/postgres[Deployment]: TCP 5432',
    );
    expect(effect.mermaid).toBe(`flowchart LR
  n0["pod payments/curfew-inc-4711"]
  n1["payments/postgres"]
  n0 == "opens TCP 5432" ==> n1
  linkStyle 0 stroke:#2da44e`);
    expect(effect.baseline).toBeNull();
  });

  test('without a default deny, the isolation trap is said, refused, and the baseline proposed', () => {
    const effect = judge([...path, binding('exec')], { snapshot: standing });
    expect(effect.gains).toEqual([
      'opens TCP 5432 from pod payments/curfew-inc-4711 to payments/postgres',
      'closes every port from any IPv4 address outside the cluster, payments/api and shop/web to payments/postgres',
      'isolates payments/postgres for ingress',
      'has the connections of payments/api and payments/postgres by a shell there: every port to any IPv4 address outside the cluster, payments/api and shop/web',
    ]);
    expect(rules(effect)).toEqual([
      'network-newly-isolated refused',
      'network-no-baseline medium',
      'network-role-wider medium',
    ]);
    expect(effect.dangers[0]?.message).toBe(
      'isolates payments/postgres for ingress, which nothing isolated before: closes every port from any IPv4 address outside the cluster, payments/api and shop/web to payments/postgres; limits[].network.newlyIsolated of the policy may allow it',
    );
    expect(effect.baseline?.metadata).toEqual({ name: 'default-deny', namespace: 'payments' });
  });

  test('a shell in other pods has their connections; the access pod is not said twice', () => {
    const open = policyObject('payments', 'api-out', {
      podSelector: { matchLabels: { app: 'api' } },
      policyTypes: ['Egress'],
      egress: [{ to: [{ ipBlock: { cidr: '192.0.2.7/32' } }], ports: [{ port: 443 }] }],
    });
    const effect = judge([binding('exec')], { snapshot: [...standing, baseline, open] });
    expect(effect.gains).toEqual([
      'has the connections of payments/api and payments/postgres by a shell there: TCP 443 to address 192.0.2.7',
    ]);
    const named = role('exec', [
      { apiGroups: [''], resources: ['pods/exec'], verbs: ['create'], resourceNames: [id] },
    ]);
    expect(judge([...path, binding('exec')], { roles: [named] }).gains).toHaveLength(1);
  });

  test('port-forward, proxies and kubelets go past every policy', () => {
    const roles = [
      role('exec', [
        { apiGroups: ['*'], resources: ['pods/portforward', 'pods/proxy'], verbs: ['*'] },
        { apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get'] },
      ]),
    ];
    expect(judge([binding('exec')], { roles }).gains).toEqual([
      'reaches every port of pods of payments by port-forward, past every network policy',
      'reaches pods of payments through the API server, past policies that do not name its address',
    ]);
  });

  test('without a snapshot the policies speak for themselves, and what is not known is said', () => {
    const effect = judge([...path, binding('exec')], { snapshot: null });
    expect(effect.gains).toEqual([
      'allows no ingress to pods with curfew.dev/grant=curfew-inc-4711 of payments',
      'allows TCP 5432 from pods with curfew.dev/grant=curfew-inc-4711 of payments to pods with app=postgres of payments',
    ]);
    expect(rules(effect)).toEqual(['network-isolation-unknown high', 'network-role-wider medium']);
    expect(effect.unknown[0]).toBe(
      'there is no snapshot of prod-eu: which pods the policies select, and what is open or isolated today, is not known',
    );
    expect(effect.mermaid).toBeNull();
  });

  test('a role that can change what was planned voids the plan', () => {
    const roles = [
      execRole,
      role('edit', [
        { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: ['patch'] },
        { apiGroups: ['apps'], resources: ['deployments'], verbs: ['*'] },
      ]),
    ];
    const second = { ...binding('edit'), metadata: { namespace: 'payments', name: `${id}-edit` } };
    const { unknown } = judge([...path, binding('exec'), second], { roles });
    expect(unknown.filter((line) => line.startsWith('the grant lets its holder change'))).toEqual([
      'the grant lets its holder change network policies of payments: what is said of connections holds only until that is done',
      'the grant lets its holder change workloads and the labels of their pods of payments: what is said of connections holds only until that is done',
    ]);
  });

  test.each([
    ['', 'pods/status', 'pods and their labels of payments'],
    ['', 'replicationcontrollers', 'workloads and the labels of their pods of payments'],
    ['', 'namespaces/status', 'labels of namespaces of payments'],
    ['', 'namespaces/finalize', 'labels of namespaces of payments'],
  ])('so does %s %s, which takes labels too', (group, resource, what) => {
    const roles = [
      execRole,
      role('edit', [{ apiGroups: [group], resources: [resource], verbs: ['update'] }]),
    ];
    const second = { ...binding('edit'), metadata: { namespace: 'payments', name: `${id}-edit` } };
    expect(judge([...path, binding('exec'), second], { roles }).unknown).toContain(
      `the grant lets its holder change ${what}: what is said of connections holds only until that is done`,
    );
  });

  test('what the snapshot holds and nobody reads is said', () => {
    const cilium = { apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata: { name: 'a' } };
    const host = { ...podObject('payments', 'agent'), spec: { hostNetwork: true } };
    const broken = policyObject('payments', 'broken', { policyTypes: ['All'] });
    const { unknown } = judge(path, {
      snapshot: [...standing, baseline, cilium, host, broken, workload('new', 'a')],
    });
    expect(unknown.slice(0, 4)).toEqual([
      'in the snapshot of prod-eu, NetworkPolicy payments/broken counts for nothing: spec.policyTypes: "All" is neither Ingress nor Egress',
      'the snapshot of prod-eu holds 1 cilium.io/v2 CiliumNetworkPolicy, which are not read',
      'the snapshot of prod-eu does not declare new: labels of this namespace are not known',
      'how policies treat pod payments/agent is undefined, for they use the network of their node; they are read like other pods',
    ]);
  });

  test('a selector that nothing in the snapshot matches is said', () => {
    const { gains, unknown } = judge(path, { snapshot: [namespace('payments'), baseline] });
    expect(gains).toEqual(['opens no connection that the snapshot knows']);
    expect(unknown[0]).toBe(
      'the snapshot of prod-eu has no pods with app=postgres of payments: what the grant opens for them is not known',
    );
  });

  test('so is a peer that nothing in the snapshot is, beside one that something is', () => {
    const out = ours(
      policyObject('payments', `${id}-from`, {
        podSelector: { matchLabels: { 'curfew.dev/grant': id } },
        policyTypes: ['Ingress', 'Egress'],
        egress: [
          {
            to: [
              { podSelector: { matchLabels: { app: 'postgres' } } },
              { podSelector: { matchLabels: { app: 'ledger' } } },
              {
                namespaceSelector: { matchLabels: { team: 'red' } },
                podSelector: { matchLabels: { app: 'web' } },
              },
            ],
            ports: [{ port: 5432 }],
          },
        ],
      }),
    );
    const { unknown } = judge([...path.slice(0, 1), out], { snapshot: standing });
    expect(unknown.filter((line) => line.includes('has no pods'))).toEqual([
      'the snapshot of prod-eu has no pods with app=ledger of payments: what the grant opens for them is not known',
      'the snapshot of prod-eu has no pods with app=web of namespaces with team=red: what the grant opens for them is not known',
    ]);
  });

  test('a grant that has nothing to do with the network has no effect on it', () => {
    const reader = role('exec', [{ apiGroups: [''], resources: ['pods/log'], verbs: ['get'] }]);
    expect(judge([binding('exec')], { roles: [reader] })).toEqual({
      gains: [],
      dangers: [],
      unknown: [],
      exact: [],
      approvals: [],
      mermaid: null,
      baseline: null,
    });
  });
});

describe('guard rails on what policies say', () => {
  const cases: readonly {
    readonly name: string;
    readonly spec: Json;
    readonly refused: readonly string[];
    readonly flagged: readonly string[];
  }[] = JSON.parse(readFileSync(new URL('corpus/guards.json', import.meta.url), 'utf8'));

  test.each(cases)('$name', ({ spec, refused, flagged }) => {
    const grant = [ours(policyObject('payments', `${id}-x`, spec))];
    const { dangers } = judge(grant, { limits: [{ newlyIsolated: { kind: 'warn' } }] });
    expect(dangers.filter(({ refusedAlways }) => refusedAlways).map(({ rule }) => rule)).toEqual(refused);
    expect(dangers.filter(({ refusedAlways }) => !refusedAlways).map(({ rule }) => rule)).toEqual(flagged);
  });

  test.each([
    [[], 256],
    [[{ maxAddresses: 1024 }], 1024],
    [[{ maxAddresses: 1024 }, { maxAddresses: 16 }, {}], 16],
    [[{ maxAddresses: 0 }], 0],
  ])('the fewest addresses of any limit: %#', (limits, most) => {
    const wide = (prefix: number) => [
      ours(
        policyObject('payments', `${id}-x`, {
          podSelector: { matchLabels: { app: 'api' } },
          policyTypes: ['Egress'],
          egress: [{ to: [{ ipBlock: { cidr: `10.0.0.0/${prefix}` } }], ports: [{ port: 443 }] }],
        }),
      ),
    ];
    for (const prefix of [20, 22, 24, 28, 32]) {
      const isRefused = rules(judge(wide(prefix), { limits })).includes('network-address-range refused');
      expect([prefix, isRefused]).toEqual([prefix, 2 ** (32 - prefix) > most]);
    }
  });
});

test('policies that nobody could work out are refused', () => {
  const pods = Array.from({ length: 1500 }, (_, index) =>
    podObject('payments', `p-${index}`, { app: `a-${index}` }),
  );
  const rules = pods.slice(0, 1000).map((_, index) => ({
    from: [
      { podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: [`a-${index}`] }] } },
    ],
    ports: Array.from({ length: 8 }, (__, port) => ({ port: 1 + 2 * (8 * index + port) })),
  }));
  const effect = judge([ours(policyObject('payments', `${id}-x`, { ingress: rules }))], { snapshot: pods });
  expect(effect.dangers.map(({ rule }) => rule)).toEqual(['network-too-complex']);
});

describe('guard rails on what changes', () => {
  const demand: ApprovalDemand = { owners: 1, others: [] };

  test.each<[string, readonly Partial<NetworkLimits>[], string, readonly ApprovalDemand[]]>([
    ['no limit', [], 'network-newly-isolated refused', []],
    ['a limit that says nothing of it', [{}], 'network-newly-isolated refused', []],
    ['warn', [{ newlyIsolated: { kind: 'warn' } }], 'network-newly-isolated medium', []],
    [
      'refuse beside warn',
      [{ newlyIsolated: { kind: 'warn' } }, { newlyIsolated: { kind: 'refuse' } }],
      'network-newly-isolated refused',
      [],
    ],
    [
      'approvals beside warn',
      [{ newlyIsolated: { kind: 'approvals', approvals: demand } }, { newlyIsolated: { kind: 'warn' } }],
      'network-newly-isolated high',
      [demand],
    ],
  ])('newly isolated pods: %s', (_, limits, danger, approvals) => {
    const effect = judge([...path, binding('exec')], { snapshot: standing, limits });
    expect(rules(effect)).toContain(danger);
    expect(effect.approvals).toEqual(approvals);
  });

  test.each<
    [string, readonly KubernetesObject[] | null, readonly Partial<NetworkLimits>[], readonly string[]]
  >([
    ['there is one', [...standing, baseline], [{ baseline: 'require' }], []],
    ['required', standing, [{ baseline: 'require' }], ['network-no-baseline refused']],
    ['proposed', standing, [{ baseline: 'propose' }], ['network-no-baseline medium']],
    [
      'required beside proposed',
      standing,
      [{ baseline: 'propose' }, { baseline: 'require' }],
      ['network-no-baseline refused'],
    ],
    ['required, and nobody can see', null, [{ baseline: 'require' }], ['network-no-baseline refused']],
    ['nobody can see', null, [], []],
    [
      'only for ingress',
      [...standing, policyObject('payments', 'deny', { podSelector: {} })],
      [],
      ['network-no-baseline medium'],
    ],
    [
      'an allow-all beside it',
      [...standing, baseline, policyObject('payments', 'allow', { podSelector: {}, egress: [{}] })],
      [],
      ['network-no-baseline medium'],
    ],
  ])('default deny: %s', (_, snapshot, limits, expected) => {
    const warn: Partial<NetworkLimits> = { newlyIsolated: { kind: 'warn' } };
    const effect = judge([...path, binding('exec')], { snapshot, limits: [warn, ...limits] });
    expect(rules(effect).filter((rule) => rule.startsWith('network-no-baseline'))).toEqual(expected);
  });

  test('isolation that nobody can see is refused where a limit refuses isolation', () => {
    const limits = [{ newlyIsolated: { kind: 'refuse' as const } }];
    expect(rules(judge(path, { snapshot: null, limits }))).toContain('network-isolation-unknown refused');
  });

  test('a pod that the grant leaves open', () => {
    const [pod, from, to] = path;
    if (pod === undefined || from === undefined || to === undefined) throw new Error('no path');
    expect(rules(judge([pod, to, binding('exec')]))).toContain('network-open-pod high');
    const egressOnly = ours(
      policyObject('payments', `${id}-from`, {
        podSelector: { matchLabels: { 'curfew.dev/grant': id } },
        policyTypes: ['Egress'],
      }),
    );
    expect(rules(judge([pod, egressOnly, binding('exec')]))).toContain('network-open-pod medium');
  });

  test('an object of somebody else is not replaced; the grant in force is not its own rival', () => {
    const foreign = policyObject('payments', `${id}-to`, { podSelector: {} });
    expect(rules(judge([...path, binding('exec')], { snapshot: [...standing, baseline, foreign] }))).toEqual([
      'network-replaces refused',
      'network-role-wider medium',
    ]);
    const nowhere = { ...foreign, metadata: { name: `${id}-to` } };
    const inDefault = ours(policyObject('default', `${id}-to`, { podSelector: {} }));
    expect(rules(judge([inDefault], { snapshot: [...standing, nowhere] }))).toContain(
      'network-replaces refused',
    );
    const inForce = judge([...path, binding('exec')], { snapshot: [...standing, baseline, ...path] });
    expect(inForce).toEqual(judge([...path, binding('exec')]));
  });
});

describe('role and network together', () => {
  const shell = { apiGroups: [''], resources: ['pods/exec'], verbs: ['create'] };
  const logs = { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] };
  const own = { resourceNames: [id] };
  const shop = { 'kubernetes.io/metadata.name': 'shop' };
  const [pod, from, to] = path;
  const bind = (object: KubernetesObject | undefined): readonly KubernetesObject[] =>
    object === undefined
      ? []
      : [
          {
            ...object,
            metadata: {
              ...object.metadata,
              labels: { 'curfew.dev/grant': id, 'curfew.dev/role': 'exec' },
            },
          },
        ];
  const bound = [...(pod === undefined ? [] : [pod]), ...bind(from), ...bind(to)];
  const leadingTo = (peer: Json, port = 5432): readonly KubernetesObject[] => [
    ...path,
    ours(
      policyObject('payments', `${id}-more`, {
        podSelector: { matchLabels: { 'curfew.dev/grant': id } },
        policyTypes: ['Ingress', 'Egress'],
        egress: [{ to: [peer], ports: [{ port }] }],
      }),
    ),
  ];
  const toShop = (port?: number) =>
    leadingTo(
      { namespaceSelector: { matchLabels: shop }, podSelector: { matchLabels: { app: 'web' } } },
      port,
    );
  const bindAll = (objects: readonly KubernetesObject[]) =>
    objects.flatMap((object) => (object.kind === 'NetworkPolicy' ? bind(object) : [object]));
  const toAddress = leadingTo({ ipBlock: { cidr: '192.0.2.0/28' } });

  test.each<[string, readonly KubernetesObject[], Json | null, readonly string[]]>([
    ['fits where the role is for the access pod and the logs of all', path, [{ ...shell, ...own }, logs], []],
    ['a shell in every pod is wider than the path', path, [shell], ['network-role-wider medium']],
    ['no role at all', path, null, ['network-unusable medium']],
    ['a role that lets nobody into the access pod', path, [logs], ['network-unusable medium']],
    [
      'a role that lets into the access pod alone',
      path,
      [{ ...shell, ...own }],
      ['network-beyond-role medium'],
    ],
    ['a path to another namespace', toShop(), [{ ...shell, ...own }, logs], ['network-beyond-role medium']],
    ['name lookups in another namespace are no path', toShop(53), [{ ...shell, ...own }, logs], []],
    ['addresses are in no role', toAddress, [{ ...shell, ...own }, logs], []],
    ['bound, and it fits', bound, [{ ...shell, ...own }, logs], []],
    ['bound, a role that lets nobody in', bound, [logs], ['network-unusable refused']],
    ['bound, beyond the role', bound, [{ ...shell, ...own }], ['network-beyond-role refused']],
    [
      'bound, to another namespace',
      bindAll(toShop()),
      [{ ...shell, ...own }, logs],
      ['network-beyond-role refused'],
    ],
    [
      'bound, to addresses',
      bindAll(toAddress),
      [shell],
      ['network-beyond-role refused', 'network-role-wider medium'],
    ],
    [
      'bound to a role that is not given',
      bound,
      null,
      ['network-beyond-role refused', 'network-unusable refused'],
    ],
  ])('%s', (_, grant, roleRules, expected) => {
    const given = roleRules === null ? {} : { roles: [role('exec', roleRules)] };
    const objects = roleRules === null ? grant : [...grant, binding('exec')];
    expect(rules(judge(objects, given))).toEqual(expected);
    const unseen = rules(judge(objects, { ...given, snapshot: null }));
    expect(unseen.filter((rule) => rule !== 'network-isolation-unknown high')).toEqual(expected);
  });

  test('only what the bound role gives counts, not another role of the grant', () => {
    const second = { ...binding('logs'), metadata: { namespace: 'payments', name: `${id}-logs` } };
    const roles = [role('exec', [{ ...shell, ...own }]), role('logs', [logs])];
    expect(rules(judge([...bound, binding('exec'), second], { roles }))).toEqual([
      'network-beyond-role refused',
    ]);
    expect(rules(judge([...path, binding('exec'), second], { roles }))).toEqual([]);
  });

  test('says which pods, and which other ones', () => {
    const messages = judge([...bound, binding('exec')], { roles: [role('exec', [logs])] }).dangers.map(
      ({ message }) => message,
    );
    expect(messages).toEqual([
      'opens a path from pod payments/curfew-inc-4711, into which the role curfew:exec, to which this path is bound, lets nobody',
    ]);
    expect(judge([...path, binding('exec')]).dangers[0]?.message).toBe(
      'its roles let their holder into more pods than its path concerns: payments/api',
    );
  });
});

describe('environments', () => {
  const toShop = ours(
    policyObject('payments', `${id}-out`, {
      podSelector: { matchLabels: { app: 'api' } },
      policyTypes: ['Egress'],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
              podSelector: { matchLabels: { app: 'web' } },
            },
          ],
          ports: [{ port: 8080 }],
        },
      ],
    }),
  );
  const labelled = (payments: Readonly<Record<string, string>>, shop: Readonly<Record<string, string>>) => [
    namespace('payments', payments),
    namespace('shop', shop),
    workload('payments', 'api'),
    workload('shop', 'web'),
    baseline,
  ];
  const production = { environment: 'production' };
  const staging = { environment: 'staging' };

  test.each([
    ['within production', 'production', {}, {}, false],
    ['within staging', 'staging', {}, {}, false],
    ['a label of production in staging', 'staging', {}, production, true],
    ['a label cannot make the source production', 'staging', production, production, true],
    ['a label of staging in production', 'production', staging, {}, true],
    ['a label cannot make the destination anything else', 'production', staging, staging, true],
    ['from production to a namespace labelled staging', 'production', {}, staging, false],
  ])('%s', (_, environment, payments, shop, isRefused) => {
    const effect = judge([toShop], { environment, snapshot: labelled(payments, shop) });
    expect(rules(effect).includes('network-environment refused')).toBe(isRefused);
  });

  test('more changes than are looked at are refused, for such a flow may be among the others', () => {
    const bulk = Array.from({ length: 150 }, (_, index) =>
      podObject('payments', `a-${index}`, { tier: 'bulk' }),
    );
    const closed = policyObject('payments', 'closed', {
      podSelector: { matchLabels: { app: 'api' } },
      policyTypes: ['Egress'],
    });
    const isolates = ours(
      policyObject('payments', `${id}-bulk`, { podSelector: { matchLabels: { tier: 'bulk' } } }),
    );
    const world = labelled({}, production).filter((object) => object !== baseline);
    const judged = (snapshot: readonly KubernetesObject[]) =>
      rules(
        judge([toShop, isolates], {
          environment: 'staging',
          snapshot: [...snapshot, closed],
          limits: [{ newlyIsolated: { kind: 'warn' } }],
        }),
      );
    expect(judged(world)).toContain('network-environment refused');
    expect(judged([...world, ...bulk])).toContain('network-too-complex refused');
  });

  test('an address of a pod of production, from a cluster that is none', () => {
    const out = ours(
      policyObject('payments', `${id}-out`, {
        podSelector: { matchLabels: { app: 'api' } },
        policyTypes: ['Egress'],
        egress: [{ to: [{ ipBlock: { cidr: '10.9.0.0/24' } }], ports: [{ port: 5432 }] }],
      }),
    );
    const remote = { ...podObject('ledger', 'db'), status: { podIP: '10.9.0.17' } };
    const other = (environment: string): KnownCluster => ({
      name: 'prod-us',
      environment,
      snapshot: [remote],
    });
    const dangers = (environment: string, there: string) =>
      judge([out], { environment, others: [other(there)] }).dangers.filter(
        ({ rule }) => rule === 'network-environment-address',
      );
    expect(dangers('staging', 'production').map(({ message }) => message)).toEqual([
      'opens addresses 10.9.0.0-10.9.0.255, among them the address of pod ledger/db on prod-us, a pod of production',
    ]);
    expect(dangers('production', 'production')).toEqual([]);
    expect(dangers('staging', 'staging')).toEqual([]);
  });
});
