/** Every rule of the admission, on a real API server: by what it refuses, and by what is near to that and passes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { KubernetesObject } from '../../src/base/json.ts';
import { applier, guard } from '../../src/cluster/identities.ts';
import { ruleSets } from '../../src/cluster/manifests/admission.ts';
import { ceilingsConfigMap } from '../../src/cluster/manifests/ceilings.ts';
import { checkAdmission } from '../../src/cluster/manifests/check.ts';
import { beyondCeilings } from '../../src/policy/excess.ts';
import { readManifests } from '../../src/request/manifests.ts';
import { manifestLimits } from '../../src/request/yaml-limits.ts';
import { ofOthers, proofs, standing, unplaced } from './admission-proofs.ts';
import { apply, create, owner, remove, send } from './admission-requests.ts';
import { admin, eventually, startCluster, type TestCluster } from './cluster.ts';
import {
  grantObject,
  grantObjects,
  ceilings,
  install,
  pathOf,
  record,
  remarked,
  shippedTemplates,
} from './grants.ts';

let cluster: TestCluster;
const allProofs = proofs();
const rows: string[] = [];
let requests = 0;

/** Patterns of users as an administrator may write them, and all of which but `*` stands for itself. */
const patterns = [
  'auth0|5f*',
  'CORP\\Eve',
  'CORP\\Q*',
  'x(1)',
  'q?',
  '[ab]',
  '^b$',
  'a.b+c@*.org',
  '*{2}*',
  'end\\',
];

/** Ceilings that an administrator made too wide, so that what refuses is the rule in question. */
const generous = {
  ...ceilings(),
  roles: [...ceilings().roles, 'view'],
  users: [...ceilings().users, 'everybody', 'default', 'system:*', ...patterns],
  protectedNamespaces: ['vault'],
};

beforeAll(async () => {
  cluster = await startCluster();
  await install(cluster, generous);
});

afterAll(async () => {
  if (rows.length > 0) {
    const total = `${allProofs.length} rules, each refusing and letting pass: ${requests} requests`;
    process.stdout.write(`\n${rows.join('\n')}\n\n${total}\n`);
  }
  await cluster?.stop();
});

test('what is installed is what it should be, as --check reads it', async () => {
  const kinds = 'validatingadmissionpolicies,validatingadmissionpolicybindings,configmaps';
  const args = ['get', kinds, '-A', '-l', 'app.kubernetes.io/part-of=curfew', '-o', 'yaml'];
  const { stdout } = await cluster.kubectl(args);
  const installed = readManifests('installed.yaml', stdout, {
    ...manifestLimits,
    bytes: 2 ** 22,
    keys: 100_000,
    tokens: 2 ** 20,
  });
  expect(installed.ok && checkAdmission(installed.value, ceilings())).toEqual([]);
});

test('no expression is of a wrong type, for any kind that it concerns', async () => {
  // Warnings would stand in typeChecking.
  const checked = z.object({
    status: z.object({ observedGeneration: z.literal(1), typeChecking: z.strictObject({}) }),
  });
  for (const { name } of ruleSets) {
    const path = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${name}`;
    const ask = async (): Promise<unknown> => (await (await cluster.api())('GET', path)).body;
    await expect.poll(async () => checked.safeParse(await ask()).success, { timeout: 30_000 }).toBe(true);
  }
});

describe('with the rights of curfew manifests roles, as server-side apply sends them', () => {
  test.each(shippedTemplates)('the API server takes a grant by %s, again and again', async (template) => {
    for (const object of grantObjects({ template, id: `x-${template}`.slice(0, 33) }))
      for (const dryRun of [true, false, true, false])
        expect(await send(cluster, apply(object), dryRun)).toMatchObject({
          status: expect.toSatisfy((status: number) => [200, 201].includes(status)),
        });
  });
});

test.each(['read-logs', 'cluster-read'])('also as Argo CD sends %s', async (template) => {
  const annotations = { 'argocd.argoproj.io/tracking-id': 'curfew-prod-eu:x' };
  const objects = grantObjects({ template, id: `argo-${template}` }).map((object) =>
    remarked(object, { annotations }),
  );
  // Of RBAC it first makes what is missing so, and only then applies.
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const reconciled = await cluster.kubectl(['auth', 'reconcile', '-f', '-'], { as: applier.user, input });
  expect(reconciled).toMatchObject({ code: 0 });
  for (const object of objects)
    expect(await send(cluster, apply(object, applier.user, 'argocd-controller'), false)).toMatchObject({
      status: 200,
    });
});

function boundTo(name: string): KubernetesObject {
  const binding = grantObject('RoleBinding', { template: 'read-logs', id: 'payments-555555555555' });
  return { ...binding, subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name }] };
}

/** Rights that nobody should have: so that what refuses is the rule in question, and not RBAC. */
const wide = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'wide' },
  rules: [
    {
      apiGroups: [''],
      resources: [
        'pods',
        'pods/status',
        'pods/ephemeralcontainers',
        'pods/binding',
        'bindings',
        'serviceaccounts',
        'serviceaccounts/token',
      ],
      verbs: ['*'],
    },
    { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: ['*'] },
    { apiGroups: ['rbac.authorization.k8s.io'], resources: ['*'], verbs: ['*'] },
  ],
};

const wideBinding = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'wide' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'wide' },
  subjects: [
    { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: owner },
    ...[applier, guard].map(({ name, namespace }) => ({ kind: 'ServiceAccount', name, namespace })),
  ],
};

const guardAccount = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: guard.name, namespace: guard.namespace },
};

describe('whatever RBAC allows', () => {
  beforeAll(async () => {
    await cluster.apply([guardAccount, wide, wideBinding, ofOthers.binding, ofOthers.policy]);
    await eventually('the wide rights are in force', async () => {
      const answers = [applier, guard].map(({ user }) => remove(ofOthers.binding, user));
      const outcomes = await Promise.all(answers.map(async (request) => send(cluster, request, true)));
      return outcomes.every(({ message }) => message.includes('rule only-grants'));
    });
    for (const object of [...grantObjects(standing), unplaced]) await send(cluster, apply(object), false);
    await schedule(grantObject('Pod', standing));
  });

  test('every rule has a proof', () => {
    const rules = ruleSets.flatMap((set) => set.rules.map(({ name }) => name));
    expect(new Set(allProofs.map(({ rule }) => rule))).toEqual(new Set(rules));
  });

  test.each(allProofs)('$rule', async ({ rule, also = [], refused, passes }) => {
    for (const [what, request] of Object.entries(refused)) {
      const { status, message } = await send(cluster, request, true);
      const rules = [rule, ...also].join('|');
      const said = expect.stringMatching(new RegExp(`\\(rule (${rules})\\)`));
      expect.soft([what, status, message]).toEqual([what, 403, said]);
      rows.push(`${rule.padEnd(28)} refused  ${what}`);
      requests += 1;
    }
    for (const [what, request] of Object.entries(passes)) {
      const { status, message } = await send(cluster, request, true);
      expect
        .soft([what, message, status])
        .toEqual([what, '', expect.toSatisfy((code) => [200, 201, 202].includes(code))]);
      rows.push(`${rule.padEnd(28)} passes   ${what}`);
      requests += 1;
    }
  });

  describe('a plan reads the ceilings as the rules do', () => {
    const max = generous.maxDuration;
    const inNamespace = { template: 'read-logs', id: 'payments-555555555555' };
    const inCluster = { template: 'cluster-read', id: 'cluster-555555555555' };
    const names = [
      'auth0|5f',
      'auth0|5f1',
      'auth0',
      'auth0|6',
      'x|5f',
      'CORP\\Eve',
      'CORPEve',
      'CORP\\Q7',
      'CORP7',
      'x(1)',
      'x1',
      'q?',
      'q',
      '[ab]',
      'a',
      '^b$',
      'b',
      'a.b+c@x.org',
      'axb+c@x.org',
      'a.bbc@x.org',
      'a.b+c@.org',
      '{2}',
      'a{2}b',
      'aab',
      'end\\',
      'end',
      'end\\E',
      'everybody',
      'Everybody',
      'everybody2',
    ];
    const rows: readonly (readonly [what: string, object: KubernetesObject, duration: number])[] = [
      ...names.map((name) => [name, boundTo(name), 1800] as const),
      ...([max, max + 1, max - 60] as const).map((duration) => {
        return [`${duration} s`, grantObject('RoleBinding', { ...inNamespace, duration }), duration] as const;
      }),
      ...['vault', 'orders'].map((namespace) => {
        return [namespace, grantObject('RoleBinding', { ...inNamespace, namespace }), 1800] as const;
      }),
      ['the whole cluster', grantObject('ClusterRoleBinding', inCluster), 1800],
      ...['curfew:read-logs', 'curfew:none', 'curfew:*'].flatMap((name) =>
        [inNamespace, inCluster].map((options) => {
          const kind = options === inNamespace ? 'RoleBinding' : 'ClusterRoleBinding';
          const binding = grantObject(kind, options);
          return [
            `${kind} ${name}`,
            { ...binding, roleRef: { ...record(binding['roleRef']), name } },
            1800,
          ] as const;
        }),
      ),
    ];

    test.each(rows)('%s', async (_, object, duration) => {
      const { message } = await send(cluster, create(object), true);
      const isRefused = /rule (end-within|role-within|user-within|unprotected)/.test(message);
      expect([isRefused, message]).toEqual([
        beyondCeilings(generous, [object], duration).length > 0,
        message,
      ]);
    });
  });

  test('without ceilings nothing is granted, and everything can still end', async () => {
    const object = grantObject('RoleBinding', { template: 'read-logs', id: 'payments-444444444444' });
    const there = grantObject('RoleBinding', standing);
    await cluster.kubectl(['delete', 'configmap', '-n', 'curfew-system', 'curfew-ceilings']);
    await eventually('the ceilings are gone', async () => {
      const { status, message } = await send(cluster, apply(object), true);
      return status !== 200 && message.includes('curfew-ceilings');
    });
    for (const user of [guard.user, applier.user, admin])
      expect(await send(cluster, remove(there, user), true)).toMatchObject({ status: 200 });
    expect(await send(cluster, apply(there), true)).toMatchObject({ status: 200 });
    await cluster.apply([ceilingsConfigMap(generous)]);
    await eventually(
      'the ceilings are back',
      async () => (await send(cluster, apply(object), true)).status === 201,
    );
  });

  test('a namespace takes the grants in it along', async () => {
    for (const object of grantObjects({ ...standing, namespace: 'orders' }))
      expect(await send(cluster, apply(object), false)).toMatchObject({ status: 201 });
    await cluster.kubectl(['delete', 'namespace', 'orders', '--wait=false']);
    await eventually('the namespace is gone', async () => {
      const { status } = await (await cluster.api())('GET', '/api/v1/namespaces/orders');
      return status === 404;
    });
  });
});

/** As a scheduler does: only of a Pod on a node is it heard how long it may take to stop. */
async function schedule(pod: KubernetesObject): Promise<void> {
  const api = await cluster.api();
  const target = { kind: 'Node', name: 'node-1' };
  const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name: pod.metadata.name }, target };
  expect(await api('POST', `${pathOf(pod)}/binding`, body)).toMatchObject({ status: 201 });
}
