import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { commands } from '../../src/cli/commands.ts';
import { dispatch } from '../../src/cli/dispatch.ts';
import { guard, systemNamespace } from '../../src/cluster/identities.ts';
import { systemNamespaceObject } from '../../src/cluster/manifests/roles.ts';
import { fakeIo } from '../cli/fake-io.ts';
import { startCluster, type Question, type TestCluster } from './cluster.ts';

const deployment = z.object({
  kind: z.literal('Deployment'),
  spec: z.object({ template: z.object({ metadata: z.looseObject({}), spec: z.looseObject({}) }) }),
});

let cluster: TestCluster;
let objects: readonly object[];

beforeAll(async () => {
  const io = fakeIo();
  const args = [
    'manifests',
    'guard',
    '--image',
    'example.com/guard:1',
    '--cluster',
    'prod-eu',
    '--dir',
    process.cwd(),
  ];
  if ((await dispatch(args, io, commands)) !== 0) throw new Error(io.err());
  objects = parseAllDocuments(io.out()).map((document): object => z.looseObject({}).parse(document.toJS()));
  cluster = await startCluster();
  const flux = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'flux-system' } };
  await cluster.apply([flux, systemNamespaceObject(), ...objects]);
});
afterAll(async () => await cluster?.stop());

test('the namespace, which takes restricted pods alone, takes the pods of the guard', async () => {
  const { template } = objects.map((each) => deployment.safeParse(each)).find(({ success }) => success)?.data
    ?.spec ?? {
    template: undefined,
  };
  const path = `/api/v1/namespaces/${systemNamespace}/pods?dryRun=All`;
  const api = await cluster.api();
  const pod = (spec: object): object => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template?.metadata, name: 'guard' },
    spec,
  });
  expect(await api('POST', path, pod({ ...template?.spec }))).toMatchObject({ status: 201 });
  expect(await api('POST', path, pod({ ...template?.spec, securityContext: {} }))).toMatchObject({
    status: 403,
  });
});

const rbac = 'rbac.authorization.k8s.io';
const may: readonly Question[] = [
  { verb: 'list', resource: 'pods' },
  { verb: 'delete', group: rbac, resource: 'rolebindings', namespace: 'payments' },
  { verb: 'delete', group: rbac, resource: 'clusterrolebindings' },
  { verb: 'create', resource: 'events', namespace: 'payments' },
  {
    verb: 'get',
    group: 'source.toolkit.fluxcd.io',
    resource: 'gitrepositories',
    namespace: systemNamespace,
    name: 'curfew-prod-eu',
  },
];
const mayNot: readonly Question[] = [
  { verb: 'get', resource: 'secrets', namespace: systemNamespace },
  { verb: 'list', resource: 'secrets' },
  { verb: 'create', group: rbac, resource: 'rolebindings', namespace: 'payments' },
  { verb: 'patch', group: rbac, resource: 'rolebindings', namespace: 'payments' },
  { verb: 'deletecollection', group: rbac, resource: 'rolebindings', namespace: 'payments' },
  { verb: 'delete', group: rbac, resource: 'roles', namespace: 'payments' },
  { verb: 'create', resource: 'pods', namespace: 'payments' },
  { verb: 'create', resource: 'pods', subresource: 'exec', namespace: 'payments' },
  { verb: 'delete', group: 'apps', resource: 'deployments', namespace: 'payments' },
  { verb: 'get', group: 'source.toolkit.fluxcd.io', resource: 'gitrepositories', namespace: systemNamespace },
];

test.each([
  ['what it needs', may, true],
  ['nothing else', mayNot, false],
] as const)('the guard may do %s', async (_, questions, expected) => {
  const subject = { user: guard.user, groups: ['system:serviceaccounts', 'system:authenticated'] };
  for (const question of questions) {
    expect({ question, allowed: await cluster.allows(subject, question) }).toEqual({
      question,
      allowed: expected,
    });
  }
});

test('what it asks is in the flow that is made for it', async () => {
  const { stdout: uid } = await cluster.kubectl([
    'get',
    'flowschema',
    guard.name,
    '-o',
    'jsonpath={.metadata.uid}',
  ]);
  expect(uid).toMatch(/^[0-9a-f-]{36}$/);
  // The API server says in a header which schema it went by.
  await expect
    .poll(async () => (await cluster.kubectl(['get', 'pods', '-A', '-v=8'], { as: guard.user })).stderr)
    .toContain(uid);
});
