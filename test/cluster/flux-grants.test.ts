/** What `curfew manifests` prints, with a real Flux: applied as the applier, pruned, refused where it has to be. */
import { createHmac } from 'node:crypto';
import { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { applier, systemNamespace } from '../../src/cluster/identities.ts';
import { deliveryName } from '../../src/cluster/manifests/delivery.ts';
import { fluxObjects, fluxSecrets } from '../../src/cluster/manifests/flux.ts';
import { fluxNamespace } from '../../src/cluster/manifests/rules/marks.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { eventually, startCluster, type TestCluster } from './cluster.ts';
import { startFlux, type Flux } from './flux.ts';
import { grantText, install, shippedTemplates } from './grants.ts';

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

  // Flux 2.8.0 to 2.8.6 delete what is not in a namespace, and make it again: fluxcd/kustomize-controller#1647.
  test.each([
    { template: 'network-path', id: 'payments-again', file: 'payments/again.yaml', count: 5 },
    { template: 'cluster-read', id: 'cluster-again', file: '_cluster/again.yaml', count: 1 },
  ])(
    'asks of what a grant by $template made only whether it is there, on every further revision',
    async ({ template, id, file, count }) => {
      await commit(`grants/prod-eu/${file}`, grantText({ template, id }));
      await expect.poll(async () => await objectsOf(id), patience).toHaveLength(count);
      const asked = async (): Promise<readonly string[]> =>
        (await cluster.audit())
          .filter(({ impersonatedUser }) => impersonatedUser?.username === applier.user)
          .filter(({ objectRef }) => objectRef?.name?.startsWith(id))
          .map(({ verb }) => verb);
      const before = await asked();
      expect(before).toContain('patch');
      const other = await commit('grants/prod-eu/README.md', `Grants, besides ${id}.\n`);
      expect(await settles(other)).toBe('True');
      const since = (await asked()).slice(before.length);
      expect(since).toEqual(Array.from({ length: count }, () => 'get'));
    },
  );

  test('makes again what somebody deleted, and prunes it with the rest', async () => {
    const which = ['-n', 'payments', '-l', 'curfew.dev/grant=payments-again'];
    const deleted = await cluster.kubectl(['delete', 'rolebindings', ...which]);
    expect(deleted).toMatchObject({ code: 0 });
    const next = await commit('grants/prod-eu/README.md', 'Grants.\n');
    expect(await settles(next)).toBe('True');
    expect(await objectsOf('payments-again')).toHaveLength(5);
  });

  test('a file that is changed afterwards changes nothing, and holds nothing up', async () => {
    const path = 'grants/prod-eu/payments/changed.yaml';
    const text = grantText({ template: 'read-logs', id: 'payments-changed' });
    await commit(path, text);
    await expect.poll(async () => await objectsOf('payments-changed'), patience).toHaveLength(1);
    await commit('grants/prod-eu/payments/again.yaml', null);
    const tampered = await commit(path, text.replaceAll('alice@example.com', 'mallory@example.com'));
    expect(await settles(tampered)).toBe('True');
    expect(await objectsOf('payments-again')).toEqual([]);
    const list = { verb: 'list', resource: 'pods', namespace: 'payments' };
    expect(await cluster.allows({ user: 'mallory@example.com' }, list)).toBe(false);
    expect(await cluster.allows({ user: 'alice@example.com' }, list)).toBe(true);
    const taken = await commit(path, null);
    await expect.poll(async () => (await kustomization()).revision, patience).toContain(taken);
    expect(await objectsOf('payments-changed')).toEqual([]);
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

  // Marked so, it would be tried to be pruned for ever, and every revision be reported as failed.
  test.each([
    { what: 'is left as it is, and not pruned', id: 'payments-stands', labels: {}, stays: true },
    {
      what: "is pruned with the grant where it says that it is Flux's",
      id: 'payments-poses',
      labels: {
        'kustomize.toolkit.fluxcd.io/name': 'curfew-prod-eu',
        [fluxNamespace]: systemNamespace,
      },
      stays: false,
    },
  ])('what somebody else made under the name of a grant $what', async ({ id, labels, stays }) => {
    const path = `grants/prod-eu/payments/${id}.yaml`;
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
    await cluster.apply([
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: id, namespace: 'payments', labels },
        roleRef,
      },
    ]);
    const given = await commit(path, grantText({ template: 'read-logs', id }));
    expect(await settles(given)).toBe('True');
    expect(await objectsOf(id)).toEqual([]);
    const taken = await commit(path, null);
    await expect.poll(async () => (await kustomization()).revision, patience).toContain(taken);
    const left = await cluster.kubectl(['get', 'rolebinding', id, '-n', 'payments', '-o', 'name']);
    expect(left).toMatchObject({ code: stays ? 0 : 1 });
  });

  test('marked so, the applier deletes nothing where the guard and itself are', async () => {
    const metadata = {
      name: 'poses',
      namespace: systemNamespace,
      labels: { [fluxNamespace]: systemNamespace },
    };
    await cluster.apply([{ apiVersion: 'v1', kind: 'ServiceAccount', metadata }]);
    const path = `/api/v1/namespaces/${systemNamespace}/serviceaccounts/poses`;
    const { status: code, body } = await (await cluster.api(applier.user))('DELETE', path);
    expect([code, JSON.stringify(body)]).toEqual([403, expect.stringContaining('rule only-grants')]);
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
