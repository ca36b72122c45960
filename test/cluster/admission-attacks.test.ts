/**
 * What is tried against the cluster's admission, for real, with the rights that `curfew manifests` gives and no others:
 * each refused, by RBAC or by a rule. What stays possible is said too, and shown.
 */
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { z } from 'zod';
import { grantAnnotations, grantLabel } from '../../src/base/grant-marks.ts';
import { formatInstant } from '../../src/base/instant.ts';
import type { JsonObject, KubernetesObject } from '../../src/base/json.ts';
import { applier, guard } from '../../src/cluster/identities.ts';
import { guardObjects } from '../../src/cluster/manifests/guard.ts';
import { ofOthers } from './admission-proofs.ts';
import { apply, create, owner, patch, remove, send, type Request } from './admission-requests.ts';
import { eventually, startCluster, type TestCluster } from './cluster.ts';
import { grantObject, grantObjects, install, record, remarked, type GrantOptions } from './grants.ts';

/** By whom an attack is refused: RBAC, a rule of the admission, or what the API makes of such objects anyway. */
type Refusal = 'RBAC' | 'the API' | `rule ${string}`;
type Attack = readonly [what: string, request: Request, by: Refusal];

const alice = 'alice@example.com';
const user = (name: string): JsonObject => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name });
const role = (name: string): JsonObject => ({
  kind: 'ClusterRole',
  apiGroup: 'rbac.authorization.k8s.io',
  name,
});

/** The grants that alice has: all that may be had in one namespace. */
const held: readonly GrantOptions[] = ['network-path', 'debug-pod', 'restart-deployment', 'read-logs'].map(
  (template) => ({ template, id: `payments-${template}`, grantedAt: Date.now() }),
);
const path: GrantOptions = { template: 'network-path', id: 'payments-network-path', grantedAt: Date.now() };
const binding = grantObject('RoleBinding', path);
const policy = grantObject('NetworkPolicy', path);
const pod = grantObject('Pod', path);

/** One that is not there. */
const other: GrantOptions = { template: 'read-logs', id: 'payments-forged' };
const forged = grantObject('RoleBinding', other);

function ask(as: string, method: string, address: string, body: JsonObject = {}): Request {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  return { as, method, path: address, type, ...(method === 'GET' ? {} : { body }) };
}

function endIn(seconds: number): JsonObject {
  const end = formatInstant(Date.now() + seconds * 1000);
  return { metadata: { annotations: { [grantAnnotations.expiresAt]: end } } };
}

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const admission = '/apis/admissionregistration.k8s.io/v1';

const byApplier: readonly Attack[] = [
  ['binds cluster-admin', create({ ...forged, roleRef: role('cluster-admin') }), 'RBAC'],
  [
    'binds a role of the catalog to itself',
    create({
      ...forged,
      subjects: [{ kind: 'ServiceAccount', name: applier.name, namespace: applier.namespace }],
    }),
    'rule ',
  ],
  [
    'binds a role of the catalog to everybody',
    create({ ...forged, subjects: [{ ...user('system:authenticated'), kind: 'Group' }] }),
    'rule ',
  ],
  [
    'grants to somebody whom the administrators never heard of',
    create({ ...forged, subjects: [user('eve@example.com')] }),
    'rule user-within-the-ceiling',
  ],
  [
    'gives a shell in every namespace',
    create({
      ...grantObject('ClusterRoleBinding', { template: 'cluster-read', id: 'payments-forged' }),
      roleRef: role('curfew:debug-pod'),
    }),
    'rule role-within-the-ceiling',
  ],
  [
    'grants for a year',
    create(grantObject('RoleBinding', { ...other, duration: 365 * 86_400 })),
    'rule end-within-the-ceiling',
  ],
  [
    'grants without an end',
    create(remarked(forged, { annotations: { [grantAnnotations.expiresAt]: null } })),
    'rule marked-in-full',
  ],
  [
    'grants in kube-system',
    create(grantObject('RoleBinding', { ...other, namespace: 'kube-system' })),
    'rule ',
  ],
  [
    'grants in a protected namespace',
    create(grantObject('RoleBinding', { ...other, namespace: 'vault' })),
    'rule ',
  ],
  [
    'binds without the label, for ever',
    create(remarked(forged, { labels: { [grantLabel]: null } })),
    'rule only-grants',
  ],
  ['moves the end of a grant', patch(binding, endIn(7200)), 'rule marks-stay'],
  [
    'gives a grant to somebody else',
    patch(binding, { subjects: [user('bob@example.com')] }),
    'rule content-stays',
  ],
  [
    'adopts a binding of others',
    apply({ ...ofOthers.binding, metadata: { ...forged.metadata, name: 'standing' } }),
    'rule ',
  ],
  ['deletes a binding of others', remove(ofOthers.binding, applier.user), 'rule only-grants'],
  ['deletes a network policy of others', remove(ofOthers.policy, applier.user), 'rule only-grants'],
  [
    "deletes the guard's rights",
    ask(applier.user, 'DELETE', `${rbac}/clusterrolebindings/${guard.name}`),
    'rule only-grants',
  ],
  [
    'deletes the Deployment of the guard',
    ask(applier.user, 'DELETE', `/apis/apps/v1/namespaces/curfew-system/deployments/${guard.name}`),
    'RBAC',
  ],
  [
    'starts a Pod with the disk of the node',
    create(withVolume({ hostPath: { path: '/' } })),
    'rule no-secrets',
  ],
  ['starts a Pod with a Secret', create(withVolume({ secret: { secretName: 'keys' } })), 'rule no-secrets'],
  ['reads Secrets', ask(applier.user, 'GET', '/api/v1/namespaces/payments/secrets'), 'RBAC'],
  [
    'opens a shell',
    ask(applier.user, 'POST', '/api/v1/namespaces/payments/pods/payments-network-path/exec?command=sh'),
    'RBAC',
  ],
  [
    "mints a token of the guard's",
    ask(applier.user, 'POST', '/api/v1/namespaces/curfew-system/serviceaccounts/curfew-guard/token'),
    'RBAC',
  ],
  [
    'widens a role of the catalog',
    ask(applier.user, 'PATCH', `${rbac}/clusterroles/curfew:read-logs`, { rules: [] }),
    'RBAC',
  ],
  [
    'takes the rules away',
    ask(applier.user, 'DELETE', `${admission}/validatingadmissionpolicybindings/curfew-authority`),
    'RBAC',
  ],
  [
    'raises the ceilings',
    ask(applier.user, 'PATCH', '/api/v1/namespaces/curfew-system/configmaps/curfew-ceilings', {
      data: { maxDuration: '9999h' },
    }),
    'RBAC',
  ],
];

const byGuard: readonly Attack[] = [
  ['deletes a binding of others', remove(ofOthers.binding, guard.user), 'rule only-grants'],
  ['deletes the default-deny policy', remove(ofOthers.policy, guard.user), 'rule only-grants'],
  ['makes a grant', create(forged, guard.user), 'RBAC'],
  ['moves the end of one', patch(binding, endIn(7200), guard.user), 'RBAC'],
  ['reads Secrets', ask(guard.user, 'GET', '/api/v1/namespaces/payments/secrets'), 'RBAC'],
  [
    'takes the rules away',
    ask(guard.user, 'DELETE', `${admission}/validatingadmissionpolicybindings/curfew-authority`),
    'RBAC',
  ],
];

function withVolume(source: JsonObject): KubernetesObject {
  const own = grantObject('Pod', { template: 'network-path', id: 'payments-forged' });
  return { ...own, spec: { ...record(own['spec']), volumes: [{ name: 'v', ...source }] } };
}

/** What somebody tries who wants to keep a grant; as its holder, and as one with every right in the namespace. */
function prolonging(as: string, by: (rule: string) => Refusal): readonly Attack[] {
  const longer = as === owner ? 'the API' : 'RBAC';
  const reason = 'only-the-applier-writes';
  return [
    ['moves the end', patch(binding, endIn(86_400), as), by(reason)],
    ['adds a finalizer', patch(binding, { metadata: { finalizers: ['example.com/keep'] } }, as), by(reason)],
    [
      'tells Flux not to prune',
      patch(binding, { metadata: { annotations: { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' } } }, as),
      by(reason),
    ],
    ['takes the label off', patch(binding, { metadata: { labels: { [grantLabel]: null } } }, as), by(reason)],
    [
      'makes it the grant of another',
      patch(binding, { metadata: { labels: { [grantLabel]: 'payments-else' } } }, as),
      by(reason),
    ],
    ['takes in a friend', patch(binding, { subjects: [user(alice), user('bob@example.com')] }, as), by('')],
    [
      'gives the binding an owner',
      patch(
        binding,
        {
          metadata: {
            ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: pod.metadata.name, uid: 'x' }],
          },
        },
        as,
      ),
      by(reason),
    ],
    ['opens the network path further', patch(policy, { spec: { egress: [{}] } }, as), by('')],
    ['deletes the policy that isolates the access Pod', remove(policy, as), by('few-delete')],
    [
      'has the binding wait for an object that never goes',
      remove(binding, as, { propagationPolicy: 'Foreground' }),
      by('few-delete'),
    ],
    [
      'adds a container to the access Pod',
      patch(
        pod,
        { spec: { ephemeralContainers: [{ name: 's', image: 'busybox:1.37.0' }] } },
        as,
        '/ephemeralcontainers',
      ),
      by(''),
    ],
    [
      'gives the access Pod longer to run',
      patch(pod, { spec: { activeDeadlineSeconds: 1_000_000 } }, as),
      longer,
    ],
    [
      'makes the binding again under another name',
      create({ ...binding, metadata: { ...binding.metadata, name: 'payments-network-path-2' } }, as),
      by(reason),
    ],
    ['makes a grant by hand', create(forged, as), by(reason)],
    [
      'labels a Pod of others, to have its network path',
      patch(ofOthers.pod, { metadata: { labels: { [grantLabel]: 'payments-network-path' } } }, as),
      by(reason),
    ],
    [
      'labels a binding of others, for the guard to delete',
      patch(
        ofOthers.binding,
        {
          metadata: {
            labels: { [grantLabel]: 'x' },
            annotations: { [grantAnnotations.expiresAt]: '2020-01-01T00:00:00Z' },
          },
        },
        as,
      ),
      by(reason),
    ],
    [
      'labels the default-deny policy, for the guard to delete',
      patch(ofOthers.policy, { metadata: { labels: { [grantLabel]: 'x' } } }, as),
      by(reason),
    ],
  ];
}

const byHolder: readonly Attack[] = [
  ...prolonging(alice, () => 'RBAC'),
  [
    "mints a token of the grant's service account",
    ask(alice, 'POST', '/api/v1/namespaces/payments/serviceaccounts/payments-network-path/token'),
    'RBAC',
  ],
  ['patches its status', patch(pod, endIn(86_400), alice, '/status'), 'RBAC'],
];

const byOwner: readonly Attack[] = [
  ...prolonging(owner, (rule) => `rule ${rule}`),
  ['moves the end by way of the status', patch(pod, endIn(86_400), owner, '/status'), 'rule marks-stay'],
  [
    'ties the Pod by way of the status',
    patch(pod, { metadata: { finalizers: ['example.com/keep'] } }, owner, '/status'),
    'rule no-ties',
  ],
  [
    'deletes the Pod with ten hours to stop',
    remove(pod, owner, { gracePeriodSeconds: 36_000 }),
    'rule deleted-at-once',
  ],
  [
    'moves the end by putting the Pod on a node',
    place(pod, { annotations: { [grantAnnotations.expiresAt]: '2099-01-01T00:00:00Z' } }),
    'rule placed-as-it-is',
  ],
  [
    'labels a Pod of others by putting it on a node, to have its network path',
    place(ofOthers.pod, { labels: { [grantLabel]: 'payments-network-path' } }),
    'rule placed-as-it-is',
  ],
];

function place({ metadata: { name } }: KubernetesObject, marks: JsonObject): Request {
  const binding = { metadata: { name, ...marks }, target: { kind: 'Node', name: 'node-1' } };
  return ask(owner, 'POST', `/api/v1/namespaces/payments/pods/${name}/binding`, {
    apiVersion: 'v1',
    kind: 'Binding',
    ...binding,
  });
}

/** Every right in the namespace, as teams have where they run it themselves. */
const ownership = [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'owner', namespace: 'payments' },
    rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'owner', namespace: 'payments' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'owner' },
    subjects: [user(owner)],
  },
];

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster();
  await install(cluster);
  await cluster.apply([...guardObjects({ image: 'curfew-guard:1', git: null }), ...ownership]);
  await cluster.apply(Object.values(ofOthers));
  await cluster.apply(held.flatMap(grantObjects), { as: applier.user });
  const api = await cluster.api();
  const target = { kind: 'Node', name: 'node-1' };
  await api('POST', '/api/v1/namespaces/payments/pods/payments-network-path/binding', {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: 'payments-network-path' },
    target,
  });
  await eventually('the owner has every right in the namespace', async () =>
    cluster.allows({ user: owner }, { verb: 'delete', resource: 'pods', namespace: 'payments' }),
  );
});

afterAll(async () => await cluster?.stop());

/** By whom an attack is refused, which is noted for the table at the end; what came of it where nobody does. */
async function attempt(
  group: string,
  [, request, by]: Attack,
  { meta }: TestContext['task'],
): Promise<string> {
  const refused = `${request.method} ${request.path.replace(/^.*\/v1\//, '')}`;
  meta.attack = { group, refused, reason: by };
  const refusal = await refusalOf(request);
  meta.attack = { group, refused, reason: refusal };
  return refusal;
}

async function refusalOf(request: Request): Promise<string> {
  const { status, message } = await send(cluster, request, false);
  const [by = `nobody: ${status} ${message}`] = refusals.flatMap(([pattern, said]) =>
    status >= 400 && pattern.test(message) ? [said ?? pattern.exec(message)?.[1] ?? ''] : [],
  );
  return by;
}

const refusals: readonly (readonly [pattern: RegExp, by: string | null])[] = [
  [/\((rule [a-z-]+)\)$/, null],
  [/is forbidden: User "|attempting to grant RBAC permissions not currently held/, 'RBAC'],
  [/must be less than or equal to previous value/, 'the API'],
];

describe('the applier, taken over', () => {
  test.for(byApplier)('%s', async (attack, { task }) => {
    expect(await attempt('the applier, taken over', attack, task)).toContain(attack[2]);
  });

  test('acts as an administrator', async ({ task }) => {
    task.meta.attack = { group: 'the applier, taken over', refused: 'every right', reason: 'RBAC' };
    const api = await cluster.api(applier.user, { user: 'admin', groups: ['system:masters'] });
    expect(await api('GET', '/api/v1/secrets')).toMatchObject({ status: 403 });
  });

  test('can at most grant within the ceilings, and end what is granted', async () => {
    const most = create(grantObject('RoleBinding', { ...other, duration: 4 * 3600 }));
    expect(await send(cluster, most, true)).toMatchObject({ status: 201 });
    for (const object of held.flatMap(grantObjects))
      expect(await send(cluster, remove(object, applier.user), true)).toMatchObject({ status: 200 });
  });
});

describe('the guard, taken over', () => {
  test.for(byGuard)('%s', async (attack, { task }) => {
    expect(await attempt('the guard, taken over', attack, task)).toContain(attack[2]);
  });
});

describe('a person with the granted roles', () => {
  test.for(byHolder)('%s', async (attack, { task }) => {
    expect(await attempt('holder of the grants', attack, task)).toContain(attack[2]);
  });
});

describe('a person with every right in the namespace', () => {
  test.for(byOwner)('%s', async (attack, { task }) => {
    expect(await attempt('owner of the namespace', attack, task)).toContain(attack[2]);
  });

  test("gets a token of the grant's service account, which gives nothing, and ends with it", async () => {
    const account = grantObject('ServiceAccount', path);
    const api = await cluster.api(owner);
    const asked = await api(
      'POST',
      '/api/v1/namespaces/payments/serviceaccounts/payments-network-path/token',
      {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds: 86_400 },
      },
    );
    const { token } = z.object({ status: z.object({ token: z.string() }) }).parse(asked.body).status;
    const kubectl = async (args: readonly string[]): Promise<string> =>
      (await cluster.kubectl([...args, `--token=${token}`], { as: alice })).stderr;
    expect(await kubectl(['get', 'pods', '-n', 'payments'])).toContain('forbidden');
    expect(await send(cluster, remove(account, guard.user), false)).toMatchObject({ status: 200 });
    await eventually('the token is none', async () =>
      (await kubectl(['get', 'pods', '-n', 'payments'])).includes('Unauthorized'),
    );
  });
});

describe('after the end', () => {
  test('what the guard took away is not made again, by anybody', async () => {
    const options: GrantOptions = {
      ...other,
      id: 'payments-short',
      duration: 60,
      grantedAt: Date.now() - 57_000,
    };
    const object = grantObject('RoleBinding', options);
    expect(await send(cluster, apply(object), false)).toMatchObject({ status: 201 });
    expect(await send(cluster, remove(object, guard.user), false)).toMatchObject({ status: 200 });
    await eventually('its end has passed', async () => {
      const { message } = await send(cluster, apply(object), true);
      return message.includes('rule end-is-to-come');
    });
    for (const as of [applier.user, owner, 'admin'])
      expect(await send(cluster, create(object, as), false)).toMatchObject({ status: 403 });
  });

  test('a Pod that is ending is still ended, and still applied', async () => {
    expect(await send(cluster, remove(pod, applier.user), false)).toMatchObject({ status: 200 });
    expect(await send(cluster, apply(pod), true)).toMatchObject({ status: 200 });
    expect(await send(cluster, remove(pod, guard.user, { gracePeriodSeconds: 0 }), false)).toMatchObject({
      status: 200,
    });
    await eventually(
      'it is gone',
      async () =>
        (
          await send(
            cluster,
            { as: 'admin', method: 'GET', path: '/api/v1/namespaces/payments/pods/payments-network-path' },
            false,
          )
        ).status === 404,
    );
  });
});
