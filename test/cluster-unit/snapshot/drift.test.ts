import { describe, expect, test } from 'vitest';
import type { JsonObject, KubernetesObject } from '../../../src/base/json.ts';
import { catalogDrift } from '../../../src/cluster/snapshot/catalog.ts';
import { driftBetween } from '../../../src/cluster/snapshot/drift.ts';
import { versionObject } from '../../../src/cluster/snapshot/files.ts';
import { grantDrift, type GrantFile } from '../../../src/cluster/snapshot/grants.ts';
import { keptDeployment } from './objects.ts';

const deployment: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'api' },
  ...keptDeployment,
};

function role(name: string, verbs: readonly string[], metadata: JsonObject = {}): KubernetesObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { ...metadata, name },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs }],
  };
}

describe('drift between what is committed and what is there', () => {
  test('none where only fields differ that no snapshot keeps', () => {
    const committed = {
      ...deployment,
      metadata: { ...deployment.metadata, labels: { a: 'b' }, annotations: { c: 'd' } },
    };
    expect(driftBetween([committed], [deployment])).toEqual([]);
  });

  test('says which object came, went, or changed, and where', () => {
    const changed = {
      ...role('deployer', ['get', 'list']),
      metadata: { name: 'deployer', labels: { app: 'x' } },
    };
    expect(
      driftBetween(
        [role('deployer', ['get']), role('old', ['get']), versionObject('p', 'v1.35.0')],
        [changed, deployment, versionObject('p', 'v1.36.3')],
      ),
    ).toEqual(
      [
        { change: 'added', kind: 'Deployment', namespace: 'payments', name: 'api', fields: [] },
        { change: 'removed', kind: 'ClusterRole', namespace: null, name: 'old', fields: [] },
        { change: 'changed', kind: 'ClusterVersion', namespace: null, name: 'p', fields: ['gitVersion'] },
        {
          change: 'changed',
          kind: 'ClusterRole',
          namespace: null,
          name: 'deployer',
          fields: ['metadata.labels', 'rules'],
        },
      ].toSorted((a, b) =>
        `${a.kind}/${a.namespace ?? ''}/${a.name}` < `${b.kind}/${b.namespace ?? ''}/${b.name}` ? -1 : 1,
      ),
    );
  });

  test('passes over what a snapshot knows nothing of', () => {
    expect(driftBetween([{ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' } }], [])).toEqual([]);
  });
});

describe('drift of the catalog', () => {
  const entry = (object: KubernetesObject) => ({ name: object.metadata.name, description: 'd', object });

  test('none where the engine that applied it left its own labels', () => {
    const labels = { 'kustomize.toolkit.fluxcd.io/name': 'curfew' };
    const catalog = [entry(role('curfew:a', ['get'], { annotations: { 'curfew.dev/description': 'd' } }))];
    expect(catalogDrift(catalog, [role('curfew:a', ['get'], { labels }), role('view', ['get'])])).toEqual([]);
  });

  test('names what is missing, unknown and changed', () => {
    const catalog = [
      entry(role('curfew:a', ['get'])),
      entry(role('curfew:b', ['get'])),
      entry(role('curfew:d', ['get'])),
    ];
    const feeding = { labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } };
    const live = [
      role('curfew:b', ['get', 'list']),
      role('curfew:c', ['get']),
      role('curfew:d', ['get'], feeding),
    ];
    expect(catalogDrift(catalog, live)).toEqual([
      { change: 'missing', name: 'curfew:a', fields: [] },
      { change: 'changed', name: 'curfew:b', fields: ['rules'] },
      { change: 'unknown', name: 'curfew:c', fields: [] },
      {
        change: 'changed',
        name: 'curfew:d',
        fields: ['metadata.labels.rbac.authorization.k8s.io/aggregate-to-view'],
      },
    ]);
  });
});

describe('grants in git and in the cluster', () => {
  const file: GrantFile = {
    metadata: {
      id: 'payments-1',
      cluster: 'prod-eu',
      request: 'access-requests/prod-eu/payments/a.yaml',
      pullRequest: 7,
      digest: 'd',
      grantedAt: 0,
      expiresAt: 3600,
      approvedBy: 'bob',
      subject: { id: 1001, login: 'alice' },
      requesterId: 1001,
    },
    objects: [
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'g', namespace: 'payments' },
      },
    ],
  };
  const bound = { kind: 'RoleBinding', namespace: 'payments', name: 'g', grant: 'payments-1' };

  test('agree', () => {
    expect(grantDrift([bound], [file])).toEqual({ orphans: [], missing: [] });
  });

  test.each([
    ['of a grant that is not in git', { ...bound, grant: 'payments-2' }],
    ['of another name', { ...bound, name: 'h' }],
    ['in another namespace', { ...bound, namespace: 'vault' }],
    ['of another kind', { ...bound, kind: 'Pod' }],
  ])('an object %s is an orphan, and does not stand for the one of git', (_, orphan) => {
    expect(grantDrift([orphan], [file])).toEqual({
      orphans: [orphan],
      missing: [{ ...bound, expiresAt: 3600 }],
    });
  });
});
