import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, startCluster, type TestCluster } from './cluster.ts';

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'payments' } };

function binding(name: string, role: string): object {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name, namespace: 'payments' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'alice@example.com' }],
  };
}

describe('the control plane', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster();
    await cluster.apply([namespace, binding('alice-views', 'view')]);
  });
  afterAll(async () => await cluster?.stop());

  test('is the version that the modules pin', async () => {
    const { body } = await (await cluster.api())('GET', '/version');
    expect(body).toMatchObject({ gitVersion: 'v1.36.3', major: '1', minor: '36' });
  });

  test('lets a person do what a binding gives, and nothing else', async () => {
    const alice = await cluster.api('alice@example.com');
    expect((await alice('GET', '/api/v1/namespaces/payments/pods')).status).toBe(200);
    expect((await alice('GET', '/api/v1/namespaces/payments/secrets')).status).toBe(403);
    expect((await alice('GET', '/api/v1/namespaces/default/pods')).status).toBe(403);
    const kubectl = await cluster.kubectl(['get', 'pods', '-n', 'payments'], { as: 'bob@example.com' });
    expect(kubectl).toMatchObject({ code: 1, stderr: expect.stringContaining('Forbidden') });
  });

  test('answers a SubjectAccessReview', async () => {
    const question = { verb: 'list', resource: 'pods', namespace: 'payments' };
    expect(await cluster.allows({ user: 'alice@example.com' }, question)).toBe(true);
    expect(await cluster.allows({ user: 'bob@example.com' }, question)).toBe(false);
    expect(
      await cluster.allows({ user: 'x', groups: ['system:masters'] }, { verb: 'get', path: '/metrics' }),
    ).toBe(true);
  });

  test('fills an aggregated role', async () => {
    const label = { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' };
    await cluster.apply([
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'widgets', labels: label },
        rules: [{ apiGroups: ['example.com'], resources: ['widgets'], verbs: ['get'] }],
      },
    ]);
    const question = { verb: 'get', group: 'example.com', resource: 'widgets', namespace: 'payments' };
    const ask = async (): Promise<boolean> => await cluster.allows({ user: 'alice@example.com' }, question);
    await expect.poll(ask, { timeout: 30_000 }).toBe(true);
  });

  test('knows a service account by its token', async () => {
    await cluster.apply([
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot', namespace: 'payments' } },
    ]);
    const { stdout } = await cluster.kubectl(
      ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'],
      {
        as: 'system:serviceaccount:payments:robot',
      },
    );
    expect(stdout).toBe('system:serviceaccount:payments:robot');
  });

  test('writes down who was allowed by which binding, and no Secret', async () => {
    const secret = {
      kind: 'Secret',
      metadata: { name: 's', namespace: 'payments' },
      stringData: { a: 'hidden' },
    };
    await cluster.apply([{ apiVersion: 'v1', ...secret }]);
    const alice = await cluster.api('alice@example.com');
    await alice('GET', '/api/v1/namespaces/payments/pods/none');
    await eventually('the audit log tells of it', async () => {
      const events = await cluster.audit();
      const reason = events.find(({ objectRef }) => objectRef?.name === 'none')?.annotations;
      return /RoleBinding "alice-views\/payments"/.test(reason?.['authorization.k8s.io/reason'] ?? '');
    });
    const events = JSON.stringify(await cluster.audit());
    expect(events).toContain('"name":"s"');
    expect(events).not.toContain('hidden');
  });

  test('comes back after an outage with what it knew', async () => {
    await cluster.apiServer.stop();
    await expect((await cluster.api())('GET', '/readyz')).rejects.toThrow('ECONNREFUSED');
    await cluster.apiServer.start();
    const alice = await cluster.api('alice@example.com');
    expect((await alice('GET', '/api/v1/namespaces/payments/pods')).status).toBe(200);
  });
});
