/**
 * Network policies: every one concerns the grant's own Pod. It either selects that Pod, or lets that Pod reach others;
 * so when the Pod is gone nothing stays open, and no traffic of anybody else can be allowed by a grant. Every rule
 * names its peers and its ports: in a NetworkPolicy, what is left out means everything.
 */
import { z } from 'zod';
import {
  exactly,
  labelSelector,
  metadata,
  metadataObjections,
  selectsGrant,
  unless,
  type Grant,
  type KindRules,
} from './shared.ts';

const port = z.strictObject({
  protocol: z.enum(['TCP', 'UDP', 'SCTP']),
  port: z.int().min(1).max(65_535),
});

/** The widest range of addresses that a template opens, as prefix lengths. The policy may allow less. */
const shortestPrefix = { v4: 16, v6: 48 };

const notARange = 'is not a range of addresses; write it as 192.0.2.0/24';

const cidr = z
  .union([z.cidrv4(notARange), z.cidrv6(notARange)])
  .refine(
    (range) => Number(range.split('/')[1]) >= (range.includes(':') ? shortestPrefix.v6 : shortestPrefix.v4),
    {
      error: `is too wide; open at most a /${shortestPrefix.v4} (IPv6: /${shortestPrefix.v6})`,
    },
  );

const peer = z
  .strictObject({
    podSelector: labelSelector.optional(),
    namespaceSelector: labelSelector.optional(),
    ipBlock: z.strictObject({ cidr }).optional(),
  })
  .refine(({ podSelector, ipBlock }) => (podSelector === undefined) !== (ipBlock === undefined), {
    error: 'does not say which Pods or which addresses; give either podSelector or ipBlock',
  })
  .refine(({ namespaceSelector, ipBlock }) => namespaceSelector === undefined || ipBlock === undefined, {
    error: 'mixes namespaces with addresses; leave namespaceSelector out',
  });

const peers = z.array(peer).min(1);
const ports = z.array(port).min(1);

const spec = z
  .strictObject({
    podSelector: labelSelector,
    policyTypes: z
      .array(z.enum(['Ingress', 'Egress']))
      .min(1)
      .max(2),
    ingress: z
      .array(z.strictObject({ from: peers, ports }))
      .min(1)
      .optional(),
    egress: z
      .array(z.strictObject({ to: peers, ports }))
      .min(1)
      .optional(),
  })
  .refine(
    ({ policyTypes, ingress, egress }) =>
      (ingress === undefined || policyTypes.includes('Ingress')) &&
      (egress === undefined || policyTypes.includes('Egress')),
    'has rules for a direction that policyTypes leaves out; name it there',
  );

const networkPolicy = z.strictObject({
  apiVersion: exactly('networking.k8s.io/v1', 'there is no other'),
  kind: z.literal('NetworkPolicy'),
  metadata,
  spec,
});

/** What a NetworkPolicy of a grant may be. */
export const networkPolicyRules: KindRules<z.infer<typeof networkPolicy>> = {
  schema: networkPolicy,
  objections: (object, grant) => [
    ...metadataObjections(object.metadata, grant),
    ...unless(
      concernsGrant(object.spec, grant),
      ['spec'],
      object.spec,
      "opens or closes something for Pods that are not the grant's; select curfew.dev/grant: ${grant.id} on one side of every rule, and name only directions that have rules",
    ),
  ],
};

/**
 * Whether a policy selects the grant's Pod, or else only lets that Pod reach others: each peer is that Pod, and no
 * direction is closed for others by being named without a rule.
 */
function concernsGrant(policy: z.infer<typeof spec>, grant: Grant): boolean {
  if (selectsGrant(policy.podSelector, grant)) return true;
  const { ingress = [], egress = [], policyTypes } = policy;
  const directions = [ingress, egress].filter((rules) => rules.length > 0).length;
  const others = [...ingress.flatMap(({ from }) => from), ...egress.flatMap(({ to }) => to)];
  return (
    new Set(policyTypes).size === directions &&
    others.every(
      ({ podSelector, namespaceSelector }) =>
        namespaceSelector === undefined && selectsGrant(podSelector, grant),
    )
  );
}
