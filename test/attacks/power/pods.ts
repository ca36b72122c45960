/** Templates with a Pod that is more than a Pod of the grant. */
import { isolated, podOf } from './pod.ts';
import { templateTrap, who, type Row } from './template-trap.ts';
import type { Trap } from './trap.ts';

const rows: readonly Row[] = [
  [
    'has a Pod with another ServiceAccount',
    'somebody else’s identity',
    /serviceAccountName/,
    podOf({ spec: 'serviceAccountName: deployer\n' }),
  ],
  [
    'has a Pod with a token',
    'an identity for a Pod',
    /automountServiceAccountToken/,
    podOf({ spec: 'automountServiceAccountToken: true\n' }),
  ],
  [
    'has a Pod with a Secret',
    'a Secret',
    /emptyDir|secret/,
    podOf({ spec: 'volumes: [{name: s, secret: {secretName: db}}]\n' }),
  ],
  [
    'has a Pod with a Secret in its environment',
    'a Secret',
    /envFrom/,
    podOf({ container: 'envFrom: [{secretRef: {name: db}}]\n' }),
  ],
  [
    'has a Pod with the host’s files',
    'the node',
    /hostPath|emptyDir/,
    podOf({ spec: 'volumes: [{name: h, hostPath: {path: /}}]\n' }),
  ],
  ['has a Pod in the host’s network', 'the node', /hostNetwork/, podOf({ spec: 'hostNetwork: true\n' })],
  ['has a Pod among the host’s processes', 'the node', /hostPID/, podOf({ spec: 'hostPID: true\n' })],
  [
    'has a privileged Pod',
    'the node',
    /privileged/,
    podOf({ container: 'securityContext: {privileged: true}\n' }),
  ],
  [
    'has a Pod that runs as root',
    'the node',
    /runAsNonRoot/,
    podOf({ container: 'securityContext: {runAsNonRoot: false}\n' }),
  ],
  [
    'has a Pod that outlives its grant',
    'a Pod without an end',
    /999999 is not the end of the grant/,
    podOf({ spec: 'activeDeadlineSeconds: 999999\n' }),
  ],
  [
    'has a Pod that joins a Service',
    'traffic of a workload',
    /is not a label of Curfew/,
    podOf({ metadata: ', labels: {app: payments-api}' }),
  ],
  [
    'has a Pod that carries another grant’s label',
    'the ways of another grant',
    /carries another|curfew\.dev\/grant/,
    podOf({ metadata: ', labels: {curfew.dev/grant: payments-000000000000}' }),
  ],
  [
    'has a Pod with an image that changes',
    'what nobody has seen',
    /changes from day to day/,
    podOf({ container: 'imagePullPolicy: Always\n' }).replace('busybox:1.37.0', 'busybox:latest'),
  ],
  [
    'has a Pod that nothing isolates',
    'a Pod that reaches everything',
    /nothing limits what this Pod can reach/,
    podOf({}).replace(isolated, ''),
  ],
  [
    'lets the request choose what runs',
    'a command of the requester’s choice',
    /may not choose what runs|is free text/,
    podOf({ container: 'command: ["${parameters.who}"]\n' }),
    who,
  ],
];

export const podTraps: readonly Trap[] = rows.map(templateTrap);
