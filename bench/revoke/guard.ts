/** Through the guard alone: two replicas, as they run in a cluster. No GitHub, no GitOps engine. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { guard } from '../../src/cluster/identities.ts';
import { guardObjects } from '../../src/cluster/manifests/guard.ts';
import { systemNamespaceObject } from '../../src/cluster/manifests/roles.ts';
import { startCluster, type TestCluster } from '../../test/cluster/cluster.ts';
import { roleBinding } from '../../test/cluster/guard-world.ts';
import { measure, observe, type Access, type Measured } from './measure.ts';
import { accessesOf, type Scenario, type Way } from './way.ts';

const program = resolve(import.meta.dirname, '../../src/cli/guard-program.ts');

export const guardWay: Way = {
  name: 'guard',
  goal: 1000,
  run: async (scenario) => {
    const cluster = await startCluster();
    try {
      await cluster.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'payments' } }]);
      return await measureIn(cluster, scenario);
    } finally {
      await cluster.stop();
    }
  },
};

async function measureIn(cluster: TestCluster, scenario: Scenario): Promise<Measured> {
  await cluster.apply([systemNamespaceObject(), ...guardObjects({ image: 'guard:1', git: null })]);
  const observer = await observe(cluster);
  const replicas = await Promise.all([startReplica(cluster), startReplica(cluster)]);
  try {
    const accesses = accessesOf(scenario, 5_000 + scenario.count * 30);
    await create(cluster, accesses);
    return await measure(cluster, observer, accesses, 30_000);
  } finally {
    await observer.stop();
    for (const replica of replicas) replica.kill('SIGTERM');
    await Promise.all(replicas.map(async (replica) => once(replica, 'exit')));
  }
}

async function startReplica(cluster: TestCluster): Promise<ChildProcess> {
  const env = { KUBECONFIG: await cluster.kubeconfig(guard.user) };
  const child = spawn(process.execPath, [program, '--port', '0', '--log-level', 'warn'], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await once(child, 'spawn');
  return child;
}

async function create(cluster: TestCluster, accesses: readonly Access[]): Promise<void> {
  const api = await cluster.api();
  const waiting = [...accesses];
  const work = async (): Promise<void> => {
    for (let access = waiting.pop(); access !== undefined; access = waiting.pop()) {
      const { binding, namespace, end, user } = access;
      const object = { ...roleBinding({ id: binding, end, namespace }), subjects: [subject(user)] };
      const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`;
      const { status, body } = await api('POST', path, object);
      if (status !== 201) throw new Error(JSON.stringify(body));
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
  const late = accesses.filter(({ end }) => end < Date.now());
  if (late.length > 0) throw new Error('this machine is too slow: grants ended before all were made');
}

function subject(user: string): object {
  return { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user };
}
