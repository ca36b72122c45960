import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isJsonObject } from '../../../src/base/json-type.ts';
import type { Json, JsonObject } from '../../../src/base/json.ts';
import { kinds } from '../../../src/cluster/snapshot/kinds.ts';
import { reduce } from '../../../src/cluster/snapshot/reduce.ts';
import { podSpec } from './objects.ts';

/**
 * What may come out, written down here once more and in other words: if the code comes to keep another field, this has
 * to be argued with.
 */
const identity = /^metadata\.(name|namespace)$/;
const owner = /^metadata\.ownerReferences\.\d+\.(apiVersion|kind|name|controller)$/;
const labels = /^metadata\.labels\.[^.]+$/;
const podLabels = /^spec\.(jobTemplate\.spec\.)?template\.metadata\.labels\.[^.]+$/;
const pods =
  /^spec\.(?:(?:jobTemplate\.spec\.)?template\.spec\.)?(serviceAccountName|hostNetwork|(containers|initContainers)\.\d+\.(name|ports\.\d+\.(name|containerPort|protocol))|initContainers\.\d+\.restartPolicy)$/;
const addresses = /^status\.podIPs\.\d+\.ip$/;
const workload = [identity, owner, podLabels, pods];
const rules = /^rules\.\d+\.(apiGroups|resources|resourceNames|nonResourceURLs|verbs)\.\d+$/;
const selectors = /(matchLabels\.[^.]+|matchExpressions\.\d+\.(key|operator|values\.\d+))$/;
const binding = [
  identity,
  /^roleRef\.(apiGroup|kind|name)$/,
  /^subjects\.\d+\.(apiGroup|kind|name|namespace)$/,
];

const allowed: Readonly<Record<string, readonly RegExp[]>> = {
  Namespace: [identity, labels],
  ReplicationController: workload,
  Deployment: workload,
  StatefulSet: workload,
  DaemonSet: workload,
  ReplicaSet: workload,
  Job: workload,
  CronJob: workload,
  Pod: [identity, owner, labels, pods, addresses],
  NetworkPolicy: [
    identity,
    new RegExp(
      `^spec\\.(podSelector|(ingress|egress)\\.\\d+\\.(from|to)\\.\\d+\\.\\w+)\\.${selectors.source}`,
    ),
    /^spec\.policyTypes\.\d+$/,
    /^spec\.(ingress|egress)\.\d+\.(from|to)\.\d+\.ipBlock\.(cidr|except\.\d+)$/,
    /^spec\.(ingress|egress)\.\d+\.ports\.\d+\.(protocol|port|endPort)$/,
  ],
  ClusterRole: [
    identity,
    labels,
    rules,
    new RegExp(`^aggregationRule\\.clusterRoleSelectors\\.\\d+\\.${selectors.source}`),
  ],
  Role: [identity, rules],
  RoleBinding: binding,
  ClusterRoleBinding: binding,
};

/** Field names that mean something somewhere, and some that hold secrets. */
const words = [
  ...new Set(
    `metadata name namespace labels annotations ownerReferences apiVersion kind controller uid spec status template
     jobTemplate containers initContainers ephemeralContainers ports containerPort hostPort protocol restartPolicy env envFrom
     value valueFrom args command image volumes secret data stringData secretName imagePullSecrets serviceAccountName
     hostNetwork podIPs ip phase rules apiGroups resources resourceNames nonResourceURLs verbs aggregationRule
     clusterRoleSelectors matchLabels matchExpressions key operator values roleRef subjects apiGroup podSelector
     namespaceSelector policyTypes ingress egress from to ipBlock cidr except port endPort conditions message app`
      .trim()
      .split(/\s+/),
  ),
];

/** Any tree of these words. */
const { tree } = fc.letrec<{ tree: Json; object: Json; list: Json }>((tie) => ({
  tree: fc.oneof({ maxDepth: 9, depthSize: 'large' }, fc.constant('leaf'), tie('object'), tie('list')),
  object: fc.dictionary(fc.constantFrom(...words), tie('tree'), { maxKeys: 12 }),
  list: fc.array(tie('tree'), { maxLength: 3 }),
}));

function objectOr(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** Every leaf becomes a canary that says where it sat. */
function mark(value: Json, path: string): Json {
  if (Array.isArray(value)) return value.map((item: Json, index) => mark(item, `${path}.${index}`));
  if (value === null || typeof value !== 'object') return `canary:${path.slice(1)}`;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mark(item, `${path}.${key}`)]));
}

function leaves(value: Json): readonly string[] {
  if (value === null || typeof value !== 'object') return [String(value)];
  return Object.values(value).flatMap((item: Json) => leaves(item));
}

function escaped(kindName: string, item: JsonObject): readonly string[] {
  const kind = kinds.find(({ kind }) => kind === kindName);
  const reduced = kind === undefined ? null : reduce(kind, item);
  if (reduced?.kind !== 'kept') return [];
  const { apiVersion: _, kind: __, ...object } = reduced.object;
  return leaves(object)
    .map((leaf) => leaf.replace(/^canary:/, ''))
    .filter((path) => !(allowed[kindName] ?? []).some((pattern) => pattern.test(path)));
}

test.each(kinds.filter(({ kept }) => kept !== null).map(({ kind }) => kind))(
  'nothing comes out of a %s but what is named here',
  (kind) => {
    const parts = fc.record({
      metadata: tree,
      spec: tree,
      status: tree,
      rules: tree,
      subjects: tree,
      data: tree,
    });
    fc.assert(
      fc.property(parts, (object) => {
        const marked = mark({ ...object, env: 'leaf' }, '');
        const item = objectOr(marked);
        const named = {
          ...item,
          metadata: { ...objectOr(item['metadata']), name: 'canary:metadata.name' },
        };
        expect(escaped(kind, named)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  },
);

/** One object of each kind with everything that is kept, and some that is not. */
const selector = {
  matchLabels: { app: 'a' },
  matchExpressions: [{ key: 'k', operator: 'In', values: ['v'] }],
};
const template = { metadata: { labels: { app: 'a' } }, spec: { ...podSpec, hostNetwork: true } };
const rule = {
  apiGroups: ['g'],
  resources: ['r'],
  resourceNames: ['n'],
  nonResourceURLs: ['/u'],
  verbs: ['v'],
};
const bindingOf = {
  roleRef: { apiGroup: 'g', kind: 'k', name: 'n' },
  subjects: [{ apiGroup: 'g', kind: 'k', name: 'n', namespace: 's' }],
};
const peer = { podSelector: selector, namespaceSelector: selector, ipBlock: { cidr: 'c', except: ['e'] } };
const ports = [{ protocol: 'p', port: 'x', endPort: 'y' }];
const full: Readonly<Record<string, JsonObject>> = {
  CronJob: { spec: { jobTemplate: { spec: { template } } } },
  Pod: { spec: template.spec, status: { podIPs: [{ ip: 'i' }] } },
  NetworkPolicy: {
    spec: {
      podSelector: selector,
      policyTypes: ['t'],
      ingress: [{ from: [peer], ports }],
      egress: [{ to: [peer], ports }],
    },
  },
  ClusterRole: { rules: [rule], aggregationRule: { clusterRoleSelectors: [selector] } },
  Role: { rules: [rule] },
  RoleBinding: bindingOf,
  ClusterRoleBinding: bindingOf,
};

/** Beside everything that is there, every word as a text, an object and a list. */
function saturate(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => saturate(item));
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).map(([key, item]) => [key, saturate(item)] as const);
  const more = words.map((word, index) => [word, [{ inner: 'x' }, 'x', ['x']][index % 3] ?? 'x'] as const);
  return Object.fromEntries([...more, ...kept]);
}

test.each(Object.keys(allowed))('a %s with every field at every place keeps these alone', (kind) => {
  const spec = { spec: { template } };
  const metadata = { name: 'n', namespace: 's', labels: { app: 'a' } };
  for (let turn = 0; turn < 3; turn += 1) {
    words.push(words.shift() ?? '');
    const object = saturate({ ...(full[kind] ?? spec), metadata, status: full[kind]?.['status'] ?? {} });
    const item = objectOr(mark(object, ''));
    expect(escaped(kind, item)).toEqual([]);
    const reduced = kinds.flatMap((each) => (each.kind === kind ? [reduce(each, item)] : []));
    expect(
      leaves(JSON.parse(JSON.stringify(reduced))).filter((leaf) => leaf.startsWith('canary:')).length,
    ).toBeGreaterThan(2);
  }
});
