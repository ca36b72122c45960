import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { grantAnnotations, grantLabel } from '../../src/base/grant-marks.ts';
import { inCluster } from '../../src/cluster/guard/connection.ts';
import { guard as guardIdentity } from '../../src/cluster/identities.ts';
import { guardObjects } from '../../src/cluster/manifests/guard.ts';
import { systemNamespaceObject } from '../../src/cluster/manifests/roles.ts';
import { eventually, startCluster, type TestCluster } from './cluster.ts';
import {
  clusterRoleBinding,
  deleteGrants,
  networkPolicy,
  patch,
  pod,
  present,
  roleBinding,
  serviceAccount,
  startGuard,
  type GuardSetting,
  type RunningGuard,
} from './guard-world.ts';

const bindings = '/apis/rbac.authorization.k8s.io/v1/namespaces/payments/rolebindings';
const hour = 3_600_000;

/** Soon, but not before the objects are there. */
function soon(): number {
  return Math.ceil(Date.now() / 1000) * 1000 + 2000;
}

let cluster: TestCluster;
const running: RunningGuard[] = [];

async function start(setting: GuardSetting = {}): Promise<RunningGuard> {
  const guard = await startGuard(cluster, setting);
  running.push(guard);
  return guard;
}

async function allGone(): Promise<void> {
  await expect.poll(async () => await present(cluster), { timeout: 20_000 }).toEqual([]);
}

beforeAll(async () => {
  cluster = await startCluster();
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'payments' } };
  await cluster.apply([namespace, systemNamespaceObject(), ...guardObjects({ image: 'guard:1', git: null })]);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map(async (guard) => await guard.stop()));
  await deleteGrants(cluster);
});
afterAll(async () => await cluster?.stop());

describe('the guard at the end of a grant', () => {
  test('removes the bindings first, the policy and the account after the pod', async () => {
    const guard = await start();
    const grant = { id: 'g-order', end: soon() };
    await cluster.apply([
      serviceAccount(grant),
      networkPolicy(grant),
      pod(grant),
      roleBinding(grant),
      clusterRoleBinding(grant),
    ]);
    await allGone();
    const removed = guard.log.filter(({ msg }) => msg === 'removed');
    expect(new Set(removed.map(({ kind }) => kind))).toEqual(
      new Set(['ClusterRoleBinding', 'NetworkPolicy', 'Pod', 'RoleBinding', 'ServiceAccount']),
    );
    expect(removed).toHaveLength(5);
    // The order is what the API server was asked: answers may overtake one another on their way to the log.
    const deletions = (await cluster.audit())
      .filter(({ verb, objectRef }) => verb === 'delete' && objectRef?.name?.startsWith(grant.id) === true)
      .toSorted((a, b) => a.requestReceivedTimestamp.localeCompare(b.requestReceivedTimestamp));
    expect([...new Set(deletions.map(({ objectRef }) => objectRef?.resource))]).toEqual([
      expect.stringMatching(/rolebindings$/),
      expect.stringMatching(/rolebindings$/),
      'pods',
      'networkpolicies',
      'serviceaccounts',
    ]);
    expect(guard.log.filter(({ level }) => level !== 'info')).toEqual([]);
    for (const { reason, lagSeconds, time } of removed) {
      expect(reason).toBe('expired');
      expect(lagSeconds).toBeGreaterThanOrEqual(0);
      expect(Date.parse(time)).toBeGreaterThanOrEqual(grant.end);
    }
    const metrics = await guard.metrics();
    expect(metrics).toContain('curfew_guard_removal_lag_seconds_count{reason="expired"} 5');
    expect(metrics).toContain('curfew_guard_leftovers 0');
    const events = async (): Promise<string> =>
      (await cluster.kubectl(['get', 'events', '-A', '-o', 'jsonpath={.items[*].involvedObject.kind}']))
        .stdout;
    await expect.poll(async () => (await events()).split(' ').length, { timeout: 10_000 }).toBe(5);
  });

  test('waits for nothing that goes on', async () => {
    await start();
    await cluster.apply([
      roleBinding({ id: 'g-over', end: Date.now() - hour }),
      roleBinding({ id: 'g-goes-on', end: Date.now() + hour }),
    ]);
    await expect.poll(async () => await present(cluster)).toEqual(['RoleBinding g-goes-on']);
  });

  test('goes on after it starts anew, and where the end passed while it was away', async () => {
    const first = await start();
    await cluster.apply([roleBinding({ id: 'g-away', end: soon() })]);
    await first.stop();
    await new Promise((resolve) => setTimeout(resolve, soon() - Date.now()));
    const second = await start();
    await allGone();
    expect(second.removed()).toEqual(['g-away']);
    expect(second.log.find(({ msg }) => msg === 'removed')?.lagSeconds).toBeGreaterThan(0);
  });

  test('is safe to run twice: each object is removed by one, and none fails', async () => {
    const guards = await Promise.all([start(), start()]);
    const end = soon() + 2000;
    const names = Array.from({ length: 60 }, (_, index) => `g-twice-${index}`);
    await cluster.apply(names.map((id) => roleBinding({ id, end })));
    await allGone();
    const removed = guards.flatMap((guard) => guard.removed());
    expect(removed.toSorted()).toEqual(names.toSorted());
    expect(guards.flatMap((guard) => guard.alerts())).toEqual([]);
  });

  test('never touches what has no label of a grant', async () => {
    await start();
    const bare: object = { ...roleBinding({ id: 'bare', end: Date.now() - hour }) };
    const annotations = { [grantAnnotations.expiresAt]: '2020-01-01T00:00:00Z' };
    await cluster.apply([
      { ...bare, metadata: { name: 'bare', namespace: 'payments', annotations } },
      roleBinding({ id: 'g-over', end: Date.now() - hour }),
    ]);
    await allGone();
    expect((await cluster.kubectl(['get', 'rolebinding', 'bare', '-n', 'payments'])).code).toBe(0);
    await cluster.kubectl(['delete', 'rolebinding', 'bare', '-n', 'payments']);
  });

  test('removes what says no end that can be read, and says so', async () => {
    const guard = await start();
    await cluster.apply([
      roleBinding({ id: 'g-none', end: null }),
      roleBinding({ id: 'g-word', end: 'tomorrow' }),
      roleBinding({ id: 'g-local', end: '2099-01-01T00:00:00' }),
    ]);
    await allGone();
    await expect.poll(() => guard.alerts()).toEqual(['no-end', 'no-end', 'no-end']);
  });
});

describe('the guard against somebody who means harm', () => {
  test('takes no later end', async () => {
    await start();
    const end = soon();
    await cluster.apply([roleBinding({ id: 'g-later', end })]);
    const annotations = { [grantAnnotations.expiresAt]: '2099-01-01T00:00:00Z' };
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await patch(cluster, `${bindings}/g-later`, { metadata: { annotations } })).toBe(200);
    await allGone();
  });

  test('is not outrun by a loop of patches', async () => {
    const guard = await start();
    const end = soon();
    await cluster.apply([roleBinding({ id: 'g-loop', end })]);
    let status = 200;
    for (let round = 0; status === 200; round += 1) {
      const annotations = { [grantAnnotations.expiresAt]: new Date(Date.now() + hour + round).toISOString() };
      status = await patch(cluster, `${bindings}/g-loop`, { metadata: { annotations } });
    }
    expect(status).toBe(404);
    await expect.poll(() => guard.removed()).toEqual(['g-loop']);
  });

  test('removes again what comes back, with whatever end, and says so', async () => {
    const guard = await start();
    await cluster.apply([roleBinding({ id: 'g-back', end: soon() })]);
    await allGone();
    for (let round = 0; round < 3; round += 1) {
      await cluster.apply([roleBinding({ id: 'g-back', end: Date.now() + hour })]);
      await allGone();
    }
    await expect.poll(() => guard.removed()).toEqual(['g-back', 'g-back', 'g-back', 'g-back']);
    expect(guard.alerts()).toContain('returned');
    expect(await guard.metrics()).toMatch(/curfew_guard_alerts_total\{reason="returned"\} [1-3]/);
  });

  test('says what a finalizer holds, and goes on with the rest of the grant', async () => {
    const guard = await start();
    const grant = { id: 'g-held', end: soon() };
    await cluster.apply([roleBinding(grant), pod(grant), networkPolicy(grant)]);
    const finalizers = ['example.com/hold'];
    expect(await patch(cluster, `${bindings}/g-held`, { metadata: { finalizers } })).toBe(200);
    await expect
      .poll(async () => await present(cluster), { timeout: 20_000 })
      .toEqual(['RoleBinding g-held']);
    await expect.poll(() => guard.alerts()).toEqual(['stuck']);
    expect(guard.removed()).toEqual(['g-held', 'g-held']);
    expect(await guard.metrics()).toContain('curfew_guard_leftovers 1');
    await patch(cluster, `${bindings}/g-held`, { metadata: { finalizers: null } });
    await expect.poll(() => guard.removed()).toHaveLength(3);
  });

  test('shortens the time that somebody gave a pod to stop, and lets go of its policy only then', async () => {
    const guard = await start();
    const grant = { id: 'g-slow', end: soon() };
    await cluster.apply([networkPolicy(grant), pod(grant, { nodeName: 'a-node' })]);
    await cluster.kubectl([
      'delete',
      'pod',
      'g-slow',
      '-n',
      'payments',
      '--grace-period=86400',
      '--wait=false',
    ]);
    const stopsAt = async (): Promise<number> => {
      const path = 'jsonpath={.metadata.deletionTimestamp}';
      return Date.parse(
        (await cluster.kubectl(['get', 'pod', 'g-slow', '-n', 'payments', '-o', path])).stdout,
      );
    };
    expect(await stopsAt()).toBeGreaterThan(grant.end + hour);
    await expect.poll(stopsAt, { timeout: 10_000 }).toBeLessThan(grant.end + 60_000);
    expect(guard.removed()).toEqual([]);
    expect((await present(cluster)).toSorted()).toEqual(['NetworkPolicy g-slow', 'Pod g-slow']);
    // As its node would, once it has stopped it.
    await cluster.kubectl(['delete', 'pod', 'g-slow', '-n', 'payments', '--force', '--grace-period=0']);
    await allGone();
    await expect.poll(() => guard.removed()).toEqual(['g-slow', 'g-slow']);
  });

  test('does not take for gone what a finalizer holds and what then loses its label', async () => {
    const guard = await start();
    await cluster.apply([roleBinding({ id: 'g-held', end: soon() })]);
    const change = async (metadata: object): Promise<number> =>
      await patch(cluster, `${bindings}/g-held`, { metadata });
    await change({ finalizers: ['example.com/keep'] });
    await expect.poll(() => guard.alerts(), { timeout: 10_000 }).toContain('stuck');
    await change({ labels: { [grantLabel]: null } });
    await expect.poll(() => guard.alerts(), { timeout: 10_000 }).toContain('label-lost');
    expect(guard.removed()).toEqual([]);
    await change({ finalizers: null });
  });

  test('says what lost its label, and has not forgotten it when that comes back', async () => {
    const guard = await start();
    await cluster.apply([roleBinding({ id: 'g-label', end: soon() })]);
    const labels = (id: string | null): object => ({ metadata: { labels: { [grantLabel]: id } } });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await patch(cluster, `${bindings}/g-label`, labels(null));
    await expect.poll(() => guard.alerts()).toEqual(['label-lost']);
    const annotations = { [grantAnnotations.expiresAt]: '2099-01-01T00:00:00Z' };
    await patch(cluster, `${bindings}/g-label`, { metadata: { annotations } });
    await patch(cluster, `${bindings}/g-label`, labels('g-another'));
    await expect.poll(() => guard.removed(), { timeout: 10_000 }).toEqual(['g-label']);
  });

  test('goes by the clock of the API server where its own is behind', async () => {
    const guard = await start({ clock: () => Date.now() - hour });
    await cluster.apply([roleBinding({ id: 'g-clock', end: soon() })]);
    await allGone();
    expect(guard.log.map(({ msg }) => msg)).toContain('The clocks of the guard and of the API server differ');
    expect(await guard.metrics()).toMatch(/curfew_guard_clock_skew_seconds -3(599|600|601)/);
  });
});

describe('the guard and its API server', () => {
  test('outlives an outage, and then goes on at once', async () => {
    const guard = await start();
    await cluster.apply([roleBinding({ id: 'g-outage', end: soon() })]);
    await cluster.apiServer.stop();
    await new Promise((resolve) => setTimeout(resolve, 4000));
    await cluster.apiServer.start();
    await allGone();
    expect(guard.removed()).toEqual(['g-outage']);
    // What comes afterwards is seen too: the watches are there again.
    await cluster.apply([roleBinding({ id: 'g-after', end: soon() })]);
    await allGone();
    expect(guard.removed()).toEqual(['g-outage', 'g-after']);
  });

  test('does what it may where it lacks a right, and says which', async () => {
    const role = guardObjects({ image: 'guard:1', git: null }).filter(({ kind }) => kind === 'ClusterRole');
    const less = JSON.stringify(role).replace('"networkpolicies"', '"ingresses"');
    await cluster.apply(z.array(z.looseObject({})).parse(JSON.parse(less)));
    const guard = await startGuard(cluster, { untilReady: false });
    running.push(guard);
    await cluster.apply([roleBinding({ id: 'g-less', end: soon() })]);
    await allGone();
    expect(guard.removed()).toEqual(['g-less']);
    expect(guard.alerts()).toEqual(['not-permitted']);
    expect(JSON.stringify(guard.log)).toContain('it may not list networkpolicies.networking.k8s.io');
    expect(await guard.ready()).toBe(false);
    await cluster.apply(role);
    await expect.poll(async () => await guard.ready(), { timeout: 20_000 }).toBe(true);
  });

  test('does not start where it may remove nothing, and names what it lacks', async () => {
    await cluster.apply([
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'nobody', namespace: 'payments' } },
    ]);
    const kubeconfig = await cluster.kubeconfig('system:serviceaccount:payments:nobody');
    const program = resolve('src/cli/guard-program.ts');
    const child = spawn(process.execPath, [program, '--port', '0'], {
      env: { KUBECONFIG: kubeconfig },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    expect(await once(child, 'exit')).toEqual([2, null]);
    expect(text).toContain('it may not delete rolebindings.rbac.authorization.k8s.io in every namespace');
    expect(text).toContain('curfew manifests guard');
  });

  test('runs as a process, and ends when told to', async () => {
    const program = resolve('src/cli/guard-program.ts');
    const child = spawn(process.execPath, [program, '--port', '0'], {
      env: { KUBECONFIG: await cluster.kubeconfig(guardIdentity.user) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await cluster.apply([roleBinding({ id: 'g-process', end: Date.now() - hour })]);
    await allGone();
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('works as the service account of a pod', async () => {
    const { code, stdout } = await cluster.kubectl([
      'create',
      'token',
      guardIdentity.name,
      '-n',
      guardIdentity.namespace,
    ]);
    expect(code).toBe(0);
    await writeFile(join(cluster.folder, 'token'), stdout);
    await copyFile(join(cluster.folder, 'tls', 'apiserver.crt'), join(cluster.folder, 'ca.crt'));
    const { hostname, port } = new URL(cluster.url);
    const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
    const guard = await start({ connection: inCluster(env, cluster.folder) });
    await cluster.apply([roleBinding({ id: 'g-pod', end: Date.now() - hour })]);
    await eventually('it is gone', async () => guard.removed().includes('g-pod'));
  });
});
