/** A good Pod of a template, and what to make of it. */
const account = '- apiVersion: v1\n  kind: ServiceAccount\n  metadata: {name: "${grant.id}"}\n';
export const isolated = `- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: "\${grant.id}"}
  spec:
    podSelector: {matchLabels: {curfew.dev/grant: "\${grant.id}"}}
    policyTypes: [Ingress, Egress]
`;

/** A Pod with its account and its isolation, and more in its metadata, its spec or its container. */
export function podOf(extra: {
  readonly metadata?: string;
  readonly spec?: string;
  readonly container?: string;
}): string {
  return `${account}${isolated}- apiVersion: v1
  kind: Pod
  metadata: {name: "\${grant.id}"${extra.metadata ?? ''}}
  spec:
    securityContext: {runAsUser: 65534}
${(extra.spec ?? '').replace(/^(?=.)/gm, '    ')}    containers:
      - name: access
        image: docker.io/library/busybox:1.37.0
        resources: {limits: {cpu: 100m, memory: 64Mi}}
${(extra.container ?? '').replace(/^(?=.)/gm, '        ')}`;
}

/** A way for the grant's Pod, or for others. */
export function policyOf(spec: string): string {
  return `${podOf({})}- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: "\${grant.id}-way"}
  spec: ${spec}
`;
}

export const ownPod = 'podSelector: {matchLabels: {curfew.dev/grant: "${grant.id}"}}';
export const db = '{podSelector: {matchLabels: {app: payments-db}}}';
export const port = 'ports: [{protocol: TCP, port: 5432}]';
