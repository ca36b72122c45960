/** Where traffic goes. */
import { change, remove, row, verbs, write } from './row.ts';

export const network = [
  row({
    id: 'network-policies',
    severity: 'high',
    any: [
      [verbs([...write, ...remove], 'networking.k8s.io', ['networkpolicies'])],
      [
        verbs([...write, ...remove], 'policy.networking.k8s.io', [
          'adminnetworkpolicies',
          'baselineadminnetworkpolicies',
          'clusternetworkpolicies',
        ]),
      ],
      [
        verbs([...write, ...remove], 'cilium.io', [
          'ciliumnetworkpolicies',
          'ciliumclusterwidenetworkpolicies',
        ]),
      ],
      ...['crd.projectcalico.org', 'projectcalico.org'].map((group) => [
        verbs([...write, ...remove], group, ['networkpolicies', 'globalnetworkpolicies']),
      ]),
    ],
    what: 'write or delete NetworkPolicies',
    why: 'connections are opened that nobody approved, or closed that others need',
    harmless: 'admission that holds a baseline',
    source: 'Trivy KSV-0056',
    leaves: 'NetworkPolicies',
  }),
  row({
    id: 'publish',
    severity: 'medium',
    any: [
      [verbs([...write, ...remove], 'networking.k8s.io', ['ingresses'])],
      [verbs([...write, ...remove], '', ['services'])],
    ],
    what: 'write or delete Services and Ingresses',
    why: 'a workload is published, or its traffic sent elsewhere; externalIPs take over foreign addresses (CVE-2020-8554)',
    harmless: 'admission that refuses externalIPs and load balancers',
    source: 'Trivy KSV-0056 KSV-0108',
    leaves: 'Services and Ingresses',
  }),
  row({
    id: 'redirect-traffic',
    severity: 'medium',
    any: [
      [verbs(change, '', ['services/status'])],
      [verbs(write, '', ['endpoints'])],
      [verbs(write, 'discovery.k8s.io', ['endpointslices'])],
    ],
    what: 'write endpoints of Services',
    why: 'the traffic of a Service goes to addresses of the holder’s choice',
    harmless: 'nothing but controllers need it',
    source: 'rbac-police, Trivy KSV-0108',
    leaves: 'endpoints',
  }),
];
