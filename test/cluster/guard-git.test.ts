import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { guardObjects } from '../../src/cluster/manifests/guard.ts';
import { systemNamespaceObject } from '../../src/cluster/manifests/roles.ts';
import { eventually, startCluster, type TestCluster } from './cluster.ts';
import { createSource, grantText, repository, type Source } from './guard-artifact.ts';
import { deleteGrants, pod, present, roleBinding, startGuard, type RunningGuard } from './guard-world.ts';

const readme = { 'grants/prod-eu/README.md': '# Grants\n', 'README.md': '# Access\n' };

/** Two objects of one grant that goes on for long, and the file that grants them. */
function granted(id: string): {
  readonly objects: readonly object[];
  readonly files: Record<string, string>;
} {
  const grant = { id, end: Date.now() + 3_600_000 };
  const objects = [roleBinding(grant), pod(grant)];
  return { objects, files: { [`grants/prod-eu/payments/${id}.yaml`]: grantText(...objects) } };
}

let cluster: TestCluster;
let source: Source;
let guard: RunningGuard;
let round = 0;

/** Long enough for the guard to have read the GitRepository twice. */
async function twoReads(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 2500));
}

async function unreadable(): Promise<void> {
  const messages = (): readonly string[] => guard.log.map(({ msg }) => msg);
  await expect
    .poll(messages, { timeout: 10_000 })
    .toContain('What git grants cannot be read; objects stay until their end');
}

beforeAll(async () => {
  cluster = await startCluster();
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'payments' } };
  const git = { cluster: 'prod-eu', repository: repository.name };
  const flux = { ...namespace, metadata: { name: 'flux-system' } };
  await cluster.apply([namespace, flux, systemNamespaceObject(), ...guardObjects({ image: 'guard:1', git })]);
  source = await createSource(cluster);
});
beforeEach(async () => {
  round += 1;
  guard = await startGuard(cluster, { git: { repository, cluster: 'prod-eu' } });
});
afterEach(async () => {
  await guard.stop();
  await deleteGrants(cluster);
  await eventually('the grants are gone', async () => (await present(cluster)).length === 0);
});
afterAll(async () => {
  source?.close();
  await cluster?.stop();
});

describe('the guard that sees git', () => {
  test('removes what git no longer grants, long before its end, and nothing else', async () => {
    const [stays, goes] = [granted(`g-stays-${round}`), granted(`g-goes-${round}`)];
    await source.publish({ ...readme, ...stays.files, ...goes.files });
    await cluster.apply([...stays.objects, ...goes.objects]);
    await twoReads();
    expect(await present(cluster)).toHaveLength(4);
    await source.publish({ ...readme, ...stays.files });
    await expect.poll(async () => await present(cluster), { timeout: 10_000 }).toHaveLength(2);
    expect(guard.log.filter(({ msg }) => msg === 'removed').map(({ reason }) => reason)).toEqual([
      'not-in-git',
      'not-in-git',
    ]);
    expect(guard.removed()).toEqual([`g-goes-${round}`, `g-goes-${round}`]);
  });

  test('removes the last grant: an empty folder grants nothing', async () => {
    const { objects, files } = granted(`g-last-${round}`);
    await source.publish({ ...readme, ...files });
    await cluster.apply(objects);
    await source.publish(readme);
    await expect.poll(async () => await present(cluster), { timeout: 10_000 }).toEqual([]);
  });

  test('removes what git never granted, were it labelled as a grant that git has', async () => {
    const { objects, files } = granted(`g-real-${round}`);
    await source.publish({ ...readme, ...files });
    await cluster.apply([
      ...objects,
      roleBinding({ id: `g-real-${round}`, end: Date.now() + 3_600_000 }, 'by-hand'),
    ]);
    await expect.poll(() => guard.removed(), { timeout: 10_000 }).toEqual(['by-hand']);
    await twoReads();
    expect(await present(cluster)).toHaveLength(2);
  });

  test('lets an object be that a newer revision brought than it has seen', async () => {
    await source.publish(readme);
    await twoReads();
    for (let each = 0; each < 5; each += 1) {
      const { objects, files } = granted(`g-new-${round}-${each}`);
      await source.publish({ ...readme, ...files });
      await cluster.apply(objects);
      expect((await present(cluster)).toSorted()).toContain(`RoleBinding g-new-${round}-${each}`);
      await twoReads();
      expect((await present(cluster)).toSorted()).toContain(`RoleBinding g-new-${round}-${each}`);
    }
  });

  test('revokes one grant while the file of another cannot be read, and leaves that one to its end', async () => {
    const [poison, goes] = [granted(`g-poison-${round}`), granted(`g-goes-${round}`)];
    const path = Object.keys(poison.files)[0] ?? '';
    await source.publish({ ...readme, ...poison.files, ...goes.files });
    await cluster.apply([...poison.objects, ...goes.objects]);
    await source.publish({ ...readme, [path]: 'a: [b\n' });
    await expect.poll(async () => await present(cluster), { timeout: 10_000 }).toHaveLength(2);
    await twoReads();
    expect((await present(cluster)).toSorted()).toEqual([
      `Pod g-poison-${round}`,
      `RoleBinding g-poison-${round}`,
    ]);
  });
});

describe('the guard that cannot see git ends nothing before its time', () => {
  const cases: readonly (readonly [string, () => Promise<void>])[] = [
    [
      'where the digest is another',
      async () => source.publish(readme, { digest: `sha256:${'0'.repeat(64)}` }),
    ],
    [
      'where the digest is of no kind that it knows',
      async () => source.publish(readme, { digest: 'blake3:00' }),
    ],
    [
      'where the revision was fetched before the one seen last',
      async () => source.publish(readme, { fetchedAt: new Date(Date.now() - 60_000) }),
    ],
    [
      'where the folder of the cluster is missing',
      async () => source.publish({ 'grants/staging/README.md': '#\n' }),
    ],
    [
      'where what is served is no tarball',
      async () => {
        const served = gzipSync('nothing of the kind');
        const digest = `sha256:${createHash('sha256').update(served).digest('hex')}`;
        await source.publish(readme, { served, digest });
      },
    ],
  ];
  test.each(cases)('%s', async (_, publish) => {
    const { objects, files } = granted(`g-unseen-${round}`);
    await source.publish({ ...readme, ...files });
    await cluster.apply(objects);
    await twoReads();
    await publish();
    await unreadable();
    await twoReads();
    expect(await present(cluster)).toHaveLength(2);
    // And sees again as soon as it can.
    await source.publish(readme, { fetchedAt: new Date(Date.now() + 1000) });
    await expect.poll(async () => await present(cluster), { timeout: 10_000 }).toEqual([]);
  });

  test('where it was told of no revision, or may not read of any', async () => {
    const role = ['rolebinding', 'curfew-guard', '-n', 'curfew-system'];
    const { stdout: saved } = await cluster.kubectl(['get', ...role, '-o', 'json']);
    const { objects } = granted(`g-denied-${round}`);
    await cluster.kubectl(['delete', ...role]);
    await source.publish(readme, { fetchedAt: new Date(Date.now() + 2000) });
    await cluster.apply([...objects, roleBinding({ id: `g-ends-${round}`, end: Date.now() + 3000 })]);
    await unreadable();
    // Time goes on all the same.
    await expect.poll(() => guard.removed(), { timeout: 10_000 }).toEqual([`g-ends-${round}`]);
    expect(await present(cluster)).toHaveLength(2);
    await cluster.kubectl(['create', '-f', '-'], {
      input: saved.replace(/"(uid|resourceVersion)": "[^"]*",?/g, ''),
    });
    await expect.poll(async () => await present(cluster), { timeout: 10_000 }).toEqual([]);
  });
});
