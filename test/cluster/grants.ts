/** Grants as the engine writes them into git, from the templates and the policy of this repository. */
import { readFileSync } from 'node:fs';
import { isJsonObject } from '../../src/base/json-type.ts';
import type { JsonObject, KubernetesObject } from '../../src/base/json.ts';
import { grantLabel } from '../../src/base/grant-marks.ts';
import { applier } from '../../src/cluster/identities.ts';
import { admissionObjects } from '../../src/cluster/manifests/admission.ts';
import { ceilingsConfigMap, ceilingsOf } from '../../src/cluster/manifests/ceilings.ts';
import { roleObjects } from '../../src/cluster/manifests/roles.ts';
import { grantFile, readGrantFile } from '../../src/lifecycle/grant.ts';
import { readPolicyFile } from '../../src/lifecycle/read-policy.ts';
import type { Ceilings } from '../../src/policy/ceilings.ts';
import type { Scalar } from '../../src/request/request.ts';
import { renderTemplate, resolveParameters } from '../../src/template/render.ts';
import { requestWith, roles, templateFiles, templateFrom } from '../template/catalog.ts';
import { admin, eventually, type TestCluster } from './cluster.ts';

export const policyPath = '.github/curfew.yaml';

const templates = new Map(
  templateFiles.map((file) => templateFrom(file)).map((template) => [template.name, template]),
);

/** The ceilings that a policy, left out that of this repository, gives its cluster `prod-eu`. */
export function ceilings(text = readFileSync(policyPath, 'utf8')): Ceilings {
  const policy = readPolicyFile(policyPath, text);
  if (!policy.ok) throw new Error(JSON.stringify(policy.faults));
  return ceilingsOf(policy.value.policy, templates, 'prod-eu');
}

/** Applies what an administrator installs, and the namespaces of the test world; resolves when the rules are in force. */
export async function install(cluster: TestCluster, limits = ceilings()): Promise<void> {
  const namespaces = ['payments', 'orders', 'vault'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name },
  }));
  await cluster.apply([...namespaces, ...roleObjects([...roles.values()]), ceilingsConfigMap(limits)]);
  await cluster.apply(admissionObjects());
  await inForce(cluster);
}

/** Waits until every set of rules refuses: what is installed is in force a moment later. */
async function inForce(cluster: TestCluster): Promise<void> {
  const wrong: readonly (readonly [set: string, object: KubernetesObject, as?: string])[] = [
    [
      'authority',
      remarked(grantObject('Pod', { template: 'network-path' }), { metadata: { finalizers: ['a/b'] } }),
    ],
    [
      'confinement',
      remarked(grantObject('ServiceAccount', { template: 'network-path' }), {
        labels: { [grantLabel]: null },
      }),
    ],
    ['marks', remarked(grantObject('RoleBinding', { template: 'read-logs' }), { labels: { other: 'x' } })],
    ['bindings', { ...grantObject('RoleBinding', { template: 'read-logs' }), subjects: [] }],
    [
      'network-policies',
      { ...grantObject('NetworkPolicy', { template: 'network-path' }), spec: { podSelector: {} } },
    ],
    [
      'service-accounts',
      { ...grantObject('ServiceAccount', { template: 'network-path' }), automountServiceAccountToken: true },
    ],
    ['ceilings', grantObject('RoleBinding', { template: 'read-logs', cluster: 'elsewhere' })],
    ['pods', unlimited(grantObject('Pod', { template: 'network-path' }))],
    ['placement', marking, admin],
  ];
  for (const [set, object, as = applier.user] of wrong)
    await eventually(`the rules of curfew-${set} are in force`, async () => {
      const api = await cluster.api(as);
      const { body } = await api('POST', `${collectionOf(object)}?dryRun=All`, object);
      return JSON.stringify(body).includes(`ValidatingAdmissionPolicy 'curfew-${set}'`);
    });
}

/** What a scheduler sends, with a label for the Pod. */
const marking: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Binding',
  metadata: { name: 'none', namespace: 'payments', labels: { [grantLabel]: 'x' } },
  target: { kind: 'Node', name: 'none' },
};

function unlimited(pod: KubernetesObject): KubernetesObject {
  return { ...pod, spec: { ...record(pod['spec']), activeDeadlineSeconds: 86_400 } };
}

export interface GrantOptions {
  readonly template: string;
  readonly id?: string;
  readonly namespace?: string | null;
  readonly user?: string;
  /** Seconds. */
  readonly duration?: number;
  readonly cluster?: string;
  readonly grantedAt?: number;
  readonly parameters?: Readonly<Record<string, Scalar>>;
}

/** What each shipped template asks for. */
const parameters: Readonly<Record<string, Readonly<Record<string, Scalar>>>> = {
  'debug-pod': { app: 'payments-api' },
  'network-path': { app: 'payments-api', port: 8443 },
  'restart-deployment': { deployment: 'payments-api' },
};

export const shippedTemplates: readonly string[] = [...templates.keys()];

/** The text of a grant file. */
export function grantText(options: GrantOptions): string {
  const template = templates.get(options.template);
  if (template === undefined) throw new Error(`no template ${options.template}`);
  const {
    id = 'payments-0123456789ab',
    namespace = template.scope === 'cluster' ? null : 'payments',
    user = 'alice@example.com',
    duration = 1800,
    cluster = 'prod-eu',
    grantedAt = Date.now(),
  } = options;
  const request = requestWith(template.name, options.parameters ?? parameters[template.name] ?? {});
  const values = resolveParameters(template, request, 'request.yaml');
  if (!values.ok) throw new Error(JSON.stringify(values.faults));
  const rendered = renderTemplate(template, values.value, { id, namespace, user, duration }, roles);
  if (!rendered.ok) throw new Error(JSON.stringify(rendered.faults));
  return grantFile(rendered.value, {
    id,
    cluster,
    request: `access-requests/${cluster}/${namespace ?? '_cluster'}/x.yaml`,
    pullRequest: 7,
    digest: `sha256:${'0'.repeat(64)}`,
    grantedAt,
    expiresAt: grantedAt + duration * 1000,
    approvedBy: 'bob',
    subject: { id: 1001, login: 'alice' },
    requesterId: 1001,
  });
}

/** The objects of a grant file, read back from its text. */
export function grantObjects(options: GrantOptions): readonly KubernetesObject[] {
  const read = readGrantFile('grant.yaml', grantText(options));
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.value.objects;
}

/** The one object of a kind in a grant. */
export function grantObject(kind: string, options: GrantOptions): KubernetesObject {
  const found = grantObjects(options).find((object) => object.kind === kind);
  if (found === undefined) throw new Error(`no ${kind} in ${options.template}`);
  return found;
}

const resources: Readonly<Record<string, readonly [prefix: string, resource: string]>> = {
  Binding: ['/api/v1', 'bindings'],
  ClusterRoleBinding: ['/apis/rbac.authorization.k8s.io/v1', 'clusterrolebindings'],
  ConfigMap: ['/api/v1', 'configmaps'],
  NetworkPolicy: ['/apis/networking.k8s.io/v1', 'networkpolicies'],
  Pod: ['/api/v1', 'pods'],
  RoleBinding: ['/apis/rbac.authorization.k8s.io/v1', 'rolebindings'],
  ServiceAccount: ['/api/v1', 'serviceaccounts'],
};

/** Where objects of this kind are created. */
export function collectionOf({ kind, metadata }: KubernetesObject): string {
  const [prefix, resource] = resources[kind] ?? ['', ''];
  const { namespace } = metadata;
  return typeof namespace === 'string'
    ? `${prefix}/namespaces/${namespace}/${resource}`
    : `${prefix}/${resource}`;
}

export function pathOf(object: KubernetesObject): string {
  return `${collectionOf(object)}/${object.metadata.name}`;
}

/** The object with other metadata: what is given replaces, label by label and annotation by annotation; null removes. */
export function remarked(
  object: KubernetesObject,
  changes: {
    readonly labels?: Readonly<Record<string, string | null>>;
    readonly annotations?: Readonly<Record<string, string | null>>;
    readonly metadata?: JsonObject;
  },
): KubernetesObject {
  const { labels, annotations, ...metadata } = object.metadata;
  const merged = (before: unknown, after: Readonly<Record<string, string | null>> = {}): JsonObject =>
    Object.fromEntries(Object.entries({ ...record(before), ...after }).filter(([, value]) => value !== null));
  return {
    ...object,
    metadata: {
      ...metadata,
      labels: merged(labels, changes.labels),
      annotations: merged(annotations, changes.annotations),
      ...changes.metadata,
    },
  };
}

/** A value as an object; empty where it is none. */
export function record(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
