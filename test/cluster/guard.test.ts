import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { guardObjects } from '../../src/cluster/manifests/guard.ts';
import { systemNamespaceObject } from '../../src/cluster/manifests/roles.ts';
import { startCluster, type TestCluster } from './cluster.ts';
import {
  clusterRoleBinding,
  networkPolicy,
  pod,
  present,
  roleBinding,
  serviceAccount,
  startGuard,
  type RunningGuard,
} from './guard-world.ts';

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'payments' } };

describe('the guard', () => {
  let cluster: TestCluster;
  const running: RunningGuard[] = [];
  const start = async (
    ...args: Parameters<typeof startGuard> extends [unknown, ...infer Rest] ? Rest : never
  ): Promise<RunningGuard> => {
    const guard = await startGuard(cluster, ...args);
    running.push(guard);
    return guard;
  };
  const gone = async (): Promise<void> => {
    await expect.poll(async () => await present(cluster), { timeout: 20_000 }).toEqual([]);
  };

  beforeAll(async () => {
    cluster = await startCluster();
    await cluster.apply([namespace, systemNamespaceObject(), ...guardObjects({ image: 'guard', git: null })]);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map(async (guard) => await guard.stop()));
    await cluster.kubectl([
      'delete',
      'rolebindings,clusterrolebindings,pods,networkpolicies,serviceaccounts',
      '-A',
      '-l',
      'curfew.dev/grant',
    ]);
  });
  afterAll(async () => await cluster?.stop());

  test('removes a grant at its end, the binding first, the policy and the account after the pod', async () => {
    const guard = await start();
    const grant = { id: 'g-order', end: Date.now() + 3000 };
    await cluster.apply([
      serviceAccount(grant),
      networkPolicy(grant),
      pod(grant),
      roleBinding(grant),
      clusterRoleBinding(grant),
    ]);
    await gone();
    const removed = guard.log.filter(({ msg }) => msg === 'removed');
    expect(removed.map(({ kind }) => kind)).toEqual([
      expect.stringMatching(/RoleBinding$/),
      expect.stringMatching(/RoleBinding$/),
      'Pod',
      'NetworkPolicy',
      'ServiceAccount',
    ]);
    expect(guard.log.filter(({ level }) => level !== 'info')).toEqual([]);
    for (const { reason, lagSeconds } of removed) {
      expect(reason).toBe('expired');
      expect(lagSeconds).toBeGreaterThanOrEqual(0);
    }
  });
});
