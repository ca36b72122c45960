import { describe, expect, test } from 'vitest';
import { argocdObjects } from '../../../src/cluster/manifests/argocd.ts';
import { fluxObjects } from '../../../src/cluster/manifests/flux.ts';
import { roleObjects } from '../../../src/cluster/manifests/roles.ts';
import { roles } from '../../template/catalog.ts';

const delivery = { cluster: 'prod-eu', url: 'https://github.com/acme/access', branch: 'main' };

describe('the applier', () => {
  const objects = roleObjects([...roles.values()]);
  const rules = objects.flatMap(({ kind, metadata, rules }) =>
    kind === 'ClusterRole' && metadata.name === 'curfew-applier' ? [rules] : [],
  );

  test('has the verbs of server-side apply and pruning on the kinds of grants, and bind on the catalog by name', () => {
    const verbs = ['get', 'list', 'watch', 'create', 'patch', 'delete'];
    expect(rules).toEqual([
      [
        {
          apiGroups: ['rbac.authorization.k8s.io'],
          resources: ['clusterrolebindings', 'rolebindings'],
          verbs,
        },
        { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs },
        { apiGroups: [''], resources: ['pods', 'serviceaccounts'], verbs },
        {
          apiGroups: ['rbac.authorization.k8s.io'],
          resources: ['clusterroles'],
          resourceNames: [...roles.keys()],
          verbs: ['bind'],
        },
      ],
    ]);
  });

  test('may bind nothing while the catalog is empty: a rule without names would be about every role', () => {
    expect(JSON.stringify(roleObjects([]))).not.toContain('bind"');
  });

  test('comes with the catalog as it is, without a label by which it could be aggregated', () => {
    const catalog = objects.filter(({ metadata }) => metadata.name.startsWith('curfew:'));
    expect(catalog).toEqual([...roles.values()].map(({ object }) => object));
  });
});

describe('Flux', () => {
  const objects = fluxObjects(delivery);
  const spec = (kind: string): unknown => objects.find((object) => object.kind === kind)?.['spec'];

  test('prunes what git took away, as the applier, and soon tries again', () => {
    expect(spec('Kustomization')).toMatchObject({
      path: './grants/prod-eu',
      prune: true,
      wait: false,
      serviceAccountName: 'curfew-applier',
      retryInterval: '15s',
      sourceRef: { kind: 'GitRepository', name: 'curfew-prod-eu' },
    });
  });

  test('fetches nothing but the grants of its cluster', () => {
    expect(spec('GitRepository')).toMatchObject({
      ref: { branch: 'main' },
      sparseCheckout: ['grants/prod-eu'],
      ignore: '/*\n!/grants\n/grants/*\n!/grants/prod-eu\n',
    });
  });

  test('has everything in one namespace, and no Secret', () => {
    expect(new Set(objects.map(({ metadata }) => metadata['namespace']))).toEqual(new Set(['curfew-system']));
    expect(objects.map(({ kind }) => kind)).toEqual([
      'GitRepository',
      'Kustomization',
      'Receiver',
      'Provider',
      'Alert',
    ]);
  });
});

// The fields were checked against the definitions of Argo CD 3.6.1 by an API server with strict validation.
describe('Argo CD', () => {
  const [project, application] = argocdObjects(delivery);

  test('prunes, also the last grant, in the background, and tries again with what is newest', () => {
    expect(application).toMatchObject({
      spec: {
        source: { path: 'grants/prod-eu', directory: { recurse: true } },
        syncPolicy: {
          automated: { prune: true, selfHeal: true, allowEmpty: true },
          syncOptions: expect.arrayContaining(['ServerSideApply=true', 'PrunePropagationPolicy=background']),
          retry: { limit: -1, refresh: true },
        },
      },
    });
  });

  test('lets only the kinds of grants through, as the applier', () => {
    expect(project).toMatchObject({
      spec: {
        sourceRepos: ['https://github.com/acme/access'],
        clusterResourceWhitelist: [{ kind: 'ClusterRoleBinding' }],
        namespaceResourceWhitelist: [
          { kind: 'RoleBinding' },
          { kind: 'NetworkPolicy' },
          { kind: 'Pod' },
          { kind: 'ServiceAccount' },
        ],
        destinationServiceAccounts: [{ defaultServiceAccount: 'curfew-system:curfew-applier' }],
      },
    });
  });
});
