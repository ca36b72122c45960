import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { grantFile } from '../../../src/lifecycle/grant.ts';
import { validateCommand } from '../../../src/cli/validate.ts';
import { snapshotCommand } from '../../../src/cli/snapshot.ts';
import { dispatch } from '../../../src/cli/dispatch.ts';
import { fakeIo } from '../../cli/fake-io.ts';
import { startApiServer, type FakeApiServer } from './api-server.ts';
import { deployment, metadata } from './objects.ts';

const repository = resolve(import.meta.dirname, '../../..');

const binding = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name: 'grant-payments-1', namespace: 'payments' },
};

/** Ended a day before the time of the tests. */
const grant = grantFile([binding], {
  id: 'payments-1',
  cluster: 'prod-eu',
  request: 'access-requests/prod-eu/payments/inc.yaml',
  pullRequest: 7,
  digest: 'sha256:0',
  grantedAt: Date.UTC(2026, 10, 30, 12),
  expiresAt: Date.UTC(2026, 10, 30, 13),
  approvedBy: 'bob',
  subject: { id: 1001, login: 'alice' },
  requesterId: 1001,
});

let server: FakeApiServer;
let root: string;

beforeEach(async () => {
  server = await startApiServer();
  root = await mkdtemp(join(tmpdir(), 'curfew-access-'));
  for (const path of ['.github/curfew.yaml', '.github/CODEOWNERS', 'templates'])
    await cp(join(repository, path), join(root, path), { recursive: true });
  server.lists.set('/api/v1/namespaces', [
    { metadata: { name: 'payments', labels: { team: 'payments' } } },
    { metadata: { name: 'orders' } },
  ]);
  server.lists.set('/apis/apps/v1/deployments', [deployment]);
});

afterEach(async () => {
  await server.close();
  await rm(root, { recursive: true });
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(...args: readonly string[]): Promise<Ran> {
  const io = fakeIo({ cwd: root });
  const all = [
    'snapshot',
    '--kubeconfig',
    server.kubeconfig,
    '--context',
    'prod-eu',
    '--out',
    'clusters/prod-eu',
  ];
  const code = await dispatch([...all, ...args], io, {
    snapshot: async () => await Promise.resolve(snapshotCommand),
  });
  return { code, out: io.out(), err: io.err() };
}

async function file(path: string): Promise<string> {
  return await readFile(join(root, 'clusters/prod-eu', path), 'utf8');
}

describe('curfew snapshot', () => {
  test('writes what validates, and a second time nothing', async () => {
    const first = await run();
    expect(first.code).toBe(0);
    expect(first.out).toContain('cluster.yaml\n');
    expect(await file('workloads.yaml')).not.toMatch(/hunter2|image:|env:/);
    const before = await stat(join(root, 'clusters/prod-eu/workloads.yaml'));

    const second = await run();
    expect(second.out).toBe('nothing has changed in prod-eu\n');
    expect((await stat(join(root, 'clusters/prod-eu/workloads.yaml'))).mtimeMs).toBe(before.mtimeMs);

    const io = fakeIo({ cwd: root });
    expect(`${await validateCommand.run(['.'], io)}${io.out()}`).toMatch(/^0/);
  });

  test('what scaling, a rollout and a restart change is not news', async () => {
    await run();
    const [pod, replicaSet] = [metadata('api-1-x'), metadata('api-1')];
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'api-1', controller: true };
    server.lists.set('/api/v1/pods', [{ metadata: { ...pod, ownerReferences: [owner] } }]);
    server.lists.set('/apis/apps/v1/replicasets', [
      { metadata: { ...replicaSet, ownerReferences: [{ ...owner, kind: 'Deployment', name: 'api' }] } },
    ]);
    const scaled = { ...deployment, metadata: metadata('api', { resourceVersion: '4712', generation: 4 }) };
    server.lists.set('/apis/apps/v1/deployments', [scaled]);
    expect((await run()).out).toBe('nothing has changed in prod-eu\n');
  });

  test('reads page by page, and begins anew when the server has forgotten', async () => {
    server.pageSize = 1;
    await run();
    expect(await file('namespaces.yaml')).toMatch(/name: orders\n(.|\n)*name: payments\n/);
    expect(server.asked).toContain('/api/v1/namespaces?limit=500&continue=1');
    expect(server.asked).toContain('/api/v1/serviceaccounts?limit=500&labelSelector=curfew.dev/grant');
    expect(server.asked.join()).not.toMatch(/secret|configmap/i);

    server.refusals.set('/api/v1/namespaces', {
      status: 410,
      message: 'The provided continue parameter is too old',
    });
    expect((await run()).out).toBe('nothing has changed in prod-eu\n');
  });

  test('removes its own files that are no longer needed, and leaves others alone', async () => {
    await run();
    await mkdir(join(root, 'clusters/prod-eu/workloads'));
    await writeFile(join(root, 'clusters/prod-eu/workloads/old.yaml'), '');
    await writeFile(join(root, 'clusters/prod-eu/by-hand.yaml'), '');
    server.lists.delete('/apis/apps/v1/deployments');
    const { out } = await run('--json');
    expect(JSON.parse(out)).toEqual({
      cluster: 'prod-eu',
      written: [],
      removed: ['workloads.yaml', 'workloads/old.yaml'],
      orphans: [],
    });
    expect(await file('by-hand.yaml')).toBe('');
  });

  test('names a labelled object that nothing in git grants', async () => {
    const labels = { 'curfew.dev/grant': 'payments-1' };
    server.lists.set('/api/v1/pods', [{ metadata: metadata('left', { labels }) }]);
    const { code, err } = await run();
    expect({ code, err }).toEqual({
      code: 0,
      err: '! Pod payments/left carries the label of grant payments-1, and no file of grants/prod-eu has it\n',
    });
  });
});

describe('curfew snapshot --check', () => {
  test('says nothing where git knows everything, and writes nothing', async () => {
    await run();
    await rm(join(root, 'templates/roles'), { recursive: true });
    const { code, out } = await run('--check');
    expect({ code, out }).toEqual({ code: 0, out: 'prod-eu is as git says\n' });
  });

  test('one line for each difference', async () => {
    await run();
    server.lists.set('/apis/apps/v1/deployments', []);
    server.lists.set('/api/v1/namespaces', [{ metadata: { name: 'payments', labels: { team: 'other' } } }]);
    server.lists.set('/apis/batch/v1/jobs', [{ metadata: metadata('import') }]);
    const labels = { 'curfew.dev/grant': 'payments-1' };
    server.lists.set('/api/v1/serviceaccounts', [{ metadata: metadata('left', { labels }) }]);
    const { code, out } = await run('--check');
    expect(code).toBe(1);
    expect(out.split('\n')).toEqual([
      '- Deployment payments/api',
      '+ Job payments/import',
      '- Namespace orders',
      '~ Namespace payments: metadata.labels.team',
      ...['cluster-read', 'debug-pod', 'network-path', 'read-logs', 'restart-deployment'].map(
        (name) => `! ClusterRole curfew:${name} is not in the cluster: what binds it gives nothing`,
      ),
      '! ServiceAccount payments/left carries the label of grant payments-1, and no file of grants/prod-eu has it',
      '',
    ]);
    expect(await file('workloads.yaml')).toContain('name: api');
  });

  test('names what git grants and the cluster lacks, in JSON too', async () => {
    await run();
    await mkdir(join(root, 'grants/prod-eu/payments'), { recursive: true });
    await writeFile(join(root, 'grants/prod-eu/payments/inc.yaml'), grant);
    const { code, out } = await run('--check', '--json');
    expect(code).toBe(1);
    const { missing, drift } = JSON.parse(out);
    expect(drift).toEqual([]);
    expect(missing).toEqual([
      {
        kind: 'RoleBinding',
        namespace: 'payments',
        name: 'grant-payments-1',
        grant: 'payments-1',
        expiresAt: '2026-11-30T13:00:00Z',
      },
    ]);
    expect((await run('--check')).out).toContain(
      '! RoleBinding payments/grant-payments-1 of grant payments-1 is not in the cluster; its end, 2026-11-30T13:00:00Z, has passed and git still has it\n',
    );
  });
});

describe('what cannot be read', () => {
  test.each([
    [['--context', 'prod-us'], 'the kubeconfig has no context "prod-us"; did you mean "prod-eu"?'],
    [['--out', 'elsewhere/prod-eu'], 'is not the folder clusters/<name> of an access repository'],
    [['--kubeconfig', 'nowhere'], 'the kubeconfig cannot be read: ENOENT'],
  ])('%j', async (args, message) => {
    const { code, err } = await run(...args);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(message) });
  });

  test('a refusal is said as it came, with the remedy', async () => {
    server.refusals.set('/api/v1/pods', {
      status: 403,
      message: 'pods is forbidden: User "job" cannot list',
    });
    const { code, err, out } = await run();
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(
      /pods is forbidden: User "job" cannot list; "curfew manifests snapshot" prints the ClusterRole/,
    );
  });

  test('a server that is not there', async () => {
    await server.close();
    server = await startApiServer();
    const gone = JSON.parse(await readFile(server.kubeconfig, 'utf8'));
    gone.clusters[0].cluster.server = 'http://127.0.0.1:1';
    await writeFile(server.kubeconfig, JSON.stringify(gone));
    const { code, err } = await run();
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringMatching(/does not answer: .*(ECONNREFUSED|bad port)/),
    });
  });
});
