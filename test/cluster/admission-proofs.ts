/** For every rule of the admission: what it refuses, and what is near to that and passes. */
import { grantAnnotations, grantLabel } from '../../src/base/grant-marks.ts';
import { formatInstant } from '../../src/base/instant.ts';
import type { JsonObject, KubernetesObject } from '../../src/base/json.ts';
import { applier, guard } from '../../src/cluster/identities.ts';
import { apply, create, owner, patch, remove, type Request } from './admission-requests.ts';
import { admin } from './cluster.ts';
import { ceilings, grantObject, pathOf, record, remarked, type GrantOptions } from './grants.ts';

export interface Proof {
  readonly rule: string;
  /** Rules of other sets that refuse some of it too: which one is heard, is not said anywhere. */
  readonly also?: readonly string[];
  /** What is tried, in words, and how. */
  readonly refused: Readonly<Record<string, Request>>;
  readonly passes: Readonly<Record<string, Request>>;
}

/** A grant that is there, in full. */
export const standing: GrantOptions = {
  template: 'network-path',
  id: 'payments-111111111111',
  grantedAt: Date.now(),
};

/** One that is not there yet. */
const fresh: GrantOptions = { template: 'network-path', id: 'payments-222222222222' };
const freshCluster: GrantOptions = { template: 'cluster-read', id: 'prod-eu-333333333333' };

const metadata = { name: 'standing', namespace: 'payments' };
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'curfew:read-logs' };
const bob = { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'bob@example.com' };

/** Objects of others, that no grant has anything to do with. */
export const ofOthers = {
  binding: {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata,
    roleRef,
    subjects: [bob],
  },
  policy: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec: { podSelector: {} } },
  pod: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { containers: [{ name: 'main', image: 'docker.io/library/busybox:1.37.0' }] },
  },
} satisfies Record<string, KubernetesObject>;

/** A Pod of a grant that is on no node yet. */
export const unplaced = grantObject('Pod', { ...standing, id: 'payments-555555555555' });

/** An object of the grant that is there. */
function there(kind: string): KubernetesObject {
  return grantObject(kind, standing);
}

/** An object of the new grant. */
function made(kind: string, options: Partial<GrantOptions> = {}): KubernetesObject {
  return grantObject(kind, { ...fresh, ...options });
}

type Change = Parameters<typeof remarked>[1];

function marked(change: Change): Request {
  return create(remarked(made('RoleBinding'), change));
}

function annotated(annotations: Readonly<Record<string, string | null>>): Request {
  return marked({ annotations });
}

/** Names that belong to a grant stay, so that only the rule in question is broken. */
function withSpec(kind: string, change: (spec: JsonObject) => JsonObject): Request {
  const object = made(kind);
  return create({ ...object, spec: change(record(object['spec'])) });
}

const withPod = (changes: JsonObject): Request => withSpec('Pod', (spec) => ({ ...spec, ...changes }));

/** Templates have one container. */
const withContainer = (changes: JsonObject): Request =>
  withSpec('Pod', (spec) => ({ ...spec, containers: [{ ...containerOf(spec), ...changes }] }));

const withSecurity = (changes: JsonObject): Request =>
  withSpec('Pod', (spec) => {
    const container = containerOf(spec);
    const securityContext = { ...record(container['securityContext']), ...changes };
    return { ...spec, containers: [{ ...container, securityContext }] };
  });

const withPodSecurity = (changes: JsonObject): Request =>
  withSpec('Pod', (spec) => ({
    ...spec,
    securityContext: { ...record(spec['securityContext']), ...changes },
  }));

function containerOf({ containers }: JsonObject): JsonObject {
  return record(Array.isArray(containers) ? containers[0] : null);
}

const withPolicy = (spec: JsonObject): Request => withSpec('NetworkPolicy', () => spec);

const ownPods = { podSelector: { matchLabels: { [grantLabel]: 'payments-222222222222' } } };
const appPods = { podSelector: { matchLabels: { app: 'payments-api' } } };
const ports = [{ protocol: 'TCP', port: 8443 }];

const subjects = (...subjects: readonly JsonObject[]): Request =>
  create({ ...made('RoleBinding'), subjects });

const bound = (role: JsonObject): Request =>
  create({ ...made('RoleBinding'), roleRef: { ...roleRef, ...role } });

/** So many seconds from now, as an annotation. */
function inSeconds(seconds: number): string {
  return formatInstant(Date.now() + seconds * 1000);
}

/** They say what time it is: send them in the next minute. */
export function proofs(): readonly Proof[] {
  return [
    ...authority(),
    ...placement(),
    ...confinement(),
    ...marks(),
    ...bindings(),
    ...networkPolicies(),
    ...pods(),
    ...others(),
  ];
}

function authority(): readonly Proof[] {
  const binding = there('RoleBinding');
  const pod = there('Pod');
  const policy = there('NetworkPolicy');
  const later = { metadata: { annotations: { [grantAnnotations.expiresAt]: inSeconds(7200) } } };
  const shell = { name: 'shell', image: 'docker.io/library/busybox:1.37.0', targetContainerName: 'access' };
  return [
    {
      rule: 'only-the-applier-writes',
      also: ['content-stays'],
      refused: {
        'a person makes an object of a grant by hand': create(made('RoleBinding'), owner),
        'so does an administrator': create(made('RoleBinding'), admin),
        'a person labels a standing object, for the guard to delete': patch(
          ofOthers.policy,
          { metadata: { labels: { [grantLabel]: 'payments-111111111111' } } },
          owner,
        ),
        'a person adds a debug container to the access Pod': patch(
          pod,
          { spec: { ephemeralContainers: [shell] } },
          owner,
          '/ephemeralcontainers',
        ),
      },
      passes: {
        'the applier makes it': create(made('RoleBinding')),
        'the applier applies again what is there': apply(binding),
        'a person makes an object without the label': create(
          { ...ofOthers.binding, metadata: { ...metadata, name: 'another' } },
          owner,
        ),
      },
    },
    {
      rule: 'label-stays',
      also: ['only-grants'],
      refused: {
        'the applier adopts a standing binding': apply({
          ...ofOthers.binding,
          metadata: made('RoleBinding', { id: 'standing' }).metadata,
        }),
        'the label is taken off': patch(binding, { metadata: { labels: { [grantLabel]: null } } }),
        'the label is changed': patch(binding, { metadata: { labels: { [grantLabel]: 'payments-9' } } }),
      },
      passes: { 'it is applied again': apply(policy) },
    },
    {
      rule: 'marks-stay',
      refused: {
        'the end is moved': patch(binding, later),
        'pruning is switched off': patch(binding, {
          metadata: { annotations: { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' } },
        }),
        "the end is moved by way of a Pod's status": patch(pod, later, owner, '/status'),
        'the Pod is labelled into a Service by way of its status': patch(
          pod,
          { metadata: { labels: { app: 'payments-api' } } },
          owner,
          '/status',
        ),
      },
      passes: {
        "a network plugin notes the Pod's address in its status": patch(
          pod,
          { metadata: { annotations: { 'cni.projectcalico.org/podIP': '10.0.0.7/32' } } },
          owner,
          '/status',
        ),
      },
    },
    {
      rule: 'no-ties',
      refused: {
        'a finalizer is added': patch(binding, { metadata: { finalizers: ['example.com/keep'] } }),
        "a finalizer is added by way of a Pod's status": patch(
          pod,
          { metadata: { finalizers: ['example.com/keep'] } },
          owner,
          '/status',
        ),
        'an owner is added': patch(binding, {
          metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'x', uid: 'x' }] },
        }),
        'an object is made with a finalizer': marked({ metadata: { finalizers: ['example.com/keep'] } }),
      },
      passes: { 'an object is made without': create(made('RoleBinding')) },
    },
    {
      rule: 'few-delete',
      refused: {
        'a person deletes the policy that isolates the access Pod': remove(policy, owner),
        'a person deletes a binding': remove(binding, owner),
      },
      passes: {
        'the guard does': remove(policy, guard.user),
        'the applier does': remove(binding, applier.user),
        'an administrator does': remove(binding, admin),
        'a person deletes the access Pod, as nodes do': remove(pod, owner),
      },
    },
    {
      rule: 'deleted-at-once',
      refused: {
        'in the foreground, behind a dependent that never goes': remove(binding, applier.user, {
          propagationPolicy: 'Foreground',
        }),
        'orphaning, behind the finalizer of that': remove(binding, applier.user, {
          propagationPolicy: 'Orphan',
        }),
        'with ten hours for the Pod to stop': remove(pod, owner, { gracePeriodSeconds: 36_000 }),
      },
      passes: {
        'in the background': remove(binding, applier.user, { propagationPolicy: 'Background' }),
        'with no time to stop': remove(pod, owner, { gracePeriodSeconds: 0 }),
      },
    },
  ];
}

function placement(): readonly Proof[] {
  const place = (marks: JsonObject): Request => ({
    as: owner,
    method: 'POST',
    path: `${pathOf(unplaced)}/binding`,
    body: {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: unplaced.metadata.name, ...marks },
      target: { kind: 'Node', name: 'node-1' },
    },
  });
  const legacy = {
    ...place({ labels: { [grantLabel]: 'x' } }),
    path: '/api/v1/namespaces/payments/bindings',
  };
  return [
    {
      rule: 'placed-as-it-is',
      refused: {
        'a person who puts the access Pod on a node moves its end': place({
          annotations: { [grantAnnotations.expiresAt]: inSeconds(7200) },
        }),
        'and has it kept by Flux': place({
          annotations: { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' },
        }),
        'and takes it out of its grant, and so of its network policies': place({
          labels: { [grantLabel]: 'another' },
        }),
        'the same at the older address': legacy,
      },
      passes: {
        'a scheduler puts it on a node': place({ labels: { 'topology.kubernetes.io/zone': 'a' } }),
      },
    },
  ];
}

function confinement(): readonly Proof[] {
  const podStatus = { status: { message: 'hello' } };
  return [
    {
      rule: 'only-grants',
      refused: {
        'the applier deletes a binding of others': remove(ofOthers.binding, applier.user),
        'the guard deletes a policy of others': remove(ofOthers.policy, guard.user),
        'the applier makes a binding without the label': create({
          ...ofOthers.binding,
          metadata: { ...metadata, name: 'another' },
        }),
        'the applier gets a token': {
          as: applier.user,
          method: 'POST',
          path: '/api/v1/namespaces/curfew-system/serviceaccounts/curfew-guard/token',
          body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
        },
      },
      passes: { 'the applier deletes a binding of a grant': remove(there('RoleBinding'), applier.user) },
    },
    {
      rule: 'guard-deletes',
      refused: {
        "the guard writes to a Pod's status": patch(there('Pod'), podStatus, guard.user, '/status'),
      },
      passes: { 'the guard deletes the Pod': remove(there('Pod'), guard.user) },
    },
  ];
}

function marks(): readonly Proof[] {
  return [
    {
      rule: 'named-for-the-grant',
      refused: {
        'another name': marked({ metadata: { name: 'view' } }),
        'a name that the server makes up': create({
          ...made('RoleBinding'),
          metadata: { ...made('RoleBinding').metadata, generateName: 'payments-222222222222-' },
        }),
      },
      passes: { 'the id and more': marked({ metadata: { name: 'payments-222222222222-x' } }) },
    },
    {
      rule: 'marked-in-full',
      refused: { 'the digest is missing': annotated({ [grantAnnotations.digest]: null }) },
      passes: { 'all are there': create(made('RoleBinding')) },
    },
    {
      rule: 'nothing-for-others',
      refused: {
        'Flux is told not to prune': annotated({ 'kustomize.toolkit.fluxcd.io/prune': 'disabled' }),
        'Flux is told not to look': annotated({ 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' }),
        'Flux is told to leave it alone': annotated({ 'kustomize.toolkit.fluxcd.io/ssa': 'Ignore' }),
        'Argo CD is told not to prune': annotated({ 'argocd.argoproj.io/sync-options': 'Prune=false' }),
        'any other annotation': annotated({ 'example.com/note': 'x' }),
        'a label of a Service': marked({ labels: { app: 'payments-api' } }),
        'a label by which an engine adopts': marked({ labels: { 'app.kubernetes.io/instance': 'other' } }),
      },
      passes: {
        'as Flux labels it': marked({
          labels: {
            'kustomize.toolkit.fluxcd.io/name': 'curfew-prod-eu',
            'kustomize.toolkit.fluxcd.io/namespace': 'curfew-system',
          },
        }),
        'as Argo CD tracks it': annotated({
          'argocd.argoproj.io/tracking-id': 'curfew:rbac.authorization.k8s.io/RoleBinding:payments/x',
        }),
      },
    },
    {
      rule: 'end-can-be-read',
      refused: {
        'no end': annotated({ [grantAnnotations.expiresAt]: 'never' }),
        'an end without offset': annotated({ [grantAnnotations.expiresAt]: '2026-12-01T09:00:00' }),
        'before its beginning': annotated({ [grantAnnotations.grantedAt]: inSeconds(9000) }),
      },
      passes: { 'an end in UTC': annotated({ [grantAnnotations.expiresAt]: inSeconds(600) }) },
    },
    {
      rule: 'end-is-to-come',
      refused: {
        'a second ago': annotated({
          [grantAnnotations.grantedAt]: inSeconds(-600),
          [grantAnnotations.expiresAt]: inSeconds(-1),
        }),
      },
      passes: { 'in two minutes': annotated({ [grantAnnotations.expiresAt]: inSeconds(120) }) },
    },
    {
      rule: 'not-over-the-control-plane',
      refused: {
        'kube-system': create(made('RoleBinding', { namespace: 'kube-system' })),
        'the guard’s own namespace': create(made('RoleBinding', { namespace: 'curfew-system' })),
      },
      passes: { orders: create(made('RoleBinding', { namespace: 'orders' })) },
    },
  ];
}

function bindings(): readonly Proof[] {
  const group = { ...bob, kind: 'Group', name: 'everybody' };
  const account = { kind: 'ServiceAccount', name: 'default', namespace: 'payments' };
  return [
    {
      rule: 'one-person',
      refused: {
        'a group': subjects(group),
        'a service account': subjects(account),
        'two people': subjects(bob, { ...bob, name: 'alice@example.com' }),
        nobody: subjects(),
        'a user of the system': subjects({ ...bob, name: 'system:admin' }),
      },
      passes: { 'one person': subjects(bob) },
    },
    {
      rule: 'role-of-the-catalog',
      refused: {
        'a role of Kubernetes’ own': bound({ name: 'view' }),
        'a Role of the namespace': bound({ kind: 'Role', name: 'curfew:read-logs' }),
      },
      passes: { 'a role of the catalog': bound({ name: 'curfew:debug-pod' }) },
    },
    {
      rule: 'content-stays',
      refused: {
        'a person is added to a binding': patch(there('RoleBinding'), {
          subjects: [bob, { ...bob, name: 'alice@example.com' }],
        }),
        'a network policy is opened': patch(there('NetworkPolicy'), { spec: { egress: [{}] } }),
        'a Pod gets another image': {
          ...patch(there('Pod'), { spec: { containers: [{ name: 'access', image: 'evil:1' }] } }),
          type: 'application/strategic-merge-patch+json',
        },
        'a service account gets its token': patch(there('ServiceAccount'), {
          automountServiceAccountToken: true,
        }),
        'the applier adds a debug container': patch(
          there('Pod'),
          { spec: { ephemeralContainers: [{ name: 'shell', image: 'evil:1' }] } },
          applier.user,
          '/ephemeralcontainers',
        ),
      },
      passes: {
        'each is applied again': apply(there('RoleBinding')),
        'also the policy': apply(there('NetworkPolicy')),
        'also the Pod': apply(there('Pod')),
        'also the service account': apply(there('ServiceAccount')),
      },
    },
  ];
}

function networkPolicies(): readonly Proof[] {
  const ingress = (from: readonly JsonObject[]): JsonObject => ({
    ...appPods,
    policyTypes: ['Ingress'],
    ingress: [{ from, ports }],
  });
  const egress = (rule: JsonObject): Request =>
    withPolicy({ ...ownPods, policyTypes: ['Egress'], egress: [rule] });
  return [
    {
      rule: 'own-pod',
      refused: {
        'lets named addresses in': withPolicy(ingress([{ ipBlock: { cidr: '192.0.2.0/24' } }])),
        'lets Pods of other namespaces in, by our label': withPolicy(
          ingress([{ ...ownPods, namespaceSelector: { matchLabels: { a: 'b' } } }]),
        ),
        'lets others reach others': withPolicy(ingress([{ podSelector: { matchLabels: { app: 'web' } } }])),
        'lets the Pod of another grant in': withPolicy(
          ingress([{ podSelector: { matchLabels: { [grantLabel]: 'payments-9' } } }]),
        ),
        'closes a direction for others': withPolicy({
          ...ingress([ownPods]),
          policyTypes: ['Ingress', 'Egress'],
        }),
        'isolates every Pod, for the sake of one': withPolicy({ ...ingress([ownPods]), podSelector: {} }),
        'selects every Pod': withPolicy({ podSelector: {}, policyTypes: ['Ingress'] }),
      },
      passes: { 'lets only the access Pod in': withPolicy(ingress([ownPods])) },
    },
    {
      rule: 'peers-and-ports',
      refused: {
        'to everywhere': egress({ ports }),
        'to all Pods everywhere': egress({ to: [{ namespaceSelector: {} }], ports }),
        'on every port': egress({ to: [appPods] }),
        'to all Pods of the namespace': egress({ to: [{ podSelector: {} }], ports }),
        'to Pods of every namespace': egress({ to: [{ ...appPods, namespaceSelector: {} }], ports }),
        'on a range of ports': egress({ to: [appPods], ports: [{ port: 1, endPort: 65_535 }] }),
        'on every port of a protocol': egress({ to: [appPods], ports: [{ protocol: 'TCP' }] }),
        'to a /8': egress({ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports }),
        'to all of IPv6': egress({ to: [{ ipBlock: { cidr: '::/0' } }], ports }),
      },
      passes: {
        'to named Pods': egress({ to: [appPods], ports }),
        'to a /24': egress({ to: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports }),
      },
    },
  ];
}

function pods(): readonly Proof[] {
  const asItIs = { 'as the template has it': create(made('Pod')) };
  const secret = { name: 'data', secret: { secretName: 'keys' } };
  return [
    {
      rule: 'own-account-without-token',
      refused: {
        'with a token': withPod({ automountServiceAccountToken: true }),
        'as another account': withPod({ serviceAccountName: 'default' }),
      },
      passes: asItIs,
    },
    {
      rule: 'ends-by-itself',
      refused: {
        'no deadline': withPod({ activeDeadlineSeconds: null }),
        'a deadline after the end': withPod({ activeDeadlineSeconds: 1801 }),
        'starts again': withPod({ restartPolicy: 'Always' }),
        'an hour to stop': withPod({ terminationGracePeriodSeconds: 3600 }),
      },
      passes: { 'a deadline at the end': withPod({ activeDeadlineSeconds: 1800 }) },
    },
    {
      rule: 'one-container',
      refused: {
        'an init container': withSpec('Pod', (spec) => ({
          ...spec,
          initContainers: [{ name: 'first', image: 'docker.io/library/busybox:1.37.0' }],
        })),
        'a second container': withSpec('Pod', (spec) => ({
          ...spec,
          containers: [containerOf(spec), { ...containerOf(spec), name: 'second' }],
        })),
        'a device': withPod({ resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu' }] }),
        'a chosen node': withPod({ nodeName: 'control-plane-1' }),
      },
      passes: asItIs,
    },
    {
      rule: 'off-the-host',
      refused: {
        'the network of the node': withPod({ hostNetwork: true }),
        'the memory of the node': withPod({ hostIPC: true }),
        'the processes of the node': withPod({ hostPID: true }),
        'a port of the node': withContainer({ ports: [{ containerPort: 80, hostPort: 80 }] }),
        'a request by the node, past every network policy': withContainer({
          livenessProbe: { httpGet: { host: '169.254.169.254', port: 80 } },
        }),
        'the same at its start': withContainer({
          lifecycle: { postStart: { httpGet: { host: '169.254.169.254', port: 80 } } },
        }),
      },
      passes: { 'a port of its own': withContainer({ ports: [{ containerPort: 80 }] }) },
    },
    {
      rule: 'restricted',
      refused: {
        'may gain privileges': withSecurity({ allowPrivilegeEscalation: true }),
        'may be root': withSecurity({ runAsNonRoot: false }),
        'a capability': withSecurity({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }),
        'capabilities that are not dropped': withSecurity({ capabilities: {} }),
        'no seccomp in the container': withSecurity({ seccompProfile: { type: 'Unconfined' } }),
        'may be root, as a whole': withPod({
          securityContext: { runAsNonRoot: false, seccompProfile: { type: 'RuntimeDefault' } },
        }),
        'a writable root': withSecurity({ readOnlyRootFilesystem: false }),
        'no seccomp': withPod({ securityContext: { runAsNonRoot: true } }),
        'no AppArmor': withSecurity({ appArmorProfile: { type: 'Unconfined' } }),
        'no AppArmor, as a whole': withPodSecurity({ appArmorProfile: { type: 'Unconfined' } }),
        'out of reach of SELinux': withSecurity({ seLinuxOptions: { type: 'spc_t' } }),
        'out of reach of SELinux, as a whole': withPodSecurity({ seLinuxOptions: { type: 'spc_t' } }),
        'with other settings of the kernel': withPodSecurity({
          sysctls: [{ name: 'net.ipv4.ip_forward', value: '1' }],
        }),
      },
      passes: asItIs,
    },
    {
      rule: 'bounded',
      refused: { 'no limit of memory': withContainer({ resources: { limits: { cpu: '100m' } } }) },
      passes: asItIs,
    },
    {
      rule: 'no-secrets',
      refused: {
        'a Secret as a volume': withPod({ volumes: [secret] }),
        'the disk of the node': withPod({ volumes: [{ name: 'host', hostPath: { path: '/' } }] }),
        'a token, projected': withPod({
          volumes: [{ name: 't', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }],
        }),
        'a Secret in the environment': withContainer({
          env: [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'a' } } }],
        }),
        'all of a Secret in the environment': withContainer({
          envFrom: [{ secretRef: { name: 'keys' } }],
        }),
        'the Secret of a registry': withPod({ imagePullSecrets: [{ name: 'registry' }] }),
      },
      passes: { 'scratch space': withPod({ volumes: [{ name: 's', emptyDir: { sizeLimit: '16Mi' } }] }) },
    },
  ];
}

function others(): readonly Proof[] {
  const account = made('ServiceAccount');
  const max = ceilings().maxDuration;
  return [
    {
      rule: 'without-token',
      refused: {
        'a token': create({ ...account, automountServiceAccountToken: true }),
        'a Secret': create({ ...account, secrets: [{ name: 'keys' }] }),
        'the Secret of a registry': create({ ...account, imagePullSecrets: [{ name: 'registry' }] }),
      },
      passes: { 'as the template has it': create(account) },
    },
    {
      rule: 'this-cluster',
      refused: { 'a grant of another cluster': create(made('RoleBinding', { cluster: 'staging' })) },
      passes: { 'a grant of this one': create(made('RoleBinding', { cluster: 'prod-eu' })) },
    },
    {
      rule: 'end-within-the-ceiling',
      refused: {
        'ten minutes over': annotated({ [grantAnnotations.expiresAt]: inSeconds(max + 600) }),
        'over, from its beginning': annotated({ [grantAnnotations.grantedAt]: inSeconds(-max) }),
        'in a year': annotated({ [grantAnnotations.expiresAt]: inSeconds(365 * 86_400) }),
      },
      passes: { 'to the second': annotated({ [grantAnnotations.expiresAt]: inSeconds(max) }) },
    },
    {
      rule: 'unprotected-namespace',
      refused: { vault: create(made('RoleBinding', { namespace: 'vault' })) },
      passes: { orders: create(made('RoleBinding', { namespace: 'orders' })) },
    },
    {
      rule: 'role-within-the-ceiling',
      refused: {
        'a role that no template of the policy binds': bound({ name: 'curfew:anything' }),
        'a role for one namespace, in the whole cluster': create({
          ...grantObject('ClusterRoleBinding', freshCluster),
          roleRef: { ...roleRef, name: 'curfew:debug-pod' },
        }),
      },
      passes: {
        'in the whole cluster, what is meant for it': create(grantObject('ClusterRoleBinding', freshCluster)),
      },
    },
    {
      rule: 'user-within-the-ceiling',
      refused: { 'somebody whom no identity maps': subjects({ ...bob, name: 'eve@example.com' }) },
      passes: { 'somebody of the policy': subjects(bob) },
    },
  ];
}
