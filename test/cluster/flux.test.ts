import { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { startCluster, type TestCluster } from './cluster.ts';
import { startFlux, type Flux } from './flux.ts';

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } };
const where = { owner: 'alice', repo: 'access' };

function binding(user: string): string {
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: ${user}, namespace: team }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: User, name: ${user}@example.com }]
`;
}

function tracking(url: string, token: string): readonly object[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'git', namespace: 'team' },
      stringData: { username: 'alice', password: token },
    },
    {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { name: 'access', namespace: 'team' },
      spec: { interval: '1h', url, ref: { branch: 'main' }, secretRef: { name: 'git' } },
    },
    {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'access', namespace: 'team' },
      spec: {
        interval: '1h',
        path: './grants',
        prune: true,
        sourceRef: { kind: 'GitRepository', name: 'access' },
      },
    },
  ];
}

describe('Flux', () => {
  let cluster: TestCluster;
  let flux: Flux;
  let sandbox: Sandbox;
  let octokit: Octokit;

  beforeAll(async () => {
    [cluster, sandbox] = await Promise.all([startCluster(), createSandbox()]);
    const { url } = await sandbox.listen({ host: '127.0.0.1', port: 0 });
    sandbox.world.createUser({ login: 'alice', id: 1 });
    sandbox.world.createRepository('alice/access', {
      files: new Map([
        ['grants/README.md', 'Grants.\n'],
        ['grants/alice.yaml', binding('alice')],
      ]),
      creator: 'alice',
      private: true,
    });
    const token = sandbox.world.personalToken('alice');
    octokit = new Octokit({ auth: token, baseUrl: `${url}/api/v3` });
    flux = await startFlux(cluster);
    await cluster.apply([namespace, ...tracking(`${url}/alice/access.git`, token)]);
  });
  afterAll(async () => {
    await flux?.stop();
    await cluster?.stop();
    await sandbox?.close();
  });

  const mayRead = async (user: string): Promise<boolean> =>
    await cluster.allows(
      { user: `${user}@example.com` },
      { verb: 'get', resource: 'pods', namespace: 'team' },
    );

  test('applies what git holds, by HTTP from the embedded GitHub', async () => {
    await expect.poll(async () => await mayRead('alice'), { timeout: 60_000 }).toBe(true);
  });

  test('takes away what a commit takes away, also the last of it', async () => {
    const { data } = await octokit.repos.getContent({ ...where, path: 'grants/alice.yaml' });
    const sha = 'sha' in data ? data.sha : '';
    await octokit.repos.deleteFile({ ...where, path: 'grants/alice.yaml', message: 'End', sha });
    await flux.fetch('team', 'access');
    await expect.poll(async () => await mayRead('alice'), { timeout: 60_000 }).toBe(false);
  });

  test('goes on after an outage of its controllers', async () => {
    const parts = [flux.sourceController, flux.kustomizeController, flux.notificationController];
    for (const part of parts) await part.stop();
    const content = Buffer.from(binding('bob')).toString('base64');
    await octokit.repos.createOrUpdateFileContents({
      ...where,
      path: 'grants/bob.yaml',
      message: 'Grant',
      content,
    });
    for (const part of parts) await part.start();
    await flux.fetch('team', 'access');
    await expect.poll(async () => await mayRead('bob'), { timeout: 60_000 }).toBe(true);
  });
});
