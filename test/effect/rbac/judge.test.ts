import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../src/base/json.ts';
import type { RbacEffect } from '../../../src/effect/effect.ts';
import { judgeRbac, type RbacQuestion } from '../../../src/effect/rbac/judge.ts';
import { world } from './arbitrary.ts';
import { binding, clusterRole, role } from './build.ts';

const alice = 'alice@example.com';

function catalogRole(name: string, rules: readonly string[]): RbacQuestion['roles'][number] {
  return { name, object: clusterRole(name, rules) };
}

const roles = [
  catalogRole('curfew:read-logs', ['get,list,watch :pods,pods/log,events']),
  catalogRole('curfew:debug-pod', ['get,list,watch :pods,pods/log,events', 'create,get :pods/exec']),
  catalogRole('curfew:restart-deployment', [
    'get,list,watch apps:deployments',
    'update,patch apps:deployments/scale',
  ]),
  catalogRole('curfew:cluster-read', ['get,list,watch :nodes,namespaces,pods']),
  catalogRole('curfew:approver', [
    'update certificates.k8s.io:certificatesigningrequests/approval',
    'approve certificates.k8s.io:signers',
  ]),
];

function grant(
  roleName: string,
  subjects: readonly string[] = [`User ${alice}`],
  namespace: string | null = 'payments',
) {
  return binding(namespace, `ClusterRole ${roleName}`, subjects, 'inc-4711-debug');
}

/** Something harmless, so that there is a snapshot. */
const standing = [clusterRole('nothing', [])];

function judge(more: Partial<RbacQuestion> = {}): RbacEffect {
  return judgeRbac({
    snapshot: standing,
    roles,
    grant: [grant('curfew:debug-pod')],
    subjectUser: alice,
    scope: { cluster: 'prod-eu', namespace: 'payments' },
    ...more,
  });
}

function ruleIds(effect: RbacEffect): readonly string[] {
  return effect.dangers.map(({ rule }) => rule);
}

/** Ids of what is refused, whatever a policy says. */
function refusedFor(more: Partial<RbacQuestion>): readonly string[] {
  const refused = judge(more).dangers.filter(({ refusedAlways }) => refusedAlways);
  return refused.map(({ rule }) => rule);
}

describe('what a grant gives', () => {
  test('is said as a person would, dangers first, and exactly below', () => {
    expect(judge()).toEqual({
      gains: [
        'exec into pods in payments',
        'read events and pods in payments',
        'read logs of pods in payments',
      ],
      alreadyHeld: [],
      unnecessary: false,
      narrower: [],
      dangers: [
        {
          severity: 'high',
          rule: 'pods-exec',
          message:
            'exec into or attach to pods in payments: that is a shell with the ServiceAccount, the Secrets and the ' +
            'files of any pod there, and it has no time limit',
          refusedAlways: false,
          secondApprovalInProduction: true,
        },
        {
          severity: 'medium',
          rule: 'network-identity',
          message:
            'take over the network identity of pods in payments: every connection that such a pod may open is open to the holder',
          refusedAlways: false,
          secondApprovalInProduction: false,
        },
      ],
      escalations: [],
      leftBehind: ['processes that go on running in containers in payments'],
      unknown: [
        `groups of ${alice} on prod-eu, and authorizers other than RBAC, are not known: what they allow is not counted`,
        'the snapshot of prod-eu has no ClusterRole curfew:debug-pod: until the catalog is applied there, it gives nothing',
      ],
      exact: [
        `RoleBinding payments/inc-4711-debug binds ClusterRole curfew:debug-pod to User ${alice}`,
        '+ events: get, list, watch (in payments)',
        '+ pods: get, list, watch (in payments)',
        '+ pods/exec: create, get (in payments)',
        '+ pods/log: get, list, watch (in payments)',
      ],
    });
  });

  test('is less by what the subject holds anyway, also through everyone', () => {
    const snapshot = [
      clusterRole('reader', ['get,list,watch :pods']),
      role('payments', 'logs', ['get,list,watch :pods/log']),
      binding(null, 'ClusterRole reader', ['Group system:authenticated']),
      binding('payments', 'Role logs', [`User ${alice}`]),
      binding('orders', 'ClusterRole reader', ['User bob@example.com']),
    ];
    const effect = judge({ snapshot });
    expect(effect.gains).toEqual(['exec into pods in payments', 'read events in payments']);
    expect(effect.alreadyHeld).toEqual(['read pods in payments', 'read logs of pods in payments']);
    expect(effect.exact).toContain('= pods: get, list, watch (in payments)');
    expect(effect.unnecessary).toBe(false);
  });

  test('is unnecessary where the subject holds all of it', () => {
    const snapshot = [binding('payments', 'ClusterRole view', [`User ${alice}`])];
    const effect = judge({ snapshot, grant: [grant('curfew:read-logs')] });
    expect(effect).toMatchObject({ gains: [], unnecessary: true, dangers: [] });
    expect(judge({ grant: [] }).unnecessary).toBe(false);
  });

  test('could be had from a narrower role of the catalog', () => {
    const snapshot = [
      role('payments', 'exec', ['create,get :pods/exec']),
      binding('payments', 'Role exec', [`User ${alice}`]),
    ];
    const wider = catalogRole('curfew:support', ['get,list,watch :pods,pods/log,events', 'get :configmaps']);
    expect(judge({ snapshot, roles: [...roles, wider] }).narrower).toEqual(['curfew:read-logs']);
    expect(judge().narrower).toEqual([]);
  });

  test('counts a role as the snapshot has it, not as Kubernetes brings it', () => {
    const own = [
      clusterRole('view', ['get :pods']),
      binding('payments', 'ClusterRole view', [`User ${alice}`]),
    ];
    const effect = judge({ snapshot: own, grant: [grant('curfew:read-logs')] });
    expect(effect.alreadyHeld).toEqual(['get pods in payments']);
  });

  test('is said for the whole cluster too', () => {
    const effect = judge({
      grant: [grant('curfew:cluster-read', [`User ${alice}`], null)],
      scope: { cluster: 'prod-eu', namespace: null },
    });
    expect(effect.dangers).toEqual([]);
    expect(effect.gains).toEqual(['read namespaces and nodes', 'read pods in every namespace']);
  });

  test('leaves out what a RoleBinding cannot give', () => {
    expect(judge({ grant: [grant('curfew:cluster-read')] }).gains).toEqual([
      'get the namespace payments itself',
      'read pods in payments',
    ]);
  });

  test('includes what a service account of the grant itself gets', () => {
    const account = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'tool', namespace: 'payments' },
    };
    const effect = judge({ grant: [account, grant('curfew:debug-pod', ['ServiceAccount tool'])] });
    expect(effect.gains).toContain('exec into pods in payments');
    expect(ruleIds(effect)).toEqual(['pods-exec', 'network-identity']);
  });
});

describe('what is refused whatever it gives', () => {
  const less = clusterRole('curfew:debug-pod', ['get :pods']);
  const differing = clusterRole('curfew:debug-pod', [
    'get,list,watch,delete :pods,pods/log,events',
    'create,get :pods/exec',
  ]);
  const selector = { matchLabels: { part: 'yes' } };
  const aggregated = {
    ...clusterRole('curfew:debug-pod', []),
    aggregationRule: { clusterRoleSelectors: [selector] },
  };
  const foreignAccount = {
    apiVersion: 'iam.example.com/v1',
    kind: 'ServiceAccount',
    metadata: { name: 'tool', namespace: 'payments' },
  };
  const inOtherWords = clusterRole('curfew:debug-pod', [
    'get,create :pods/exec',
    'get :pods,pods/log,events',
    'list,watch :events,pods/log,pods',
  ]);

  test.each([
    ['a role that is not in the catalog', { grant: [grant('view')] }, ['role-missing']],
    [
      'a Role in the namespace',
      { grant: [binding('payments', 'Role curfew:debug-pod', [`User ${alice}`])] },
      ['role-missing'],
    ],
    ['a role that differs in the cluster', { snapshot: [differing] }, ['role-differs']],
    ['a role that gives less in the cluster', { snapshot: [less] }, ['role-differs']],
    [
      'a role that the cluster lacks, and has others of the catalog',
      { snapshot: [clusterRole('curfew:read-logs', ['get :pods'])] },
      ['role-not-applied'],
    ],
    ['a role that the cluster may have, for nobody looked', { snapshot: standing }, []],
    ['a role that is aggregated in the cluster', { snapshot: [aggregated] }, ['role-differs']],
    [
      'a role that cannot be read in the cluster',
      { snapshot: [{ ...differing, rules: 'all' }] },
      ['role-differs'],
    ],
    ['a role that is the same in other words', { snapshot: [inOtherWords] }, []],
    [
      'an aggregated role of the catalog',
      { roles: [{ name: 'curfew:debug-pod', object: aggregated }] },
      ['role-aggregated'],
    ],
    [
      'a group',
      { grant: [grant('curfew:debug-pod', [`User ${alice}`, 'Group oncall'])] },
      ['foreign-subject'],
    ],
    [
      'another user',
      { grant: [grant('curfew:debug-pod', ['User mallory@example.com'])] },
      ['foreign-subject'],
    ],
    [
      'the user in another case',
      { grant: [grant('curfew:debug-pod', ['User Alice@example.com'])] },
      ['foreign-subject'],
    ],
    [
      'a service account that stands there',
      { grant: [grant('curfew:debug-pod', ['ServiceAccount default'])] },
      ['foreign-subject'],
    ],
    [
      'a service account of another API',
      { grant: [foreignAccount, grant('curfew:debug-pod', ['ServiceAccount tool'])] },
      ['foreign-subject'],
    ],
    [
      'another namespace',
      { grant: [grant('curfew:debug-pod', [`User ${alice}`], 'vault')] },
      ['outside-scope'],
    ],
    ['the whole cluster', { grant: [grant('curfew:debug-pod', [`User ${alice}`], null)] }, ['outside-scope']],
    [
      'a namespace where the cluster was asked for',
      { scope: { cluster: 'prod-eu', namespace: null } },
      ['outside-scope'],
    ],
    [
      'a role in the grant',
      { grant: [grant('curfew:debug-pod'), role('payments', 'r', ['get :pods'])] },
      ['role-in-grant'],
    ],
    [
      'a user of Kubernetes',
      { subjectUser: 'system:admin', grant: [grant('curfew:debug-pod', ['User system:admin'])] },
      ['system-subject'],
    ],
    [
      'a binding that cannot be read',
      { grant: [{ ...grant('curfew:debug-pod'), roleRef: 'x' }] },
      ['unreadable'],
    ],
    [
      'a subject that is none',
      { grant: [{ ...grant('curfew:debug-pod'), subjects: ['alice'] }] },
      ['unreadable'],
    ],
  ] satisfies readonly [string, Partial<RbacQuestion>, readonly string[]][])('%s', (_, more, expected) => {
    expect(refusedFor(more)).toEqual(expected);
  });

  test('says what else a role outside the catalog would give', () => {
    const effect = judge({ grant: [grant('edit')] });
    expect(ruleIds(effect).slice(0, 2)).toEqual(['role-missing', 'default-edit']);
    expect(effect.dangers.at(0)?.message).toBe(
      'RoleBinding payments/inc-4711-debug binds ClusterRole edit, which is not in the catalog',
    );
  });
});

describe('a snapshot', () => {
  test('adds a danger that only comes together with what is held', () => {
    const snapshot = [
      clusterRole('requester', ['create certificates.k8s.io:certificatesigningrequests']),
      binding(null, 'ClusterRole requester', [`User ${alice}`]),
    ];
    const approver = {
      grant: [grant('curfew:approver', [`User ${alice}`], null)],
      scope: { cluster: 'prod-eu', namespace: null },
    };
    expect(ruleIds(judge(approver))).toEqual([]);
    const [danger] = judge({ ...approver, snapshot }).dangers;
    expect(danger).toMatchObject({ rule: 'approve-certificates', refusedAlways: true });
    expect(danger?.message).toMatch(
      /^request and approve certificates, together with what is already held: /,
    );
  });

  test('never takes a danger of the grant away', () => {
    const alone = judge({ snapshot: [] }).dangers;
    fc.assert(
      fc.property(world, (snapshot) => {
        const renamed: readonly KubernetesObject[] = JSON.parse(
          JSON.stringify(snapshot).replaceAll('"alice"', `"${alice}"`),
        );
        expect(judge({ snapshot: renamed }).dangers).toEqual(expect.arrayContaining([...alone]));
      }),
      { numRuns: 300 },
    );
  });

  test('is missed where there is none', () => {
    expect(judge({ snapshot: [] }).unknown).toEqual([
      `there is no snapshot of prod-eu, so nothing is known of what ${alice} already holds`,
    ]);
  });

  test('is quoted where it cannot be read as it stands', () => {
    const snapshot = [{ ...clusterRole('broken', []), rules: [{ verbs: 'get' }] }];
    expect(judge({ snapshot }).unknown).toContain(
      'in the snapshot of prod-eu, ClusterRole broken: rules[0] is not an object of lists of plain strings; it gives nothing',
    );
  });
});

describe('the labels of a bound role', () => {
  test('are told where they widen a default role', () => {
    const label = { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' };
    const object = clusterRole('curfew:read-logs', ['get :pods/log'], label);
    const effect = judge({
      roles: [{ name: 'curfew:read-logs', object }],
      grant: [grant('curfew:read-logs')],
    });
    expect(effect.dangers).toMatchObject([
      {
        rule: 'feeds-default-role',
        message:
          'the labels of ClusterRole curfew:read-logs make it part of view: everyone who holds that default role then holds its rules too',
      },
    ]);
  });
});

describe('what the holder can become', () => {
  const deployer = [
    clusterRole('deploy', ['patch apps:deployments', 'delete :pods']),
    clusterRole('list-nodes', ['list :nodes']),
    binding('payments', 'ClusterRole deploy', ['ServiceAccount deployer']),
    binding('orders', 'ClusterRole deploy', ['ServiceAccount payments/deployer']),
    binding(null, 'ClusterRole list-nodes', ['ServiceAccount orders/agent']),
  ];

  test('is named with its powers, also by way of others', () => {
    expect(judge({ snapshot: deployer }).escalations).toEqual([
      'act as service account payments/deployer: change deployments in orders, change deployments in payments, delete pods in orders and more',
      'act as service account orders/agent: list nodes',
    ]);
  });

  test('is nothing new where it was open before', () => {
    const before = [
      ...deployer,
      role('payments', 'exec', ['create :pods/exec']),
      binding('payments', 'Role exec', [`User ${alice}`]),
    ];
    expect(judge({ snapshot: before }).escalations).toEqual([]);
  });

  test('is nothing where the grant only reads', () => {
    expect(judge({ snapshot: deployer, grant: [grant('curfew:read-logs')] }).escalations).toEqual([]);
  });

  test('is counted where it is many', () => {
    const many = Array.from({ length: 15 }, (_, index) =>
      binding('payments', 'ClusterRole deploy', [`ServiceAccount sa-${index}`], `b-${index}`),
    );
    const { escalations } = judge({ snapshot: [...deployer.slice(0, 1), ...many] });
    expect(escalations).toHaveLength(11);
    expect(escalations.at(-1)).toBe('act as up to 5 more service accounts');
  });
});
