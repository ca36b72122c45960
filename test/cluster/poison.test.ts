/**
 * A grant that the cluster refuses, with everything real but the people: Curfew on the embedded GitHub, Flux, an API
 * server; and no guard. Flux applies a revision whole, so the refused grant holds up a revocation until Curfew withdraws
 * it by Flux's own verdict.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorldClock } from '../../src/cli/world-clock.ts';
import { systemNamespace } from '../../src/cluster/identities.ts';
import { ceilingsConfigMap, ceilingsOf } from '../../src/cluster/manifests/ceilings.ts';
import { deliveryName } from '../../src/cluster/manifests/delivery.ts';
import { fluxObjects, fluxSecrets } from '../../src/cluster/manifests/flux.ts';
import { roleObjects } from '../../src/cluster/manifests/roles.ts';
import { readPolicyFile } from '../../src/lifecycle/read-policy.ts';
import { patience } from '../../src/lifecycle/refused-by-cluster.ts';
import { runningClock } from '../../src/sandbox/clock.ts';
import { createTestWorld, grantPath, type TestWorld } from '../e2e/world.ts';
import { roles, templateFiles, templateFrom } from '../template/catalog.ts';
import { startCluster, type TestCluster } from './cluster.ts';
import { startFlux, type Flux } from './flux.ts';
import { install } from './grants.ts';

const policyPath = '.github/curfew.yaml';
const policyText = readFileSync(policyPath, 'utf8').replace(
  'staging: {environment: staging}',
  'staging: {environment: staging, reporter: {login: flux, id: 2001}}',
);
const delivery = { cluster: 'staging', branch: 'main' };
const name = deliveryName(delivery);
const soon = { timeout: 30_000, interval: 500 };

let cluster: TestCluster;
let flux: Flux;
let world: TestWorld;

beforeAll(async () => {
  const transport = { kind: 'http', host: '127.0.0.1', port: 0 } as const;
  const files = new Map([[policyPath, policyText]]);
  [cluster, world] = await Promise.all([
    startCluster(),
    createTestWorld({ clock: createWorldClock(runningClock()), transport, files }),
  ]);
  const github = world.sandbox.world;
  github.createUser({ login: 'flux', id: 2001 });
  github.setCollaborator('acme/access', 'flux', 'write');
  const token = github.personalToken('flux');
  flux = await startFlux(cluster);
  await installStaging();
  await cluster.apply([
    secret(fluxSecrets.git, { username: 'flux', password: token }),
    secret(fluxSecrets.receiver, { token: 'unused' }),
    secret(fluxSecrets.status, { token }),
  ]);
  await cluster.apply(fluxObjects({ ...delivery, url: `${world.url}/acme/access` }));
});
afterAll(async () => {
  await flux?.stop();
  await cluster?.stop();
  await world?.close();
});

/** The catalog of the cluster is behind that of git: nobody has applied the role `curfew:debug-pod` there yet. */
async function installStaging(): Promise<void> {
  const policy = readPolicyFile(policyPath, policyText);
  if (!policy.ok) throw new Error(JSON.stringify(policy.faults));
  const templates = new Map(
    templateFiles.map((file) => templateFrom(file)).map((template) => [template.name, template]),
  );
  await install(cluster);
  await cluster.apply([ceilingsConfigMap(ceilingsOf(policy.value.policy, templates, 'staging'))]);
  const behind = [...roles.values()].filter((role) => role.name !== 'curfew:debug-pod');
  await cluster.apply(roleObjects(behind));
}

function secret(secretName: string, stringData: Readonly<Record<string, string>>): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secretName, namespace: systemNamespace },
    stringData,
  };
}

/** As after a push: Flux looks at git now. */
async function look(): Promise<void> {
  await flux.fetch(systemNamespace, name);
}

async function mayReadLogs(login: string): Promise<boolean> {
  await look();
  return await cluster.allows(
    { user: `oidc:${login}` },
    { verb: 'get', resource: 'pods', subresource: 'log', namespace: 'payments' },
  );
}

/** What Flux said last of the newest revision of which it said anything. */
async function verdict(): Promise<string> {
  const { octokit } = world.as('erin');
  const repo = { owner: 'acme', repo: 'access' };
  const { data: commits } = await octokit.repos.listCommits({ ...repo, per_page: 10 });
  for (const { sha } of commits) {
    const { data } = await octokit.repos.listCommitStatusesForRef({ ...repo, ref: sha });
    const newest = data.find(({ context }) => context === name);
    if (newest !== undefined) return newest.state;
  }
  return 'none';
}

test('a revocation that it holds up takes effect once Curfew has withdrawn it, with no guard and no person', async ({
  task,
}) => {
  const revoked = await world.grant('revoked', { template: 'read-logs' });
  await world.grant('innocent', { template: 'read-logs', by: 'carol' });
  await expect.poll(async () => await mayReadLogs('alice'), soon).toBe(true);
  await expect.poll(async () => await mayReadLogs('carol'), soon).toBe(true);
  await expect.poll(verdict, soon).toBe('success');

  const poison = await world.grant('poison', { template: 'debug-pod' });
  expect(await world.grants()).toContain(grantPath('poison'));
  await look();
  await expect.poll(verdict, soon).toBe('failure');
  const refusedAt = Date.now();

  await world.as('alice').comment(revoked, '/revoke');
  expect(await world.grants()).toEqual([grantPath('innocent'), grantPath('poison')]);
  const revokedAt = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  // This is what is to be healed.
  expect(await mayReadLogs('alice')).toBe(true);

  await expect
    .poll(async () => await world.grants(), { timeout: patience + 30_000, interval: 500 })
    .toEqual([grantPath('innocent')]);
  const withdrawnAt = Date.now();
  await expect.poll(async () => await mayReadLogs('alice'), soon).toBe(false);
  const deniedAt = Date.now();
  await expect.poll(verdict, soon).toBe('success');
  expect(await mayReadLogs('carol')).toBe(true);
  expect(await world.comment(poison)).toContain('staging has refused every revision that holds this access');
  expect(await world.comment(poison)).toContain('ask again once it is known why');

  const seconds = (from: number, to: number): string => `${((to - from) / 1000).toFixed(1)} s`;
  task.meta.outages = [
    {
      end: '/revoke',
      down: 'the guard; a refused grant in git',
      by: 'curfew-applier',
      lag: seconds(revokedAt, deniedAt),
      held: 'yes, once Curfew has withdrawn the refused grant',
    },
  ];
  process.stderr.write(
    `poison: withdrawn ${seconds(refusedAt, withdrawnAt)} after the refusal; the revocation of another took effect ` +
      `${seconds(withdrawnAt, deniedAt)} after that, ${seconds(revokedAt, deniedAt)} after it was revoked\n`,
  );
});
