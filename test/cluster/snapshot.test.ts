/** `curfew snapshot` of a real cluster, by a service account that may list and nothing else. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { networkCommand } from '../../src/cli/network.ts';
import { readManifestFiles } from '../../src/cli/manifest-files.ts';
import { snapshotCommand } from '../../src/cli/snapshot.ts';
import { validateCommand } from '../../src/cli/validate.ts';
import type { Command } from '../../src/cli/command.ts';
import { can } from '../../src/effect/rbac/can.ts';
import { subjectFor } from '../../src/effect/rbac/subject.ts';
import { loadRbac } from '../../src/effect/rbac/world.ts';
import { snapshotObjects } from '../../src/cluster/snapshot/role.ts';
import { fakeIo } from '../cli/fake-io.ts';
import { startCluster, type Question, type TestCluster } from './cluster.ts';

const repository = resolve(import.meta.dirname, '../..');
const rbac = 'rbac.authorization.k8s.io/v1';
const job = 'system:serviceaccount:curfew-system:curfew-snapshot';
const canary = 'hunter2-canary';

function namespace(name: string, labels: object = {}): object {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

function binding(
  name: string,
  where: string | null,
  roleRef: object,
  subject: object,
  labels: object = {},
): object {
  return {
    apiVersion: rbac,
    kind: where === null ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: {
      name,
      ...(where === null ? {} : { namespace: where }),
      labels,
      annotations: { note: canary },
    },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', ...roleRef },
    subjects: [subject],
  };
}

function user(name: string): object {
  return { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name };
}

const pods = {
  metadata: { labels: { app: 'api' }, annotations: { note: canary } },
  spec: {
    containers: [
      {
        name: 'api',
        image: `example.com/${canary}`,
        args: [canary],
        env: [{ name: 'PASSWORD', value: canary }],
        ports: [{ name: 'https', containerPort: 8443 }],
      },
    ],
  },
};

function workload(kind: string, name: string, where: string, app: string): object {
  const template = { ...pods, metadata: { ...pods.metadata, labels: { app } } };
  const selector = { matchLabels: { app } };
  const more = kind === 'StatefulSet' ? { serviceName: name } : {};
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: where },
    spec: { selector, template, ...more },
  };
}

const standing: readonly object[] = [
  namespace('curfew-system'),
  namespace('payments', { environment: 'production' }),
  namespace('orders'),
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace: 'payments' },
    stringData: { a: canary },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'c', namespace: 'payments' },
    data: { a: canary },
  },
  ...snapshotObjects(),
  workload('Deployment', 'api', 'payments', 'api'),
  workload('StatefulSet', 'db', 'payments', 'db'),
  workload('Deployment', 'web', 'orders', 'web'),
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'db', namespace: 'payments', annotations: { note: canary } },
    spec: {
      podSelector: { matchLabels: { app: 'db' } },
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'api' } } }], ports: [{ port: 'https' }] }],
    },
  },
  {
    apiVersion: rbac,
    kind: 'Role',
    metadata: { name: 'restarter', namespace: 'payments' },
    rules: [
      { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['api'], verbs: ['get', 'patch'] },
    ],
  },
  binding('alice', 'payments', { kind: 'ClusterRole', name: 'view' }, user('alice@example.com')),
  binding('bob', 'payments', { kind: 'Role', name: 'restarter' }, user('bob@example.com')),
  binding('carol', null, { kind: 'ClusterRole', name: 'edit' }, user('carol@example.com')),
];

describe('a snapshot of a real cluster', () => {
  let cluster: TestCluster;
  let root: string;
  let kubeconfig: string;

  beforeAll(async () => {
    cluster = await startCluster();
    root = await mkdtemp(join(tmpdir(), 'curfew-access-'));
    for (const path of ['.github/curfew.yaml', '.github/CODEOWNERS', 'templates'])
      await cp(join(repository, path), join(root, path), { recursive: true });
    await cluster.apply(standing);
    await cluster.kubectl(['apply', '-f', join(root, 'templates/roles')]);
    kubeconfig = await cluster.kubeconfig(job);
    await snapshot();
  });

  afterAll(async () => {
    await cluster?.stop();
    await rm(root, { recursive: true, force: true });
  });

  async function run(
    command: Command,
    ...args: readonly string[]
  ): Promise<{ code: number; out: string; err: string }> {
    const io = fakeIo({ cwd: root });
    const code = await command.run(args, io);
    return { code, out: io.out(), err: io.err() };
  }

  async function snapshot(...more: readonly string[]): Promise<{ code: number; out: string; err: string }> {
    const where = ['--kubeconfig', kubeconfig, '--context', 'test', '--out', 'clusters/prod-eu'];
    return await run(snapshotCommand, ...where, ...more);
  }

  async function files(): Promise<string> {
    const folder = join(root, 'clusters/prod-eu');
    const names = (await readdir(folder)).toSorted();
    return (await Promise.all(names.map(async (name) => await readFile(join(folder, name), 'utf8')))).join(
      '\n',
    );
  }

  test('holds no secret, and can be read by the engine', async () => {
    const all = await files();
    expect(all).not.toContain(canary);
    expect(all).toContain('gitVersion: v1.36.3');
    // This cluster lacks what the policy states of its network; none of that is a fault of these files.
    const { out } = await run(validateCommand, '.');
    expect(out).toContain('.github/curfew.yaml');
    expect(out).not.toContain('clusters/');
  });

  test('is taken by somebody who may see no Secret and change nothing', async () => {
    const api = await cluster.api(job);
    expect((await api('GET', '/api/v1/namespaces/payments/secrets')).status).toBe(403);
    expect((await api('GET', '/api/v1/namespaces/payments/configmaps')).status).toBe(403);
    expect((await api('DELETE', '/apis/apps/v1/namespaces/payments/deployments/api')).status).toBe(403);
  });

  test('is the same a second time, and after what is no news', async () => {
    expect(await snapshot()).toMatchObject({ out: 'nothing has changed in prod-eu\n' });
    const scaled = await cluster.kubectl(['scale', '-n', 'payments', 'deployment/api', '--replicas=5']);
    expect(scaled).toMatchObject({ code: 0 });
    await cluster.kubectl(['annotate', '-n', 'payments', 'deployment/api', 'note2=x']);
    expect(await snapshot()).toMatchObject({ out: 'nothing has changed in prod-eu\n' });
    expect(await snapshot('--check')).toEqual({ code: 0, out: 'prod-eu is as git says\n', err: '' });
  });

  test('answers every question about permissions as the server does', async () => {
    const world = loadRbac(await readManifestFiles(['clusters/prod-eu'], fakeIo({ cwd: root })));
    expect(world.problems).toEqual([]);
    expect(world.dangling).toEqual([]);
    const who = ['alice@example.com', 'bob@example.com', 'carol@example.com', 'mallory@example.com', job];
    const resources = [
      { resource: 'pods' },
      { resource: 'pods', subresource: 'log' },
      { resource: 'secrets' },
      { resource: 'services' },
      { resource: 'deployments', group: 'apps' },
      { resource: 'deployments', group: 'apps', name: 'api' },
      { resource: 'rolebindings', group: 'rbac.authorization.k8s.io' },
    ];
    const verbs = ['get', 'list', 'patch', 'delete'];
    const questions = ['payments', 'orders'].flatMap((where) =>
      resources.flatMap((each) => verbs.map((verb): Question => ({ ...each, verb, namespace: where }))),
    );
    const answers = await Promise.all(
      who.flatMap((name) =>
        questions.map(async (question) => {
          const {
            verb,
            resource = '',
            group = '',
            name: one = '',
            subresource = '',
            namespace = '',
          } = question;
          const asked = { verb, group, resource, subresource, name: one, namespace };
          const said = can(world, subjectFor(name, []), asked).allowed;
          const subject = { user: name, groups: ['system:authenticated'] };
          const live = await cluster.allows(subject, question);
          return { name, question, said, live };
        }),
      ),
    );
    expect(answers.filter(({ said, live }) => said !== live)).toEqual([]);
    expect(answers.filter(({ live }) => live).length).toBeGreaterThan(20);
  });

  test('shows the same connections as everything that the server has', async () => {
    const kinds = 'ns,deployments,statefulsets,pods,netpol';
    const { stdout } = await cluster.kubectl(['get', kinds, '-A', '-o', 'json']);
    await writeFile(join(root, 'everything.json'), stdout);
    const fromServer = await run(networkCommand, 'list', 'everything.json');
    const fromSnapshot = await run(networkCommand, 'list', 'clusters/prod-eu');
    expect(fromServer.out).toContain('payments/api[Deployment] -> payments/db[StatefulSet]: TCP 8443');
    expect(fromSnapshot.out).toBe(fromServer.out);
  });

  test('notices what came, went and changed, the catalog, and what no grant in git has', async () => {
    await cluster.kubectl(['label', 'namespace', 'orders', 'environment=staging']);
    await cluster.kubectl(['delete', 'deployment', '-n', 'orders', 'web']);
    await cluster.kubectl(['delete', 'clusterrole', 'curfew:read-logs']);
    const role = { kind: 'ClusterRole', name: 'view' };
    const labels = { 'curfew.dev/grant': 'orders-1' };
    await cluster.apply([binding('left', 'orders', role, user('mallory@example.com'), labels)]);
    const { code, out } = await snapshot('--check');
    expect(code).toBe(1);
    expect(out.split('\n')).toEqual([
      '- ClusterRole curfew:read-logs',
      '- Deployment orders/web',
      '~ Namespace orders: metadata.labels.environment',
      '! ClusterRole curfew:read-logs is not in the cluster: what binds it gives nothing',
      '! RoleBinding orders/left carries the label of grant orders-1, and no file of grants/prod-eu has it',
      '',
    ]);
    expect(await snapshot()).toMatchObject({
      code: 0,
      err: expect.stringContaining('RoleBinding orders/left'),
    });
    expect(await files()).not.toMatch(/left|mallory/);
  });
});
