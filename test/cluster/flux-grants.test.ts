/** What `curfew manifests` prints, with a real Flux: applied as the applier, pruned, refused where it has to be. */
import { createHmac } from 'node:crypto';
import { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { applier, systemNamespace } from '../../src/cluster/identities.ts';
import { deliveryName } from '../../src/cluster/manifests/delivery.ts';
import { fluxObjects, fluxSecrets } from '../../src/cluster/manifests/flux.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { eventually, startCluster, type TestCluster } from './cluster.ts';
import { startFlux, type Flux } from './flux.ts';
import { grantText, install, shippedTemplates, type GrantOptions } from './grants.ts';

const webhookSecret = 'between GitHub and Flux';
const where = { owner: 'erin', repo: 'access' };

const status = z.object({
  status: z.object({
    conditions: z.array(z.object({ type: z.string(), status: z.string(), message: z.string() })),
    lastAppliedRevision: z.string().optional(),
  }),
});

describe('Flux, as curfew manifests flux sets it up', () => {
  let cluster: TestCluster;
  let flux: Flux;
  let sandbox: Sandbox;
  let octokit: Octokit;
  let name = '';

  beforeAll(async () => {
    [cluster, sandbox] = await Promise.all([startCluster(), createSandbox({ limits: false })]);
    const { url } = await sandbox.listen({ host: '127.0.0.1', port: 0 });
    sandbox.world.createUser({ login: 'erin', id: 1005 });
    sandbox.world.createRepository('erin/access', {
      files: new Map([
        ['README.md', 'Access.\n'],
        ['grants/prod-eu/README.md', 'Grants.\n'],
        ['grants/staging/x.yaml', 'this is not for prod-eu: nor is it YAML'],
      ]),
      creator: 'erin',
      private: true,
    });
    const token = sandbox.world.personalToken('erin');
    octokit = new Octokit({ auth: token, baseUrl: `${url}/api/v3` });
    flux = await startFlux(cluster);
    await install(cluster);
    const delivery = { cluster: 'prod-eu', url: `${url}/erin/access`, branch: 'main' };
    name = deliveryName(delivery);
    await cluster.apply([
      secret(fluxSecrets.git, { username: 'erin', password: token }),
      secret(fluxSecrets.receiver, { token: webhookSecret }),
      secret(fluxSecrets.status, { token }),
    ]);
    await cluster.apply(fluxObjects(delivery));
    await eventually(
      'Flux has applied the empty folder',
      async () => (await kustomization()).ready === 'True',
    );
  });
  afterAll(async () => {
    await flux?.stop();
    await cluster?.stop();
    await sandbox?.close();
  });

  const patience = { timeout: 60_000, interval: 50 };

  function secret(secretName: string, stringData: Readonly<Record<string, string>>): object {
    const metadata = { name: secretName, namespace: systemNamespace };
    return { apiVersion: 'v1', kind: 'Secret', metadata, stringData };
  }

  async function kustomization(): Promise<{
    readonly ready: string;
    readonly message: string;
    readonly revision: string;
  }> {
    const path = `/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/${systemNamespace}/kustomizations/${name}`;
    const { body } = await (await cluster.api())('GET', path);
    const read = status.safeParse(body);
    const ready = read.data?.status.conditions.find(({ type }) => type === 'Ready');
    return {
      ready: ready?.status ?? '',
      message: ready?.message ?? '',
      revision: read.data?.status.lastAppliedRevision ?? '',
    };
  }

  /** Commits a file, or its deletion, and tells Flux as a webhook would; gives the commit. */
  async function commit(path: string, content: string | null, { silently = false } = {}): Promise<string> {
    const { data } = await octokit.git.getRef({ ...where, ref: 'heads/main' });
    const parent = data.object.sha;
    const { data: before } = await octokit.git.getCommit({ ...where, commit_sha: parent });
    const entry = { path, mode: '100644', type: 'blob' } as const;
    const { data: tree } = await octokit.git.createTree({
      ...where,
      base_tree: before.tree.sha,
      tree: [content === null ? { ...entry, sha: null } : { ...entry, content }],
    });
    const made = await octokit.git.createCommit({
      ...where,
      message: path,
      tree: tree.sha,
      parents: [parent],
    });
    await octokit.git.updateRef({ ...where, ref: 'heads/main', sha: made.data.sha });
    if (!silently) await flux.fetch(systemNamespace, name);
    return made.data.sha;
  }

  async function settles(sha: string): Promise<string> {
    await expect.poll(async () => (await kustomization()).message, patience).toContain(sha);
    return (await kustomization()).ready;
  }

  async function objectsOf(id: string): Promise<readonly string[]> {
    const kinds = 'rolebindings,clusterrolebindings,networkpolicies,pods,serviceaccounts';
    const args = ['get', kinds, '-A', '-l', `curfew.dev/grant=${id}`, '-o', 'name'];
    const { stdout } = await cluster.kubectl(args);
    return stdout.split('\n').filter((line) => line !== '');
  }

  const may = async (verb: string, resource: string, subresource = ''): Promise<boolean> =>
    await cluster.allows(
      { user: 'alice@example.com' },
      { verb, resource, subresource, namespace: 'payments' },
    );

  test.each(shippedTemplates)('applies a grant by %s, and prunes it', async (template) => {
    const id = `g-${template}`;
    const file = `grants/prod-eu/payments/${template}.yaml`;
    const given = await commit(file, grantText({ template, id }));
    await expect.poll(async () => (await kustomization()).revision, patience).toContain(given);
    const objects = await objectsOf(id);
    expect(objects.length).toBeGreaterThan(0);
    const taken = await commit(file, null);
    await expect.poll(async () => (await kustomization()).revision, patience).toContain(taken);
    expect(await objectsOf(id)).toEqual([]);
  });

  test('applies again what is there, without a change', async () => {
    const grant: GrantOptions = { template: 'network-path', id: 'payments-again' };
    await commit('grants/prod-eu/payments/again.yaml', grantText(grant));
    await expect.poll(async () => await objectsOf('payments-again'), patience).toHaveLength(5);
    const versions = async (): Promise<string> => {
      const args = ['get', 'rolebindings,networkpolicies,serviceaccounts', '-n', 'payments'];
      const { stdout } = await cluster.kubectl([
        ...args,
        '-o',
        'jsonpath={.items[*].metadata.resourceVersion}',
      ]);
      return stdout;
    };
    const before = await versions();
    const other = await commit('grants/prod-eu/README.md', 'Grants, still.\n');
    expect(await settles(other)).toBe('True');
    expect(await versions()).toBe(before);
  });

  test('acts as the applier, with the verbs that it has', async () => {
    const events = await cluster.audit();
    const verbs = events
      .filter(({ user, impersonatedUser }) => (impersonatedUser ?? user)?.username === applier.user)
      .map(({ verb }) => verb);
    const least = ['get', 'list', 'watch', 'create', 'patch', 'delete'];
    expect(verbs.filter((verb) => !least.includes(verb ?? ''))).toEqual([]);
    expect(verbs).toContain('patch');
    expect(verbs).toContain('delete');
  });

  test('a role outside of the catalog is refused by the API server, whatever the repository says', async () => {
    const text = grantText({ template: 'read-logs', id: 'payments-poison' });
    const sha = await commit(
      'grants/prod-eu/payments/poison.yaml',
      text
        .replace('name: "curfew:read-logs"', 'name: cluster-admin')
        .replace('name: curfew:read-logs', 'name: cluster-admin'),
    );
    await expect.poll(async () => (await kustomization()).ready, patience).toBe('False');
    const { message } = await kustomization();
    expect(message).toMatch(/payments-poison.*attempting to grant RBAC permissions not currently held/s);
    expect(await objectsOf('payments-poison')).toEqual([]);
    expect(await may('get', 'secrets')).toBe(false);
    const healed = await commit('grants/prod-eu/payments/poison.yaml', null);
    await expect.poll(async () => (await kustomization()).revision, patience).toContain(healed);
    expect(sha).not.toBe(healed);
  });

  test('so is a grant whose name somebody took before: what stands there is not adopted, nor pruned', async () => {
    const id = 'payments-stands';
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: {
        name: id,
        namespace: 'payments',
        labels: {
          'kustomize.toolkit.fluxcd.io/name': name,
          'kustomize.toolkit.fluxcd.io/namespace': systemNamespace,
        },
      },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    };
    await cluster.apply([binding]);
    await commit('grants/prod-eu/payments/stands.yaml', grantText({ template: 'read-logs', id }));
    await expect.poll(async () => (await kustomization()).message, patience).toContain(id);
    expect((await kustomization()).ready).toBe('False');
    const healed = await commit('grants/prod-eu/payments/stands.yaml', null);
    await expect.poll(async () => (await kustomization()).revision, patience).toContain(healed);
    const left = await cluster.kubectl(['get', 'rolebinding', id, '-n', 'payments', '-o', 'name']);
    expect(left).toMatchObject({ code: 0 });
  });

  test('so is a grant whose end has passed, by a rule of the admission', async () => {
    const ended = grantText({
      template: 'read-logs',
      id: 'payments-ended',
      grantedAt: Date.now() - 7_200_000,
    });
    await commit('grants/prod-eu/payments/ended.yaml', ended);
    await expect.poll(async () => (await kustomization()).message, patience).toContain('rule end-is-to-come');
    expect(await objectsOf('payments-ended')).toEqual([]);
    const healed = await commit('grants/prod-eu/payments/ended.yaml', null);
    await expect.poll(async () => (await kustomization()).revision, patience).toContain(healed);
  });

  test('reports its verdict on a revision as a commit status', async () => {
    const good = await commit('grants/prod-eu/README.md', 'Grants.\n');
    await expect.poll(async () => await states(good), patience).toContainEqual([name, 'success']);
    const bad = await commit(
      'grants/prod-eu/payments/bad.yaml',
      grantText({ template: 'read-logs', id: 'payments-bad', cluster: 'staging' }),
    );
    await expect.poll(async () => await states(bad), patience).toContainEqual([name, 'failure']);
    const healed = await commit('grants/prod-eu/payments/bad.yaml', null);
    await expect.poll(async () => (await kustomization()).revision, patience).toContain(healed);
  });

  async function states(sha: string): Promise<readonly (readonly [string, string])[]> {
    const { data } = await octokit.repos.listCommitStatusesForRef({ ...where, ref: sha });
    return data.map(({ context, state }) => [context, state]);
  }

  test('acts at once on a push that GitHub tells its Receiver of', async () => {
    const path = `/apis/notification.toolkit.fluxcd.io/v1/namespaces/${systemNamespace}/receivers/${name}`;
    const receiver = z.object({ status: z.object({ webhookPath: z.string() }) });
    const { body } = await (await cluster.api())('GET', path);
    const { webhookPath } = receiver.parse(body).status;
    const payload = JSON.stringify({ ref: 'refs/heads/main' });
    const signature = createHmac('sha256', webhookSecret).update(payload).digest('hex');
    const told = async (sign: string): Promise<number> => {
      const headers = {
        'content-type': 'application/json',
        'x-github-event': 'push',
        'x-hub-signature-256': `sha256=${sign}`,
      };
      const response = await fetch(`${flux.receiverUrl}${webhookPath}`, {
        method: 'POST',
        body: payload,
        headers,
      });
      return response.status;
    };
    expect(await told('0'.repeat(64))).toBe(400);
    const sha = await commit('grants/prod-eu/README.md', 'Grants, told.\n', { silently: true });
    expect(await told(signature)).toBe(200);
    await expect.poll(async () => (await kustomization()).revision, patience).toContain(sha);
  });
});
