/** Templates with ways that are wider than they need to be, lead out of their environment, or cut others off. */
import { db, ownPod, policyOf, port } from './pod.ts';
import { templateTrap, type Row } from './template-trap.ts';
import { templateOf, type Trap } from './trap.ts';

const rows: readonly Row[] = [
  [
    'selects every pod',
    'a policy for everybody',
    /selects everything|podSelector/,
    policyOf(`{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{${ownPod}}], ${port}}]}`),
  ],
  [
    'opens every address',
    'the whole Internet',
    /too wide/,
    policyOf(`{${ownPod}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ${port}}]}`),
  ],
  [
    'opens every port',
    'every port',
    /ports/,
    policyOf(`{${ownPod}, policyTypes: [Egress], egress: [{to: [${db}]}]}`),
  ],
  [
    'opens the way to everybody',
    'every peer',
    /\bto\b/,
    policyOf(`{${ownPod}, policyTypes: [Egress], egress: [{${port}}]}`),
  ],
  [
    'opens every namespace',
    'every namespace',
    /selects everything|namespaceSelector/,
    policyOf(
      `{${ownPod}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {}}, podSelector: {matchLabels: {app: x}}}], ${port}}]}`,
    ),
  ],
  [
    'opens a way between other people’s pods',
    'a way that is not of the grant',
    /Pods that are not the grant's/,
    policyOf(
      `{podSelector: {matchLabels: {app: payments-db}}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {app: x}}}], ${port}}]}`,
    ),
  ],
];

const otherNamespace = (name: string): string =>
  `{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ${name}}}, podSelector: {matchLabels: {app: ledger}}}`;

export const networkTraps: readonly Trap[] = [
  ...rows.map(templateTrap),
  {
    name: 'a way from staging into what is labelled production',
    refused: 'non-production reaching production',
    reason: 'danger-refused',
    says: /live is production and payments is not/,
    namespace: 'payments',
    files: (template) => ({
      [`templates/${template}.yaml`]: templateOf(
        policyOf(`{${ownPod}, policyTypes: [Egress], egress: [{to: [${otherNamespace('live')}], ${port}}]}`),
      ),
      'clusters/staging/live.yaml': `apiVersion: v1
kind: Namespace
metadata: {name: live, labels: {kubernetes.io/metadata.name: live, environment: production}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ledger, namespace: live}
spec:
  selector: {matchLabels: {app: ledger}}
  template:
    metadata: {labels: {app: ledger}}
    spec:
      containers:
        - {name: ledger, image: 'ledger:1', ports: [{containerPort: 5432}]}
`,
    }),
  },
  {
    name: 'a policy that isolates pods which nobody isolated',
    refused: 'an outage by a grant',
    reason: 'danger-refused',
    says: /orders-api[^]*isolate|isolate[^]*orders-api/,
    namespace: 'orders',
    files: (template) => ({
      [`templates/${template}.yaml`]: templateOf(
        policyOf(
          `{podSelector: {matchLabels: {app: orders-api}}, policyTypes: [Ingress], ingress: [{from: [{${ownPod}}], ports: [{protocol: TCP, port: 8443}]}]}`,
        ),
      ),
    }),
  },
];
