/** Random clusters, small enough to be read when a property fails and rich in what policies can look at. */
import * as fc from 'fast-check';
import type { Json, KubernetesObject } from '../../../src/base/json.ts';
import { policyObject } from './objects.ts';

export const namespaces = ['x', 'y', 'z'] as const;

/** Labels of pods and namespaces share keys and values, so that a mix-up of the two shows. */
const labels = fc.dictionary(fc.constantFrom('app', 'tier'), fc.constantFrom('a', 'b', ''), { maxKeys: 2 });

const selector: fc.Arbitrary<Json> = fc.record(
  {
    matchLabels: labels,
    matchExpressions: fc.array(
      fc.oneof(
        fc.record({
          key: fc.constantFrom('app', 'tier'),
          operator: fc.constantFrom('In', 'NotIn'),
          values: fc.uniqueArray(fc.constantFrom('a', 'b', ''), { minLength: 1, maxLength: 2 }),
        }),
        fc.record({
          key: fc.constantFrom('app', 'tier'),
          operator: fc.constantFrom('Exists', 'DoesNotExist'),
        }),
      ),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);

const namespaceSelector = fc.oneof(
  selector,
  fc.constantFrom(...namespaces).map((name) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } })),
);

const block: fc.Arbitrary<Json> = fc.constantFrom<Json>(
  { cidr: '0.0.0.0/0' },
  { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] },
  { cidr: '10.0.0.0/24' },
  { cidr: '10.0.0.0/29', except: ['10.0.0.2/32', '10.0.0.4/31'] },
  { cidr: '10.0.0.3/32' },
  { cidr: '192.0.2.0/24', except: ['192.0.2.128/25'] },
  { cidr: '::/0' },
  { cidr: 'fd00::/126' },
  { cidr: 'fd00::/64', except: ['fd00::4/126', 'fd00:0:0:0:1::/80'] },
);

const peer: fc.Arbitrary<Json> = fc.oneof(
  { weight: 2, arbitrary: selector.map((podSelector) => ({ podSelector })) },
  { weight: 2, arbitrary: namespaceSelector.map((chosen) => ({ namespaceSelector: chosen })) },
  { weight: 2, arbitrary: fc.record({ podSelector: selector, namespaceSelector }) },
  { weight: 2, arbitrary: block.map((ipBlock) => ({ ipBlock })) },
);

const protocol = fc.constantFrom('TCP', 'UDP', 'SCTP');

const portEntry: fc.Arbitrary<Json> = fc.oneof(
  fc.record({ protocol, port: fc.constantFrom<Json>(80, 81, 8080, 'http', 'dns') }, { requiredKeys: [] }),
  fc.record({ protocol, port: fc.constantFrom(79, 80, 81), endPort: fc.constantFrom(81, 82, 8080) }),
);

function rule(peersKey: 'from' | 'to'): fc.Arbitrary<Json> {
  const peers = fc.option(fc.array(peer, { maxLength: 3 }), { freq: 3 });
  const ports = fc.option(fc.array(portEntry, { maxLength: 3 }), { freq: 3 });
  return fc.tuple(peers, ports).map(([some, others]): Json => ({ [peersKey]: some, ports: others }));
}

/** The spec of a policy, with everything that may be left out left out at times. */
export const policySpec: fc.Arbitrary<Json> = fc
  .record(
    {
      podSelector: selector,
      policyTypes: fc.subarray(['Ingress', 'Egress']),
      ingress: fc.array(rule('from'), { maxLength: 2 }),
      egress: fc.array(rule('to'), { maxLength: 2 }),
    },
    { requiredKeys: [] },
  )
  .map((spec): Json => ({ ...spec }));

export const policies: fc.Arbitrary<readonly KubernetesObject[]> = fc
  .array(fc.record({ namespace: fc.constantFrom(...namespaces), spec: policySpec }), { maxLength: 5 })
  .map((list) => list.map(({ namespace, spec }, index) => policyObject(namespace, `policy-${index}`, spec)));

const containerPorts: fc.Arbitrary<Json> = fc.subarray<Json>([
  { name: 'http', containerPort: 80 },
  { name: 'http-alt', containerPort: 8080 },
  { name: 'dns', containerPort: 81, protocol: 'UDP' },
  { name: 'sctp', containerPort: 81, protocol: 'SCTP' },
]);

/** Addresses that pods of one cluster have: of one family, of both, or none known. */
export type Addresses = 'any' | 'ipv4' | 'ipv6';

function podIPs(index: number, addresses: Addresses): fc.Arbitrary<Json> {
  const ipv4 = { ip: `10.0.0.${index}` };
  const ipv6 = { ip: `fd00::${index.toString(16)}` };
  if (addresses === 'ipv4') return fc.constant([ipv4]);
  if (addresses === 'ipv6') return fc.constant([ipv6]);
  return fc.constantFrom([], [ipv4], [ipv6], [ipv4, ipv6]);
}

export function pods(addresses: Addresses): fc.Arbitrary<readonly KubernetesObject[]> {
  return fc.integer({ min: 1, max: 7 }).chain((size) =>
    fc.tuple(
      ...Array.from({ length: size }, (_, index) =>
        fc
          .record({
            namespace: fc.constantFrom(...namespaces),
            labels,
            ports: containerPorts,
            ips: podIPs(index + 1, addresses),
            owner: fc.constantFrom(null, 'web', 'db'),
          })
          .map(({ namespace, labels, ports, ips, owner }): KubernetesObject => ({
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: {
              namespace,
              name: `pod-${index}`,
              labels,
              ...(owner === null
                ? {}
                : { ownerReferences: [{ kind: 'StatefulSet', name: owner, controller: true }] }),
            },
            spec: { containers: [{ name: 'main', ports }] },
            status: { podIPs: ips },
          })),
      ),
    ),
  );
}

/** Some namespaces are declared with labels; of the others only the name is known. */
export const namespaceObjects: fc.Arbitrary<readonly KubernetesObject[]> = fc
  .tuple(...namespaces.map(() => fc.option(labels, { freq: 3 })))
  .map((all) =>
    all.flatMap((declared, index) =>
      declared === null
        ? []
        : [
            {
              apiVersion: 'v1',
              kind: 'Namespace',
              metadata: { name: namespaces[index] ?? 'x', labels: declared },
            },
          ],
    ),
  );

/** The objects of a random cluster. */
export function cluster(addresses: Addresses = 'any'): fc.Arbitrary<readonly KubernetesObject[]> {
  return fc
    .tuple(namespaceObjects, pods(addresses), policies)
    .map(([declared, running, guarding]) => [...declared, ...running, ...guarding]);
}
