/** The guard beside a real Flux, with the admission in force: what git no longer grants goes, however Flux is doing. */
import { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemNamespace } from '../../src/cluster/identities.ts';
import { deliveryName } from '../../src/cluster/manifests/delivery.ts';
import { fluxObjects, fluxSecrets } from '../../src/cluster/manifests/flux.ts';
import { guardObjects } from '../../src/cluster/manifests/guard.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { eventually, startCluster, type TestCluster } from './cluster.ts';
import { startFlux, type Flux } from './flux.ts';
import { grantText, install, type GrantOptions } from './grants.ts';
import { present, startGuard, type RunningGuard } from './guard-world.ts';

const where = { owner: 'erin', repo: 'access' };
const delivery = { cluster: 'prod-eu', branch: 'main' };
const name = deliveryName(delivery);
const patience = { timeout: 60_000, interval: 50 };

let cluster: TestCluster;
let flux: Flux;
let sandbox: Sandbox;
let octokit: Octokit;
let guard: RunningGuard;

beforeAll(async () => {
  [cluster, sandbox] = await Promise.all([startCluster(), createSandbox()]);
  const { url } = await sandbox.listen({ host: '127.0.0.1', port: 0 });
  sandbox.world.createUser({ login: 'erin', id: 1005 });
  sandbox.world.createRepository('erin/access', {
    files: new Map([['grants/prod-eu/README.md', 'Grants.\n']]),
    creator: 'erin',
    private: true,
  });
  const token = sandbox.world.personalToken('erin');
  octokit = new Octokit({ auth: token, baseUrl: `${url}/api/v3` });
  flux = await startFlux(cluster);
  await install(cluster);
  await cluster.apply([
    secret(fluxSecrets.git, { username: 'erin', password: token }),
    secret(fluxSecrets.receiver, { token: 'unused' }),
    secret(fluxSecrets.status, { token }),
    ...fluxObjects({ ...delivery, url: `${url}/erin/access` }),
    ...guardObjects({ image: 'guard:1', git: { cluster: 'prod-eu', repository: name } }),
  ]);
  await eventually('Flux has applied the empty folder', async () => (await kustomization()) === 'True');
  const repository = { namespace: systemNamespace, name };
  guard = await startGuard(cluster, { git: { cluster: 'prod-eu', repository } });
});
afterAll(async () => {
  await guard?.stop();
  await flux?.stop();
  await cluster?.stop();
  await sandbox?.close();
});

function secret(secretName: string, stringData: Readonly<Record<string, string>>): object {
  const metadata = { name: secretName, namespace: systemNamespace };
  return { apiVersion: 'v1', kind: 'Secret', metadata, stringData };
}

/** Whether Flux could apply the newest revision. */
async function kustomization(): Promise<string> {
  const path = 'jsonpath={.status.conditions[?(@.type=="Ready")].status}';
  const which = ['kustomization', name, '-n', systemNamespace];
  return (await cluster.kubectl(['get', ...which, '-o', path])).stdout;
}

/** Commits files, or their deletion, and tells Flux as a webhook would. */
async function commit(files: Readonly<Record<string, string | null>>): Promise<void> {
  const { data: ref } = await octokit.git.getRef({ ...where, ref: 'heads/main' });
  const { data: before } = await octokit.git.getCommit({ ...where, commit_sha: ref.object.sha });
  const { data: tree } = await octokit.git.createTree({
    ...where,
    base_tree: before.tree.sha,
    tree: Object.entries(files).map(([id, content]) => {
      const entry = { path: `grants/prod-eu/payments/${id}.yaml`, mode: '100644', type: 'blob' } as const;
      return content === null ? { ...entry, sha: null } : { ...entry, content };
    }),
  });
  const { data: made } = await octokit.git.createCommit({
    ...where,
    message: 'Change what is granted',
    tree: tree.sha,
    parents: [ref.object.sha],
  });
  await octokit.git.updateRef({ ...where, ref: 'heads/main', sha: made.sha });
  await flux.fetch(systemNamespace, name);
}

function grant(id: string, more: Partial<GrantOptions> = {}): Readonly<Record<string, string>> {
  return { [id]: grantText({ template: 'read-logs', id, ...more }) };
}

async function granted(): Promise<readonly string[]> {
  return (await present(cluster)).map((object) => object.split(' ')[1] ?? '').toSorted();
}

describe('the guard beside Flux', () => {
  test('lets be what Flux applies, and what it prunes', async () => {
    for (const id of ['payments-a', 'payments-b', 'payments-c']) {
      await commit(grant(id));
      await expect.poll(granted, patience).toContain(id);
    }
    await commit({ 'payments-c': null });
    await expect.poll(granted, patience).toEqual(['payments-a', 'payments-b']);
    expect(guard.alerts()).toEqual([]);
  });

  test('revokes one grant while another, which the cluster refuses, keeps Flux from pruning', async () => {
    const text = grantText({ template: 'read-logs', id: 'payments-poison' });
    const poison = text.replace(/name: "?curfew:read-logs"?/, 'name: cluster-admin');
    await commit({ 'payments-poison': poison });
    await expect.poll(kustomization, patience).toBe('False');
    await commit({ 'payments-a': null });
    await expect.poll(granted, patience).toEqual(['payments-b']);
    expect(guard.log.at(-1)).toMatchObject({ msg: 'removed', reason: 'not-in-git', name: 'payments-a' });
    expect(await kustomization()).toBe('False');
    await commit({ 'payments-poison': null });
    await expect.poll(kustomization, patience).toBe('True');
  });

  test('writes its events, which the admission lets it do', async () => {
    const reasons = async (): Promise<string> => {
      const which = ['events', '-n', 'payments', '--field-selector', 'reportingComponent=curfew-guard'];
      return (await cluster.kubectl(['get', ...which, '-o', 'jsonpath={.items[*].reason}'])).stdout;
    };
    await expect.poll(reasons, patience).toContain('Removed');
  });

  test('revokes a grant while the controller that applies is down', async () => {
    await flux.kustomizeController.stop();
    await commit({ 'payments-b': null });
    await expect.poll(granted, patience).toEqual([]);
    await flux.kustomizeController.start();
  });

  test('ends a grant that git still has, and the admission lets nobody apply it again', async () => {
    const duration = 1800;
    const ends = { template: 'network-path', duration, grantedAt: Date.now() - duration * 1000 + 15_000 };
    await commit(grant('payments-ends', ends));
    await expect.poll(granted, patience).toHaveLength(5);
    await expect.poll(granted, patience).toEqual([]);
    // A revision that is new, for Flux to apply everything again.
    await commit(grant('payments-other'));
    await expect.poll(kustomization, patience).toBe('False');
    expect(await granted()).toEqual([]);
    expect(guard.alerts()).toEqual([]);
  });
});
